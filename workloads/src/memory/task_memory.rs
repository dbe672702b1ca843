//! `task-memory`: what a task occupies while it waits.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use runtime_bench_results::catalogue::{Kind, WorkloadInfo};
use runtime_bench_results::key::Point;
use runtime_bench_results::trial::{Age, Metric};

use super::gate::Gate;
use super::resident::resident_memory;
use crate::instance::{AsyncSession, Session, repeat, repeat_async};
use crate::runtime::{AsyncRuntime, Family, ThreadRuntime};
use crate::workload::{Failure, Needs, PointSet, Setup, Timed, Unfit, Workload};

/// Above this, OS threads run into the limits of many systems.
const MOST_THREADS: usize = 20_000;
/// How often the root looks whether all tasks have come to wait.
const LOOK: Duration = Duration::from_millis(1);
/// An upper estimate of what a task occupies, for the plan.
const TASK_ESTIMATE: u64 = 2 * 1_024;
/// The same of an OS thread: stack pages touched, and the kernel's side.
const THREAD_ESTIMATE: u64 = 64 * 1_024;

/// The workload.
#[derive(Clone, Copy, Debug)]
pub struct TaskMemory;

/// Resident memory with `tasks` and with twice as many waiting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slope {
    woken: usize,
    with_half: u64,
    with_all: u64,
}

impl Workload for TaskMemory {
    type Answer = Slope;

    fn info(&self) -> WorkloadInfo {
        WorkloadInfo {
            name: "task-memory".into(),
            title: "Memory of a waiting task".into(),
            kind: Kind::Memory,
            model: "Tasks are spawned and wait at a gate, then as many again. What resident \
                    memory grows by from the first size to the second, divided by the tasks \
                    added, is what one task occupies, its join handle included."
                .into(),
            check: "All tasks are waiting when memory is read, and all wake when the gate opens."
                .into(),
            headline: "per-task".into(),
            headline_age: Age::Startup,
            notes: vec![
                "The tasks wait for each other, not on a timer; a sleeping task occupies more."
                    .into(),
                "An OS thread also has a stack in the kernel (16 KiB on Linux x86-64), which \
                 resident memory does not contain."
                    .into(),
                "Read once on a fresh instance, since memory that was freed stays with the \
                 allocator."
                    .into(),
            ],
        }
    }

    fn points(&self, set: PointSet, _: usize) -> Vec<Point> {
        let tasks = |count: u64| Point::new().with("tasks", count, "");
        match set {
            PointSet::Smoke => vec![tasks(20)],
            PointSet::Quick => vec![tasks(1_000)],
            PointSet::Full => vec![tasks(1_000), tasks(10_000), tasks(100_000), tasks(1_000_000)],
        }
    }

    fn needs(&self, point: &Point, family: Family) -> Result<Needs, Unfit> {
        let waiting = 2 * point.count_in("tasks", 1..=100_000_000)?;
        let estimate = match family {
            Family::Async => TASK_ESTIMATE,
            Family::ThreadPerTask if waiting <= MOST_THREADS => THREAD_ESTIMATE,
            Family::ThreadPerTask => {
                return Err(Unfit::Family(format!(
                    "one OS thread per task is measured up to {MOST_THREADS} threads, and this \
                     point has {waiting}"
                )));
            }
            Family::ThreadPool | Family::DataParallel => {
                return Err(Unfit::Family(
                    "a pool keeps waiting jobs as closures in its queue, which is no waiting task"
                        .to_owned(),
                ));
            }
        };
        Ok(Needs { tasks: waiting, memory: waiting as u64 * estimate, ..Needs::default() })
    }

    fn ages(&self) -> &'static [Age] {
        &[Age::Startup]
    }

    fn verify(&self, setup: &Setup, slope: &Slope) -> Result<(), String> {
        let tasks = setup.count("tasks").map_err(|failure| failure.to_string())?;
        // At the tiny size of a verification, the second half may fit into pages already there.
        let Slope { woken, with_half, with_all } = *slope;
        if woken != 2 * tasks {
            Err(format!("of {} tasks {woken} woke", 2 * tasks))
        } else if with_all <= with_half && tasks >= 1_000 {
            Err(format!("memory went from {with_half} to {with_all} B as tasks doubled"))
        } else {
            Ok(())
        }
    }

    fn describe(&self, slope: &Slope) -> String {
        format!("{} woken", slope.woken)
    }

    fn metrics(&self, setup: &Setup, block: &Timed<Slope>) -> Vec<Metric> {
        let tasks = setup.count("tasks").unwrap_or(1) as f64;
        let growth = |slope: &Slope| slope.with_all as f64 - slope.with_half as f64;
        vec![Metric::lower("per-task", "B", block.mean(growth) / tasks)]
    }

    async fn on_async<R: AsyncRuntime>(
        self,
        setup: Setup,
    ) -> Result<impl AsyncSession<Answer = Slope>, Failure> {
        let tasks = setup.count("tasks")?;
        Ok(repeat_async(move || async move {
            let gate = Arc::new(Gate::for_tasks(2 * tasks));
            let mut waiting = Vec::with_capacity(2 * tasks);
            let mut resident = [0; 2];
            for (half, resident) in resident.iter_mut().enumerate() {
                for place in half * tasks..(half + 1) * tasks {
                    let gate = Arc::clone(&gate);
                    waiting.push(R::spawn(async move { gate.pass(place).await }));
                }
                while gate.waiting() < (half + 1) * tasks {
                    R::sleep(LOOK).await;
                }
                *resident = resident_memory().map_err(Failure::io("reading resident memory"))?;
            }
            gate.open();
            for task in waiting {
                task.await;
            }
            Ok(Slope { woken: gate.passed(), with_half: resident[0], with_all: resident[1] })
        }))
    }

    fn on_threads<T: ThreadRuntime>(
        self,
        setup: Setup,
    ) -> Result<impl Session<Answer = Slope>, Failure> {
        let tasks = setup.count("tasks")?;
        Ok(repeat(move || {
            let gate = Arc::new(Gate::for_tasks(0));
            let mut waiting = Vec::with_capacity(2 * tasks);
            let mut resident = [0; 2];
            for (half, resident) in resident.iter_mut().enumerate() {
                for _ in 0..tasks {
                    let gate = Arc::clone(&gate);
                    waiting.push(T::spawn(move || gate.pass_blocking()));
                }
                while gate.waiting() < (half + 1) * tasks {
                    thread::sleep(LOOK);
                }
                *resident = resident_memory().map_err(Failure::io("reading resident memory"))?;
            }
            gate.open();
            waiting.into_iter().for_each(T::join);
            Ok(Slope { woken: gate.passed(), with_half: resident[0], with_all: resident[1] })
        }))
    }
}
