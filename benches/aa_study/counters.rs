//! Counters that tasks increment, on separate cache lines or together. Together, they are faults that one
//! core does not show: false sharing, and a lock that every task takes.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use runtime_bench::api::prelude::*;
use runtime_bench::results::key::ParamValue;

/// Counters between two that must not share a cache line: 128 bytes, two lines, as prefetchers pair them.
const APART: usize = 16;

#[derive(Clone, Copy)]
pub(crate) struct Counters;

const PER_COUNT: MetricDef = MetricDef::time("per-count");

/// The parameters of a point.
#[derive(Clone, Copy)]
pub(crate) struct Params {
    lock: bool,
    together: bool,
    count: usize,
}

impl FromPoint for Params {
    fn from_point(point: &Point) -> Result<Self, Unsupported> {
        let is = |name: &str, value: &str| {
            let found = point.params.iter().find(|param| param.name == name);
            found.is_some_and(|param| param.value == ParamValue::from(value))
        };
        let (lock, together) = (is("counter", "lock"), is("place", "together"));
        Ok(Self { lock, together, count: point.count_in("count", 1..=1_000_000_000)? })
    }
}

impl Workload for Counters {
    type Params = Params;
    type Output = u64;
    const METRICS: &'static [&'static MetricDef] = &[&PER_COUNT];

    fn info(&self) -> WorkloadInfo {
        WorkloadInfo {
            name: "counters".into(),
            title: "Counters of several tasks".into(),
            kind: Kind::Concurrency,
            model: "As many tasks as workers increment counters, each its own or one under a \
                    lock."
                .into(),
            check: "The counters add up.".into(),
            headline: PER_COUNT.id.into(),
            headline_phase: Phase::Warm,
            notes: Vec::new(),
        }
    }

    fn points(&self, _: PointSet, _: usize) -> Vec<Point> {
        let point = |counter: &str, place: &str| {
            Point::new()
                .with("counter", counter, "")
                .with("place", place, "")
                .with("count", 1_000, "")
        };
        vec![point("atomic", "apart"), point("lock", "together")]
    }

    fn requirements(&self, _: &Params, family: Family) -> Result<Requirements, Unsupported> {
        if family != Family::Async {
            return Err(Unsupported::Family("the study only measures async tasks".into()));
        }
        Ok(Requirements::default())
    }

    fn verify(&self, trial: &Trial<Params>, sum: &u64) -> Result<(), String> {
        let expected = (trial.setup.workers * trial.params.count) as u64;
        if *sum == expected { Ok(()) } else { Err(format!("counted {sum}, expected {expected}")) }
    }

    fn describe(&self, sum: &u64) -> String {
        format!("{sum} counted")
    }

    fn metrics(&self, trial: &Trial<Params>, block: &Timed<u64>) -> Vec<Metric> {
        let counts = (trial.setup.workers * trial.params.count) as f64;
        vec![Metric::of(&PER_COUNT, block.wall_ns() / counts)]
    }

    async fn on_async<R: AsyncRuntime>(
        self,
        Trial { params, setup }: Trial<Params>,
    ) -> Result<impl AsyncSession<Output = u64>, Failure> {
        let (workers, count) = (setup.workers, params.count as u64);
        let lock = params.lock;
        let stride = match (params.together, lock) {
            (false, _) => APART,
            // Neighbors, or one lock for all.
            (true, false) => 1,
            (true, true) => 0,
        };
        Ok(repeat_async(move || async move {
            if lock {
                locked::<R>(workers, count, stride).await
            } else {
                atomic::<R>(workers, count, stride).await
            }
        }))
    }
}

async fn atomic<R: AsyncRuntime>(
    workers: usize,
    count: u64,
    stride: usize,
) -> Result<u64, Failure> {
    let counters: Arc<[AtomicU64]> =
        (0..workers * stride.max(1)).map(|_| AtomicU64::new(0)).collect();
    let task = |worker: usize| {
        let counters = Arc::clone(&counters);
        R::spawn(async move {
            for _ in 0..count {
                counters[worker * stride].fetch_add(1, Ordering::Relaxed);
            }
        })
    };
    let tasks: Vec<_> = (0..workers).map(task).collect();
    for task in tasks {
        task.await;
    }
    Ok(counters.iter().map(|counter| counter.load(Ordering::Relaxed)).sum())
}

async fn locked<R: AsyncRuntime>(
    workers: usize,
    count: u64,
    stride: usize,
) -> Result<u64, Failure> {
    let counters: Arc<[Mutex<u64>]> =
        (0..(workers * stride).max(1)).map(|_| Mutex::new(0)).collect();
    let poisoned = || Failure::WrongOutput("a task that held a lock panicked".to_owned());
    let task = |worker: usize| {
        let counters = Arc::clone(&counters);
        R::spawn(async move {
            for _ in 0..count {
                if let Ok(mut counter) = counters[worker * stride].lock() {
                    *counter += 1;
                }
            }
        })
    };
    let tasks: Vec<_> = (0..workers).map(task).collect();
    for task in tasks {
        task.await;
    }
    let mut sum = 0;
    for counter in counters.iter() {
        sum += *counter.lock().map_err(|_| poisoned())?;
    }
    Ok(sum)
}
