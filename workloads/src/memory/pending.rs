//! Detects when a future starts to wait.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Counts a future once, when it starts to wait.
pub(super) async fn count_when_pending<F: Future>(future: F, waiting: &AtomicUsize) -> F::Output {
    let mut future = pin!(future);
    let mut counted = false;
    poll_fn(|context| {
        let polled = future.as_mut().poll(context);
        if polled.is_pending() && !counted {
            counted = true;
            waiting.fetch_add(1, Ordering::Release);
        }
        polled
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::task::{Context, Waker};

    #[test]
    fn future_is_counted_once_and_only_when_pending() {
        let waiting = AtomicUsize::new(0);
        let mut context = Context::from_waker(Waker::noop());
        let mut never = pin!(count_when_pending(std::future::pending::<()>(), &waiting));
        for _ in 0..2 {
            assert!(never.as_mut().poll(&mut context).is_pending());
        }
        assert_eq!(waiting.load(Ordering::Relaxed), 1);
        let mut at_once = pin!(count_when_pending(std::future::ready(7), &waiting));
        assert!(at_once.as_mut().poll(&mut context).is_ready());
        assert_eq!(waiting.load(Ordering::Relaxed), 1);
    }
}
