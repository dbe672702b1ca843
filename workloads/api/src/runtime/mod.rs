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
mod shutdown;
mod threads;

pub use asynchronous::{AsyncRuntime, Receiver, Sender};
pub use channels::{Channels, ChannelsVisitor};
pub use data_parallel::DataParallel;
pub use external_thread::ExternalThread;
pub use local::{Buffer, Lent, LocalRuntime};
pub use locks::{Locks, LocksVisitor};
pub use shutdown::{NoShutdown, ShutdownRuntime, ShutdownThreads};
pub use threads::ThreadRuntime;

use std::fmt;

/// The name of the runtime's own locks and channels, whoever made them.
pub const OWN: &str = "own";

/// How a runner runs tasks, as far as a workload must know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Family {
    /// Tasks are futures; waiting occupies no thread.
    Async,
    /// Each task is an OS thread.
    ThreadPerTask,
    /// Tasks are closures on a fixed number of OS threads; waiting occupies one of them.
    ThreadPool,
    /// Closures on a work-stealing pool made for computing; waiting occupies a worker.
    DataParallel,
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Async => "async",
            Self::ThreadPerTask => "thread per task",
            Self::ThreadPool => "thread pool",
            Self::DataParallel => "data-parallel pool",
        })
    }
}
