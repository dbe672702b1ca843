//! A flag that stands in for cancellation on threads.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

/// A thread that is not told to stop continues after this time and counts as completed.
const LONGEST: Duration = Duration::from_secs(10);

/// A flag that threads wait for.
#[derive(Debug, Default)]
pub(super) struct Flag {
    raised: Mutex<bool>,
    changed: Condvar,
}

impl Flag {
    /// Calls `arrived` under the lock, then waits for the flag. Returns whether it was raised.
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
