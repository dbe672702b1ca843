//! Ctrl-C and termination signals: a flag that the harness looks at.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::Error;

/// Set once the run should end.
#[derive(Clone, Debug, Default)]
pub struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Takes over SIGINT, SIGTERM and SIGHUP for the rest of the process.
    ///
    /// # Errors
    /// When the system refuses the handler.
    pub fn install() -> Result<Self, Error> {
        let interrupt = Self::default();
        let flag = Arc::clone(&interrupt.0);
        ctrlc::set_handler(move || flag.store(true, Ordering::Release))
            .map_err(|error| Error::CouldNotRun(format!("cannot catch Ctrl-C: {error}")))?;
        Ok(interrupt)
    }

    /// Whether the run should end.
    pub fn requested(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}
