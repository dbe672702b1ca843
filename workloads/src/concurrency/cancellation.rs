//! `cancellation`: many waiting tasks are canceled at once.

use std::future::{Future, pending, poll_fn};
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::task::Poll;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::flag::Flag;
use runtime_bench_api::prelude::*;

/// Tasks that end on their own, half of them with an error.
const ENDING: usize = 10;

/// The workload.
#[derive(Clone, Copy, Debug)]
pub struct Cancellation;

/// Counts the guards of an iteration.
#[derive(Debug, Default)]
struct Guards {
    opened: AtomicUsize,
    closed: AtomicUsize,
}

/// Held by a task for as long as it lives.
struct Guard(Arc<Guards>);

impl Guard {
    fn open(guards: &Arc<Guards>) -> Self {
        guards.opened.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(guards))
    }

    /// Ends with a value or with an error; the guard is dropped either way.
    fn end(self, task: usize) -> Result<Self, ()> {
        if task.is_multiple_of(2) { Ok(self) } else { Err(()) }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.closed.fetch_add(1, Ordering::Release);
    }
}

/// The outcome of the tasks of one iteration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Cancelled {
    opened: usize,
    closed: usize,
    completed: usize,
    #[serde(rename = "took_ns", with = "runtime_bench_api::external::nanoseconds")]
    took: Duration,
}

impl Cancelled {
    /// Reads the counts right after the last task is gone, so that guards dropped later are detected.
    fn of(guards: &Guards, completed: usize, start: Instant) -> Self {
        let took = start.elapsed();
        let closed = guards.closed.load(Ordering::Acquire);
        Self { opened: guards.opened.load(Ordering::Relaxed), closed, completed, took }
    }
}

/// The parameters of a point.
#[derive(Clone, Copy, Debug)]
pub struct Params {
    tasks: usize,
}

impl FromPoint for Params {
    fn from_point(point: &Point) -> Result<Self, Unsupported> {
        Ok(Self { tasks: point.count_in("tasks", 1..=100_000_000)? })
    }
}

impl Workload for Cancellation {
    type Params = Params;
    type Output = Cancelled;
    const METRICS: &'static [&'static MetricDef] = &[&metric::PER_CANCEL];

    fn info(&self) -> WorkloadInfo {
        WorkloadInfo {
            name: "cancellation".into(),
            title: "Cancel waiting tasks".into(),
            kind: Kind::Concurrency,
            model: "All tasks wait for something that never happens and are canceled together, \
                    as when a server drops its requests. Timing starts with the first \
                    cancellation and ends when the guard of the last task is dropped."
                .into(),
            check: "Every guard is dropped, including those of a few tasks that finish on their \
                    own, and no canceled task completes."
                .into(),
            headline: Self::METRICS[0].id.into(),
            headline_phase: Phase::Warm,
            notes: vec![
                "All tasks are told to stop before any of them is awaited.".into(),
                "A thread cannot be canceled. The tasks of `threads` and `thread-pool` check a \
                 flag under a condition variable and return. This is cooperative code, not the \
                 same operation."
                    .into(),
                "The headline excludes spawning; `wall` and `cpu` include it.".into(),
            ],
        }
    }

    fn points(&self, set: PointSet, _: usize) -> Vec<Point> {
        let tasks = |count: u64| Point::new().with("tasks", count, "");
        match set {
            PointSet::Smoke => vec![tasks(20)],
            PointSet::Quick => vec![tasks(500)],
            PointSet::Full => vec![tasks(1_000), tasks(10_000)],
        }
    }

    fn requirements(&self, params: &Params, family: Family) -> Result<Requirements, Unsupported> {
        let tasks = params.tasks;
        if family == Family::DataParallel {
            return Err(Unsupported::Family(
                "The pool cannot cancel a job, and a waiting job holds a worker.".to_owned(),
            ));
        }
        most_threads(family, tasks, 1_000)?;
        // On a pool, the root also holds a thread while it waits.
        Ok(Requirements { blocking: tasks + 1, ..Requirements::of_tasks(tasks) })
    }

    fn tasks_block(&self) -> bool {
        true
    }

    fn verify(&self, trial: &Trial<Params>, cancelled: &Cancelled) -> Result<(), String> {
        let tasks = trial.params.tasks + ENDING;
        let Cancelled { opened, closed, completed, .. } = *cancelled;
        if opened == tasks && closed == tasks && completed == 0 {
            return Ok(());
        }
        Err(format!(
            "{opened} guards created and {closed} dropped, expected {tasks}; {completed} canceled tasks completed"
        ))
    }

    fn describe(&self, cancelled: &Cancelled) -> String {
        format!("{} guards created and dropped", cancelled.closed)
    }

    fn metrics(&self, trial: &Trial<Params>, block: &Timed<Cancelled>) -> Vec<Metric> {
        let tasks = trial.params.tasks as f64;
        let took = block.mean(|cancelled| cancelled.took.as_nanos() as f64);
        vec![Metric::of(&metric::PER_CANCEL, took / tasks)]
    }

    async fn on_async<R: AsyncRuntime>(
        self,
        Trial { params, .. }: Trial<Params>,
    ) -> Result<impl AsyncSession<Output = Cancelled>, Failure> {
        let tasks = params.tasks;
        Ok(repeat_async(move || async move {
            let guards = Arc::new(Guards::default());
            for task in 0..ENDING {
                let guard = Guard::open(&guards);
                drop(R::spawn(async move { guard.end(task) }).await);
            }
            let (arrive, mut arrived) = R::channel(tasks);
            let waiting: Vec<_> = (0..tasks)
                .map(|_| {
                    let (guards, arrive) = (Arc::clone(&guards), arrive.clone());
                    R::spawn(async move {
                        let _guard = Guard::open(&guards);
                        R::send(&arrive, ()).await;
                        pending::<()>().await;
                    })
                })
                .collect();
            for _ in 0..tasks {
                R::receive(&mut arrived).await;
            }
            let cancels = waiting.into_iter().map(|task| Box::pin(R::cancel(task))).collect();
            let start = Instant::now();
            let completed = all_at_once(cancels).await;
            Ok(Cancelled::of(&guards, completed, start))
        }))
    }

    fn on_threads<T: ThreadRuntime>(
        self,
        Trial { params, .. }: Trial<Params>,
    ) -> Result<impl Session<Output = Cancelled>, Failure> {
        let tasks = params.tasks;
        Ok(repeat(move || {
            let guards = Arc::new(Guards::default());
            for task in 0..ENDING {
                let guard = Guard::open(&guards);
                drop(T::join(T::spawn(move || guard.end(task))));
            }
            let flag = Arc::new(Flag::default());
            let (arrive, arrived) = mpsc::channel();
            let waiting: Vec<_> = (0..tasks)
                .map(|_| {
                    let (guards, flag) = (Arc::clone(&guards), Arc::clone(&flag));
                    let arrive = arrive.clone();
                    T::spawn(move || {
                        let _guard = Guard::open(&guards);
                        flag.wait(|| arrive.send(()).is_ok())
                    })
                })
                .collect();
            arrived.iter().take(tasks).for_each(drop);
            let start = Instant::now();
            flag.raise();
            let told = waiting.into_iter().map(T::join).filter(|told| *told).count();
            Ok(Cancelled::of(&guards, tasks - told, start))
        }))
    }
}

/// Starts all cancellations, then awaits each. Returns the number of tasks that completed first.
async fn all_at_once<F: Future<Output = Option<()>>>(mut cancels: Vec<Pin<Box<F>>>) -> usize {
    let mut completed = 0;
    // The first poll requests the cancellation.
    poll_fn(|context| {
        cancels.retain_mut(|cancel| match cancel.as_mut().poll(context) {
            Poll::Ready(output) => {
                completed += usize::from(output.is_some());
                false
            }
            Poll::Pending => true,
        });
        Poll::Ready(())
    })
    .await;
    for cancel in cancels {
        completed += usize::from(cancel.await.is_some());
    }
    completed
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::task::{Context, Waker};

    #[test]
    fn all_cancellations_start_before_one_is_awaited() {
        let started = AtomicUsize::new(0);
        let cancels: Vec<_> = (0..3)
            .map(|_| {
                Box::pin(async {
                    started.fetch_add(1, Ordering::Relaxed);
                    pending::<Option<()>>().await
                })
            })
            .collect();
        let mut all = Box::pin(all_at_once(cancels));
        let pending = all.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending();
        assert!(pending && started.load(Ordering::Relaxed) == 3);
    }

    #[test]
    fn guards_close_on_values_and_errors() {
        let guards = Arc::new(Guards::default());
        assert!(Guard::open(&guards).end(0).is_ok());
        assert!(Guard::open(&guards).end(1).is_err());
        assert_eq!(guards.closed.load(Ordering::Relaxed), 2);
    }
}
