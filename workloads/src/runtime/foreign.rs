//! Work outside the runtime, waited for inside it.

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Poll, Waker};
use std::thread;

/// What comes from the thread, and who waits for it.
struct Handoff<T> {
    output: Option<thread::Result<T>>,
    waiting: Option<Waker>,
}

/// Does work on an OS thread of its own, which belongs to no runtime, and waits for it as a future.
///
/// # Panics
/// Where the work panics.
pub(crate) async fn on_foreign_thread<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> T {
    let handoff = Arc::new(Mutex::new(Handoff { output: None, waiting: None }));
    let there = Arc::clone(&handoff);
    thread::spawn(move || {
        let output = catch_unwind(AssertUnwindSafe(work));
        let mut handoff = there.lock().unwrap_or_else(PoisonError::into_inner);
        handoff.output = Some(output);
        if let Some(waker) = handoff.waiting.take() {
            waker.wake();
        }
    });
    let output = poll_fn(|context| {
        let mut handoff = handoff.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(output) = handoff.output.take() else {
            handoff.waiting = Some(context.waker().clone());
            return Poll::Pending;
        };
        Poll::Ready(output)
    });
    output.await.unwrap_or_else(|panic| resume_unwind(panic))
}
