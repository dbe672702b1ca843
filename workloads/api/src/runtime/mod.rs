//! The vocabulary that a workload may use.
//!
//! Three families of runtimes, each with the few words that it has in common, and asynchronous ones
//! whose tasks stay on one thread, which cannot say all of theirs. The words are
//! associated functions without a handle, because a trial process holds exactly one instance and
//! because that is how users write them: `tokio::spawn`, `rayon::join`, `std::thread::spawn`.
//! Everything is monomorphised: no boxed future and no virtual call stands inside the clock.

mod asynchronous;
mod channels;
mod data_parallel;
mod external_thread;
mod local;
mod locks;
mod map_future;
mod shutdown;
mod threads;

pub use asynchronous::{AsyncRuntime, Receiver, Sender};
pub use channels::{Channels, ChannelsVisitor};
pub use data_parallel::DataParallel;
pub use external_thread::ExternalThread;
pub use local::{Buffer, Lent, LocalRuntime};
pub use locks::{Locks, LocksVisitor};
pub use map_future::map_future;
pub use runtime_bench_results::program::Family;
pub use shutdown::{NoShutdown, ShutdownRuntime, ShutdownThreads};
pub use threads::ThreadRuntime;

/// The name of the runtime's own locks and channels, whoever made them.
pub const OWN: &str = "own";
