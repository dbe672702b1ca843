//! Operations to shut down a runtime.
//!
//! The runtime of a trial outlives its workload, so the runtime to shut down is a second one of the same
//! kind, used from a thread outside both.

use std::future::Future;

/// An asynchronous runtime that can be shut down.
pub trait ShutdownRuntime: Send + 'static {
    /// Spawns a detached task.
    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static);

    /// Waits for `work`. A runtime without its own threads runs its tasks meanwhile.
    fn wait(&self, work: impl Future<Output = ()> + Send);

    /// Shuts down the runtime as its documentation recommends, and waits until its tasks are dropped and its
    /// threads have ended.
    fn shut_down(self);
}

/// Threads, pooled or not, that can be shut down.
pub trait ShutdownThreads: Send + 'static {
    /// Spawns a detached task.
    fn spawn(&mut self, task: impl FnOnce() + Send + 'static);

    /// Stops accepting tasks, and waits until all tasks are done and the threads have ended.
    fn shut_down(self);
}

/// The type for runtimes that cannot be shut down; it has no values.
#[derive(Clone, Copy, Debug)]
pub enum NoShutdown {}

impl ShutdownRuntime for NoShutdown {
    fn spawn(&self, _: impl Future<Output = ()> + Send + 'static) {
        match *self {}
    }

    fn wait(&self, _: impl Future<Output = ()> + Send) {
        match *self {}
    }

    fn shut_down(self) {
        match self {}
    }
}
