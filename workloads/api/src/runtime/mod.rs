//! The runtime API that a workload may use.
//!
//! Three families of runtimes, each with its common operations, and async runtimes whose tasks stay on one
//! thread, with fewer operations. Operations are associated functions without a handle, because a trial
//! process holds exactly one instance and programs use them like this: `tokio::spawn`, `rayon::join`,
//! `std::thread::spawn`. All code is monomorphized: timed code has no boxed futures or virtual calls.

mod asynchronous;
mod channels;
mod counters;
mod data_parallel;
mod external_thread;
mod local;
mod locks;
mod map_future;
mod shutdown;
mod threads;

pub use asynchronous::{AsyncRuntime, Receiver, Sender};
pub use channels::{Broadcast, Channels, ChannelsVisitor, Oneshot};
pub use counters::{Counters, since};
pub use data_parallel::DataParallel;
pub use external_thread::ExternalThread;
pub use local::{Buffer, Lent, LocalRuntime};
pub use locks::{Locks, LocksVisitor};
pub use map_future::map_future;
pub use runtime_bench_results::program::Family;
pub use shutdown::{NoShutdown, ShutdownRuntime, ShutdownThreads};
pub use threads::ThreadRuntime;

/// The parameter value for the runtime's own locks and channels.
pub const OWN: &str = "own";
