//! What looks at the process of a trial from outside.

/// Looks at one process. A look takes time, so nothing but [`Unwatched`] suits a timed trial.
pub trait Watch {
    /// Words before the command line of the process: a program that runs it.
    fn wrapper(&self) -> Vec<String> {
        Vec::new()
    }

    /// It has been started, and no request was sent to it yet.
    fn started(&mut self, _process: u32) {}

    /// It has ended by itself, unless its time was up, and can still be read about in `/proc`.
    fn ended(&mut self, _process: u32) {}
}

/// Looks at nothing.
pub struct Unwatched;

impl Watch for Unwatched {}
