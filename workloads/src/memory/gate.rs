//! A gate that many tasks wait at. It does not depend on a runtime and does not allocate while tasks wait.

use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

/// A gate for a known number of tasks.
pub(crate) struct Gate {
    open: AtomicBool,
    waiting: AtomicUsize,
    passed: AtomicUsize,
    /// One place per task, created and touched before the first task arrives.
    places: Vec<Mutex<Place>>,
    closed: Mutex<()>,
    opened: Condvar,
}

/// Holds the waker of a task.
struct Place {
    came: bool,
    waker: Waker,
}

impl Place {
    fn empty() -> Self {
        Self { came: false, waker: Waker::noop().clone() }
    }
}

impl Gate {
    pub(crate) fn for_tasks(tasks: usize) -> Self {
        Self {
            open: AtomicBool::new(false),
            waiting: AtomicUsize::new(0),
            passed: AtomicUsize::new(0),
            places: (0..tasks).map(|_| Mutex::new(Place::empty())).collect(),
            closed: Mutex::new(()),
            opened: Condvar::new(),
        }
    }

    /// Returns a future that waits at the place of the task.
    pub(crate) fn pass(self: Arc<Self>, place: usize) -> Pass {
        Pass { gate: self, place }
    }

    /// Waits on an OS thread.
    pub(crate) fn pass_blocking(&self) {
        let mut closed = self.closed.lock().unwrap_or_else(PoisonError::into_inner);
        self.waiting.fetch_add(1, Ordering::Release);
        while !self.open.load(Ordering::Acquire) {
            closed = self.opened.wait(closed).unwrap_or_else(PoisonError::into_inner);
        }
        drop(closed);
        self.passed.fetch_add(1, Ordering::Release);
    }

    /// Number of tasks that have reached the gate.
    pub(crate) fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Acquire)
    }

    /// Number of tasks that have passed the gate.
    pub(crate) fn passed(&self) -> usize {
        self.passed.load(Ordering::Acquire)
    }

    /// Opens the gate for all tasks.
    pub(crate) fn open(&self) {
        {
            let _closed = self.closed.lock().unwrap_or_else(PoisonError::into_inner);
            self.open.store(true, Ordering::Release);
        }
        self.opened.notify_all();
        for place in 0..self.places.len() {
            let waker = mem::replace(&mut self.place(place).waker, Waker::noop().clone());
            waker.wake();
        }
    }

    fn place(&self, place: usize) -> MutexGuard<'_, Place> {
        self.places[place].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A future that waits at the gate. Written by hand, because an async function would take as much memory as
/// some runtimes need for the whole task.
pub(crate) struct Pass {
    gate: Arc<Gate>,
    place: usize,
}

impl Future for Pass {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let gate = &self.gate;
        if !gate.open.load(Ordering::Acquire) {
            let mut place = gate.place(self.place);
            place.waker.clone_from(context.waker());
            if !mem::replace(&mut place.came, true) {
                gate.waiting.fetch_add(1, Ordering::Release);
            }
        }
        // The gate may have opened since the first check.
        if gate.open.load(Ordering::Acquire) {
            gate.passed.fetch_add(1, Ordering::Release);
            return Poll::Ready(());
        }
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::pin::pin;
    use std::task::Wake;

    #[derive(Default)]
    struct Woken(AtomicUsize);

    impl Wake for Woken {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    #[test]
    fn waiting_tasks_are_counted_once_and_released() {
        let (gate, woken) = (Arc::new(Gate::for_tasks(1)), Arc::new(Woken::default()));
        let waker = Waker::from(Arc::clone(&woken));
        let (mut context, mut task) =
            (Context::from_waker(&waker), pin!(Arc::clone(&gate).pass(0)));
        for _ in 0..2 {
            assert!(task.as_mut().poll(&mut context).is_pending());
        }
        assert_eq!((gate.waiting(), gate.passed()), (1, 0));
        gate.open();
        assert_eq!(woken.0.load(Ordering::Relaxed), 1);
        assert!(task.as_mut().poll(&mut context).is_ready());
        assert_eq!((gate.waiting(), gate.passed()), (1, 1));
    }
}
