//! **Who** runs the workloads.
//!
//! The only crate that names tokio, async-std, smol, rayon, compio and monoio. A runner is a runtime in one
//! configuration; each is written as that runtime's own documentation teaches, with the worker
//! count set explicitly. [`each`] is the registry: one line per runner.

mod async_io;
mod async_std;
mod channels;
#[cfg(feature = "futures-pool")]
mod futures_pool;
#[cfg(all(target_os = "linux", any(feature = "compio", feature = "monoio")))]
mod local;
mod locked;
mod locks;
mod mapped;
#[cfg(test)]
mod placement;
mod rayon;
mod smol;
#[cfg(feature = "smol-global")]
mod smol_global;
mod thread_pool;
mod threads;
mod tokio;

pub use self::async_std::AsyncStd;
#[cfg(feature = "futures-pool")]
pub use self::futures_pool::FuturesPool;
#[cfg(all(target_os = "linux", feature = "compio"))]
pub use self::local::Compio;
#[cfg(all(target_os = "linux", feature = "monoio"))]
pub use self::local::Monoio;
pub use self::rayon::Rayon;
pub use self::smol::Smol;
#[cfg(feature = "smol-global")]
pub use self::smol_global::SmolGlobal;
pub use self::thread_pool::ThreadPool;
pub use self::threads::Threads;
pub use self::tokio::{CurrentThread, MultiThread, PerCore, WithRayon};

use runtime_bench_api::instance::Instance;
use runtime_bench_api::runtime::Family;
use runtime_bench_api::workload::{Failure, Requirements, Setup, Workload};
use runtime_bench_results::catalogue::RunnerInfo;
use runtime_bench_results::key::Point;

/// A runtime in one configuration.
pub trait Runner: Send + Sync + 'static {
    /// The runner in its own words, with its configuration for these counts of threads.
    fn info(&self, workers: usize, pool_threads: usize) -> RunnerInfo;

    /// How it runs tasks.
    fn family(&self) -> Family;

    /// Environment variables that a trial process of this runner must be started with.
    fn environment(&self, _workers: usize) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    /// Why this runner, other than its whole family, is not for a workload at a point that needs
    /// this; `None` where it is.
    fn refuses<W: Workload>(
        &self,
        _workload: &W,
        _point: &Point,
        _needs: &Requirements,
    ) -> Option<String> {
        None
    }

    /// Builds a fresh runtime and prepares the workload on it.
    ///
    /// # Errors
    /// When the runtime cannot be built or the workload cannot be prepared.
    fn start<W: Workload>(&self, workload: W, setup: Setup) -> Result<Box<dyn Instance>, Failure>;
}

/// Is shown every runner, each with its own type.
pub trait Visitor {
    /// Takes one runner.
    fn visit<R: Runner>(&mut self, runner: R);
}

/// Shows every runner to `visitor`, in the order of the report.
pub fn each(visitor: &mut impl Visitor) {
    visitor.visit(MultiThread);
    visitor.visit(CurrentThread);
    visitor.visit(WithRayon);
    visitor.visit(PerCore);
    visitor.visit(AsyncStd);
    visitor.visit(Smol);
    #[cfg(feature = "smol-global")]
    visitor.visit(SmolGlobal);
    #[cfg(feature = "futures-pool")]
    visitor.visit(FuturesPool);
    #[cfg(all(target_os = "linux", feature = "compio"))]
    visitor.visit(Compio);
    #[cfg(all(target_os = "linux", feature = "monoio"))]
    visitor.visit(Monoio);
    visitor.visit(Threads);
    visitor.visit(ThreadPool);
    visitor.visit(Rayon);
}
