//! The traits that a workload and a runner implement, and the items that they may use.
//!
//! This crate does not name any runtime or workload.
//!
//! - [`workload`]: the trait that a workload implements.
//! - [`dyn_workload`]: its object-safe half, for a harness.
//! - [`runtime`]: the runtime API that a workload may call: asynchronous runtimes, OS threads,
//!   data-parallel pools.
//! - [`prelude`]: imports for almost every workload.
//! - [`runner`]: the trait that a runner implements.
//! - [`cells`]: workloads on runners, the content of a trial program; [`trial`]: its main function.
//! - [`instance`]: one prepared cell, and the only clock that times it.
//! - [`load`]: the load generator, a separate process.
//! - [`loopback`]: TCP on loopback, with the same socket options for every runner.
//! - [`transport`]: the transport of connections: TCP, Unix sockets or UDP; [`tls`]: TLS on them.
//! - [`external`]: the inputs of a runner in another process, and the outputs that it returns.
//! - [`suite`]: named sets of cells.
//! - [`scratch`]: files in the scratch folder of a run.
//! - [`clock`]: wall time and resource usage, injectable; [`process`]: the process of a trial; [`scheduled`]: how long
//!   its threads wait for a core.

pub mod cells;
pub mod clock;
pub mod dyn_workload;
pub mod external;
mod failure;
pub mod instance;
pub mod load;
pub mod loopback;
pub mod prelude;
pub mod process;
pub mod runner;
pub mod runtime;
pub mod scheduled;
pub mod scratch;
mod setup;
pub mod suite;
pub mod tls;
pub mod transport;
pub mod trial;
pub mod workload;
