//! Plans and runs trials: which cells, in which order, in which processes, and under which background
//! load. It does not refer to any workload or runner by name.
//!
//! Data flows down this list:
//! - [`registry`]: workloads, and the programs whose runners measure them.
//! - [`program`]: trial programs; [`probes`]: their runners, and the cells that each supports.
//! - [`layouts`]: links trial programs in other code layouts.
//! - [`plan`]: request → cells, points, rounds.
//! - [`executor`]: runs trials. [`process`] starts each as a process; tests use a fake.
//! - [`evidence`]: counts what runners do per operation, in untimed trials.
//! - [`profiles`]: samples stacks of runners and draws them as flame graphs.
//! - [`external`]: runners in other languages, and the trial program that starts them.
//! - [`monitor`]: load and stalls of the machine during a run.
//! - [`run`]: plan → pilots → rounds → results file.
//! - [`machine`]: the machine and its limits. [`scratch`]: temporary folders.
//! - [`error`], [`terminal`]: messages for the user.

pub mod error;
pub mod evidence;
pub mod executor;
pub mod external;
#[cfg(test)]
mod fake;
pub mod layouts;
pub mod machine;
pub mod monitor;
pub mod plan;
pub mod probes;
pub mod process;
pub mod profiles;
pub mod program;
pub mod registry;
pub mod run;
pub mod scratch;
pub mod terminal;
mod tree;
