//! Locks and semaphores.
//!
//! Most of them work on any runtime, so whose they are is a parameter of a workload: `lock=own` are
//! the runtime's own, and the others go by the name of their crate. None is neutral.

use std::future::Future;

/// The locks of one crate. What is done under a lock is a closure, so nothing can wait there.
pub trait Locks: 'static {
    /// One at a time.
    type Mutex<T: Send + 'static>: Send + Sync + 'static;
    /// One writer, or many readers.
    type RwLock<T: Send + Sync + 'static>: Send + Sync + 'static;
    /// So many at a time.
    type Semaphore: Send + Sync + 'static;

    /// Makes a mutex.
    fn mutex<T: Send + 'static>(value: T) -> Self::Mutex<T>;

    /// Waits for the mutex, and does something with its value.
    fn locked<T: Send + 'static, U: Send>(
        mutex: &Self::Mutex<T>,
        act: impl FnOnce(&mut T) -> U + Send,
    ) -> impl Future<Output = U> + Send;

    /// Makes a lock for readers and writers.
    fn rw_lock<T: Send + Sync + 'static>(value: T) -> Self::RwLock<T>;

    /// Waits until nobody writes, and reads.
    fn reading<T: Send + Sync + 'static, U: Send>(
        lock: &Self::RwLock<T>,
        act: impl FnOnce(&T) -> U + Send,
    ) -> impl Future<Output = U> + Send;

    /// Waits until nobody else reads or writes, and writes.
    fn writing<T: Send + Sync + 'static, U: Send>(
        lock: &Self::RwLock<T>,
        act: impl FnOnce(&mut T) -> U + Send,
    ) -> impl Future<Output = U> + Send;

    /// Makes a semaphore.
    fn semaphore(permits: usize) -> Self::Semaphore;

    /// Waits for a permit, and keeps it until `work` is done.
    fn permitted<F: Future + Send>(
        semaphore: &Self::Semaphore,
        work: F,
    ) -> impl Future<Output = F::Output> + Send
    where
        F::Output: Send;
}

/// Something that is done with the locks of a crate.
pub trait LocksVisitor {
    /// What comes of it.
    type Output;
    /// Does it.
    fn visit<L: Locks>(self) -> Self::Output;
}
