//! What threads look at where tasks can be cancelled or dropped.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

/// A thread that nobody tells to stop goes on after this, and is counted as completed.
const LONGEST: Duration = Duration::from_secs(10);

/// A flag that threads wait for.
#[derive(Debug, Default)]
pub(super) struct Flag {
    raised: Mutex<bool>,
    changed: Condvar,
}

impl Flag {
    /// Waits for the flag, and says so under its lock; whether it was raised.
    pub(super) fn wait(&self, arrived: impl FnOnce() -> bool) -> bool {
        let raised = self.raised.lock().unwrap_or_else(PoisonError::into_inner);
        if !arrived() {
            return false;
        }
        let waited = self.changed.wait_timeout_while(raised, LONGEST, |raised| !*raised);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }

    pub(super) fn raise(&self) {
        *self.raised.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.changed.notify_all();
    }
}
