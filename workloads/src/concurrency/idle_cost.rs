//! `idle-cost`: the CPU use of an idle runtime, and the time it takes to wake up.

use std::iter;
use std::marker::PhantomData;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::memory::gate::Gate;
use runtime_bench_api::clock::thread_cpu;
use runtime_bench_api::prelude::*;
use runtime_bench_api::runtime::ExternalThread;
use runtime_bench_api::workload::Setup;

/// The workload.
#[derive(Clone, Copy, Debug)]
pub struct IdleCost;

/// The parameters of a point.
#[derive(Clone, Copy, Debug)]
pub struct Params {
    tasks: usize,
    idle: Duration,
}

impl FromPoint for Params {
    fn from_point(point: &Point) -> Result<Self, Unsupported> {
        let tasks = point.count_in("tasks", 1..=1_000_000)?;
        let idle = Duration::from_millis(point.count_in("idle", 1..=60_000)? as u64);
        Ok(Self { tasks, idle })
    }
}

/// The watching thread: receives the closed gate and opens it.
type Watcher = ExternalThread<Arc<Gate>, Watched>;

/// The observations of the watcher.
#[derive(Clone, Copy, Debug)]
struct Watched {
    /// Length of the second half of the idle time; in the first half, threads may still be going to sleep.
    counted: Duration,
    /// CPU time of all threads except the watcher during that half.
    cpu: Duration,
    /// Time just before the gate opened.
    opened: Instant,
}

fn watcher(params: Params, setup: &Setup) -> Result<Watcher, Failure> {
    let clock = setup.clock;
    let watch = move |gate: Arc<Gate>| {
        thread::sleep(params.idle / 2);
        let (start, own, all) = (Instant::now(), thread_cpu(), clock.usage());
        thread::sleep(params.idle / 2);
        let all = clock.usage().since(all).cpu;
        let cpu = all.saturating_sub(thread_cpu().saturating_sub(own));
        let opened = Instant::now();
        gate.open();
        Watched { counted: opened - start, cpu, opened }
    };
    ExternalThread::start(watch).map_err(Failure::io("starting the watching thread"))
}

/// One idle period.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub struct Idled {
    woken: usize,
    early: usize,
    #[serde(rename = "counted_ns", with = "runtime_bench_api::external::nanoseconds")]
    counted: Duration,
    #[serde(rename = "cpu_ns", with = "runtime_bench_api::external::nanoseconds")]
    cpu: Duration,
    #[serde(rename = "first_ns", with = "runtime_bench_api::external::nanoseconds")]
    first: Duration,
    #[serde(rename = "last_ns", with = "runtime_bench_api::external::nanoseconds")]
    last: Duration,
}

impl Idled {
    fn of(watched: Watched, woken: &[Instant]) -> Self {
        let after = |at: Option<&Instant>| {
            at.map_or(Duration::ZERO, |at| at.saturating_duration_since(watched.opened))
        };
        Self {
            woken: woken.len(),
            early: woken.iter().filter(|at| **at < watched.opened).count(),
            counted: watched.counted,
            cpu: watched.cpu,
            first: after(woken.iter().min()),
            last: after(woken.iter().max()),
        }
    }

    fn cpu_per_second(&self) -> f64 {
        self.cpu.as_nanos() as f64 / self.counted.as_secs_f64().max(1e-9)
    }
}

impl Workload for IdleCost {
    type Params = Params;
    type Output = Idled;
    const METRICS: &'static [&'static MetricDef] =
        &[&metric::WAKE, &metric::WAKE_ALL, &metric::IDLE_CPU];

    fn info(&self) -> WorkloadInfo {
        WorkloadInfo {
            name: "idle-cost".into(),
            title: "Idle runtime: CPU use and wake-up time".into(),
            kind: Kind::Concurrency,
            model: "A few tasks wait for a while. Then a thread outside the runtime wakes them \
                    all."
                .into(),
            check: "Every task runs again, and none runs before it is woken.".into(),
            headline: Self::METRICS[0].id.into(),
            headline_phase: Phase::Warm,
            notes: vec![
                "`wake` is the time from the first wake-up call until the first task runs; \
                 `wake-all` is the time until the last task runs."
                    .into(),
                "`idle-cpu` is the CPU time per second of all threads except the one that \
                 watches. It covers the second half of the idle time, because threads may still \
                 be going to sleep in the first half. The ideal is zero."
                    .into(),
                "The runtime's timer is not involved; the outside thread sleeps on its own.".into(),
            ],
        }
    }

    fn points(&self, set: PointSet, _: usize) -> Vec<Point> {
        let point =
            |tasks: u64, idle: u64| Point::new().with("tasks", tasks, "").with("idle", idle, "ms");
        match set {
            PointSet::Smoke => vec![point(3, 1)],
            PointSet::Quick => vec![point(16, 20)],
            PointSet::Full => vec![point(16, 100)],
        }
    }

    fn requirements(&self, params: &Params, family: Family) -> Result<Requirements, Unsupported> {
        let tasks = params.tasks;
        if family == Family::DataParallel {
            return Err(Unsupported::Family(
                "The pool would not be idle: a waiting task holds a worker.".to_owned(),
            ));
        }
        most_threads(family, tasks, 1_000)?;
        // On a pool, the root also holds a thread while it waits.
        Ok(Requirements { blocking: tasks + 1, ..Requirements::of_tasks(tasks) })
    }

    fn tasks_block(&self) -> bool {
        true
    }

    fn verify(&self, trial: &Trial<Params>, idled: &Idled) -> Result<(), String> {
        let tasks = trial.params.tasks;
        ensure(idled.woken == tasks && idled.early == 0, || {
            format!("{} of {tasks} tasks woke, {} of them too early", idled.woken, idled.early)
        })
    }

    fn describe(&self, idled: &Idled) -> String {
        format!("{} woken, none early", idled.woken)
    }

    fn metrics(&self, _: &Trial<Params>, block: &Timed<Idled>) -> Vec<Metric> {
        vec![
            Metric::of(&metric::WAKE, block.mean(|idled| idled.first.as_nanos() as f64)),
            Metric::of(&metric::WAKE_ALL, block.mean(|idled| idled.last.as_nanos() as f64)),
            Metric::of(&metric::IDLE_CPU, block.mean(Idled::cpu_per_second)),
        ]
    }

    async fn on_async<R: AsyncRuntime>(
        self,
        Trial { params, setup }: Trial<Params>,
    ) -> Result<impl AsyncSession<Output = Idled>, Failure> {
        let external = watcher(params, &setup)?;
        Ok(Idling::<R> { params, external, runtime: PhantomData })
    }

    fn on_threads<T: ThreadRuntime>(
        self,
        Trial { params, setup }: Trial<Params>,
    ) -> Result<impl Session<Output = Idled>, Failure> {
        let external = watcher(params, &setup)?;
        Ok(repeat(move || {
            let gate = Arc::new(Gate::for_tasks(0));
            let (arrive, arrived) = mpsc::channel();
            let tasks: Vec<_> = (0..params.tasks)
                .map(|_| {
                    let (gate, arrive) = (Arc::clone(&gate), arrive.clone());
                    T::spawn(move || {
                        // The root holds the receiver.
                        let _ = arrive.send(());
                        gate.pass_blocking();
                        Instant::now()
                    })
                })
                .collect();
            arrived.iter().take(params.tasks).for_each(drop);
            let watched = external.ask_blocking(gate);
            let woken: Vec<Instant> = tasks.into_iter().map(T::join).collect();
            Ok(Idled::of(watched, &woken))
        }))
    }
}

/// The watching thread lives as long as the session.
struct Idling<R> {
    params: Params,
    external: Watcher,
    runtime: PhantomData<fn() -> R>,
}

impl<R: AsyncRuntime> AsyncSession for Idling<R> {
    type Output = Idled;

    async fn iterate(&mut self) -> Result<Idled, Failure> {
        let gate = Arc::new(Gate::for_tasks(self.params.tasks));
        let (arrive, mut arrived) = R::channel(self.params.tasks);
        let tasks: Vec<_> = iter::zip(0..self.params.tasks, iter::repeat(arrive))
            .map(|(place, arrive)| {
                let gate = Arc::clone(&gate);
                R::spawn(async move {
                    R::send(&arrive, ()).await;
                    gate.pass(place).await;
                    Instant::now()
                })
            })
            .collect();
        for _ in 0..self.params.tasks {
            R::receive(&mut arrived).await;
        }
        let watched = self.external.ask(gate).await;
        let mut woken = Vec::with_capacity(tasks.len());
        for task in tasks {
            woken.push(task.await);
        }
        Ok(Idled::of(watched, &woken))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn early_wake_ups_are_detected() {
        let (before, ms) = (Instant::now(), Duration::from_millis);
        let opened = before + ms(1);
        let watched = Watched { counted: ms(500), cpu: ms(1), opened };
        let idled = Idled::of(watched, &[opened + ms(3), before, opened + ms(2)]);
        assert_eq!((idled.woken, idled.early, idled.last), (3, 1, ms(3)));
        assert!((idled.cpu_per_second() - 2e6).abs() < 1e-6);
    }
}
