//! A gate that many tasks wait at: nobody's primitive, and no memory of its own per task while
//! they wait.

use std::future::poll_fn;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::task::{Poll, Waker};

/// A gate for a known number of tasks.
pub(crate) struct Gate {
    open: AtomicBool,
    waiting: AtomicUsize,
    passed: AtomicUsize,
    /// One place per task, made and touched before the first task comes.
    places: Vec<Mutex<Option<Waker>>>,
    closed: Mutex<()>,
    opened: Condvar,
}

impl Gate {
    pub(crate) fn for_tasks(tasks: usize) -> Self {
        Self {
            open: AtomicBool::new(false),
            waiting: AtomicUsize::new(0),
            passed: AtomicUsize::new(0),
            places: (0..tasks).map(|_| Mutex::new(Some(Waker::noop().clone()))).collect(),
            closed: Mutex::new(()),
            opened: Condvar::new(),
        }
    }

    /// Waits as a future, at the task's own place.
    pub(crate) async fn pass(&self, place: usize) {
        let mut counted = false;
        poll_fn(|context| {
            if self.open.load(Ordering::Acquire) {
                return Poll::Ready(());
            }
            *self.place(place) = Some(context.waker().clone());
            if !counted {
                counted = true;
                self.waiting.fetch_add(1, Ordering::Release);
            }
            // The gate may have opened between the look and the place.
            if self.open.load(Ordering::Acquire) { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
        self.passed.fetch_add(1, Ordering::Release);
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

    /// Tasks that have come to the gate.
    pub(crate) fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Acquire)
    }

    /// Tasks that have gone through it.
    pub(crate) fn passed(&self) -> usize {
        self.passed.load(Ordering::Acquire)
    }

    /// Lets everybody through.
    pub(crate) fn open(&self) {
        {
            let _closed = self.closed.lock().unwrap_or_else(PoisonError::into_inner);
            self.open.store(true, Ordering::Release);
        }
        self.opened.notify_all();
        for place in 0..self.places.len() {
            if let Some(waker) = self.place(place).take() {
                waker.wake();
            }
        }
    }

    fn place(&self, place: usize) -> std::sync::MutexGuard<'_, Option<Waker>> {
        self.places[place].lock().unwrap_or_else(PoisonError::into_inner)
    }
}
