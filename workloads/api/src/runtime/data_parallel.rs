//! Operations of a data-parallel pool.

/// A pool for computing. A value of this type is the running instance.
pub trait DataParallel: Sized + 'static {
    /// Runs the root on a worker, while the caller waits outside.
    fn run<T: Send + 'static, F: FnOnce() -> T + Send + 'static>(&self, root: F) -> T;

    /// Computes both, in parallel where a worker is free.
    fn join<A: Send, B: Send>(a: impl FnOnce() -> A + Send, b: impl FnOnce() -> B + Send)
    -> (A, B);

    /// Computes `f(0) … f(count − 1)` as one parallel iteration, results in order.
    fn map<T: Send>(count: usize, f: impl Fn(usize) -> T + Send + Sync) -> Vec<T>;

    /// Computes `f(0) + … + f(count − 1)` as one parallel iteration.
    fn sum(count: usize, f: impl Fn(usize) -> u64 + Send + Sync) -> u64;

    /// Runs another queued job of the pool, if any.
    fn yield_now();

    /// Spawns `count` tasks and waits for all of them.
    fn spawn_each(count: usize, f: impl Fn(usize) + Send + Sync);
}
