//! One prepared cell, and the only clock that times it.
//!
//! `prepare` has happened outside the clock, `iterate` stands inside it, and every output is
//! verified after it.

mod sessions;

pub use sessions::{
    AsyncSession, LocalSession, NoSession, Repeat, RepeatAsync, RepeatLocal, Session, repeat,
    repeat_async, repeat_local,
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
use crate::runtime::{AsyncRuntime, DataParallel, LocalRuntime, ThreadRuntime};
use crate::workload::{Failure, Placement, Setup, Timed, Trial, Workload};

/// What one call of [`Instance::measure`] found.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// Iterations.
    pub iterations: u64,
    /// What they took.
    pub timing: Timing,
    /// The workload's own figures.
    pub metrics: Vec<Metric>,
    /// Latencies, encoded, where it recorded them.
    pub histogram: Option<String>,
    /// The last output, in short.
    pub output: String,
}

/// One fresh, prepared instance of a cell.
pub trait Instance {
    /// Does the work `iterations` times under the clock, then verifies every output.
    ///
    /// # Errors
    /// When an output is wrong or the work could not be done.
    fn measure(&mut self, iterations: u64) -> Result<Sample, Failure>;

    /// How long the runtime alone took to build, inputs not counted.
    fn build_time(&self) -> Duration;
}

/// Builds a runtime and prepares `workload` on it: an asynchronous runtime.
///
/// # Errors
/// When the runtime cannot be built or the workload cannot be prepared.
pub fn on_async<W: Workload, R: AsyncRuntime>(
    build: &dyn Fn() -> io::Result<R>,
    workload: W,
    setup: Setup,
) -> Result<Box<dyn Instance>, Failure> {
    let trial = Trial::new(setup)?;
    let (runtime, took) = timed_build(build, first_task, trial.setup.clock)?;
    let slot = Slot::default();
    let (put, prepare) = (slot.clone(), workload.clone().on_async::<R>(trial.clone()));
    run_boxed(&runtime, Box::pin(async move { put.set(prepare.await) }));
    let session = slot.take()?;
    let placement = workload.placement(&trial.params);
    Ok(Prepared::boxed(workload, trial, took, session, move |mut session, clock, iterations| {
        let slot = Slot::default();
        let put = slot.clone();
        let root = async move {
            let mut outputs = Vec::with_capacity(iterations);
            let mut watch = Stopwatch::start(clock);
            for _ in 0..iterations {
                match AsyncSession::iterate(&mut session).await {
                    Ok(output) => outputs.push(output),
                    Err(failure) => return put.set(Err(failure)),
                }
                watch.lap();
            }
            put.set(Ok((session, Timed { outputs, timing: watch.stop() })));
        };
        if W::ON_CALLER && placement == Placement::OnCaller {
            runtime.run_on_caller(root);
        } else {
            runtime.run(root);
        }
        slot.take()
    }))
}

/// Builds a runtime and prepares `workload` on it: one whose tasks stay on one thread.
///
/// # Errors
/// When the runtime cannot be built or the workload cannot be prepared.
pub fn on_local<W: Workload, R: LocalRuntime>(
    build: &dyn Fn() -> io::Result<R>,
    workload: W,
    setup: Setup,
) -> Result<Box<dyn Instance>, Failure> {
    let trial = Trial::new(setup)?;
    let (runtime, took) = timed_build(build, first_local_task, trial.setup.clock)?;
    let slot = Slot::default();
    let (put, prepare) = (slot.clone(), workload.clone().on_local::<R>(trial.clone()));
    let prepare: Pin<Box<dyn Future<Output = ()>>> =
        Box::pin(async move { put.set(prepare.await) });
    runtime.run(prepare);
    let session = slot.take()?;
    let placement = workload.placement(&trial.params);
    Ok(Prepared::boxed(workload, trial, took, session, move |mut session, clock, iterations| {
        let slot = Slot::default();
        let put = slot.clone();
        let root = async move {
            let mut outputs = Vec::with_capacity(iterations);
            let mut watch = Stopwatch::start(clock);
            for _ in 0..iterations {
                match session.iterate().await {
                    Ok(output) => outputs.push(output),
                    Err(failure) => return put.set(Err(failure)),
                }
                watch.lap();
            }
            put.set(Ok((session, Timed { outputs, timing: watch.stop() })));
        };
        if W::ON_CALLER && placement == Placement::OnCaller {
            runtime.run_on_caller(root);
        } else {
            runtime.run(root);
        }
        slot.take()
    }))
}

/// Builds a runtime and prepares `workload` on it: threads.
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

/// Builds a runtime and prepares `workload` on it: a data-parallel pool.
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

/// A root that runs on threads. It is boxed before the clock starts, so that every workload gives a
/// runtime the same type.
type Job = Box<dyn FnOnce() + Send>;

fn job(work: impl FnOnce() + Send + 'static) -> Job {
    Box::new(work)
}

/// Prepares `workload` as a job, and makes each block a job.
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

// The first root task of a runtime, and the one that prepares: functions that are generic over the runtime
// only, so that they are compiled once and not for every workload.

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

/// Where a root task puts its result. So its output is `()`, and a runtime's generic code is compiled
/// for fewer types.
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

    /// Takes the result of a root that has ended.
    fn take(&self) -> Result<T, Failure> {
        let result = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        result.unwrap_or_else(|| Err(Failure::Request("the root task did not finish".to_owned())))
    }
}

/// Prepares to load a server that another process has taken `build_time` to start.
///
/// # Errors
/// When its clients cannot be started.
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
/// When one is not of the workload's form, or wrong.
pub fn external_sample<W: Workload>(
    workload: &W,
    setup: &Setup,
    outputs: Vec<Value>,
    timing: Timing,
) -> Result<Sample, Failure> {
    let trial = Trial::new(setup.clone())?;
    let outputs = workload.parse_outputs(&trial, outputs)?;
    sample(workload, &trial, &Timed { outputs, timing })
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
        histogram: workload.histogram(timed),
        output: timed.outputs.last().map_or_else(String::new, |a| workload.describe(a)),
    })
}

/// A runtime is built once it has run an empty root task: some start their threads only then.
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
    Ok((session, Timed { outputs, timing: watch.stop() }))
}

/// A session that is lent to the runtime for each block and handed back.
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
            Failure::Request("an instance that failed cannot be measured again".to_owned())
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
