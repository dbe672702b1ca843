//! `brigade`: one bucket that passes through a long line of tasks.

use std::sync::mpsc;

use runtime_bench_results::catalogue::{Kind, WorkloadInfo};
use runtime_bench_results::key::Point;
use runtime_bench_results::trial::{Age, Metric};

use crate::instance::{AsyncSession, Session};
use crate::runtime::{AsyncRuntime, Family, Receiver, Sender, ThreadRuntime};
use crate::workload::{Failure, Needs, PointSet, Setup, Timed, Unfit, Workload, most_threads};

/// Buckets that lie between two tasks: there is only one.
const CAPACITY: usize = 1;

/// The workload.
#[derive(Clone, Copy, Debug)]
pub struct Brigade;

fn tasks(point: &Point) -> Result<usize, Unfit> {
    Ok(point.count_in("tasks", 1..=1_000_000)?)
}

impl Workload for Brigade {
    /// Hands that the bucket has passed through.
    type Answer = u64;

    fn info(&self) -> WorkloadInfo {
        WorkloadInfo {
            name: "brigade".into(),
            title: "A bucket brigade".into(),
            kind: Kind::Concurrency,
            model: "A line of tasks, each with a channel to the next: one message passes through \
                    all of them. Only one task can run at a time, so this is the way from being \
                    woken to waking the next."
                .into(),
            check: "Each task adds 1 to the message, and it arrives with their number.".into(),
            headline: "per-hop".into(),
            headline_age: Age::Young,
            notes: vec![
                "The line stands before the clock starts. A hop is one message from task to task."
                    .into(),
            ],
        }
    }

    fn points(&self, set: PointSet, _: usize) -> Vec<Point> {
        let tasks = |count: u64| Point::new().with("tasks", count, "");
        match set {
            PointSet::Smoke => vec![tasks(5)],
            PointSet::Quick => vec![tasks(500)],
            PointSet::Full => vec![tasks(50), tasks(500), tasks(10_000)],
        }
    }

    fn needs(&self, point: &Point, family: Family) -> Result<Needs, Unfit> {
        let tasks = tasks(point)?;
        if family == Family::DataParallel {
            return Err(Unfit::Family(
                "a task that waits for the bucket holds a worker of the pool, and those before it \
                 may never get one"
                    .to_owned(),
            ));
        }
        most_threads(family, tasks, 1_000)?;
        // The root waits at the end of the line.
        Ok(Needs { tasks, blocking: tasks + 1, memory: tasks as u64 * 1_024, ..Needs::default() })
    }

    fn tasks_block(&self) -> bool {
        true
    }

    fn verify(&self, setup: &Setup, hands: &u64) -> Result<(), String> {
        let expected = tasks(&setup.point).map_err(|unfit| unfit.to_string())? as u64;
        if *hands == expected {
            Ok(())
        } else {
            Err(format!("the bucket passed through {hands} hands, expected {expected}"))
        }
    }

    fn describe(&self, hands: &u64) -> String {
        format!("{hands} hands")
    }

    fn metrics(&self, setup: &Setup, block: &Timed<u64>) -> Vec<Metric> {
        // From the root to the first, from task to task, and back to the root.
        let hops = tasks(&setup.point).unwrap_or(1) as f64 + 1.0;
        vec![
            Metric::lower("per-hop", "ns", block.wall_ns() / hops),
            Metric::lower("cpu-per-hop", "ns", block.cpu_ns() / hops),
        ]
    }

    async fn on_async<R: AsyncRuntime>(
        self,
        setup: Setup,
    ) -> Result<impl AsyncSession<Answer = u64>, Failure> {
        let (first, mut last) = R::channel::<u64>(CAPACITY);
        let mut line = Vec::new();
        for _ in 0..tasks(&setup.point)? {
            let (pass_on, next) = R::channel::<u64>(CAPACITY);
            let mut take = std::mem::replace(&mut last, next);
            line.push(R::spawn(async move {
                while let Some(hands) = R::receive(&mut take).await {
                    if !R::send(&pass_on, hands + 1).await {
                        return;
                    }
                }
            }));
        }
        Ok(AsyncLine::<R> { first, last, _line: line })
    }

    fn on_threads<T: ThreadRuntime>(
        self,
        setup: Setup,
    ) -> Result<impl Session<Answer = u64>, Failure> {
        let (first, mut last) = mpsc::sync_channel::<u64>(CAPACITY);
        let mut line = Vec::new();
        for _ in 0..tasks(&setup.point)? {
            let (pass_on, next) = mpsc::sync_channel::<u64>(CAPACITY);
            let take = std::mem::replace(&mut last, next);
            line.push(T::spawn(move || {
                for hands in take {
                    if pass_on.send(hands + 1).is_err() {
                        return;
                    }
                }
            }));
        }
        Ok(ThreadLine::<T> { first, last, _line: line })
    }
}

fn broken() -> Failure {
    Failure::WrongAnswer("the line is broken: a task has ended".to_owned())
}

struct AsyncLine<R: AsyncRuntime> {
    first: Sender<R, u64>,
    last: Receiver<R, u64>,
    /// They end when the channel before them does.
    _line: Vec<R::Task<()>>,
}

impl<R: AsyncRuntime> AsyncSession for AsyncLine<R> {
    type Answer = u64;

    async fn iterate(&mut self) -> Result<u64, Failure> {
        if !R::send(&self.first, 0).await {
            return Err(broken());
        }
        R::receive(&mut self.last).await.ok_or_else(broken)
    }
}

struct ThreadLine<T: ThreadRuntime> {
    first: mpsc::SyncSender<u64>,
    last: mpsc::Receiver<u64>,
    /// They end when the channel before them does.
    _line: Vec<T::Task<()>>,
}

impl<T: ThreadRuntime> Session for ThreadLine<T> {
    type Answer = u64;

    fn iterate(&mut self) -> Result<u64, Failure> {
        self.first.send(0).map_err(|_| broken())?;
        self.last.recv().map_err(|_| broken())
    }
}
