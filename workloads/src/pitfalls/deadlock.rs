//! `deadlock`: two locks taken in opposite order, then in the same order.

use std::future::Future;
use std::sync::{Arc, Barrier, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::barrier::AsyncBarrier;
use runtime_bench_api::prelude::*;
use runtime_bench_api::runtime::Locks;

/// Number of tasks and of locks.
const TASKS: usize = 2;
/// Limit for a cancellation to free the other task.
const LONGEST: Duration = Duration::from_secs(10);

/// The workload.
#[derive(Clone, Copy, Debug)]
pub struct Deadlock;

/// The parameters of a point.
#[derive(Clone, Copy, Debug)]
pub struct Params {
    /// How long to wait for the deadlocked tasks.
    watch: Duration,
    /// How often each task with ordered locks takes both locks.
    turns: u64,
}

impl FromPoint for Params {
    fn from_point(point: &Point) -> Result<Self, Unsupported> {
        let watch = Duration::from_millis(point.count_in("watch", 1..=60_000)? as u64);
        Ok(Self { watch, turns: point.count_in("turns", 1..=1_000_000_000)? as u64 })
    }
}

/// The outcome of the deadlock and of the repaired code.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub struct Ended {
    /// Whether neither of the tasks in opposite order finished in time.
    stuck: bool,
    /// Whether canceling one of them freed the other; `None` if tasks cannot be canceled.
    freed: Option<bool>,
    /// Total turns of the tasks with ordered locks.
    turns: u64,
    #[serde(rename = "took_ns", with = "runtime_bench_api::external::nanoseconds")]
    took: Duration,
}

impl Workload for Deadlock {
    type Params = Params;
    type Output = Ended;
    const METRICS: &'static [&'static MetricDef] = &[&metric::FIXED];

    fn info(&self) -> WorkloadInfo {
        WorkloadInfo {
            name: "deadlock".into(),
            title: "Two locks in opposite order".into(),
            kind: Kind::Pitfall,
            model: "Two tasks each hold one of two locks and wait for the other one. After a \
                    timeout the workload gives up on them. Then two tasks repeatedly take the \
                    same locks in the same order."
                .into(),
            check: "Pass or fail: neither deadlocked task continues; where tasks can be \
                    canceled, canceling one frees the other; the tasks with ordered locks take \
                    all their turns."
                .into(),
            headline: Self::METRICS[0].id.into(),
            headline_phase: Phase::Startup,
            notes: vec![
                "A runner passes or fails and is not ranked: the deadlock takes as long as the \
                 timeout. `fixed`, the time of one turn with ordered locks, is for context."
                    .into(),
                "No runtime prevents or detects a deadlock. A stuck async task can be canceled, \
                 which drops the lock that it holds. A stuck thread stays until the process ends, \
                 so each process measures this once."
                    .into(),
                "Async runners use the runtime's own semaphores with one permit as locks that can \
                 be held across an await. Threads use the standard library's mutex. The tasks \
                 with ordered locks yield between the first lock and the second."
                    .into(),
            ],
        }
    }

    fn points(&self, set: PointSet, _: usize) -> Vec<Point> {
        let point = |watch: u64, turns: u64| {
            Point::new().with("watch", watch, "ms").with("turns", turns, "")
        };
        match set {
            PointSet::Smoke => vec![point(2, 5)],
            PointSet::Quick => vec![point(20, 100)],
            PointSet::Full => vec![point(100, 1_000)],
        }
    }

    fn requirements(&self, _: &Params, family: Family) -> Result<Requirements, Unsupported> {
        if family == Family::DataParallel {
            return Err(Unsupported::Family(
                "A stuck job holds its worker forever, so two of them would disable the pool."
                    .to_owned(),
            ));
        }
        // Stuck tasks keep their threads, the root holds its own, and then the repaired tasks run.
        Ok(Requirements { tasks: 2 * TASKS, blocking: 2 * TASKS + 1, ..Requirements::default() })
    }

    fn tasks_block(&self) -> bool {
        true
    }

    fn phases(&self) -> &'static [Phase] {
        &[Phase::Startup]
    }

    fn verify(&self, trial: &Trial<Params>, ended: &Ended) -> Result<(), String> {
        let expected = TASKS as u64 * trial.params.turns;
        if !ended.stuck {
            Err("a task continued that should have been stuck forever".to_owned())
        } else if ended.freed == Some(false) {
            Err("the other task stayed stuck after one was canceled".to_owned())
        } else if ended.turns != expected {
            Err(format!(
                "the tasks with ordered locks took {} turns, expected {expected}",
                ended.turns
            ))
        } else {
            Ok(())
        }
    }

    fn describe(&self, ended: &Ended) -> String {
        let freed = if ended.freed.is_some() { " until canceled" } else { "" };
        format!("deadlocks{freed}; {} turns with ordered locks", ended.turns)
    }

    fn metrics(&self, trial: &Trial<Params>, block: &Timed<Ended>) -> Vec<Metric> {
        let turns = TASKS as f64 * trial.params.turns as f64;
        let took = block.mean(|ended| ended.took.as_nanos() as f64);
        vec![Metric::of(&metric::FIXED, took / turns)]
    }

    async fn on_async<R: AsyncRuntime>(
        self,
        Trial { params, .. }: Trial<Params>,
    ) -> Result<impl AsyncSession<Output = Ended>, Failure> {
        Ok(repeat_async(move || async move {
            let (stuck, freed) = stuck::<R, R::Locks>(params.watch).await;
            let start = Instant::now();
            let turns = take_turns::<R, R::Locks>(params.turns).await;
            Ok(Ended { stuck, freed: Some(freed), turns, took: start.elapsed() })
        }))
    }

    fn on_threads<T: ThreadRuntime>(
        self,
        Trial { params, .. }: Trial<Params>,
    ) -> Result<impl Session<Output = Ended>, Failure> {
        Ok(repeat(move || {
            let stuck = stuck_on_threads::<T>(params.watch);
            let start = Instant::now();
            let turns = take_turns_on_threads::<T>(params.turns);
            Ok(Ended { stuck, freed: None, turns, took: start.elapsed() })
        }))
    }
}

/// A task that can deadlock. The root waits until both tasks hold their first lock.
async fn opposite<L: Locks>(
    locks: Arc<[L::Semaphore; TASKS]>,
    held: Arc<AsyncBarrier>,
    own: usize,
    went_on: impl Future<Output = bool> + Send,
) {
    let (first, second) = (&locks[own], &locks[1 - own]);
    L::permitted(first, async {
        held.wait(own).await;
        L::permitted(second, went_on).await
    })
    .await;
}

/// Whether two tasks in opposite order are stuck, and whether canceling one frees the other.
async fn stuck<R: AsyncRuntime, L: Locks>(watch: Duration) -> (bool, bool) {
    let locks = Arc::new([L::semaphore(1), L::semaphore(1)]);
    let held = Arc::new(AsyncBarrier::of(TASKS + 1));
    let (go_on, mut went_on) = R::channel(TASKS);
    let [one, other] = [0, 1].map(|own| {
        let (locks, held, go_on) = (Arc::clone(&locks), Arc::clone(&held), go_on.clone());
        R::spawn(async move { opposite::<L>(locks, held, own, R::send(&go_on, ())).await })
    });
    held.wait(TASKS).await;
    let stuck = R::timeout(watch, R::receive(&mut went_on)).await.is_none();
    let cancelled = R::cancel(one).await.is_none();
    let freed = cancelled && R::timeout(LONGEST, other).await.is_some();
    (stuck, freed)
}

async fn take_turns<R: AsyncRuntime, L: Locks>(turns: u64) -> u64 {
    let locks = Arc::new([L::semaphore(1), L::semaphore(1)]);
    let tasks = [(); TASKS].map(|()| {
        let locks = Arc::clone(&locks);
        R::spawn(async move {
            let mut taken = 0;
            while taken < turns {
                let both = async {
                    R::yield_now().await;
                    L::permitted(&locks[1], std::future::ready(1)).await
                };
                taken += L::permitted(&locks[0], both).await;
            }
            taken
        })
    });
    let mut taken = 0;
    for task in tasks {
        taken += task.await;
    }
    taken
}

/// Whether two threads in opposite order are stuck. They stay stuck until the process ends.
fn stuck_on_threads<T: ThreadRuntime>(watch: Duration) -> bool {
    let locks = Arc::new([Mutex::new(()), Mutex::new(())]);
    let held = Arc::new(Barrier::new(TASKS + 1));
    let (go_on, went_on) = mpsc::channel();
    for own in 0..TASKS {
        let (locks, held, go_on) = (Arc::clone(&locks), Arc::clone(&held), go_on.clone());
        drop(T::spawn(move || {
            let first = lock(&locks[own]);
            held.wait();
            let second = lock(&locks[1 - own]);
            // The root may have stopped waiting.
            let _ = go_on.send(());
            drop((first, second));
        }));
    }
    held.wait();
    went_on.recv_timeout(watch) == Err(mpsc::RecvTimeoutError::Timeout)
}

fn take_turns_on_threads<T: ThreadRuntime>(turns: u64) -> u64 {
    let locks = Arc::new([Mutex::new(()), Mutex::new(())]);
    let tasks = [(); TASKS].map(|()| {
        let locks = Arc::clone(&locks);
        T::spawn(move || {
            let mut taken = 0;
            while taken < turns {
                let first = lock(&locks[0]);
                thread::yield_now();
                drop((first, lock(&locks[1])));
                taken += 1;
            }
            taken
        })
    });
    tasks.into_iter().map(T::join).sum()
}

fn lock(mutex: &Mutex<()>) -> MutexGuard<'_, ()> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
