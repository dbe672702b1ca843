//! `lock-per-call`: a lock only helps if all tasks use the same one.

use std::sync::{Arc, Barrier, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::barrier::AsyncBarrier;
use crate::concurrency::watch::Watch;
use runtime_bench_api::prelude::*;
use runtime_bench_api::runtime::Locks;

/// Tasks that take the lock.
const TASKS: usize = 2;

/// The workload.
#[derive(Clone, Copy, Debug)]
pub struct LockPerCall;

/// The parameters of a point.
#[derive(Clone, Copy, Debug)]
pub struct Params {
    /// Whether every call creates its own lock.
    fresh: bool,
    hold: Duration,
}

impl FromPoint for Params {
    fn from_point(point: &Point) -> Result<Self, Unsupported> {
        let hold = Duration::from_millis(point.count_in("hold", 1..=60_000)? as u64);
        let fresh = match point.variant.as_deref() {
            Some("fresh") => true,
            Some("shared") => false,
            _ => return Err(Unsupported::variant(&["fresh", "shared"])),
        };
        Ok(Self { fresh, hold })
    }
}

impl Params {
    /// One lock per task: the same for both, or a new one for each.
    fn locks<L>(self, make: impl Fn() -> L) -> [Arc<L>; TASKS] {
        let shared = Arc::new(make());
        [(); TASKS].map(|()| if self.fresh { Arc::new(make()) } else { Arc::clone(&shared) })
    }

    fn most(self) -> usize {
        if self.fresh { TASKS } else { 1 }
    }
}

/// The outcome when both tasks have held their lock.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub struct Held {
    /// The largest number of tasks that held a lock at once.
    most: usize,
    #[serde(rename = "makespan_ns", with = "runtime_bench_api::external::nanoseconds")]
    makespan: Duration,
}

impl Workload for LockPerCall {
    type Params = Params;
    type Output = Held;
    const METRICS: &'static [&'static MetricDef] = &[&metric::MAKESPAN_OVER_HOLD];

    fn info(&self) -> WorkloadInfo {
        WorkloadInfo {
            name: "lock-per-call".into(),
            title: "Fresh lock per call".into(),
            kind: Kind::Pitfall,
            model: "Two tasks call a function that takes a lock and waits while holding it. With \
                    one `shared` lock they take turns. With a `fresh` lock created in every call, \
                    a classic mistake in tutorials, both run at the same time."
                .into(),
            check: "Both tasks hold a lock at the same time with fresh locks, and never with a \
                    shared one."
                .into(),
            headline: Self::METRICS[0].id.into(),
            headline_phase: Phase::Warm,
            notes: vec![
                "The expected result is about 1 for fresh locks and 2 for a shared lock. Anything \
                 above that is due to the runtime's timer; tokio's rounds up to the next \
                 millisecond."
                    .into(),
                "Async runners use the runtime's own semaphore with one permit as a lock that can \
                 be held across an await. Threads and rayon use the standard library's mutex."
                    .into(),
                "With fresh locks, neither task leaves before the other has entered. This adds \
                 nothing to the total time."
                    .into(),
            ],
        }
    }

    fn points(&self, set: PointSet, _: usize) -> Vec<Point> {
        let both = |hold: u64| {
            let point = |variant| Point::new().variant(variant).with("hold", hold, "ms");
            vec![point("fresh"), point("shared")]
        };
        match set {
            PointSet::Smoke => both(1),
            PointSet::Quick => both(2),
            PointSet::Full => both(50),
        }
    }

    fn requirements(&self, _: &Params, _: Family) -> Result<Requirements, Unsupported> {
        Ok(Requirements { tasks: TASKS, blocking: TASKS, ..Requirements::default() })
    }

    fn tasks_block(&self) -> bool {
        true
    }

    fn verify(&self, trial: &Trial<Params>, held: &Held) -> Result<(), String> {
        let (most, expected) = (held.most, trial.params.most());
        // Turns in sequence take as long as their sum.
        let least =
            if trial.params.fresh { trial.params.hold } else { trial.params.hold * TASKS as u32 };
        if most != expected {
            Err(format!("{most} tasks held a lock at once, expected {expected}"))
        } else if held.makespan < least {
            Err(format!("both tasks ended after {:?}, expected at least {least:?}", held.makespan))
        } else {
            Ok(())
        }
    }

    fn describe(&self, held: &Held) -> String {
        format!("{} at once", held.most)
    }

    fn metrics(&self, trial: &Trial<Params>, block: &Timed<Held>) -> Vec<Metric> {
        let hold_ns = trial.params.hold.as_nanos() as f64;
        let makespan = block.mean(|held| held.makespan.as_nanos() as f64);
        vec![Metric::of(&metric::MAKESPAN_OVER_HOLD, makespan / hold_ns)]
    }

    async fn on_async<R: AsyncRuntime>(
        self,
        Trial { params, .. }: Trial<Params>,
    ) -> Result<impl AsyncSession<Output = Held>, Failure> {
        Ok(repeat_async(move || async move { Ok(both::<R, R::Locks>(params).await) }))
    }

    fn on_threads<T: ThreadRuntime>(
        self,
        Trial { params, .. }: Trial<Params>,
    ) -> Result<impl Session<Output = Held>, Failure> {
        Ok(repeat(move || {
            let inside = Arc::new(Inside::default());
            let start = Instant::now();
            let tasks = params.locks(|| Mutex::new(())).map(|lock| {
                let inside = Arc::clone(&inside);
                T::spawn(move || inside.hold(params, &lock))
            });
            tasks.into_iter().for_each(T::join);
            Ok(Held { most: inside.watch.most(), makespan: start.elapsed() })
        }))
    }

    fn on_data_parallel<D: DataParallel>(
        self,
        Trial { params, .. }: Trial<Params>,
    ) -> Result<impl Session<Output = Held>, Failure> {
        Ok(repeat(move || {
            let inside = Inside::default();
            let start = Instant::now();
            let [first, second] = params.locks(|| Mutex::new(()));
            D::join(|| inside.hold(params, &first), || inside.hold(params, &second));
            Ok(Held { most: inside.watch.most(), makespan: start.elapsed() })
        }))
    }
}

/// Counts the threads inside the critical section.
struct Inside {
    watch: Watch,
    both: Barrier,
}

impl Default for Inside {
    fn default() -> Self {
        Self { watch: Watch::default(), both: Barrier::new(TASKS) }
    }
}

impl Inside {
    fn hold(&self, params: Params, lock: &Mutex<()>) {
        let held = lock.lock().unwrap_or_else(PoisonError::into_inner);
        self.watch.begin();
        thread::sleep(params.hold);
        if params.fresh {
            self.both.wait();
        }
        self.watch.end();
        drop(held);
    }
}

async fn both<R: AsyncRuntime, L: Locks>(params: Params) -> Held {
    let inside = Arc::new((Watch::default(), AsyncBarrier::of(TASKS)));
    let start = Instant::now();
    let mut place = 0;
    let tasks = params.locks(|| L::semaphore(1)).map(|lock| {
        let inside = Arc::clone(&inside);
        let own = place;
        place += 1;
        R::spawn(async move {
            let (watch, both) = (&inside.0, &inside.1);
            L::permitted(&lock, async move {
                watch.begin();
                R::sleep(params.hold).await;
                if params.fresh {
                    both.wait(own).await;
                }
                watch.end();
            })
            .await;
        })
    });
    for task in tasks {
        task.await;
    }
    Held { most: inside.0.most(), makespan: start.elapsed() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shared_lock_is_the_same_for_all_tasks() {
        let locks = |fresh| Params { fresh, hold: Duration::ZERO }.locks(|| Mutex::new(()));
        let [first, second] = locks(false);
        assert!(Arc::ptr_eq(&first, &second));
        let [first, second] = locks(true);
        assert!(!Arc::ptr_eq(&first, &second));
    }
}
