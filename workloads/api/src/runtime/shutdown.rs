//! Words for the end of a runtime.
//!
//! The runtime that a trial runs on outlives its workload, so one that is to be shut down is another of
//! the same kind beside it. It is spoken to from a thread that belongs to neither.

use std::future::Future;

/// An asynchronous runtime that can be shut down.
pub trait ShutdownRuntime: Send + 'static {
    /// Gives it a task that goes on alone.
    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static);

    /// Waits for `work`. A runtime without threads of its own runs its tasks meanwhile.
    fn wait(&self, work: impl Future<Output = ()> + Send);

    /// Shuts it down as its documentation says, and waits until its tasks are dropped and its threads
    /// have ended.
    fn shut_down(self);
}

/// A pool of threads, or threads without one, that can be shut down.
pub trait ShutdownThreads: Send + 'static {
    /// Gives it a task that goes on alone.
    fn spawn(&mut self, task: impl FnOnce() + Send + 'static);

    /// Takes no more tasks, and waits until those that it has are done and its threads have ended.
    fn shut_down(self);
}

/// Stands where a runtime ends with its process only: there is none.
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
