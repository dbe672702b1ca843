//! The trait that a runner implements: a runtime in one configuration.

use std::ops::RangeInclusive;

use runtime_bench_results::catalog::RunnerInfo;
use runtime_bench_results::key::Point;
use runtime_bench_results::setting::SettingInfo;

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

    /// The settings that `--setting` can change. [`Setup::settings`] has their values.
    fn settings(&self) -> Vec<Setting> {
        Vec::new()
    }

    /// Why this runner, unlike its family, does not run a workload at a point with these requirements; `None`
    /// if it does.
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

/// A setting of a runner, at its default unless it is set.
#[derive(Clone, Debug)]
pub struct Setting {
    /// Name: lower-case words joined by `-`.
    pub name: &'static str,
    /// What it sets, in a few words.
    pub about: &'static str,
    /// Unit of its values; empty for a plain number, and for a switch, whose values are 0 and 1.
    pub unit: &'static str,
    /// Possible values.
    pub range: RangeInclusive<u64>,
    /// The runner's own value.
    pub default: &'static str,
    /// Environment variable that must hold the value when a trial process starts.
    pub variable: Option<&'static str>,
    /// Why this build lacks it; `None` if it does not.
    pub missing: Option<&'static str>,
}

impl Setting {
    /// A plain number that [`Runner::start`] sets.
    pub const fn new(
        name: &'static str,
        about: &'static str,
        range: RangeInclusive<u64>,
        default: &'static str,
    ) -> Self {
        Self { name, about, unit: "", range, default, variable: None, missing: None }
    }

    /// The stack size of threads that are started without one.
    pub const fn stack_size() -> Self {
        let about = "stack of each thread";
        Self {
            unit: "bytes",
            variable: Some("RUST_MIN_STACK"),
            ..Self::new("stack-size", about, 16_384..=1 << 30, "2097152")
        }
    }

    /// The threads of the pool for blocking work and files that smol and async-std share.
    pub const fn blocking_threads() -> Self {
        let about = "threads for blocking work and files";
        Self {
            variable: Some("BLOCKING_MAX_THREADS"),
            ..Self::new("max-blocking-threads", about, 1..=10_000, "500")
        }
    }

    /// Its description.
    pub fn info(&self) -> SettingInfo {
        SettingInfo {
            name: self.name.to_owned(),
            about: self.about.to_owned(),
            unit: self.unit.to_owned(),
            least: *self.range.start(),
            most: *self.range.end(),
            default: self.default.to_owned(),
            missing: self.missing.map(str::to_owned),
        }
    }
}

/// Note for runners with one runtime per core, which share only a port.
pub const PER_CORE_NOTE: &str = "The kernel assigns connections by a hash of their addresses, so a few connections \
     may share one core while another is idle.";

/// Why such a runner skips a workload that is not a server.
pub fn servers_only(workload: &dyn DynWorkload) -> Option<String> {
    let reason = "Servers only: the kernel spreads connections over one runtime per core.";
    (!workload.serves()).then(|| reason.to_owned())
}

/// Package names for [`RunnerInfo::packages`], whose versions the harness fills in.
pub fn packages(names: &[&str]) -> std::collections::BTreeMap<String, String> {
    names.iter().map(|name| ((*name).to_owned(), String::new())).collect()
}
