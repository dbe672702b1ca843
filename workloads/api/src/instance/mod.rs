//! One prepared cell, and the only clock that times it.
//!
//! `prepare` has happened outside the clock, `iterate` stands inside it, and every answer is
//! verified after it.

mod sessions;

pub use sessions::{
    AsyncSession, LocalSession, NoSession, Repeat, RepeatAsync, RepeatLocal, Session, repeat,
    repeat_async, repeat_local,
};

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use runtime_bench_results::trial::Metric;
use serde_json::Value;

use crate::clock::{Clock, Stopwatch, Timing};
use crate::runtime::{AsyncRuntime, DataParallel, LocalRuntime, ThreadRuntime};
use crate::workload::{Failure, Placement, Setup, Timed, Workload};

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
    /// The last answer, in short.
    pub answer: String,
}

/// One fresh, prepared instance of a cell.
pub trait Instance {
    /// Does the work `iterations` times under the clock, then verifies every answer.
    ///
    /// # Errors
    /// When an answer is wrong or the work could not be done.
    fn measure(&mut self, iterations: u64) -> Result<Sample, Failure>;

    /// How long the runtime alone took to build, inputs not counted.
    fn build_time(&self) -> Duration;
}

/// Builds a runtime and prepares `workload` on it: an asynchronous runtime.
///
/// # Errors
/// When the runtime cannot be built or the workload cannot be prepared.
pub fn on_async<W: Workload, R: AsyncRuntime>(
    build: impl FnOnce() -> io::Result<R>,
    workload: W,
    setup: Setup,
) -> Result<Box<dyn Instance>, Failure> {
    let (runtime, took) = timed_build(build, |runtime| runtime.run(async {}), &setup)?;
    let session = runtime.run(workload.clone().on_async::<R>(setup.clone()))?;
    let placement = workload.placement(&setup.point);
    Ok(Prepared::boxed(workload, setup, took, session, move |mut session, clock, iterations| {
        let root = async move {
            let mut answers = Vec::with_capacity(iterations);
            let mut watch = Stopwatch::start(clock);
            for _ in 0..iterations {
                answers.push(AsyncSession::iterate(&mut session).await?);
                watch.lap();
            }
            Ok((session, Timed { answers, timing: watch.stop() }))
        };
        match placement {
            Placement::Spawned => runtime.run(root),
            Placement::OnCaller => runtime.run_on_caller(root),
        }
    }))
}

/// Builds a runtime and prepares `workload` on it: one whose tasks stay on one thread.
///
/// # Errors
/// When the runtime cannot be built or the workload cannot be prepared.
pub fn on_local<W: Workload, R: LocalRuntime>(
    build: impl FnOnce() -> io::Result<R>,
    workload: W,
    setup: Setup,
) -> Result<Box<dyn Instance>, Failure> {
    let (runtime, took) = timed_build(build, |runtime| runtime.run(async {}), &setup)?;
    let session = runtime.run(workload.clone().on_local::<R>(setup.clone()))?;
    let placement = workload.placement(&setup.point);
    Ok(Prepared::boxed(workload, setup, took, session, move |mut session, clock, iterations| {
        let root = async move {
            let mut answers = Vec::with_capacity(iterations);
            let mut watch = Stopwatch::start(clock);
            for _ in 0..iterations {
                answers.push(session.iterate().await?);
                watch.lap();
            }
            Ok((session, Timed { answers, timing: watch.stop() }))
        };
        match placement {
            Placement::Spawned => runtime.run(root),
            Placement::OnCaller => runtime.run_on_caller(root),
        }
    }))
}

/// Builds a runtime and prepares `workload` on it: threads.
///
/// # Errors
/// When the runtime cannot be built or the workload cannot be prepared.
pub fn on_threads<W: Workload, T: ThreadRuntime>(
    build: impl FnOnce() -> io::Result<T>,
    workload: W,
    setup: Setup,
) -> Result<Box<dyn Instance>, Failure> {
    let (runtime, took) = timed_build(build, |runtime| runtime.run(|| ()), &setup)?;
    let prepare = (workload.clone(), setup.clone());
    let session = runtime.run(move || prepare.0.on_threads::<T>(prepare.1))?;
    Ok(Prepared::boxed(workload, setup, took, session, move |session, clock, iterations| {
        runtime.run(move || block(session, clock, iterations))
    }))
}

/// Builds a runtime and prepares `workload` on it: a data-parallel pool.
///
/// # Errors
/// When the runtime cannot be built or the workload cannot be prepared.
pub fn on_data_parallel<W: Workload, D: DataParallel>(
    build: impl FnOnce() -> io::Result<D>,
    workload: W,
    setup: Setup,
) -> Result<Box<dyn Instance>, Failure> {
    let (runtime, took) = timed_build(build, |runtime| runtime.run(|| ()), &setup)?;
    let prepare = (workload.clone(), setup.clone());
    let session = runtime.run(move || prepare.0.on_data_parallel::<D>(prepare.1))?;
    Ok(Prepared::boxed(workload, setup, took, session, move |session, clock, iterations| {
        runtime.run(move || block(session, clock, iterations))
    }))
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
    let session = workload.clone().on_address(&setup, address)?;
    Ok(Prepared::boxed(workload, setup, build_time, session, block))
}

/// Takes the answers of a runner outside of this program, checks them and makes figures of them.
///
/// # Errors
/// When one is not of the workload's form, or wrong.
pub fn external_sample<W: Workload>(
    workload: &W,
    setup: &Setup,
    said: Vec<Value>,
    timing: Timing,
) -> Result<Sample, Failure> {
    let answers = workload.parse_outputs(setup, said)?;
    sample(workload, setup, &Timed { answers, timing })
}

fn sample<W: Workload>(
    workload: &W,
    setup: &Setup,
    timed: &Timed<W::Output>,
) -> Result<Sample, Failure> {
    for answer in &timed.answers {
        workload.verify(setup, answer).map_err(Failure::WrongAnswer)?;
    }
    Ok(Sample {
        iterations: timed.answers.len() as u64,
        timing: timed.timing,
        metrics: workload.metrics(setup, timed),
        histogram: workload.histogram(timed),
        answer: timed.answers.last().map_or_else(String::new, |a| workload.describe(a)),
    })
}

/// A runtime is built once it has run an empty root task: some start their threads only then.
fn timed_build<R>(
    build: impl FnOnce() -> io::Result<R>,
    first_task: impl FnOnce(&R),
    setup: &Setup,
) -> Result<(R, Duration), Failure> {
    let start = setup.clock.now();
    let runtime = build().map_err(Failure::io("building the runtime"))?;
    first_task(&runtime);
    Ok((runtime, setup.clock.now().saturating_sub(start)))
}

fn block<S: Session>(
    mut session: S,
    clock: &'static dyn Clock,
    iterations: usize,
) -> Result<(S, Timed<S::Output>), Failure> {
    let mut answers = Vec::with_capacity(iterations);
    let mut watch = Stopwatch::start(clock);
    for _ in 0..iterations {
        answers.push(session.iterate()?);
        watch.lap();
    }
    Ok((session, Timed { answers, timing: watch.stop() }))
}

/// A session that is lent to the runtime for each block and handed back.
struct Prepared<W, S, B> {
    workload: W,
    setup: Setup,
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
        setup: Setup,
        build_time: Duration,
        session: S,
        block: B,
    ) -> Box<dyn Instance> {
        Box::new(Self { workload, setup, build_time, session: Some(session), block })
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
        let (session, timed) = (self.block)(session, self.setup.clock, iterations.max(1) as usize)?;
        self.session = Some(session);
        sample(&self.workload, &self.setup, &timed)
    }

    fn build_time(&self) -> Duration {
        self.build_time
    }
}
