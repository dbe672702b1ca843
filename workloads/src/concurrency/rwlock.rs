//! `rwlock`: many readers and few writers of one value.

use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock as StdRwLock};

use serde::{Deserialize, Serialize};

use super::shared::{built_points, check_family, lock, unknown};
use runtime_bench_api::prelude::*;
use runtime_bench_api::runtime::{Locks, LocksVisitor, OWN};

/// One in this many accesses writes.
const WRITE_EVERY: u64 = 20;

/// The workload.
#[derive(Clone, Copy, Debug)]
pub struct RwLock;

/// The parameters of a point.
#[derive(Clone, Copy, Debug)]
pub struct Params {
    tasks: usize,
    accesses: u64,
    lock: &'static str,
}

/// The accesses made under the lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Accesses {
    /// The final value; every write adds 1.
    writes: u64,
    /// Reads that returned a value.
    reads: u64,
}

impl FromPoint for Params {
    fn from_point(point: &Point) -> Result<Self, Unsupported> {
        let tasks = point.count_in("tasks", 1..=1_000_000)?;
        Ok(Self {
            tasks,
            accesses: point.count_in("accesses", 1..=1_000_000_000)? as u64,
            lock: lock(point)?,
        })
    }
}

impl Params {
    /// Whether an access of a task writes. The writes of different tasks are staggered.
    fn writes(task: usize, access: u64) -> bool {
        (access + task as u64).is_multiple_of(WRITE_EVERY)
    }

    fn expected(self) -> Accesses {
        let of_task = |task| (0..self.accesses).filter(|&n| Self::writes(task, n)).count() as u64;
        let writes = (0..self.tasks).map(of_task).sum();
        Accesses { writes, reads: self.total() - writes }
    }

    fn total(self) -> u64 {
        self.tasks as u64 * self.accesses
    }
}

impl Workload for RwLock {
    type Params = Params;
    type Output = Accesses;
    const METRICS: &'static [&'static MetricDef] = &[&metric::PER_LOCK, &metric::CPU_PER_LOCK];

    fn info(&self) -> WorkloadInfo {
        WorkloadInfo {
            name: "rwlock".into(),
            title: "Reader-writer lock with few writers".into(),
            kind: Kind::Concurrency,
            model: "Tasks access one value under a reader-writer lock. Every twentieth access \
                    writes, as with a configuration or a cache."
                .into(),
            check: "No write is lost, and every read returns a value.".into(),
            headline: Self::METRICS[0].id.into(),
            headline_phase: Phase::Warm,
            notes: vec![
                "The lock is a parameter, as in `mutex`. Tasks do no work under the lock, so \
                 readers gain as little as possible from running in parallel."
                    .into(),
            ],
        }
    }

    fn points(&self, set: PointSet, _: usize) -> Vec<Point> {
        let point = |tasks: u64, accesses: u64, lock: &str| {
            Point::new()
                .with("tasks", tasks, "")
                .with("accesses", accesses, "")
                .with("lock", lock, "")
        };
        let points = match set {
            PointSet::Smoke => vec![point(4, 25, OWN), point(4, 25, "async-lock")],
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

    fn verify(&self, trial: &Trial<Params>, accesses: &Accesses) -> Result<(), String> {
        let expected = trial.params.expected();
        ensure(*accesses == expected, || {
            format!(
                "{} writes and {} reads, expected {} and {}",
                accesses.writes, accesses.reads, expected.writes, expected.reads
            )
        })
    }

    fn describe(&self, accesses: &Accesses) -> String {
        format!("{} writes, {} reads", accesses.writes, accesses.reads)
    }

    fn metrics(&self, trial: &Trial<Params>, block: &Timed<Accesses>) -> Vec<Metric> {
        block.per_piece(trial.params.total() as f64, &metric::PER_LOCK, &metric::CPU_PER_LOCK)
    }

    async fn on_async<R: AsyncRuntime>(
        self,
        Trial { params, .. }: Trial<Params>,
    ) -> Result<impl AsyncSession<Output = Accesses>, Failure> {
        Ok(repeat_async(move || {
            let accessed = R::with_locks(params.lock, Iteration::<R>(params, PhantomData));
            async move { Ok(accessed.ok_or_else(|| unknown("lock"))?.await) }
        }))
    }

    fn on_threads<T: ThreadRuntime>(
        self,
        Trial { params, .. }: Trial<Params>,
    ) -> Result<impl Session<Output = Accesses>, Failure> {
        Ok(repeat(move || {
            let value = Arc::new(StdRwLock::new(0));
            let tasks: Vec<_> = (0..params.tasks)
                .map(|task| {
                    let value = Arc::clone(&value);
                    T::spawn(move || access(&value, params, task))
                })
                .collect();
            let reads = tasks.into_iter().map(T::join).sum();
            Ok(Accesses { writes: read(&value), reads })
        }))
    }

    fn on_data_parallel<D: DataParallel>(
        self,
        Trial { params, .. }: Trial<Params>,
    ) -> Result<impl Session<Output = Accesses>, Failure> {
        Ok(repeat(move || {
            let (value, reads) = (StdRwLock::new(0), AtomicU64::new(0));
            D::spawn_each(params.tasks, |task| {
                reads.fetch_add(access(&value, params, task), Ordering::Relaxed);
            });
            Ok(Accesses { writes: read(&value), reads: reads.into_inner() })
        }))
    }
}

/// Makes the accesses of one task and returns the number of reads.
fn access(value: &StdRwLock<u64>, params: Params, task: usize) -> u64 {
    let mut reads = 0;
    for number in 0..params.accesses {
        if Params::writes(task, number) {
            *value.write().unwrap_or_else(PoisonError::into_inner) += 1;
        } else {
            reads += u64::from(read(value) < u64::MAX);
        }
    }
    reads
}

fn read(value: &StdRwLock<u64>) -> u64 {
    *value.read().unwrap_or_else(PoisonError::into_inner)
}

/// One iteration with the locks of one crate. The future is boxed once per iteration.
struct Iteration<R>(Params, PhantomData<fn() -> R>);

impl<R: AsyncRuntime> LocksVisitor for Iteration<R> {
    type Output = Pin<Box<dyn Future<Output = Accesses> + Send>>;

    fn visit<L: Locks>(self) -> Self::Output {
        Box::pin(access_all::<R, L>(self.0))
    }
}

async fn access_all<R: AsyncRuntime, L: Locks>(params: Params) -> Accesses {
    let value = Arc::new(L::rw_lock(0_u64));
    let tasks: Vec<_> = (0..params.tasks)
        .map(|task| {
            let value = Arc::clone(&value);
            R::spawn(async move {
                let mut reads = 0;
                for number in 0..params.accesses {
                    if Params::writes(task, number) {
                        L::writing(&value, |value| *value += 1).await;
                    } else {
                        let seen = L::reading(&value, |value| *value < u64::MAX).await;
                        reads += u64::from(seen);
                    }
                }
                reads
            })
        })
        .collect();
    let mut reads = 0;
    for task in tasks {
        reads += task.await;
    }
    Accesses { writes: L::reading(&value, |value| *value).await, reads }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_access_in_twenty_writes() {
        let params = Params { tasks: 7, accesses: 100, lock: OWN };
        assert_eq!(params.expected(), Accesses { writes: 35, reads: 665 });
    }
}
