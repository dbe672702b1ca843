//! Observers of the process of a trial.

/// Observes one process. Observing takes time, so only [`Unwatched`] suits a timed trial.
pub trait Watch {
    /// Arguments before the command line of the process: a program that runs it.
    fn wrapper(&self) -> Vec<String> {
        Vec::new()
    }

    /// The process has been started, and no request was sent to it yet.
    fn started(&mut self, _process: u32) {}

    /// The process has exited, or its time is up, and `/proc` still describes it.
    fn ended(&mut self, _process: u32) {}
}

/// Observes nothing.
pub struct Unwatched;

impl Watch for Unwatched {}
