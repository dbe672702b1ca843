//! The trait that a workload implements, and what it may ask for.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use runtime_bench_results::catalogue::{Kind, WorkloadInfo};
use runtime_bench_results::key::{ParamError, Point, WORKERS};
use runtime_bench_results::metric::MetricDef;
use runtime_bench_results::trial::{Metric, Phase};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::clock::{Clock, Timing};
use crate::external::{self, ExternalInputs};
use crate::instance::{AsyncSession, LocalSession, NoSession, Session};
use crate::load::Traffic;
use crate::runtime::{AsyncRuntime, DataParallel, Family, LocalRuntime, ThreadRuntime};

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

/// The parameters of a workload, as it uses them.
pub trait FromPoint: Sized + Clone + Send + Sync + 'static {
    /// Parses the variant and the parameters of a point.
    ///
    /// # Errors
    /// [`Unsupported::Point`] when the variant is unknown, or a parameter is missing or out of range.
    fn from_point(point: &Point) -> Result<Self, Unsupported>;
}

/// A setup and its parsed parameters.
#[derive(Clone)]
pub struct Trial<P> {
    /// The parameters of its point.
    pub params: P,
    /// Everything else.
    pub setup: Setup,
}

impl<P: FromPoint> Trial<P> {
    /// Parses the parameters.
    ///
    /// # Errors
    /// As [`FromPoint::from_point`].
    pub fn new(setup: Setup) -> Result<Self, Unsupported> {
        Ok(Self { params: P::from_point(&setup.point)?, setup })
    }
}

impl FromPoint for () {
    fn from_point(_: &Point) -> Result<Self, Unsupported> {
        Ok(())
    }
}

/// What one trial is given.
#[derive(Clone)]
pub struct Setup {
    /// Variant and parameters.
    pub point: Point,
    /// Worker threads of the runtime.
    pub workers: usize,
    /// Threads of the pool for tasks that block.
    pub pool_threads: usize,
    /// Seed for the inputs.
    pub seed: u64,
    /// A folder for input files, kept for the whole run.
    pub scratch: PathBuf,
    /// Who loads a workload that is a server.
    pub traffic: Traffic,
    /// The clock.
    pub clock: &'static dyn Clock,
}

/// The outputs of a block and what they took.
#[derive(Clone, Debug)]
pub struct Timed<O> {
    /// One per iteration.
    pub outputs: Vec<O>,
    /// Of all iterations together.
    pub timing: Timing,
}

impl<O> Timed<O> {
    /// Mean wall time of an iteration, nanoseconds.
    pub fn wall_ns(&self) -> f64 {
        self.timing.wall.as_nanos() as f64 / self.outputs.len() as f64
    }

    /// Mean CPU time of an iteration, nanoseconds.
    pub fn cpu_ns(&self) -> f64 {
        self.timing.usage.cpu.as_nanos() as f64 / self.outputs.len() as f64
    }

    /// Mean of a figure over the outputs.
    pub fn mean(&self, of: impl Fn(&O) -> f64) -> f64 {
        self.outputs.iter().map(of).sum::<f64>() / self.outputs.len() as f64
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

/// Why a workload cannot run at a point on a family of runners.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsupported {
    /// This runner or its whole family cannot do it, for this reason.
    #[error("{0}")]
    Family(String),
    /// Nobody can: the point itself makes no sense.
    #[error("{0}")]
    Point(String),
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

impl From<ParamError> for Unsupported {
    fn from(error: ParamError) -> Self {
        Self::Point(error.to_string())
    }
}

/// Why a trial has no figure.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The answer was not the expected one.
    #[error("{0}")]
    WrongOutput(String),
    /// Something that the trial needs was refused.
    #[error("{what}: {source}")]
    Io {
        /// What was being done.
        what: &'static str,
        /// The operating system's answer.
        source: io::Error,
    },
    /// The request asks for something that cannot be.
    #[error("{0}")]
    Request(String),
}

impl Failure {
    /// The workload has no session on this family of runners.
    pub fn no_session() -> Self {
        Self::Request("the workload does not run on this family of runners".to_owned())
    }

    /// Says what was being done when the operating system refused.
    pub fn io(what: &'static str) -> impl Fn(io::Error) -> Self {
        move |source| Self::Io { what, source }
    }
}

impl From<ParamError> for Failure {
    fn from(error: ParamError) -> Self {
        Self::Request(error.to_string())
    }
}

impl From<Unsupported> for Failure {
    fn from(unsupported: Unsupported) -> Self {
        Self::Request(unsupported.to_string())
    }
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
