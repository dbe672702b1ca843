//! `worker-pool`: many jobs with limited concurrency.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde::{Deserialize, Serialize};

use super::watch::Watch;
use crate::cpu::xorshift::{scattered, xorshift};
use runtime_bench_api::prelude::*;
use runtime_bench_api::runtime::Locks;

/// Steps of a job: about a third of a microsecond.
const STEPS: usize = 300;

/// The workload.
#[derive(Clone, Copy, Debug)]
pub struct WorkerPool;

/// The parameters of a point.
#[derive(Clone, Copy, Debug)]
pub struct Params {
    jobs: usize,
    at_once: usize,
}

/// The work done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Done {
    /// Combined results of all jobs.
    xor: u64,
    /// The largest number of concurrent jobs.
    most: usize,
}

impl FromPoint for Params {
    fn from_point(point: &Point) -> Result<Self, Unsupported> {
        let jobs = point.count_in("jobs", 1..=100_000_000)?;
        Ok(Self { jobs, at_once: point.count_in("at-once", 1..=100_000)? })
    }
}

impl Params {
    fn job(number: usize) -> u64 {
        xorshift(scattered(number), STEPS)
    }

    fn expected(self) -> u64 {
        (0..self.jobs).fold(0, |xor, number| xor ^ Self::job(number))
    }
}

impl Workload for WorkerPool {
    type Params = Params;
    type Output = Done;
    const METRICS: &'static [&'static MetricDef] =
        &[&metric::JOB_RATE, &metric::CPU_PER_JOB, &metric::MOST_AT_ONCE];

    fn info(&self) -> WorkloadInfo {
        WorkloadInfo {
            name: "worker-pool".into(),
            title: "Many jobs with limited concurrency".into(),
            kind: Kind::Concurrency,
            model: "Thousands of short jobs run, but only a limited number at the same time, like \
                    requests to a service with a concurrency limit."
                .into(),
            check: "The combined results equal those of a plain loop, and concurrency never \
                    exceeds the limit."
                .into(),
            headline: Self::METRICS[0].id.into(),
            headline_phase: Phase::Warm,
            notes: vec![
                "Async runners spawn one task per job. Each task acquires a permit of the \
                 runtime's own semaphore and yields once while it holds the permit, as if it \
                 waited for a reply. Threads and rayon start one worker per permit; each worker \
                 takes one job after another and yields in each."
                    .into(),
            ],
        }
    }

    fn points(&self, set: PointSet, _: usize) -> Vec<Point> {
        let point = |jobs: u64, at_once: u64| {
            Point::new().with("jobs", jobs, "").with("at-once", at_once, "")
        };
        match set {
            PointSet::Smoke => vec![point(40, 4)],
            PointSet::Quick => vec![point(2_000, 16)],
            PointSet::Full => vec![point(10_000, 1), point(10_000, 16), point(10_000, 256)],
        }
    }

    fn requirements(&self, params: &Params, family: Family) -> Result<Requirements, Unsupported> {
        let tasks = if family == Family::Async { params.jobs } else { params.at_once };
        Ok(Requirements::of_tasks(tasks))
    }

    fn verify(&self, trial: &Trial<Params>, done: &Done) -> Result<(), String> {
        if done.most > trial.params.at_once || done.most == 0 {
            return Err(format!(
                "{} jobs ran at once, allowed {}",
                done.most, trial.params.at_once
            ));
        }
        let expected = trial.params.expected();
        ensure(done.xor == expected, || {
            format!("the jobs combine to {:x}, expected {expected:x}", done.xor)
        })
    }

    fn describe(&self, done: &Done) -> String {
        format!("{:x}, at most {} at once", done.xor, done.most)
    }

    fn metrics(&self, trial: &Trial<Params>, block: &Timed<Done>) -> Vec<Metric> {
        let jobs = trial.params.jobs as f64;
        vec![
            Metric::of(&metric::JOB_RATE, jobs / block.wall_ns() * 1e9),
            Metric::of(&metric::CPU_PER_JOB, block.cpu_ns() / jobs),
            Metric::of(&metric::MOST_AT_ONCE, block.mean(|done| done.most as f64)),
        ]
    }

    async fn on_async<R: AsyncRuntime>(
        self,
        Trial { params, .. }: Trial<Params>,
    ) -> Result<impl AsyncSession<Output = Done>, Failure> {
        Ok(repeat_async(move || async move { Ok(do_jobs::<R, R::Locks>(params).await) }))
    }

    fn on_threads<T: ThreadRuntime>(
        self,
        Trial { params, .. }: Trial<Params>,
    ) -> Result<impl Session<Output = Done>, Failure> {
        Ok(repeat(move || {
            let (watch, next) = (Arc::new(Watch::default()), Arc::new(AtomicUsize::new(0)));
            let workers: Vec<_> = (0..params.at_once)
                .map(|_| {
                    let (watch, next) = (Arc::clone(&watch), Arc::clone(&next));
                    T::spawn(move || take_jobs(params, &watch, &next, std::thread::yield_now))
                })
                .collect();
            let xor = workers.into_iter().fold(0, |xor, worker| xor ^ T::join(worker));
            Ok(Done { xor, most: watch.most() })
        }))
    }

    fn on_data_parallel<D: DataParallel>(
        self,
        Trial { params, .. }: Trial<Params>,
    ) -> Result<impl Session<Output = Done>, Failure> {
        Ok(repeat(move || {
            let (watch, next) = (Watch::default(), AtomicUsize::new(0));
            let worker = |_| take_jobs(params, &watch, &next, std::thread::yield_now);
            let xor = D::map(params.at_once, worker).into_iter().fold(0, |xor, one| xor ^ one);
            Ok(Done { xor, most: watch.most() })
        }))
    }
}

/// A worker: runs one job after another until none is left.
fn take_jobs(params: Params, watch: &Watch, next: &AtomicUsize, step_back: impl Fn()) -> u64 {
    let mut xor = 0;
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        if number >= params.jobs {
            return xor;
        }
        watch.begin();
        step_back();
        xor ^= Params::job(number);
        watch.end();
    }
}

async fn do_jobs<R: AsyncRuntime, L: Locks>(params: Params) -> Done {
    let shared = Arc::new((L::semaphore(params.at_once), Watch::default()));
    let jobs: Vec<_> = (0..params.jobs)
        .map(|number| {
            let shared = Arc::clone(&shared);
            R::spawn(async move {
                let (semaphore, watch) = (&shared.0, &shared.1);
                L::permitted(semaphore, async move {
                    watch.begin();
                    R::yield_now().await;
                    let result = Params::job(number);
                    watch.end();
                    result
                })
                .await
            })
        })
        .collect();
    let mut xor = 0;
    for job in jobs {
        xor ^= job.await;
    }
    Done { xor, most: shared.1.most() }
}
