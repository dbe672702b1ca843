//! The trait that a runner implements: a runtime in one configuration.

use runtime_bench_results::catalogue::RunnerInfo;
use runtime_bench_results::key::Point;

use crate::dyn_workload::DynWorkload;
use crate::instance::Instance;
use crate::runtime::Family;
use crate::workload::{Failure, Requirements, Setup, Workload};

/// A runtime in one configuration.
pub trait Runner: Copy + Send + Sync + 'static {
    /// Name in a cell's key: lower-case words joined by `-`.
    fn name(&self) -> &'static str;

    /// Title, class, configuration for these numbers of threads, and packages. Versions of packages are
    /// left empty: the harness fills them in from the lock file of the build ([`packages`]).
    fn info(&self, workers: usize, pool_threads: usize) -> RunnerInfo;

    /// How it runs tasks.
    fn family(&self) -> Family;

    /// Environment variable that must hold the number of workers when a trial process starts.
    fn worker_variable(&self) -> Option<&'static str> {
        None
    }

    /// Why this runner, other than its whole family, does not run a workload at a point with these
    /// requirements; `None` where it does.
    fn refuses(
        &self,
        _workload: &dyn DynWorkload,
        _point: &Point,
        _requirements: &Requirements,
    ) -> Option<String> {
        None
    }

    /// Builds a fresh runtime and prepares the workload on it.
    ///
    /// # Errors
    /// When the runtime cannot be built or the workload cannot be prepared.
    fn start<W: Workload>(&self, workload: W, setup: Setup) -> Result<Box<dyn Instance>, Failure>;
}

/// Package names for [`RunnerInfo::packages`], whose versions the harness fills in.
pub fn packages(names: &[&str]) -> std::collections::BTreeMap<String, String> {
    names.iter().map(|name| ((*name).to_owned(), String::new())).collect()
}
