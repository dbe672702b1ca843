//! One prepared cell, and the loop that times it.
//!
//! Preparation and verification are not timed; only `iterate` is.

mod corruption;
mod prepared;
pub(crate) mod sessions;

pub use prepared::{Instance, Sample, Verify, external_sample, reject_corrupted, sample};
pub use sessions::{
    AsyncSession, Either, LocalSession, NoSession, Repeat, RepeatAsync, RepeatLocal, Session,
    repeat, repeat_async, repeat_local,
};

use std::any::Any;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::time::Duration;

use crate::clock::{Clock, Stopwatch};
use crate::runtime::{AsyncRuntime, Counters, DataParallel, LocalRuntime, ThreadRuntime, since};
use crate::workload::{Failure, Placement, Setup, Timed, Trial, Workload};
use prepared::{AnySend, MakeRoot, Prepared, Ran, Slot};

/// A root task of an asynchronous runtime. It is boxed before the clock starts, so that a runtime's generic code is
/// compiled for one root instead of one per workload.
type Root = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A root task of an asynchronous runtime whose tasks stay on one thread.
type LocalRoot = Pin<Box<dyn Future<Output = ()>>>;

/// A root that runs on threads.
type Job = Box<dyn FnOnce() + Send>;

/// Defines how to start an instance on one kind of asynchronous runtime. A macro, because the futures of
/// one kind must be `Send` and those of the other need not be.
macro_rules! on_futures {
    (
        $(#[$about:meta])* $on:ident, $runtime:ident, $session:ident, $any:ty, $root:ty, [$($send:ident)?],
        $first:ident, $prepare:ident, $block:ident, $finish:ident
    ) => {
        $(#[$about])*
        ///
        /// # Errors
        /// When the runtime cannot be built or the workload cannot be prepared.
        pub fn $on<W: Workload, R: $runtime>(
            build: &dyn Fn(&Setup) -> io::Result<R>,
            workload: W,
            setup: Setup,
        ) -> Result<Box<dyn Instance>, Failure> {
            let trial = Trial::<W::Params>::new(setup.clone())?;
            let placement = workload.placement(&trial.params);
            let slot = Slot::default();
            let (prepare, root) = $prepare(workload.$on::<R>(trial.clone()), slot.clone());
            $finish(build, &setup, Box::new(trial), placement, prepare, slot, root)
        }

        fn $first<R: $runtime>(runtime: &R) {
            runtime.run(Box::pin(async {}) as $root);
        }

        /// The root that prepares a session, and how to make the root of a block.
        fn $prepare<S: $session<Output: Send>>(
            prepare: impl Future<Output = Result<S, Failure>> $(+ $send)? + 'static,
            put: Slot<Box<$any>>,
        ) -> ($root, MakeRoot<$any, $root>) {
            let root = async move { put.set(prepare.await.map(|session| Box::new(session) as _)) };
            (Box::pin(root), $block::<S>)
        }

        fn $block<S: $session<Output: Send>>(
            session: Box<$any>,
            clock: &'static dyn Clock,
            iterations: usize,
            put: Slot<Ran<$any>>,
        ) -> $root {
            let session = session.downcast::<S>();
            Box::pin(async move {
                let Ok(mut session) = session else { return put.set(Err(Failure::no_session())) };
                let mut outputs = Vec::with_capacity(iterations);
                let mut watch = Stopwatch::start(clock);
                for _ in 0..iterations {
                    match $session::iterate(&mut *session).await {
                        Ok(output) => outputs.push(output),
                        Err(failure) => return put.set(Err(failure)),
                    }
                    watch.lap();
                }
                put.set(Ok((session, Box::new(Timed { outputs, timing: watch.stop() }))));
            })
        }

        fn $finish<R: $runtime>(
            build: &dyn Fn(&Setup) -> io::Result<R>,
            setup: &Setup,
            trial: Box<dyn Any>,
            placement: Placement,
            prepare: $root,
            slot: Slot<Box<$any>>,
            root: MakeRoot<$any, $root>,
        ) -> Result<Box<dyn Instance>, Failure> {
            let (runtime, build_time) = timed_build(build, $first::<R>, setup)?;
            runtime.run(prepare);
            let session = Some(slot.take()?);
            let run = Box::new(move |root: $root| {
                let before = runtime.counters();
                match placement {
                    Placement::Spawned => runtime.run(root),
                    Placement::OnCaller => runtime.run_on_caller(root),
                }
                since(runtime.counters(), &before)
            });
            Ok(Box::new(Prepared { session, root, run, trial, build_time, clock: setup.clock }))
        }
    };
}

on_futures!(
    /// Builds an asynchronous runtime and prepares `workload` on it.
    on_async, AsyncRuntime, AsyncSession, AnySend, Root, [Send],
    first_task, prepare_async, async_block, finish_async
);
on_futures!(
    /// Builds an asynchronous runtime whose tasks stay on one thread and prepares `workload` on it.
    on_local, LocalRuntime, LocalSession, dyn Any, LocalRoot, [],
    first_local_task, prepare_local, local_block, finish_local
);

/// Starts threads and prepares `workload` on them.
///
/// # Errors
/// When the runtime cannot be built or the workload cannot be prepared.
pub fn on_threads<W: Workload, T: ThreadRuntime>(
    build: &dyn Fn(&Setup) -> io::Result<T>,
    workload: W,
    setup: Setup,
) -> Result<Box<dyn Instance>, Failure> {
    on_jobs(&|setup| thread_jobs(build, setup), workload, W::on_threads::<T>, setup)
}

/// Builds a data-parallel pool and prepares `workload` on it.
///
/// # Errors
/// When the runtime cannot be built or the workload cannot be prepared.
pub fn on_data_parallel<W: Workload, D: DataParallel>(
    build: &dyn Fn(&Setup) -> io::Result<D>,
    workload: W,
    setup: Setup,
) -> Result<Box<dyn Instance>, Failure> {
    on_jobs(&|setup| parallel_jobs(build, setup), workload, W::on_data_parallel::<D>, setup)
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
    let prepare = move |workload: W, trial| workload.on_address(trial, address);
    on_jobs(&|_| Ok((Box::new(on_this_thread), build_time)), workload, prepare, setup)
}

/// Runs jobs.
type RunJob = Box<dyn Fn(Job) -> Counters>;

/// Starts the executor of jobs, and returns the time that this took.
type Start<'a> = dyn Fn(&Setup) -> Result<(RunJob, Duration), Failure> + 'a;

fn on_this_thread(job: Job) -> Counters {
    job();
    Counters::new()
}

fn first_job<T: ThreadRuntime>(runtime: &T) {
    runtime.run(Box::new(|| ()) as Job);
}

fn first_parallel_job<D: DataParallel>(runtime: &D) {
    runtime.run(Box::new(|| ()) as Job);
}

fn thread_jobs<T: ThreadRuntime>(
    build: &dyn Fn(&Setup) -> io::Result<T>,
    setup: &Setup,
) -> Result<(RunJob, Duration), Failure> {
    let (runtime, build_time) = timed_build(build, first_job::<T>, setup)?;
    let run = move |job| {
        runtime.run(job);
        Counters::new()
    };
    Ok((Box::new(run), build_time))
}

fn parallel_jobs<D: DataParallel>(
    build: &dyn Fn(&Setup) -> io::Result<D>,
    setup: &Setup,
) -> Result<(RunJob, Duration), Failure> {
    let (runtime, build_time) = timed_build(build, first_parallel_job::<D>, setup)?;
    let run = move |job| {
        runtime.run(job);
        Counters::new()
    };
    Ok((Box::new(run), build_time))
}

/// Prepares `workload` in a job.
fn on_jobs<W: Workload, S: Session>(
    start: &Start<'_>,
    workload: W,
    prepare: impl FnOnce(W, Trial<W::Params>) -> Result<S, Failure> + Send + 'static,
    setup: Setup,
) -> Result<Box<dyn Instance>, Failure> {
    if !S::EXISTS {
        return Err(Failure::no_session());
    }
    let own = setup.clone();
    let trial = Trial::<W::Params>::new(setup)?;
    let (slot, given) = (Slot::<Box<AnySend>>::default(), trial.clone());
    let put = slot.clone();
    let prepare =
        Box::new(move || put.set(prepare(workload, given).map(|session| Box::new(session) as _)));
    finish_jobs(start, &own, Box::new(trial), prepare, &slot, block_job::<S>)
}

fn finish_jobs(
    start: &Start<'_>,
    setup: &Setup,
    trial: Box<dyn Any>,
    prepare: Job,
    slot: &Slot<Box<AnySend>>,
    root: MakeRoot<AnySend, Job>,
) -> Result<Box<dyn Instance>, Failure> {
    let (run, build_time) = start(setup)?;
    run(prepare);
    let session = Some(slot.take()?);
    Ok(Box::new(Prepared { session, root, run, trial, build_time, clock: setup.clock }))
}

fn block_job<S: Session>(
    session: Box<AnySend>,
    clock: &'static dyn Clock,
    iterations: usize,
    put: Slot<Ran<AnySend>>,
) -> Job {
    Box::new(move || put.set(block::<S>(session, clock, iterations)))
}

fn block<S: Session>(
    session: Box<AnySend>,
    clock: &'static dyn Clock,
    iterations: usize,
) -> Result<Ran<AnySend>, Failure> {
    let mut session = session.downcast::<S>().map_err(|_| Failure::no_session())?;
    let mut outputs = Vec::with_capacity(iterations);
    let mut watch = Stopwatch::start(clock);
    for _ in 0..iterations {
        outputs.push(session.iterate()?);
        watch.lap();
    }
    Ok((session, Box::new(Timed { outputs, timing: watch.stop() })))
}

/// Builds a runtime and runs an empty root task: some runtimes start their threads only then.
fn timed_build<R>(
    build: &dyn Fn(&Setup) -> io::Result<R>,
    first_task: fn(&R),
    setup: &Setup,
) -> Result<(R, Duration), Failure> {
    let start = setup.clock.now();
    let runtime = build(setup).map_err(Failure::io("building the runtime"))?;
    first_task(&runtime);
    Ok((runtime, setup.clock.now().saturating_sub(start)))
}
