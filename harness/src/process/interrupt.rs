//! Ctrl-C and termination signals: a flag that the harness checks.

use std::fs;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

#[cfg(unix)]
use signal_hook::consts::SIGHUP;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

use crate::error::Error;

/// Signals that end a run.
const SIGNALS: &[i32] = &[
    SIGINT,
    SIGTERM,
    #[cfg(unix)]
    SIGHUP,
];

/// Set once the run should end.
#[derive(Clone, Debug, Default)]
pub struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Takes over SIGINT, SIGTERM and SIGHUP for the rest of the process. A signal that is ignored, as
    /// `nohup` does with SIGHUP, stays ignored.
    ///
    /// # Errors
    /// When the system refuses the handler.
    pub fn install() -> Result<Self, Error> {
        let interrupt = Self::default();
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let mut caught = SIGNALS.iter().filter(|signal| !is_ignored(&status, **signal));
        caught
            .try_for_each(|signal| flag::register(*signal, Arc::clone(&interrupt.0)).map(drop))
            .map_err(|error: io::Error| {
                Error::CouldNotRun(format!("cannot catch Ctrl-C: {error}"))
            })?;
        Ok(interrupt)
    }

    /// Whether the run should end.
    pub fn requested(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }

    /// Returns `result`, unless the run should end.
    ///
    /// # Errors
    /// The error of the result, and an interruption.
    pub fn or<T>(&self, result: Result<T, Error>) -> Result<T, Error> {
        if self.requested() { Err(Error::Interrupted("interrupted".to_owned())) } else { result }
    }
}

/// Whether a process ignores a signal, from its status file on Linux (proc(5), `SigIgn`).
fn is_ignored(status: &str, signal: i32) -> bool {
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask >> (signal - 1) & 1 == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ignored_signals_are_read_from_the_mask() {
        let status = "Name:\tx\nSigBlk:\t0000000000000002\nSigIgn:\t0000000000001001\n";
        assert!(is_ignored(status, 1) && is_ignored(status, 13));
        assert!(!is_ignored(status, 2) && !is_ignored("", 1));
    }

    #[test]
    fn interruption_takes_precedence_over_results() {
        let interrupt = Interrupt::default();
        assert!(matches!(interrupt.or(Ok(1)), Ok(1)));
        interrupt.0.store(true, Ordering::Release);
        assert!(matches!(interrupt.or(Ok(1)), Err(Error::Interrupted(_))));
    }
}
