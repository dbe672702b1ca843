//! Plan → rounds → trials → results file.
//!
//! - [`profile`]: how much time a run may take.
//! - [`wishes`]: what was asked for, and whether it can be.
//! - [`calibration`]: rates that are shares of what the runners can do.
//! - [`plan`]: which cells, at which points, and why the others do not run.
//! - [`shard`]: a plan split over machines.
//! - `beside`: what goes on beside the measuring, read between trials.
//! - `witness`: a thread that notices when the machine stands still.
//! - `child`: one process, its time limit, and its end.
//! - `header`: what stands at the head of a results file.
//! - `trials`: a request to a process and a reply from it.
//! - [`interleave`]: other builds, or other sizes, against each other in the same way.
//! - `siblings`: executables of the same build with another allocator.
//! - `schedule`: rounds from costs, and their random order.
//! - `groups`: cells that are compared with each other.
//! - `rounds`: pilots, then rounds, each finished trial written down.
//! - [`resume`]: a run that was stopped, to go on with.
//! - `run_clock`: the time of a run, without its breaks.
//! - [`run`]: all of it, from a plan to a results file.
//! - `progress`: what a person sees meanwhile.

mod beside;
pub mod calibration;
mod child;
mod groups;
mod header;
pub mod interleave;
pub mod interrupt;
pub mod plan;
mod points;
pub mod profile;
mod progress;
pub mod resume;
mod rounds;
pub mod run;
mod run_clock;
mod schedule;
pub mod shard;
pub(crate) mod siblings;
pub mod trials;
pub mod wishes;
mod witness;
