//! `spawn-join`: the cost of a task that does almost nothing.

use std::sync::atomic::{AtomicU64, Ordering};

use runtime_bench_results::catalogue::{Kind, WorkloadInfo};
use runtime_bench_results::key::Point;
use runtime_bench_results::trial::{Age, Metric};

use crate::instance::{AsyncSession, Session, repeat, repeat_async};
use crate::runtime::{AsyncRuntime, DataParallel, Family, ThreadRuntime};
use crate::workload::{Failure, Needs, PointSet, Setup, Timed, Unfit, Workload, most_threads};

/// Above this, one OS thread per task is no longer something that anybody would write.
const MOST_THREADS: usize = 1_000;

/// More than any machine holds.
const MOST_TASKS: usize = 100_000_000;

/// The workload.
#[derive(Clone, Copy, Debug)]
pub struct SpawnJoin;

impl Workload for SpawnJoin {
    /// Sum of the tasks' numbers.
    type Answer = u64;

    fn info(&self) -> WorkloadInfo {
        WorkloadInfo {
            name: "spawn-join".into(),
            title: "Spawn tasks and join them".into(),
            kind: Kind::Concurrency,
            model: "A root task, itself spawned onto the runtime, spawns tasks that each return \
                    their number, then joins them in order and adds up."
                .into(),
            check: "The sum equals 0 + 1 + … + (tasks − 1).".into(),
            headline: "per-task".into(),
            headline_age: Age::Young,
            notes: vec![
                "How often an idle worker is woken depends on nanoseconds here: the same program \
                 with other machine code around it may move by a tenth or two on several workers. \
                 Take smaller differences with care."
                    .into(),
                "OS threads take part up to 1 000 tasks.".into(),
                "rayon spawns into a scope that is joined as a whole; its tasks add to a shared \
                 counter, since a scope returns nothing."
                    .into(),
            ],
        }
    }

    fn points(&self, set: PointSet, _: usize) -> Vec<Point> {
        let tasks = |count: u64| Point::new().with("tasks", count, "");
        match set {
            PointSet::Smoke => vec![tasks(20)],
            PointSet::Quick => vec![tasks(1_000)],
            PointSet::Full => vec![tasks(100), tasks(1_000), tasks(10_000), tasks(100_000)],
        }
    }

    fn needs(&self, point: &Point, family: Family) -> Result<Needs, Unfit> {
        let tasks = point.count_in("tasks", 1..=MOST_TASKS)?;
        most_threads(family, tasks, MOST_THREADS)?;
        Ok(Needs { tasks, memory: tasks as u64 * 1_024, ..Needs::default() })
    }

    fn verify(&self, setup: &Setup, sum: &u64) -> Result<(), String> {
        let tasks = setup.count("tasks").map_err(|failure| failure.to_string())? as u64;
        let expected = tasks * tasks.saturating_sub(1) / 2;
        if *sum == expected {
            Ok(())
        } else {
            Err(format!("the tasks add up to {sum}, expected {expected}"))
        }
    }

    fn describe(&self, sum: &u64) -> String {
        sum.to_string()
    }

    fn metrics(&self, setup: &Setup, block: &Timed<u64>) -> Vec<Metric> {
        let tasks = setup.count("tasks").unwrap_or(1) as f64;
        vec![
            Metric::lower("per-task", "ns", block.wall_ns() / tasks),
            Metric::lower("cpu-per-task", "ns", block.cpu_ns() / tasks),
        ]
    }

    async fn on_async<R: AsyncRuntime>(
        self,
        setup: Setup,
    ) -> Result<impl AsyncSession<Answer = u64>, Failure> {
        let tasks = setup.count("tasks")? as u64;
        Ok(repeat_async(move || async move {
            let spawned: Vec<_> =
                (0..tasks).map(|number| R::spawn(async move { number })).collect();
            let mut sum = 0;
            for task in spawned {
                sum += task.await;
            }
            Ok(sum)
        }))
    }

    fn on_threads<T: ThreadRuntime>(
        self,
        setup: Setup,
    ) -> Result<impl Session<Answer = u64>, Failure> {
        let tasks = setup.count("tasks")? as u64;
        Ok(repeat(move || {
            let spawned: Vec<_> = (0..tasks).map(|number| T::spawn(move || number)).collect();
            Ok(spawned.into_iter().map(T::join).sum())
        }))
    }

    fn on_data_parallel<D: DataParallel>(
        self,
        setup: Setup,
    ) -> Result<impl Session<Answer = u64>, Failure> {
        let tasks = setup.count("tasks")?;
        Ok(repeat(move || {
            let sum = AtomicU64::new(0);
            D::spawn_each(tasks, |number| {
                sum.fetch_add(number as u64, Ordering::Relaxed);
            });
            Ok(sum.into_inner())
        }))
    }
}
