//! Locks and semaphores.
//!
//! Most locks work on any runtime, so their crate is a parameter of a workload: `lock=own` selects the
//! runtime's own locks, other values name a crate.

use std::future::Future;

/// The locks of one crate. Code under a lock is a closure, so it cannot await.
pub trait Locks: 'static {
    /// A mutex.
    type Mutex<T: Send + 'static>: Send + Sync + 'static;
    /// A reader-writer lock.
    type RwLock<T: Send + Sync + 'static>: Send + Sync + 'static;
    /// A semaphore.
    type Semaphore: Send + Sync + 'static;

    /// Creates a mutex.
    fn mutex<T: Send + 'static>(value: T) -> Self::Mutex<T>;

    /// Locks the mutex and calls `act` with its value.
    fn locked<T: Send + 'static, U: Send>(
        mutex: &Self::Mutex<T>,
        act: impl FnOnce(&mut T) -> U + Send,
    ) -> impl Future<Output = U> + Send;

    /// Creates a reader-writer lock.
    fn rw_lock<T: Send + Sync + 'static>(value: T) -> Self::RwLock<T>;

    /// Locks for reading and calls `act`.
    fn reading<T: Send + Sync + 'static, U: Send>(
        lock: &Self::RwLock<T>,
        act: impl FnOnce(&T) -> U + Send,
    ) -> impl Future<Output = U> + Send;

    /// Locks for writing and calls `act`.
    fn writing<T: Send + Sync + 'static, U: Send>(
        lock: &Self::RwLock<T>,
        act: impl FnOnce(&mut T) -> U + Send,
    ) -> impl Future<Output = U> + Send;

    /// Creates a semaphore.
    fn semaphore(permits: usize) -> Self::Semaphore;

    /// Acquires a permit and holds it until `work` is done.
    fn permitted<F: Future + Send>(
        semaphore: &Self::Semaphore,
        work: F,
    ) -> impl Future<Output = F::Output> + Send
    where
        F::Output: Send;
}

/// Code that is generic over the locks of a crate.
pub trait LocksVisitor {
    /// The result.
    type Output;
    /// Runs the code.
    fn visit<L: Locks>(self) -> Self::Output;
}
