//! A barrier for async tasks.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::memory::gate::Gate;

/// A barrier: all tasks wait until the last one arrives. Threads use the standard library's.
pub(super) struct AsyncBarrier {
    gate: Arc<Gate>,
    come: AtomicUsize,
    expected: usize,
}

impl AsyncBarrier {
    pub(super) fn of(expected: usize) -> Self {
        Self { gate: Arc::new(Gate::for_tasks(expected)), come: AtomicUsize::new(0), expected }
    }

    /// Waits for the others. `place` identifies the task and is less than the expected number.
    pub(super) async fn wait(&self, place: usize) {
        if self.come.fetch_add(1, Ordering::AcqRel) + 1 == self.expected {
            self.gate.open();
        }
        Arc::clone(&self.gate).pass(place).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::Future;
    use std::pin::pin;
    use std::task::{Context, Waker};

    #[test]
    fn tasks_wait_until_the_last_one_arrives() {
        let barrier = AsyncBarrier::of(2);
        let mut context = Context::from_waker(Waker::noop());
        let mut first = pin!(barrier.wait(0));
        assert!(first.as_mut().poll(&mut context).is_pending());
        assert!(first.as_mut().poll(&mut context).is_pending());
        assert!(pin!(barrier.wait(1)).poll(&mut context).is_ready());
        assert!(first.poll(&mut context).is_ready());
    }
}
