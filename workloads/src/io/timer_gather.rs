//! `timer-gather`: many tasks sleep at once and are joined in order.

use std::future::Future;
use std::thread;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use runtime_bench_api::prelude::*;

/// Above this, one OS thread per sleep is no longer realistic.
const MOST_THREADS: usize = 1_000;
/// Most sleeps in sequence; more would take too long.
const MOST_IN_SEQUENCE: usize = 100;

/// The variant that sleeps in sequence.
const ONE_BY_ONE: &str = "one-by-one";

/// The workload.
#[derive(Clone, Copy, Debug)]
pub struct TimerGather;

/// One sleep: its task, its deadline, and whether it ended early.
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

/// The joined sleeps of one iteration.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Gathered {
    tasks: usize,
    out_of_order: usize,
    early: usize,
    /// Time from the last deadline until all are joined; for sleeps in sequence, the sum over all.
    #[serde(rename = "lateness_ns", with = "runtime_bench_api::external::nanoseconds")]
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

    /// The result of sleeps in sequence from `start` on.
    fn one_by_one(sleeps: &[Sleep], start: Instant, delay: Duration) -> Self {
        let waits = delay * sleeps.len() as u32;
        Self { lateness: start.elapsed().saturating_sub(waits), ..Self::of(sleeps) }
    }
}

/// The parameters of a point.
#[derive(Clone, Copy, Debug)]
pub struct Params {
    tasks: usize,
    delay: Duration,
    one_by_one: bool,
}

impl FromPoint for Params {
    fn from_point(point: &Point) -> Result<Self, Unsupported> {
        let (one_by_one, most) = match point.variant.as_deref() {
            None => (false, 100_000_000),
            Some(ONE_BY_ONE) => (true, MOST_IN_SEQUENCE),
            Some(_) => return Err(Unsupported::variant(&[ONE_BY_ONE])),
        };
        let tasks = point.count_in("tasks", 1..=most)?;
        let delay = Duration::from_millis(point.count_in("delay", 1..=60_000)? as u64);
        Ok(Self { tasks, delay, one_by_one })
    }
}

impl Params {
    async fn sleep<F: Future<Output = ()>>(
        self,
        task: usize,
        sleep: impl Fn(Duration) -> F,
    ) -> Sleep {
        let deadline = Instant::now() + self.delay;
        sleep(self.delay).await;
        Sleep::until(deadline, task)
    }

    async fn gather<S, T>(self, sleep: impl Fn(usize) -> S, spawn: impl Fn(usize) -> T) -> Gathered
    where
        S: Future<Output = Sleep>,
        T: Future<Output = Sleep>,
    {
        let mut sleeps = Vec::with_capacity(self.tasks);
        if self.one_by_one {
            let start = Instant::now();
            for task in 0..self.tasks {
                sleeps.push(sleep(task).await);
            }
            return Gathered::one_by_one(&sleeps, start, self.delay);
        }
        let tasks: Vec<_> = (0..self.tasks).map(spawn).collect();
        for task in tasks {
            sleeps.push(task.await);
        }
        Gathered::of(&sleeps)
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
    type Params = Params;
    type Output = Gathered;
    const METRICS: &'static [&'static MetricDef] =
        &[&metric::LATENESS, &metric::MAKESPAN_OVER_DELAY, &metric::CPU_PER_TASK];

    fn info(&self) -> WorkloadInfo {
        WorkloadInfo {
            name: "timer-gather".into(),
            title: "Many timers at once".into(),
            kind: Kind::Io,
            model: "Tasks that all sleep for the same time stand in for calls to a database or a \
                    remote service. They are spawned together and joined in order. In \
                    `one-by-one`, a single task sleeps the same number of times in sequence."
                .into(),
            check: "Results arrive in the order of the tasks, and no sleep ends early.".into(),
            headline: Self::METRICS[0].id.into(),
            headline_phase: Phase::Warm,
            notes: vec![
                "Lateness is the time from the deadline of the last task until all tasks are \
                 joined: the overhead of the timer and the scheduler. In `one-by-one`, it is the \
                 sum over all sleeps."
                    .into(),
                "tokio's timers tick once per millisecond and round up; the others do not.".into(),
                "OS threads run up to 1 000 tasks; pools run up to their size.".into(),
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

    fn requirements(&self, params: &Params, family: Family) -> Result<Requirements, Unsupported> {
        if params.one_by_one {
            return Ok(Requirements { tasks: 1, blocking: 1, ..Requirements::default() });
        }
        let tasks = params.tasks;
        most_threads(family, tasks, MOST_THREADS)?;
        Ok(Requirements { blocking: tasks, ..Requirements::of_tasks(tasks) })
    }

    fn verify(&self, trial: &Trial<Params>, gathered: &Gathered) -> Result<(), String> {
        let tasks = trial.params.tasks;
        let Gathered { tasks: came, out_of_order, early, .. } = *gathered;
        ensure(came == tasks && out_of_order == 0 && early == 0, || {
            format!(
                "{came} of {tasks} sleeps ended, {out_of_order} out of order, {early} too early"
            )
        })
    }

    fn describe(&self, gathered: &Gathered) -> String {
        format!("{} in order, none early", gathered.tasks)
    }

    fn metrics(&self, trial: &Trial<Params>, block: &Timed<Gathered>) -> Vec<Metric> {
        let tasks = trial.params.tasks as f64;
        let delay_ns = trial.params.delay.as_nanos() as f64;
        vec![
            Metric::of(&metric::LATENESS, block.mean(|g| g.lateness.as_nanos() as f64)),
            Metric::of(&metric::MAKESPAN_OVER_DELAY, block.wall_ns() / delay_ns),
            Metric::of(&metric::CPU_PER_TASK, block.cpu_ns() / tasks),
        ]
    }

    async fn on_async<R: AsyncRuntime>(
        self,
        Trial { params, .. }: Trial<Params>,
    ) -> Result<impl AsyncSession<Output = Gathered>, Failure> {
        let sleep = move |task| params.sleep(task, R::sleep);
        Ok(repeat_async(move || async move {
            Ok(params.gather(sleep, |task| R::spawn(sleep(task))).await)
        }))
    }

    fn supports_local(&self, _: &Params) -> Result<(), Unsupported> {
        Ok(())
    }

    async fn on_local<R: LocalRuntime>(
        self,
        Trial { params, .. }: Trial<Params>,
    ) -> Result<impl LocalSession<Output = Gathered>, Failure> {
        let sleep = move |task| params.sleep(task, R::sleep);
        Ok(repeat_local(move || async move {
            Ok(params.gather(sleep, |task| R::spawn(sleep(task))).await)
        }))
    }

    fn on_threads<T: ThreadRuntime>(
        self,
        Trial { params, .. }: Trial<Params>,
    ) -> Result<impl Session<Output = Gathered>, Failure> {
        Ok(repeat(move || {
            if params.one_by_one {
                return Ok(params.one_by_one());
            }
            let tasks: Vec<_> = (0..params.tasks)
                .map(|task| T::spawn(move || params.sleep_on_thread(task)))
                .collect();
            let sleeps: Vec<Sleep> = tasks.into_iter().map(T::join).collect();
            Ok(Gathered::of(&sleeps))
        }))
    }

    fn on_data_parallel<D: DataParallel>(
        self,
        Trial { params, .. }: Trial<Params>,
    ) -> Result<impl Session<Output = Gathered>, Failure> {
        Ok(repeat(move || {
            if params.one_by_one {
                return Ok(params.one_by_one());
            }
            Ok(Gathered::of(&D::map(params.tasks, |task| params.sleep_on_thread(task))))
        }))
    }
}
