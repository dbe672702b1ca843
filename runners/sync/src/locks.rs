//! Locks of each crate. All of them work on every async runtime.

use std::future::Future;
use std::sync::PoisonError;

use runtime_bench_api::runtime::{Locks, LocksVisitor, OWN};

/// Passes the named locks to a visitor: those of the runtime, or of a crate that is compiled in. `None` for
/// an unknown name.
pub fn by_name<Own: Locks, V: LocksVisitor>(name: &str, visitor: V) -> Option<V::Output> {
    const ALL: bool = cfg!(feature = "all-workloads");
    match name {
        OWN => Some(visitor.visit::<Own>()),
        "tokio" if ALL => Some(visitor.visit::<Tokio>()),
        "async-lock" if ALL => Some(visitor.visit::<AsyncLock>()),
        "std" if ALL => Some(visitor.visit::<Std>()),
        _ => None,
    }
}

/// Implements [`Locks`] for one crate: two crates have the same API but share no trait.
macro_rules! asynchronous {
    ($(#[$about:meta])* $name:ident, $($locks:ident)::+) => {
        $(#[$about])*
        pub struct $name;

        impl Locks for $name {
            type Mutex<T: Send + 'static> = $($locks)::+::Mutex<T>;
            type RwLock<T: Send + Sync + 'static> = $($locks)::+::RwLock<T>;
            type Semaphore = $($locks)::+::Semaphore;

            fn mutex<T: Send + 'static>(value: T) -> Self::Mutex<T> {
                $($locks)::+::Mutex::new(value)
            }

            async fn locked<T: Send + 'static, U: Send>(
                mutex: &Self::Mutex<T>,
                act: impl FnOnce(&mut T) -> U + Send,
            ) -> U {
                act(&mut *mutex.lock().await)
            }

            fn rw_lock<T: Send + Sync + 'static>(value: T) -> Self::RwLock<T> {
                $($locks)::+::RwLock::new(value)
            }

            async fn reading<T: Send + Sync + 'static, U: Send>(
                lock: &Self::RwLock<T>,
                act: impl FnOnce(&T) -> U + Send,
            ) -> U {
                act(&*lock.read().await)
            }

            async fn writing<T: Send + Sync + 'static, U: Send>(
                lock: &Self::RwLock<T>,
                act: impl FnOnce(&mut T) -> U + Send,
            ) -> U {
                act(&mut *lock.write().await)
            }

            fn semaphore(permits: usize) -> Self::Semaphore {
                $($locks)::+::Semaphore::new(permits)
            }

            async fn permitted<F: Future + Send>(semaphore: &Self::Semaphore, work: F) -> F::Output
            where
                F::Output: Send,
            {
                // The semaphore is never closed.
                let _permit = semaphore.acquire().await;
                work.await
            }
        }
    };
}

asynchronous!(
    /// `tokio::sync`: fair; consumes tokio's cooperative budget.
    Tokio, tokio::sync
);
asynchronous!(
    /// `async-lock`, which smol and async-std re-export.
    AsyncLock, async_lock
);

/// The standard library's locks. Waiting blocks the worker, which is fine if locks are held briefly.
pub struct Std;

impl Locks for Std {
    type Mutex<T: Send + 'static> = std::sync::Mutex<T>;
    type RwLock<T: Send + Sync + 'static> = std::sync::RwLock<T>;
    /// The standard library has no semaphore.
    type Semaphore = async_lock::Semaphore;

    fn mutex<T: Send + 'static>(value: T) -> Self::Mutex<T> {
        std::sync::Mutex::new(value)
    }

    async fn locked<T: Send + 'static, U: Send>(
        mutex: &Self::Mutex<T>,
        act: impl FnOnce(&mut T) -> U + Send,
    ) -> U {
        act(&mut mutex.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn rw_lock<T: Send + Sync + 'static>(value: T) -> Self::RwLock<T> {
        std::sync::RwLock::new(value)
    }

    async fn reading<T: Send + Sync + 'static, U: Send>(
        lock: &Self::RwLock<T>,
        act: impl FnOnce(&T) -> U + Send,
    ) -> U {
        act(&lock.read().unwrap_or_else(PoisonError::into_inner))
    }

    async fn writing<T: Send + Sync + 'static, U: Send>(
        lock: &Self::RwLock<T>,
        act: impl FnOnce(&mut T) -> U + Send,
    ) -> U {
        act(&mut lock.write().unwrap_or_else(PoisonError::into_inner))
    }

    fn semaphore(permits: usize) -> Self::Semaphore {
        AsyncLock::semaphore(permits)
    }

    fn permitted<F: Future + Send>(
        semaphore: &Self::Semaphore,
        work: F,
    ) -> impl Future<Output = F::Output> + Send
    where
        F::Output: Send,
    {
        AsyncLock::permitted(semaphore, work)
    }
}
