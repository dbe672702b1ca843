//! `shutdown`: shuts down a runtime while its tasks wait.

use std::future::pending;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::flag::Flag;
use runtime_bench_api::prelude::*;
use runtime_bench_api::runtime::{ExternalThread, ShutdownRuntime, ShutdownThreads};

/// Longer than any trial takes.
const LONG: Duration = Duration::from_secs(3_600);

/// The workload.
#[derive(Clone, Copy, Debug)]
pub struct Shutdown;

/// Counts how often the guard of each task was dropped.
#[derive(Debug)]
struct Ledger {
    dropped: Vec<AtomicUsize>,
    completed: AtomicUsize,
}

/// Held by a task for as long as it lives.
struct Guard {
    ledger: Arc<Ledger>,
    task: usize,
}

impl Ledger {
    fn of(tasks: usize) -> Arc<Self> {
        let dropped = (0..tasks).map(|_| AtomicUsize::new(0)).collect();
        Arc::new(Self { dropped, completed: AtomicUsize::new(0) })
    }

    fn guard(self: &Arc<Self>, task: usize) -> Guard {
        Guard { ledger: Arc::clone(self), task }
    }

    /// Reads the counts right after the shutdown, so that guards dropped later are detected.
    fn read(&self, took: Duration) -> Ended {
        let times = |task: &AtomicUsize| task.load(Ordering::Acquire);
        Ended {
            once: self.dropped.iter().filter(|task| times(task) == 1).count(),
            again: self.dropped.iter().filter(|task| times(task) > 1).count(),
            completed: self.completed.load(Ordering::Acquire),
            took,
        }
    }
}

impl Guard {
    /// Records that the task continued although nothing released it.
    fn complete(&self) {
        self.ledger.completed.fetch_add(1, Ordering::Release);
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.ledger.dropped[self.task].fetch_add(1, Ordering::Release);
    }
}

/// The outcome of the tasks of a runtime that was shut down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Ended {
    /// Guards dropped exactly once.
    once: usize,
    /// Guards dropped more than once.
    again: usize,
    /// Tasks that continued instead of being dropped.
    completed: usize,
    /// Time from the request until the runtime has ended.
    #[serde(rename = "took_ns", with = "runtime_bench_api::external::nanoseconds")]
    took: Duration,
}

/// The parameters of a point.
#[derive(Clone, Copy, Debug)]
pub struct Params {
    tasks: usize,
}

impl FromPoint for Params {
    fn from_point(point: &Point) -> Result<Self, Unsupported> {
        Ok(Self { tasks: point.count_in("tasks", 1..=1_000_000)? })
    }
}

impl Workload for Shutdown {
    type Params = Params;
    type Output = Ended;
    const METRICS: &'static [&'static MetricDef] = &[&metric::SHUTDOWN];

    fn info(&self) -> WorkloadInfo {
        WorkloadInfo {
            name: "shutdown".into(),
            title: "Shut down with tasks in flight".into(),
            kind: Kind::Concurrency,
            model: "A second runtime of the same kind is built and given tasks. Half of them wait \
                    for something that never happens, half wait on a timer. Once all tasks wait, \
                    the runtime is shut down as its documentation recommends. Timing ends when \
                    its tasks are dropped and its threads have exited."
                .into(),
            check: "After the shutdown, the guard of every task has been dropped exactly once, \
                    and no task has continued."
                .into(),
            headline: Self::METRICS[0].id.into(),
            headline_phase: Phase::Warm,
            notes: vec![
                "tokio: the Runtime is dropped. smol: its threads are told to stop running the \
                 Executor and are joined; then the Executor is dropped."
                    .into(),
                "A thread cannot be dropped. The tasks of `threads` and `thread-pool` check a \
                 flag under a condition variable, return, and are joined. This is cooperative \
                 code, not the same operation."
                    .into(),
                "The headline excludes building the runtime and spawning its tasks; `wall` and \
                 `cpu` include both."
                    .into(),
            ],
        }
    }

    fn points(&self, set: PointSet, _: usize) -> Vec<Point> {
        let tasks = |count: u64| Point::new().with("tasks", count, "");
        match set {
            PointSet::Smoke => vec![tasks(6)],
            PointSet::Quick => vec![tasks(50)],
            PointSet::Full => vec![tasks(50), tasks(1_000), tasks(10_000)],
        }
    }

    fn requirements(&self, params: &Params, family: Family) -> Result<Requirements, Unsupported> {
        let tasks = params.tasks;
        if family == Family::DataParallel {
            return Err(Unsupported::Family(
                "Dropping the pool does not end its jobs, so there is no shutdown to measure."
                    .to_owned(),
            ));
        }
        most_threads(family, tasks, 1_000)?;
        // The second pool has as many threads as the pool that the root runs on.
        Ok(Requirements { blocking: tasks, shuts_down: true, ..Requirements::of_tasks(tasks) })
    }

    fn tasks_block(&self) -> bool {
        true
    }

    fn verify(&self, trial: &Trial<Params>, ended: &Ended) -> Result<(), String> {
        let tasks = trial.params.tasks;
        let Ended { once, again, completed, .. } = *ended;
        if once == tasks && completed == 0 {
            return Ok(());
        }
        Err(format!(
            "{once} of {tasks} guards were dropped once and {again} more than once; {completed} tasks continued"
        ))
    }

    fn describe(&self, ended: &Ended) -> String {
        format!("{} guards dropped", ended.once)
    }

    fn metrics(&self, _: &Trial<Params>, block: &Timed<Ended>) -> Vec<Metric> {
        let took = block.mean(|ended| ended.took.as_nanos() as f64);
        vec![Metric::of(&metric::SHUTDOWN, took)]
    }

    async fn on_async<R: AsyncRuntime>(
        self,
        Trial { params, setup }: Trial<Params>,
    ) -> Result<impl AsyncSession<Output = Ended>, Failure> {
        let tasks = params.tasks;
        // A worker of one runtime must not wait for another runtime.
        let outside = ExternalThread::start(move |runtime| end::<R>(runtime, tasks));
        let outside = outside.map_err(Failure::io("starting a thread"))?;
        Ok(Outside::<R> { outside, workers: setup.workers })
    }

    fn on_threads<T: ThreadRuntime>(
        self,
        Trial { params, setup }: Trial<Params>,
    ) -> Result<impl Session<Output = Ended>, Failure> {
        let (tasks, threads) = (params.tasks, setup.pool_threads);
        Ok(repeat(move || {
            let runtime =
                T::new_instance(threads).map_err(Failure::io("building a second runtime"))?;
            Ok(end_threads(runtime, tasks))
        }))
    }
}

/// A session that hands each runtime to a thread outside all runtimes.
struct Outside<R: AsyncRuntime> {
    outside: ExternalThread<R::ShutdownRuntime, Ended>,
    workers: usize,
}

impl<R: AsyncRuntime> AsyncSession for Outside<R> {
    type Output = Ended;

    async fn iterate(&mut self) -> Result<Ended, Failure> {
        let runtime =
            R::new_instance(self.workers).map_err(Failure::io("building a second runtime"))?;
        Ok(self.outside.ask(runtime).await)
    }
}

/// Fills a runtime with waiting tasks, then shuts it down.
fn end<R: AsyncRuntime>(runtime: R::ShutdownRuntime, tasks: usize) -> Ended {
    let ledger = Ledger::of(tasks);
    let (arrive, mut arrived) = R::channel(tasks.max(1));
    for task in 0..tasks {
        let (guard, arrive) = (ledger.guard(task), arrive.clone());
        runtime.spawn(async move {
            R::send(&arrive, ()).await;
            if task.is_multiple_of(2) {
                pending::<()>().await;
            } else {
                R::sleep(LONG).await;
            }
            guard.complete();
        });
    }
    runtime.wait(async {
        for _ in 0..tasks {
            R::receive(&mut arrived).await;
        }
    });
    let start = Instant::now();
    runtime.shut_down();
    ledger.read(start.elapsed())
}

/// Fills threads with waiting tasks, tells them to return, and joins the threads.
fn end_threads(mut runtime: impl ShutdownThreads, tasks: usize) -> Ended {
    let ledger = Ledger::of(tasks);
    let flag = Arc::new(Flag::default());
    let (arrive, arrived) = mpsc::channel();
    for task in 0..tasks {
        let (guard, arrive, flag) = (ledger.guard(task), arrive.clone(), Arc::clone(&flag));
        runtime.spawn(move || {
            if !flag.wait(|| arrive.send(()).is_ok()) {
                guard.complete();
            }
        });
    }
    arrived.iter().take(tasks).for_each(drop);
    let start = Instant::now();
    flag.raise();
    runtime.shut_down();
    ledger.read(start.elapsed())
}

#[cfg(test)]
mod tests {
    use super::*;
    use runtime_bench_api::workload::Setup;

    #[test]
    fn leaked_guards_and_continued_tasks_are_detected() {
        let setup = Setup {
            point: Point::new().with("tasks", 2, ""),
            settings: runtime_bench_results::setting::Settings::default(),
            workers: 1,
            pool_threads: 1,
            seed: 0,
            scratch: std::path::PathBuf::new(),
            traffic: runtime_bench_api::load::Traffic::default(),
            clock: &runtime_bench_api::clock::SYSTEM,
        };
        let trial = Trial { params: Params { tasks: 2 }, setup };
        let verify = |ended: &Ended| Shutdown.verify(&trial, ended);
        let ledger = Ledger::of(2);
        let (first, second) = (ledger.guard(0), ledger.guard(1));
        drop(first);
        let early = ledger.read(Duration::ZERO);
        assert_eq!((early.once, early.again), (1, 0));
        assert!(verify(&early).unwrap_err().contains("1 of 2 guards"));
        drop(second);
        verify(&ledger.read(Duration::ZERO)).unwrap();
        ledger.guard(1).complete();
        let ended = ledger.read(Duration::ZERO);
        assert_eq!((ended.once, ended.again, ended.completed), (1, 1, 1));
        assert!(verify(&ended).is_err());
    }
}
