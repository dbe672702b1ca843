//! `mutex`: tasks that increment one counter under one lock.

use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::{Arc, Mutex as StdMutex, PoisonError};

use super::shared::{built_points, check_family, lock, unknown};
use runtime_bench_api::prelude::*;
use runtime_bench_api::runtime::{Locks, LocksVisitor, OWN};

/// The workload.
#[derive(Clone, Copy, Debug)]
pub struct Mutex;

/// The parameters of a point.
#[derive(Clone, Copy, Debug)]
pub struct Params {
    tasks: usize,
    increments: u64,
    lock: &'static str,
}

impl FromPoint for Params {
    fn from_point(point: &Point) -> Result<Self, Unsupported> {
        let tasks = point.count_in("tasks", 1..=1_000_000)?;
        Ok(Self {
            tasks,
            increments: point.count_in("increments", 1..=1_000_000_000)? as u64,
            lock: lock(point)?,
        })
    }
}

impl Params {
    fn total(self) -> u64 {
        self.tasks as u64 * self.increments
    }
}

impl Workload for Mutex {
    type Params = Params;
    /// The counter at the end.
    type Output = u64;
    const METRICS: &'static [&'static MetricDef] = &[&metric::PER_LOCK, &metric::CPU_PER_LOCK];

    fn info(&self) -> WorkloadInfo {
        WorkloadInfo {
            name: "mutex".into(),
            title: "One lock shared by many tasks".into(),
            kind: Kind::Concurrency,
            model: "Tasks repeatedly increment one counter under one lock, the worst case of \
                    shared state."
                .into(),
            check: "No increment is lost.".into(),
            headline: Self::METRICS[0].id.into(),
            headline_phase: Phase::Warm,
            notes: vec![
                "`lock=own` is the runtime's own lock: tokio's, async-lock for smol and \
                 async-std, or the standard library's for threads and rayon. With \
                 `--features all-workloads`, the sweep runs every lock on every async runner."
                    .into(),
                "The standard library's lock blocks the worker that waits. That is fine when the \
                 lock is held briefly, as here."
                    .into(),
            ],
        }
    }

    fn points(&self, set: PointSet, _: usize) -> Vec<Point> {
        let point = |tasks: u64, increments: u64, lock: &str| {
            Point::new()
                .with("tasks", tasks, "")
                .with("increments", increments, "")
                .with("lock", lock, "")
        };
        let points = match set {
            PointSet::Smoke => vec![point(4, 10, OWN), point(4, 10, "tokio")],
            PointSet::Quick => vec![point(100, 100, OWN)],
            PointSet::Full => {
                [OWN, "tokio", "async-lock", "std"].map(|lock| point(100, 1_000, lock)).to_vec()
            }
        };
        built_points::<Params>(points)
    }

    fn requirements(&self, params: &Params, family: Family) -> Result<Requirements, Unsupported> {
        let tasks = params.tasks;
        check_family("lock", params.lock, family)?;
        most_threads(family, tasks, 1_000)?;
        Ok(Requirements::of_tasks(tasks))
    }

    fn verify(&self, trial: &Trial<Params>, counted: &u64) -> Result<(), String> {
        let expected = trial.params.total();
        ensure(*counted == expected, || format!("the counter is {counted}, expected {expected}"))
    }

    fn describe(&self, counted: &u64) -> String {
        format!("{counted} counted")
    }

    fn metrics(&self, trial: &Trial<Params>, block: &Timed<u64>) -> Vec<Metric> {
        block.per_piece(trial.params.total() as f64, &metric::PER_LOCK, &metric::CPU_PER_LOCK)
    }

    async fn on_async<R: AsyncRuntime>(
        self,
        Trial { params, .. }: Trial<Params>,
    ) -> Result<impl AsyncSession<Output = u64>, Failure> {
        Ok(repeat_async(move || {
            let counted = R::with_locks(params.lock, Iteration::<R>(params, PhantomData));
            async move { Ok(counted.ok_or_else(|| unknown("lock"))?.await) }
        }))
    }

    fn on_threads<T: ThreadRuntime>(
        self,
        Trial { params, .. }: Trial<Params>,
    ) -> Result<impl Session<Output = u64>, Failure> {
        Ok(repeat(move || {
            let counter = Arc::new(StdMutex::new(0));
            let tasks: Vec<_> = (0..params.tasks)
                .map(|_| {
                    let counter = Arc::clone(&counter);
                    T::spawn(move || increment(&counter, params.increments))
                })
                .collect();
            tasks.into_iter().for_each(T::join);
            Ok(read(&counter))
        }))
    }

    fn on_data_parallel<D: DataParallel>(
        self,
        Trial { params, .. }: Trial<Params>,
    ) -> Result<impl Session<Output = u64>, Failure> {
        Ok(repeat(move || {
            let counter = StdMutex::new(0);
            D::spawn_each(params.tasks, |_| increment(&counter, params.increments));
            Ok(read(&counter))
        }))
    }
}

fn increment(counter: &StdMutex<u64>, times: u64) {
    for _ in 0..times {
        *counter.lock().unwrap_or_else(PoisonError::into_inner) += 1;
    }
}

fn read(counter: &StdMutex<u64>) -> u64 {
    *counter.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One iteration with the locks of one crate. The future is boxed once per iteration, because the crate is
/// chosen at run time.
struct Iteration<R>(Params, PhantomData<fn() -> R>);

impl<R: AsyncRuntime> LocksVisitor for Iteration<R> {
    type Output = Pin<Box<dyn Future<Output = u64> + Send>>;

    fn visit<L: Locks>(self) -> Self::Output {
        Box::pin(count::<R, L>(self.0))
    }
}

async fn count<R: AsyncRuntime, L: Locks>(params: Params) -> u64 {
    let counter = Arc::new(L::mutex(0_u64));
    let tasks: Vec<_> = (0..params.tasks)
        .map(|_| {
            let counter = Arc::clone(&counter);
            R::spawn(async move {
                for _ in 0..params.increments {
                    L::locked(&counter, |counter| *counter += 1).await;
                }
            })
        })
        .collect();
    for task in tasks {
        task.await;
    }
    L::locked(&counter, |counter| *counter).await
}
