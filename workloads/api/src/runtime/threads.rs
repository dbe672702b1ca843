//! The operations of OS threads and thread pools.

use std::io;
use std::panic::resume_unwind;
use std::thread;

use super::shutdown::ShutdownThreads;

/// A runtime whose tasks are closures that may block. A value of it is the running instance.
pub trait ThreadRuntime: Sized + 'static {
    /// A spawned task. Dropping it lets it run on with nobody to join it.
    type Task<T: Send + 'static>: Send + 'static;
    /// Threads of this kind that can be shut down.
    type ShutdownRuntime: ShutdownThreads;

    /// Starts others of this kind, as many as the pool has.
    ///
    /// # Errors
    /// When the system refuses a thread.
    fn new_instance(pool_threads: usize) -> io::Result<Self::ShutdownRuntime>;

    /// Runs the root where its children run, and waits for it from outside.
    fn run<T, F>(&self, root: F) -> T
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static;

    /// Starts a task, from inside the runtime.
    fn spawn<T, F>(job: F) -> Self::Task<T>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static;

    /// Waits for a task that may have panicked, from inside the runtime, and says with what.
    fn outcome<T: Send + 'static>(task: Self::Task<T>) -> thread::Result<T>;

    /// Waits for a task's output, from inside the runtime; if the task panicked, joining panics.
    fn join<T: Send + 'static>(task: Self::Task<T>) -> T {
        Self::outcome(task).unwrap_or_else(|panic| resume_unwind(panic))
    }
}
