//! Operations of OS threads and thread pools.

use std::io;
use std::panic::resume_unwind;
use std::thread;

use super::shutdown::ShutdownThreads;

/// A runtime whose tasks are closures that may block. A value of this type is the running instance.
pub trait ThreadRuntime: Sized + 'static {
    /// A spawned task. Dropping it detaches the task.
    type Task<T: Send + 'static>: Send + 'static;
    /// Threads of this kind that can be shut down.
    type ShutdownRuntime: ShutdownThreads;

    /// Starts a second instance, with as many threads as the pool has.
    ///
    /// # Errors
    /// When the system refuses a thread.
    fn new_instance(pool_threads: usize) -> io::Result<Self::ShutdownRuntime>;

    /// Runs the root where its children run, while the caller waits outside.
    fn run<T: Send + 'static, F: FnOnce() -> T + Send + 'static>(&self, root: F) -> T;

    /// Starts a task, from inside the runtime.
    fn spawn<T: Send + 'static, F: FnOnce() -> T + Send + 'static>(job: F) -> Self::Task<T>;

    /// Waits for a task from inside the runtime and returns its output or panic.
    fn outcome<T: Send + 'static>(task: Self::Task<T>) -> thread::Result<T>;

    /// Waits for a task's output, from inside the runtime; if the task panicked, joining panics.
    fn join<T: Send + 'static>(task: Self::Task<T>) -> T {
        Self::outcome(task).unwrap_or_else(|panic| resume_unwind(panic))
    }
}
