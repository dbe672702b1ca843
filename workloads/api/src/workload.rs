//! The trait that a workload implements, and what it may ask for.

use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;

use runtime_bench_results::catalogue::{Kind, WorkloadInfo};
use runtime_bench_results::key::{Point, WORKERS};
use runtime_bench_results::metric::MetricDef;
use runtime_bench_results::trial::{Metric, Phase};
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
    /// One tiny point, for verification.
    Smoke,
    /// One point, seldom another variant; an iteration of at most 5 ms where physics allows.
    Quick,
    /// The sweeps.
    Full,
}

/// Where the root task of an iteration runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Placement {
    /// Where its children run: it is spawned.
    Spawned,
    /// On the thread that waits for it, which may be no worker.
    OnCaller,
}

/// A workload: the same work for every runner, with a checked output.
///
/// `on_async`, `on_threads` and `on_data_parallel` prepare a session outside the clock; the
/// session's `iterate` stands inside it. A family that the workload does not run on is ruled out,
/// with its reason, by [`Workload::requirements`], and its method is left at the default. Asynchronous runtimes
/// whose tasks stay on one thread are ruled out unless [`Workload::supports_local`] lets them in to `on_local`.
pub trait Workload: Clone + Send + Sync + 'static {
    /// The variant and the parameters of a point, parsed once.
    type Params: FromPoint;

    /// What one iteration returns; every one is checked.
    type Output: DeserializeOwned + Send + 'static;

    /// Its metrics, the headline first.
    const METRICS: &'static [&'static MetricDef];

    /// Whether it is a server that clients from outside can speak to.
    const SERVES: bool = false;

    /// Whether [`Requirements::offloads`] is set at any point.
    const OFFLOADS: bool = false;

    /// Whether [`Workload::placement`] is [`Placement::OnCaller`] at any point.
    const ON_CALLER: bool = false;

    /// The workload in its own words.
    fn info(&self) -> WorkloadInfo;

    /// Where in its parameter space it is measured, given the number of workers.
    fn points(&self, set: PointSet, workers: usize) -> Vec<Point>;

    /// Where the profiles measure it that take their time: at the quick points, unless what it looks for
    /// is so rare that a block must be long.
    fn long_points(&self, workers: usize) -> Vec<Point> {
        self.points(PointSet::Quick, workers)
    }

    /// Where a trial tells by its metric `rate` how much can be done at `point`, so that a rate can be a
    /// share of it; `None` where nothing has a rate.
    fn capacity(&self, _point: &Point) -> Option<Point> {
        None
    }

    /// What a point asks of the runner and the machine, or why this family cannot run it.
    ///
    /// # Errors
    /// [`Unsupported`] with a reason that a user understands.
    fn requirements(
        &self,
        params: &Self::Params,
        family: Family,
    ) -> Result<Requirements, Unsupported>;

    /// Whether its tasks wait for something while they run. Then the thread pool has its I/O size,
    /// otherwise one thread per worker.
    fn tasks_block(&self) -> bool {
        self.info().kind == Kind::Io
    }

    /// Where the root task of an iteration runs, on an asynchronous runtime.
    fn placement(&self, _params: &Self::Params) -> Placement {
        Placement::Spawned
    }

    /// Phases of an instance at which the workload means something.
    fn ages(&self) -> &'static [Phase] {
        &[Phase::Startup, Phase::Warm, Phase::Steady]
    }

    /// Checks one output, outside the clock.
    ///
    /// # Errors
    /// What was expected and what came.
    fn verify(&self, trial: &Trial<Self::Params>, output: &Self::Output) -> Result<(), String>;

    /// The output in a few characters, for the results file.
    fn describe(&self, output: &Self::Output) -> String;

    /// The workload's own figures of a block, its headline among them.
    fn metrics(&self, trial: &Trial<Self::Params>, block: &Timed<Self::Output>) -> Vec<Metric>;

    /// Latencies of a block in `HdrHistogram`'s compressed V2 encoding, base64, where it recorded them.
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

    /// Whether `on_local` can do this point.
    ///
    /// # Errors
    /// [`Unsupported::Family`] with a reason that a user understands.
    fn supports_local(&self, _params: &Self::Params) -> Result<(), Unsupported> {
        Err(Unsupported::Family(
            "its tasks cannot move between threads, and this workload is written for runtimes whose \
             tasks can"
                .to_owned(),
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

    /// Whether an external runner can do this point by the runner protocol.
    ///
    /// # Errors
    /// [`Unsupported::Family`] with a reason that a user understands.
    fn supports_external(&self, _params: &Self::Params) -> Result<(), Unsupported> {
        Ok(())
    }

    /// Prepares what an external runner is given for a trial: files with its input, a
    /// server to talk to.
    ///
    /// # Errors
    /// When it cannot be made.
    fn external_inputs(&self, _trial: &Trial<Self::Params>) -> Result<ExternalInputs, Failure> {
        Ok(ExternalInputs::default())
    }

    /// Parses the outputs of such a runner, one per iteration: the fields of [`Workload::Output`] in JSON.
    /// What it is checked against is filled in here.
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

    /// Prepares a session that loads a server of such a runner; only for workloads that are servers.
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

/// What a point asks of the runner and the machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Requirements {
    /// Tasks alive at once: OS threads, where each task is one.
    pub tasks: usize,
    /// Tasks that must wait at once for the work to go on: pool threads, where waiting takes one.
    pub blocking: usize,
    /// Files and sockets open at once.
    pub files: usize,
    /// Memory of all tasks and buffers, bytes, as an upper estimate.
    pub memory: u64,
    /// Whether work is handed to the runtime's pool for work that blocks or computes.
    pub offloads: bool,
    /// Whether tasks step back so that others run.
    pub yields: bool,
    /// Whether another runtime of the kind is shut down.
    pub shuts_down: bool,
    /// What a trial takes at least, where a schedule decides and not the runner.
    pub time: Duration,
}

/// A point with 1, 2, 4 … workers, and with as many as the run has.
pub fn over_workers(point: &Point, workers: usize) -> Vec<Point> {
    let doubled = std::iter::successors(Some(1_usize), |count| count.checked_mul(2));
    let below = doubled.take_while(|count| *count < workers);
    below.chain([workers]).map(|count| point.clone().with(WORKERS, count as u64, "")).collect()
}

/// Refuses more OS threads at once, one a task, than anybody would write.
///
/// # Errors
/// On a runner whose tasks are OS threads, beyond `most` of them.
pub fn most_threads(family: Family, tasks: usize, most: usize) -> Result<(), Unsupported> {
    if family == Family::ThreadPerTask && tasks > most {
        return Err(Unsupported::Family(format!(
            "one OS thread per task is measured up to {most} tasks, and this point has {tasks}"
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workers_double_up_to_those_of_the_run() {
        let counts = |workers| -> Vec<Option<usize>> {
            over_workers(&Point::new(), workers).iter().map(Point::workers).collect()
        };
        assert_eq!(counts(1), [Some(1)]);
        assert_eq!(counts(2), [Some(1), Some(2)]);
        assert_eq!(counts(6), [Some(1), Some(2), Some(4), Some(6)]);
    }
}
