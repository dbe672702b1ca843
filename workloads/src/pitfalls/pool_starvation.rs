//! `pool-starvation`: tasks block every worker and wait for one more task.

use std::marker::PhantomData;
use std::sync::{Arc, Barrier, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use runtime_bench_api::prelude::*;
use runtime_bench_api::runtime::ExternalThread;

/// Limit for the tasks on the blocking pool: they must not time out.
const LONGEST: Duration = Duration::from_secs(10);

/// The workload.
#[derive(Clone, Copy, Debug)]
pub struct PoolStarvation;

/// The outcome of the tasks that block workers, and of those on the blocking pool.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub struct Ended {
    /// Whether a blocked task timed out before the root released it.
    starved: bool,
    /// The same for the tasks on the blocking pool.
    #[serde(rename = "twins_starved")]
    offloaded_starved: bool,
    /// Time from when all tasks on the blocking pool block until the last one ends.
    #[serde(rename = "took_ns", with = "runtime_bench_api::external::nanoseconds")]
    took: Duration,
}

/// Blocks tasks until it is released.
struct Door {
    /// All tasks, and the thread that tells the root that they have arrived.
    met: Barrier,
    released: Mutex<bool>,
    opened: Condvar,
}

impl Door {
    fn of(tasks: usize) -> Self {
        let (released, opened) = (Mutex::new(false), Condvar::new());
        Self { met: Barrier::new(tasks + 1), released, opened }
    }

    /// Blocks the thread until released, at most for a time. Returns whether it timed out.
    fn block(&self, most: Duration) -> bool {
        self.met.wait();
        let released = self.released.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.opened.wait_timeout_while(released, most, |released| !*released);
        let (released, _) = waited.unwrap_or_else(PoisonError::into_inner);
        !*released
    }

    fn release(&self) {
        *self.released.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.opened.notify_all();
    }
}

/// The parameters of a point.
#[derive(Clone, Copy, Debug)]
pub struct Params {
    watch: Duration,
}

impl FromPoint for Params {
    fn from_point(point: &Point) -> Result<Self, Unsupported> {
        let watch = point.count_in("watch", 1..=60_000)?;
        Ok(Self { watch: Duration::from_millis(watch as u64) })
    }
}

impl Workload for PoolStarvation {
    type Params = Params;
    type Output = Ended;
    const METRICS: &'static [&'static MetricDef] = &[&metric::FIXED];

    const OFFLOADS: bool = true;

    fn info(&self) -> WorkloadInfo {
        WorkloadInfo {
            name: "pool-starvation".into(),
            title: "Tasks that block every worker".into(),
            kind: Kind::Pitfall,
            model: "As many tasks as there are workers block their threads until the root task \
                    releases them, but the root itself needs a worker. They give up after a \
                    timeout. Then the same number of tasks block on the runtime's pool for \
                    blocking work instead."
                .into(),
            check: "Pass or fail: the tasks that block workers time out, and the tasks on the \
                    blocking pool are released."
                .into(),
            headline: Self::METRICS[0].id.into(),
            headline_phase: Phase::Warm,
            notes: vec![
                "A runner passes or fails and is not ranked: the starvation takes as long as the \
                 timeout. `fixed`, the time from when the last task on the blocking pool blocks \
                 until all have finished, is for context."
                    .into(),
                "No runtime prevents or detects starvation. With one worker, a single blocked \
                 task is enough."
                    .into(),
            ],
        }
    }

    fn points(&self, set: PointSet, _: usize) -> Vec<Point> {
        let watch = |ms: u64| Point::new().with("watch", ms, "ms");
        match set {
            PointSet::Smoke => vec![watch(2)],
            PointSet::Quick => vec![watch(10)],
            PointSet::Full => vec![watch(100)],
        }
    }

    fn requirements(&self, _: &Params, family: Family) -> Result<Requirements, Unsupported> {
        let reason = match family {
            Family::Async => {
                return Ok(Requirements { tasks: 2, offloads: true, ..Requirements::default() });
            }
            Family::ThreadPerTask => "Cannot starve: each task has its own thread.",
            Family::ThreadPool => "Cannot starve: joining threads run queued jobs.",
            Family::DataParallel => "Would deadlock: its jobs must not wait for each other.",
        };
        Err(Unsupported::Family(reason.to_owned()))
    }

    fn verify(&self, _: &Trial<Params>, ended: &Ended) -> Result<(), String> {
        if !ended.starved {
            Err("the root ran while every worker was blocked".to_owned())
        } else if ended.offloaded_starved {
            Err("a task on the blocking pool was not released".to_owned())
        } else {
            Ok(())
        }
    }

    fn describe(&self, _: &Ended) -> String {
        "starves, as expected; released on the blocking pool".to_owned()
    }

    fn metrics(&self, _: &Trial<Params>, block: &Timed<Ended>) -> Vec<Metric> {
        vec![Metric::of(&metric::FIXED, block.mean(|ended| ended.took.as_nanos() as f64))]
    }

    async fn on_async<R: AsyncRuntime>(
        self,
        Trial { params, setup }: Trial<Params>,
    ) -> Result<impl AsyncSession<Output = Ended>, Failure> {
        let watch = params.watch;
        let met = |door: Arc<Door>| {
            door.met.wait();
            Instant::now()
        };
        let external = ExternalThread::start(met).map_err(Failure::io("starting a thread"))?;
        Ok(Starving::<R> { workers: setup.workers, watch, external, runtime: PhantomData })
    }
}

struct Starving<R> {
    workers: usize,
    watch: Duration,
    /// Notifies the root when all tasks block.
    external: ExternalThread<Arc<Door>, Instant>,
    runtime: PhantomData<fn() -> R>,
}

impl<R: AsyncRuntime> AsyncSession for Starving<R> {
    type Output = Ended;

    async fn iterate(&mut self) -> Result<Ended, Failure> {
        let (tasks, watch) = (self.workers, self.watch);
        let block = move |door: Arc<Door>| R::spawn(async move { door.block(watch) });
        let (starved, _) = self.blocked(tasks, block).await;
        let offload = |door: Arc<Door>| R::spawn(R::offload(move || door.block(LONGEST)));
        let (offloaded_starved, took) = self.blocked(tasks, offload).await;
        Ok(Ended { starved, offloaded_starved, took })
    }
}

impl<R: AsyncRuntime> Starving<R> {
    /// Starts tasks that block, and releases them once all are blocked. Returns whether one timed out, and
    /// the time from then until all have ended.
    async fn blocked(
        &self,
        tasks: usize,
        start: impl Fn(Arc<Door>) -> R::Task<bool>,
    ) -> (bool, Duration) {
        let door = Arc::new(Door::of(tasks));
        let tasks: Vec<_> = (0..tasks).map(|_| start(Arc::clone(&door))).collect();
        let met = self.external.ask(Arc::clone(&door)).await;
        door.release();
        let mut in_vain = false;
        for task in tasks {
            in_vain |= task.await;
        }
        (in_vain, met.elapsed())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocked_tasks_time_out_unless_released() {
        let door = Arc::new(Door::of(1));
        let there = Arc::clone(&door);
        let given_up = std::thread::spawn(move || there.block(Duration::from_millis(1)));
        door.met.wait();
        assert!(given_up.join().unwrap());
        let there = Arc::clone(&door);
        let released = std::thread::spawn(move || there.block(LONGEST));
        door.met.wait();
        door.release();
        assert!(!released.join().unwrap());
    }
}
