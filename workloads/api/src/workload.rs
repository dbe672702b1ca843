//! The trait that a workload implements, and its requirements.

use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;

use runtime_bench_results::catalog::{Kind, WorkloadInfo};
use runtime_bench_results::key::{Point, WORKERS};
use runtime_bench_results::metric::MetricDef;
use runtime_bench_results::trial::{Metric, Phase};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::external::{self, ExternalInputs};
use crate::instance::sessions::{AsyncSession, LocalSession, NoSession, Session};
use crate::runtime::{AsyncRuntime, DataParallel, Family, LocalRuntime, ThreadRuntime};

pub use crate::failure::{Failure, Unsupported};
pub use crate::setup::{FromPoint, Setup, Timed, Trial};

/// Which points of a workload to measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PointSet {
    /// One small point for verification.
    Smoke,
    /// Usually one point, with iterations of at most 5 ms where possible.
    Quick,
    /// The sweeps.
    Full,
}

/// Where the root task of an iteration runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Placement {
    /// Spawned, where its children run.
    Spawned,
    /// On the thread that waits for it, which may not be a worker.
    OnCaller,
}

/// A workload: the same work for every runner, with a verified output.
///
/// `on_async`, `on_threads` and `on_data_parallel` prepare a session, which is not timed; the session's
/// `iterate` is. [`Workload::requirements`] rejects a family that the workload does not run on, with a
/// reason; the method of that family keeps its default. Runtimes whose tasks stay on one thread are
/// rejected unless [`Workload::supports_local`] accepts them for `on_local`.
pub trait Workload: Clone + Send + Sync + 'static {
    /// The variant and the parameters of a point, parsed once.
    type Params: FromPoint;

    /// The output of one iteration; every output is verified. External runners send it as JSON. The command
    /// `verify` corrupts its JSON to check that [`Workload::verify`] rejects it.
    type Output: DeserializeOwned + Serialize + Send + 'static;

    /// Its metrics, the headline first. If neither direction of the headline is better, the workload passes or
    /// fails, and no runner is ranked by it.
    const METRICS: &'static [&'static MetricDef];

    /// Parameters that a point may have in addition, each with its default. A point without one has the
    /// default, so that a parameter added later changes no key.
    const OPTIONS: &'static [(&'static str, &'static str)] = &[];

    /// Whether it is measured only if a filter or a suite selects it, because few users have the question
    /// that it answers, and a run of all workloads should not take longer. The runners compile such workloads
    /// of the catalog only with the feature `all-workloads`.
    const BY_NAME: bool = false;

    /// Whether it is a server that external clients can use.
    const SERVES: bool = false;

    /// Whether [`Requirements::offloads`] is set at any point.
    const OFFLOADS: bool = false;

    /// Name, title and description.
    fn info(&self) -> WorkloadInfo;

    /// The points to measure, given the number of workers.
    fn points(&self, set: PointSet, workers: usize) -> Vec<Point>;

    /// The point whose metric `rate` gives the capacity at `point`, so that a rate can be a share of it;
    /// `None` for workloads without a rate.
    fn capacity(&self, _point: &Point) -> Option<Point> {
        None
    }

    /// Requirements of a point, or why this family cannot run it.
    ///
    /// # Errors
    /// [`Unsupported`] with a reason for the user.
    fn requirements(
        &self,
        params: &Self::Params,
        family: Family,
    ) -> Result<Requirements, Unsupported>;

    /// Whether its tasks block. If so, the thread pool has its I/O size, otherwise one thread per worker.
    fn tasks_block(&self) -> bool {
        self.info().kind == Kind::Io
    }

    /// Where the root task of an iteration runs on an async runtime.
    fn placement(&self, _params: &Self::Params) -> Placement {
        Placement::Spawned
    }

    /// Phases of an instance at which the workload is meaningful.
    fn phases(&self) -> &'static [Phase] {
        &[Phase::Startup, Phase::Warm, Phase::Steady]
    }

    /// Verifies one output; not timed.
    ///
    /// # Errors
    /// The expected and the actual value.
    fn verify(&self, trial: &Trial<Self::Params>, output: &Self::Output) -> Result<(), String>;

    /// The output in a few characters, for the results file.
    fn describe(&self, output: &Self::Output) -> String;

    /// The workload's own metrics of a block, including its headline.
    fn metrics(&self, trial: &Trial<Self::Params>, block: &Timed<Self::Output>) -> Vec<Metric>;

    /// Latencies of a block in `HdrHistogram`'s compressed V2 encoding, base64, if it recorded any.
    fn histogram(&self, _block: &Timed<Self::Output>) -> Option<String> {
        None
    }

    /// Prepares a session on an asynchronous runtime; runs as a task of it.
    fn on_async<R: AsyncRuntime>(
        self,
        _trial: Trial<Self::Params>,
    ) -> impl Future<Output = Result<impl AsyncSession<Output = Self::Output>, Failure>> + Send
    {
        std::future::ready(Err::<NoSession<Self::Output>, _>(Failure::no_session()))
    }

    /// Whether `on_local` supports this point.
    ///
    /// # Errors
    /// [`Unsupported::Family`] with a reason for the user.
    fn supports_local(&self, _params: &Self::Params) -> Result<(), Unsupported> {
        Err(Unsupported::Family(
            "Tasks stay on one thread here; this workload needs tasks that can move.".to_owned(),
        ))
    }

    /// Prepares a session on an asynchronous runtime whose tasks stay on one thread; runs as a task of
    /// it.
    fn on_local<R: LocalRuntime>(
        self,
        _trial: Trial<Self::Params>,
    ) -> impl Future<Output = Result<impl LocalSession<Output = Self::Output>, Failure>> {
        std::future::ready(Err::<NoSession<Self::Output>, _>(Failure::no_session()))
    }

    /// Prepares a session on threads; runs as a task of them.
    fn on_threads<T: ThreadRuntime>(
        self,
        _trial: Trial<Self::Params>,
    ) -> Result<impl Session<Output = Self::Output>, Failure> {
        Err::<NoSession<Self::Output>, _>(Failure::no_session())
    }

    /// Prepares a session on a data-parallel pool; runs on a worker of it.
    fn on_data_parallel<D: DataParallel>(
        self,
        _trial: Trial<Self::Params>,
    ) -> Result<impl Session<Output = Self::Output>, Failure> {
        Err::<NoSession<Self::Output>, _>(Failure::no_session())
    }

    /// Whether external runners can run this point.
    ///
    /// # Errors
    /// [`Unsupported::Family`] with a reason for the user.
    fn supports_external(&self, _params: &Self::Params) -> Result<(), Unsupported> {
        Ok(())
    }

    /// Prepares the inputs of an external runner: input files, a server to talk to.
    ///
    /// # Errors
    /// When an input cannot be created.
    fn external_inputs(&self, _trial: &Trial<Self::Params>) -> Result<ExternalInputs, Failure> {
        Ok(ExternalInputs::default())
    }

    /// Parses the outputs of an external runner, one per iteration: the fields of [`Workload::Output`] in
    /// JSON. Fills in the expected values.
    ///
    /// # Errors
    /// When one is malformed.
    fn parse_outputs(
        &self,
        _trial: &Trial<Self::Params>,
        outputs: Vec<Value>,
    ) -> Result<Vec<Self::Output>, Failure> {
        external::parse_outputs(outputs)
    }

    /// Prepares a session that loads the server of an external runner; servers only.
    ///
    /// # Errors
    /// When its clients cannot be started.
    fn on_address(
        self,
        _trial: Trial<Self::Params>,
        _address: SocketAddr,
    ) -> Result<impl Session<Output = Self::Output>, Failure> {
        Err::<NoSession<Self::Output>, _>(Failure::no_session())
    }
}

/// What a point requires of the runner and the machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Requirements {
    /// Tasks alive at once; OS threads if each task is a thread.
    pub tasks: usize,
    /// Tasks that must wait at once; pool threads if waiting holds one.
    pub blocking: usize,
    /// Files and sockets open at once.
    pub files: usize,
    /// Upper estimate of the memory of all tasks and buffers, bytes.
    pub memory: u64,
    /// Whether work is offloaded to the runtime's pool for blocking or CPU-bound work.
    pub offloads: bool,
    /// Whether tasks yield.
    pub yields: bool,
    /// Whether a second runtime is shut down.
    pub shuts_down: bool,
    /// Minimum time of a trial if a schedule determines it.
    pub time: Duration,
}

impl Requirements {
    /// The requirements of `tasks` that hold at most a kilobyte each.
    pub fn of_tasks(tasks: usize) -> Self {
        Self { tasks, memory: (tasks as u64).saturating_mul(1_024), ..Self::default() }
    }
}

/// `Ok` if an output is correct; otherwise the error that `wrong` describes.
pub fn ensure(right: bool, wrong: impl FnOnce() -> String) -> Result<(), String> {
    if right { Ok(()) } else { Err(wrong()) }
}

/// A point with 1, 2, 4 … workers, up to the number of the run.
pub fn over_workers(point: &Point, workers: usize) -> Vec<Point> {
    let doubled = std::iter::successors(Some(1_usize), |count| count.checked_mul(2));
    let below = doubled.take_while(|count| *count < workers);
    below.chain([workers]).map(|count| point.clone().with(WORKERS, count as u64, "")).collect()
}

/// Rejects unrealistic numbers of OS threads.
///
/// # Errors
/// On a runner with one OS thread per task, above `most` tasks.
pub fn most_threads(family: Family, tasks: usize, most: usize) -> Result<(), Unsupported> {
    if family == Family::ThreadPerTask && tasks > most {
        return Err(Unsupported::Family(format!(
            "Limited to {most} OS threads; this point needs {tasks}."
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn worker_counts_double_up_to_those_of_the_run() {
        let counts = |workers| -> Vec<Option<usize>> {
            over_workers(&Point::new(), workers).iter().map(Point::workers).collect()
        };
        assert_eq!(counts(1), [Some(1)]);
        assert_eq!(counts(2), [Some(1), Some(2)]);
        assert_eq!(counts(6), [Some(1), Some(2), Some(4), Some(6)]);
    }
}
