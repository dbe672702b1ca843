//! One prepared cell, and the loop that times it.
//!
//! Preparation and verification are not timed; only `iterate` is.

pub(crate) mod sessions;

pub use sessions::{
    AsyncSession, Either, LocalSession, NoSession, Repeat, RepeatAsync, RepeatLocal, Session,
    repeat, repeat_async, repeat_local,
};

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use runtime_bench_results::trial::Metric;
use serde_json::Value;

use crate::clock::{Clock, Stopwatch, Timing};
use crate::runtime::{AsyncRuntime, Counters, DataParallel, LocalRuntime, ThreadRuntime, since};
use crate::workload::{Failure, Placement, Setup, Timed, Trial, Workload};

/// The result of one call of [`Instance::measure`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sample {
    /// Number of iterations.
    pub iterations: u64,
    /// Time and resources of all of them.
    pub timing: Timing,
    /// The workload's own metrics.
    pub metrics: Vec<Metric>,
    /// What the runtime counted in them.
    pub counters: Counters,
    /// Encoded latencies, if the workload recorded any.
    pub histogram: Option<String>,
    /// Short form of the last output.
    pub output: String,
}

/// One fresh, prepared instance of a cell.
pub trait Instance {
    /// Times `iterations` iterations, then verifies every output.
    ///
    /// # Errors
    /// When an output is wrong or the work fails.
    fn measure(&mut self, iterations: u64) -> Result<Sample, Failure>;

    /// Build time of the runtime, without the workload's inputs.
    fn build_time(&self) -> Duration;
}

/// Defines how to start an instance on one kind of asynchronous runtime. A macro, because the futures of
/// one kind must be `Send` and those of the other need not be.
macro_rules! on_futures {
    ($(#[$about:meta])* $on:ident, $runtime:ident, $session:ident, $first:ident, $run_boxed:ident) => {
        $(#[$about])*
        pub fn $on<W: Workload, R: $runtime>(
            build: &dyn Fn() -> io::Result<R>,
            workload: W,
            setup: Setup,
        ) -> Result<Box<dyn Instance>, Failure> {
            let trial = Trial::new(setup)?;
            let (runtime, took) = timed_build(build, $first, trial.setup.clock)?;
            let slot = Slot::default();
            let (put, prepare) = (slot.clone(), workload.clone().$on::<R>(trial.clone()));
            $run_boxed(&runtime, Box::pin(async move { put.set(prepare.await) }));
            let session = slot.take()?;
            let placement = workload.placement(&trial.params);
            let block = move |mut session, clock, iterations| {
                let slot = Slot::default();
                let put = slot.clone();
                let root = async move {
                    let mut outputs = Vec::with_capacity(iterations);
                    let mut watch = Stopwatch::start(clock);
                    for _ in 0..iterations {
                        match $session::iterate(&mut session).await {
                            Ok(output) => outputs.push(output),
                            Err(failure) => return put.set(Err(failure)),
                        }
                        watch.lap();
                    }
                    put.set(Ok((session, Timed::of(outputs, watch.stop()))));
                };
                let before = runtime.counters();
                if W::ON_CALLER && placement == Placement::OnCaller {
                    runtime.run_on_caller(root);
                } else {
                    runtime.run(root);
                }
                let counters = since(runtime.counters(), &before);
                slot.take().map(|(session, timed)| (session, Timed { counters, ..timed }))
            };
            Ok(Prepared::boxed(workload, trial, took, session, block))
        }
    };
}

on_futures!(
    /// Builds an asynchronous runtime and prepares `workload` on it.
    on_async, AsyncRuntime, AsyncSession, first_task, run_boxed
);
on_futures!(
    /// Builds an asynchronous runtime whose tasks stay on one thread and prepares `workload` on it.
    on_local, LocalRuntime, LocalSession, first_local_task, run_boxed_local
);

/// Starts threads and prepares `workload` on them.
///
/// # Errors
/// When the runtime cannot be built or the workload cannot be prepared.
pub fn on_threads<W: Workload, T: ThreadRuntime>(
    build: &dyn Fn() -> io::Result<T>,
    workload: W,
    setup: Setup,
) -> Result<Box<dyn Instance>, Failure> {
    let (runtime, took) = timed_build(build, first_job, setup.clock)?;
    let run = move |job: Job| runtime.run(job);
    on_jobs(run, W::on_threads::<T>, workload, setup, took)
}

/// Builds a data-parallel pool and prepares `workload` on it.
///
/// # Errors
/// When the runtime cannot be built or the workload cannot be prepared.
pub fn on_data_parallel<W: Workload, D: DataParallel>(
    build: &dyn Fn() -> io::Result<D>,
    workload: W,
    setup: Setup,
) -> Result<Box<dyn Instance>, Failure> {
    let (runtime, took) = timed_build(build, first_parallel_job, setup.clock)?;
    let run = move |job: Job| runtime.run(job);
    on_jobs(run, W::on_data_parallel::<D>, workload, setup, took)
}

/// A root that runs on threads. It is boxed before the clock starts, so that a runtime's generic code is
/// compiled for one type.
type Job = Box<dyn FnOnce() + Send>;

fn job(work: impl FnOnce() + Send + 'static) -> Job {
    Box::new(work)
}

/// Prepares `workload` in a job, and runs each block as a job.
fn on_jobs<W: Workload, S: Session<Output = W::Output>>(
    run: impl Fn(Job) + 'static,
    prepare: impl FnOnce(W, Trial<W::Params>) -> Result<S, Failure> + Send + 'static,
    workload: W,
    setup: Setup,
    build_time: Duration,
) -> Result<Box<dyn Instance>, Failure> {
    let trial = Trial::new(setup)?;
    let slot = Slot::default();
    let (put, own, given) = (slot.clone(), workload.clone(), trial.clone());
    run(job(move || put.set(prepare(own, given))));
    let session = slot.take()?;
    Ok(Prepared::boxed(workload, trial, build_time, session, move |session, clock, iterations| {
        let slot = Slot::default();
        let put = slot.clone();
        run(job(move || put.set(block(session, clock, iterations))));
        slot.take()
    }))
}

// The first root task and the one that prepares are generic over the runtime only, so that they are
// compiled once per runtime and not once per workload.

fn first_task<R: AsyncRuntime>(runtime: &R) {
    runtime.run(async {});
}

fn first_local_task<R: LocalRuntime>(runtime: &R) {
    runtime.run(async {});
}

fn first_job<T: ThreadRuntime>(runtime: &T) {
    runtime.run(job(|| ()));
}

fn first_parallel_job<D: DataParallel>(runtime: &D) {
    runtime.run(job(|| ()));
}

fn run_boxed<R: AsyncRuntime>(runtime: &R, root: Pin<Box<dyn Future<Output = ()> + Send>>) {
    runtime.run(root);
}

fn run_boxed_local<R: LocalRuntime>(runtime: &R, root: Pin<Box<dyn Future<Output = ()>>>) {
    runtime.run(root);
}

/// Holds the result of a root task. The output of the task itself is `()`, so that a runtime's generic
/// code is compiled for fewer types.
struct Slot<T>(Arc<Mutex<Option<Result<T, Failure>>>>);

impl<T> Clone for Slot<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> Default for Slot<T> {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(None)))
    }
}

impl<T> Slot<T> {
    fn set(&self, result: Result<T, Failure>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(result);
    }

    /// Takes the result of a finished root.
    fn take(&self) -> Result<T, Failure> {
        let result = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        result.unwrap_or_else(|| Err(Failure::Request("the root task did not finish".to_owned())))
    }
}

/// Prepares to load a server that another process took `build_time` to start.
///
/// # Errors
/// When the clients cannot be started.
pub fn on_address<W: Workload>(
    workload: W,
    setup: Setup,
    address: SocketAddr,
    build_time: Duration,
) -> Result<Box<dyn Instance>, Failure> {
    let trial = Trial::new(setup)?;
    let session = workload.clone().on_address(trial.clone(), address)?;
    Ok(Prepared::boxed(workload, trial, build_time, session, block))
}

/// Parses and verifies the outputs of an external runner.
///
/// # Errors
/// When an output is malformed or wrong.
pub fn external_sample<W: Workload>(
    workload: &W,
    setup: &Setup,
    outputs: Vec<Value>,
    timing: Timing,
) -> Result<Sample, Failure> {
    let trial = Trial::new(setup.clone())?;
    let outputs = workload.parse_outputs(&trial, outputs)?;
    sample(workload, &trial, &Timed::of(outputs, timing))
}

fn sample<W: Workload>(
    workload: &W,
    trial: &Trial<W::Params>,
    timed: &Timed<W::Output>,
) -> Result<Sample, Failure> {
    for output in &timed.outputs {
        workload.verify(trial, output).map_err(Failure::WrongOutput)?;
    }
    Ok(Sample {
        iterations: timed.outputs.len() as u64,
        timing: timed.timing,
        metrics: workload.metrics(trial, timed),
        counters: timed.counters.clone(),
        histogram: workload.histogram(timed),
        output: timed.outputs.last().map_or_else(String::new, |last| workload.describe(last)),
    })
}

/// Builds a runtime and runs an empty root task: some runtimes start their threads only then.
fn timed_build<R>(
    build: &dyn Fn() -> io::Result<R>,
    first_task: fn(&R),
    clock: &'static dyn Clock,
) -> Result<(R, Duration), Failure> {
    let start = clock.now();
    let runtime = build().map_err(Failure::io("building the runtime"))?;
    first_task(&runtime);
    Ok((runtime, clock.now().saturating_sub(start)))
}

fn block<S: Session>(
    mut session: S,
    clock: &'static dyn Clock,
    iterations: usize,
) -> Result<(S, Timed<S::Output>), Failure> {
    let mut outputs = Vec::with_capacity(iterations);
    let mut watch = Stopwatch::start(clock);
    for _ in 0..iterations {
        outputs.push(session.iterate()?);
        watch.lap();
    }
    Ok((session, Timed::of(outputs, watch.stop())))
}

/// A session, which the runtime borrows for each block.
struct Prepared<W: Workload, S, B> {
    workload: W,
    trial: Trial<W::Params>,
    build_time: Duration,
    session: Option<S>,
    block: B,
}

impl<W, S, B> Prepared<W, S, B>
where
    W: Workload,
    S: 'static,
    B: Fn(S, &'static dyn Clock, usize) -> Result<(S, Timed<W::Output>), Failure> + 'static,
{
    fn boxed(
        workload: W,
        trial: Trial<W::Params>,
        build_time: Duration,
        session: S,
        block: B,
    ) -> Box<dyn Instance> {
        Box::new(Self { workload, trial, build_time, session: Some(session), block })
    }
}

impl<W, S, B> Instance for Prepared<W, S, B>
where
    W: Workload,
    B: Fn(S, &'static dyn Clock, usize) -> Result<(S, Timed<W::Output>), Failure>,
{
    fn measure(&mut self, iterations: u64) -> Result<Sample, Failure> {
        let session = self.session.take().ok_or_else(|| {
            Failure::Request("cannot measure an instance again after a failure".to_owned())
        })?;
        let (session, timed) =
            (self.block)(session, self.trial.setup.clock, iterations.max(1) as usize)?;
        self.session = Some(session);
        sample(&self.workload, &self.trial, &timed)
    }

    fn build_time(&self) -> Duration {
        self.build_time
    }
}
