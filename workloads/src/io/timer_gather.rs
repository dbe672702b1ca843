//! `timer-gather`: many tasks sleep at once, and their results are gathered in order.

use std::thread;
use std::time::{Duration, Instant};

use runtime_bench_results::catalogue::{Kind, WorkloadInfo};
use runtime_bench_results::key::Point;
use runtime_bench_results::trial::{Age, Metric};
use serde::Deserialize;

use runtime_bench_api::instance::{
    AsyncSession, LocalSession, Session, repeat, repeat_async, repeat_local,
};
use runtime_bench_api::runtime::{AsyncRuntime, DataParallel, Family, LocalRuntime, ThreadRuntime};
use runtime_bench_api::workload::{
    Failure, PointSet, Requirements, Setup, Timed, Unsupported, Workload, most_threads,
};

/// Above this, one OS thread per sleep is no longer something that anybody would write.
const MOST_THREADS: usize = 1_000;
/// One by one, more take longer than anybody would wait.
const MOST_IN_SEQUENCE: usize = 100;

/// The variant whose sleeps follow each other.
const ONE_BY_ONE: &str = "one-by-one";

/// The workload.
#[derive(Clone, Copy, Debug)]
pub struct TimerGather;

/// One sleep: whose it was, when it should have ended, whether it ended before that.
#[derive(Clone, Copy, Debug)]
struct Sleep {
    task: usize,
    deadline: Instant,
    early: bool,
}

impl Sleep {
    fn until(deadline: Instant, task: usize) -> Self {
        Self { task, deadline, early: Instant::now() < deadline }
    }
}

/// The gathered sleeps of one iteration.
#[derive(Clone, Debug, Deserialize)]
pub struct Gathered {
    tasks: usize,
    out_of_order: usize,
    early: usize,
    /// From the last deadline to the end of the gathering; of sleeps one by one, of all together.
    #[serde(rename = "lateness_ns", deserialize_with = "runtime_bench_api::external::nanoseconds")]
    lateness: Duration,
}

impl Gathered {
    fn of(sleeps: &[Sleep]) -> Self {
        let end = Instant::now();
        let last = sleeps.iter().map(|sleep| sleep.deadline).max();
        Self {
            tasks: sleeps.len(),
            out_of_order: sleeps.iter().enumerate().filter(|(i, s)| *i != s.task).count(),
            early: sleeps.iter().filter(|sleep| sleep.early).count(),
            lateness: last.map_or(Duration::ZERO, |last| end.saturating_duration_since(last)),
        }
    }

    /// Of sleeps that followed each other from `start` on.
    fn one_by_one(sleeps: &[Sleep], start: Instant, delay: Duration) -> Self {
        let waits = delay * sleeps.len() as u32;
        Self { lateness: start.elapsed().saturating_sub(waits), ..Self::of(sleeps) }
    }
}

#[derive(Clone, Copy)]
struct Shape {
    tasks: usize,
    delay: Duration,
    one_by_one: bool,
}

impl Shape {
    fn of(setup: &Setup) -> Result<Self, Failure> {
        let delay = Duration::from_millis(setup.count("delay")? as u64);
        let one_by_one = setup.point.variant.is_some();
        Ok(Self { tasks: setup.count("tasks")?, delay, one_by_one })
    }

    async fn sleep<R: AsyncRuntime>(self, task: usize) -> Sleep {
        let deadline = Instant::now() + self.delay;
        R::sleep(self.delay).await;
        Sleep::until(deadline, task)
    }

    async fn sleep_local<R: LocalRuntime>(self, task: usize) -> Sleep {
        let deadline = Instant::now() + self.delay;
        R::sleep(self.delay).await;
        Sleep::until(deadline, task)
    }

    fn sleep_on_thread(self, task: usize) -> Sleep {
        let deadline = Instant::now() + self.delay;
        thread::sleep(self.delay);
        Sleep::until(deadline, task)
    }

    fn one_by_one(self) -> Gathered {
        let start = Instant::now();
        let sleeps: Vec<Sleep> = (0..self.tasks).map(|task| self.sleep_on_thread(task)).collect();
        Gathered::one_by_one(&sleeps, start, self.delay)
    }
}

impl Workload for TimerGather {
    type Output = Gathered;

    fn info(&self) -> WorkloadInfo {
        WorkloadInfo {
            name: "timer-gather".into(),
            title: "Many timers at once".into(),
            kind: Kind::Io,
            model: "Tasks that each sleep for the same time stand for tasks that wait for a \
                    database or a remote service. They are spawned at once and gathered in order. In `one-by-one` a single task sleeps \
                    as many times, one after the other."
                .into(),
            check: "Results come in the order of the tasks, and no sleep ended early.".into(),
            headline: "lateness".into(),
            headline_age: Age::Young,
            notes: vec![
                "Lateness counts from the last task's deadline to the end of the gathering: what \
                 the timer and the scheduler add to the wait itself. Of sleeps one by one it is \
                 that of all together."
                    .into(),
                "tokio's timers tick once a millisecond and round up; the others do not.".into(),
                "OS threads take part up to 1 000 tasks; pools only up to their size.".into(),
            ],
        }
    }

    fn points(&self, set: PointSet, _: usize) -> Vec<Point> {
        let tasks = |count: u64| Point::new().with("tasks", count, "").with("delay", 10, "ms");
        match set {
            PointSet::Smoke => {
                let point = Point::new().with("tasks", 2, "").with("delay", 1, "ms");
                vec![point.clone(), point.variant(ONE_BY_ONE)]
            }
            PointSet::Quick => vec![tasks(100)],
            PointSet::Full => vec![
                tasks(2),
                tasks(100),
                tasks(10_000),
                tasks(2).variant(ONE_BY_ONE),
                tasks(100).variant(ONE_BY_ONE),
            ],
        }
    }

    fn requirements(&self, point: &Point, family: Family) -> Result<Requirements, Unsupported> {
        let tasks = point.count_in("tasks", 1..=100_000_000)?;
        point.count_in("delay", 1..=60_000)?;
        match point.variant.as_deref() {
            None => {}
            Some(ONE_BY_ONE) => {
                point.count_in("tasks", 1..=MOST_IN_SEQUENCE)?;
                return Ok(Requirements { tasks: 1, blocking: 1, ..Requirements::default() });
            }
            Some(_) => {
                return Err(Unsupported::Point(format!(
                    "timer-gather has the variant `{ONE_BY_ONE}`"
                )));
            }
        }
        most_threads(family, tasks, MOST_THREADS)?;
        Ok(Requirements {
            tasks,
            blocking: tasks,
            memory: tasks as u64 * 1_024,
            ..Requirements::default()
        })
    }

    fn verify(&self, setup: &Setup, gathered: &Gathered) -> Result<(), String> {
        let tasks = setup.count("tasks").map_err(|failure| failure.to_string())?;
        let Gathered { tasks: came, out_of_order, early, .. } = *gathered;
        if came == tasks && out_of_order == 0 && early == 0 {
            return Ok(());
        }
        Err(format!(
            "of {tasks} sleeps {came} came back, {out_of_order} out of order, {early} too early"
        ))
    }

    fn describe(&self, gathered: &Gathered) -> String {
        format!("{} in order, none early", gathered.tasks)
    }

    fn metrics(&self, setup: &Setup, block: &Timed<Gathered>) -> Vec<Metric> {
        let tasks = setup.count("tasks").unwrap_or(1) as f64;
        let delay_ns = setup.count("delay").unwrap_or(1) as f64 * 1e6;
        vec![
            Metric::lower("lateness", "ns", block.mean(|g| g.lateness.as_nanos() as f64)),
            Metric::lower("makespan-over-delay", "×", block.wall_ns() / delay_ns),
            Metric::lower("cpu-per-task", "ns", block.cpu_ns() / tasks),
        ]
    }

    async fn on_async<R: AsyncRuntime>(
        self,
        setup: Setup,
    ) -> Result<impl AsyncSession<Output = Gathered>, Failure> {
        let shape = Shape::of(&setup)?;
        Ok(repeat_async(move || async move {
            let mut sleeps = Vec::with_capacity(shape.tasks);
            if shape.one_by_one {
                let start = Instant::now();
                for task in 0..shape.tasks {
                    sleeps.push(shape.sleep::<R>(task).await);
                }
                return Ok(Gathered::one_by_one(&sleeps, start, shape.delay));
            }
            let tasks: Vec<_> =
                (0..shape.tasks).map(|task| R::spawn(shape.sleep::<R>(task))).collect();
            for task in tasks {
                sleeps.push(task.await);
            }
            Ok(Gathered::of(&sleeps))
        }))
    }

    fn supports_local(&self, _: &Point) -> Result<(), Unsupported> {
        Ok(())
    }

    async fn on_local<R: LocalRuntime>(
        self,
        setup: Setup,
    ) -> Result<impl LocalSession<Output = Gathered>, Failure> {
        let shape = Shape::of(&setup)?;
        Ok(repeat_local(move || async move {
            let mut sleeps = Vec::with_capacity(shape.tasks);
            if shape.one_by_one {
                let start = Instant::now();
                for task in 0..shape.tasks {
                    sleeps.push(shape.sleep_local::<R>(task).await);
                }
                return Ok(Gathered::one_by_one(&sleeps, start, shape.delay));
            }
            let tasks: Vec<_> =
                (0..shape.tasks).map(|task| R::spawn(shape.sleep_local::<R>(task))).collect();
            for task in tasks {
                sleeps.push(task.await);
            }
            Ok(Gathered::of(&sleeps))
        }))
    }

    fn on_threads<T: ThreadRuntime>(
        self,
        setup: Setup,
    ) -> Result<impl Session<Output = Gathered>, Failure> {
        let shape = Shape::of(&setup)?;
        Ok(repeat(move || {
            if shape.one_by_one {
                return Ok(shape.one_by_one());
            }
            let tasks: Vec<_> = (0..shape.tasks)
                .map(|task| T::spawn(move || shape.sleep_on_thread(task)))
                .collect();
            let sleeps: Vec<Sleep> = tasks.into_iter().map(T::join).collect();
            Ok(Gathered::of(&sleeps))
        }))
    }

    fn on_data_parallel<D: DataParallel>(
        self,
        setup: Setup,
    ) -> Result<impl Session<Output = Gathered>, Failure> {
        let shape = Shape::of(&setup)?;
        Ok(repeat(move || {
            if shape.one_by_one {
                return Ok(shape.one_by_one());
            }
            Ok(Gathered::of(&D::map(shape.tasks, |task| shape.sleep_on_thread(task))))
        }))
    }
}
