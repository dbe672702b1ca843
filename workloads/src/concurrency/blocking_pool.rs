//! `blocking-pool`: many tasks that submit jobs at the same time to the pool for blocking work.

use std::time::Instant;

use runtime_bench_results::catalog::{Kind, WorkloadInfo};
use runtime_bench_results::key::Point;
use runtime_bench_results::metric::{self, MetricDef};
use runtime_bench_results::trial::{Metric, Phase};
use serde::{Deserialize, Serialize};

use super::latencies::percentiles;
use crate::cpu::xorshift::{scattered, xorshift};
use runtime_bench_api::instance::{AsyncSession, Session, repeat, repeat_async};
use runtime_bench_api::runtime::{AsyncRuntime, Family, ThreadRuntime};
use runtime_bench_api::workload::{
    Failure, FromPoint, PointSet, Requirements, Timed, Trial, Unsupported, Workload, most_threads,
};

/// Above this, an OS thread for each submitter and its job is no longer realistic.
const MOST_THREADS: usize = 1_000;

/// The workload.
#[derive(Clone, Copy, Debug)]
pub struct BlockingPool;

/// The parameters of a point.
#[derive(Clone, Copy, Debug)]
pub struct Params {
    submitters: usize,
    /// Jobs of each submitter.
    jobs: usize,
    /// Steps of a job.
    steps: usize,
}

impl FromPoint for Params {
    fn from_point(point: &Point) -> Result<Self, Unsupported> {
        Ok(Self {
            submitters: point.count_in("submitters", 1..=10_000)?,
            jobs: point.count_in("jobs", 1..=1_000_000)?,
            steps: point.count_in("steps", 0..=1_000_000_000)?,
        })
    }
}

impl Params {
    fn total(self) -> usize {
        self.submitters * self.jobs
    }

    /// The jobs of one submitter.
    fn of_submitter(self, submitter: usize) -> std::ops::Range<usize> {
        submitter * self.jobs..(submitter + 1) * self.jobs
    }

    /// Runs a job. Returns its result and when it started.
    fn run(self, job: usize) -> (u64, Instant) {
        let started = Instant::now();
        (xorshift(scattered(job), self.steps), started)
    }
}

/// What the jobs did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct Done {
    /// Combined results of all jobs.
    xor: u64,
    /// Time from just before a job is submitted until it starts, one for each job.
    starts_ns: Vec<u64>,
}

impl Done {
    fn expecting(jobs: usize) -> Self {
        Self { xor: 0, starts_ns: Vec::with_capacity(jobs) }
    }

    fn take(&mut self, submitted: Instant, (result, started): (u64, Instant)) {
        self.xor ^= result;
        let waited = started.saturating_duration_since(submitted).as_nanos();
        self.starts_ns.push(u64::try_from(waited).unwrap_or(u64::MAX));
    }

    fn add(&mut self, mut other: Self) {
        self.xor ^= other.xor;
        self.starts_ns.append(&mut other.starts_ns);
    }
}

impl Workload for BlockingPool {
    type Params = Params;
    type Output = Done;
    const METRICS: &'static [&'static MetricDef] =
        &[&metric::JOB_RATE, &metric::CPU_PER_JOB, &metric::START_P50, &metric::START_P99];

    const BY_NAME: bool = true;

    const OFFLOADS: bool = true;

    fn info(&self) -> WorkloadInfo {
        WorkloadInfo {
            name: "blocking-pool".into(),
            title: "Many tasks that offload at once".into(),
            kind: Kind::Concurrency,
            model: "Each of many tasks submits a short job to the runtime's pool for blocking \
                    work, waits for it, and submits the next one."
                .into(),
            check: "The combined results equal those of a plain loop, and every job started \
                    after it was submitted."
                .into(),
            headline: Self::METRICS[0].id.into(),
            headline_phase: Phase::Warm,
            notes: vec![
                "`start-p50` and `start-p99` are the times from submitting a job until it \
                 starts. A pool with more threads than cores starts jobs early and runs them \
                 slowly."
                    .into(),
                "Pools have their default limits: 512 threads in tokio, 500 in smol and \
                 async-std. They start threads while jobs wait. `tokio-rayon` sends jobs to \
                 rayon, which has as many threads as there are workers. On threads, each job is \
                 a thread; the thread pool runs submitters and jobs."
                    .into(),
            ],
        }
    }

    fn points(&self, set: PointSet, _: usize) -> Vec<Point> {
        let point = |submitters: u64, jobs: u64, steps: u64| {
            Point::new()
                .with("submitters", submitters, "")
                .with("jobs", jobs, "")
                .with("steps", steps, "")
        };
        match set {
            PointSet::Smoke => vec![point(3, 4, 100)],
            PointSet::Quick => vec![point(32, 20, 1_000)],
            PointSet::Full => vec![
                point(1, 200, 1_000),
                point(32, 100, 1_000),
                point(32, 20, 100_000),
                point(400, 10, 1_000),
            ],
        }
    }

    fn requirements(&self, params: &Params, family: Family) -> Result<Requirements, Unsupported> {
        if family == Family::DataParallel {
            return Err(Unsupported::Family(
                "rayon is itself such a pool; `tokio-rayon` submits jobs to it.".to_owned(),
            ));
        }
        // A submitter and its job.
        let tasks = params.submitters * 2;
        most_threads(family, tasks, MOST_THREADS)?;
        Ok(Requirements {
            tasks,
            memory: tasks as u64 * 1_024 + params.total() as u64 * 8,
            offloads: family == Family::Async,
            ..Requirements::default()
        })
    }

    fn tasks_block(&self) -> bool {
        true
    }

    fn verify(&self, trial: &Trial<Params>, done: &Done) -> Result<(), String> {
        let params = trial.params;
        let expected =
            (0..params.total()).fold(0, |xor, job| xor ^ xorshift(scattered(job), params.steps));
        let (jobs, total) = (done.starts_ns.len(), params.total());
        if jobs == total && done.xor == expected {
            return Ok(());
        }
        Err(format!("{jobs} of {total} jobs combine to {:x}, expected {expected:x}", done.xor))
    }

    fn describe(&self, done: &Done) -> String {
        format!("{} jobs, {:x}", done.starts_ns.len(), done.xor)
    }

    fn metrics(&self, trial: &Trial<Params>, block: &Timed<Done>) -> Vec<Metric> {
        let jobs = trial.params.total() as f64;
        let mut metrics = vec![
            Metric::of(&metric::JOB_RATE, jobs / block.wall_ns() * 1e9),
            Metric::of(&metric::CPU_PER_JOB, block.cpu_ns() / jobs),
        ];
        let starts = block.outputs.iter().flat_map(|done| &done.starts_ns).copied();
        let defs = [&metric::START_P50, &metric::START_P99];
        metrics.extend(percentiles(starts.collect(), defs));
        metrics
    }

    async fn on_async<R: AsyncRuntime>(
        self,
        Trial { params, .. }: Trial<Params>,
    ) -> Result<impl AsyncSession<Output = Done>, Failure> {
        Ok(repeat_async(move || async move {
            let submitters: Vec<_> = (0..params.submitters)
                .map(|submitter| {
                    R::spawn(async move {
                        let mut done = Done::expecting(params.jobs);
                        for job in params.of_submitter(submitter) {
                            let submitted = Instant::now();
                            done.take(submitted, R::offload(move || params.run(job)).await);
                        }
                        done
                    })
                })
                .collect();
            let mut all = Done::expecting(params.total());
            for submitter in submitters {
                all.add(submitter.await);
            }
            Ok(all)
        }))
    }

    fn on_threads<T: ThreadRuntime>(
        self,
        Trial { params, .. }: Trial<Params>,
    ) -> Result<impl Session<Output = Done>, Failure> {
        Ok(repeat(move || {
            let submitters: Vec<_> = (0..params.submitters)
                .map(|submitter| {
                    T::spawn(move || {
                        let mut done = Done::expecting(params.jobs);
                        for job in params.of_submitter(submitter) {
                            let submitted = Instant::now();
                            done.take(submitted, T::join(T::spawn(move || params.run(job))));
                        }
                        done
                    })
                })
                .collect();
            let mut all = Done::expecting(params.total());
            for submitter in submitters {
                all.add(T::join(submitter));
            }
            Ok(all)
        }))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn submitters_share_no_jobs_and_waits_are_never_negative() {
        let params = Params { submitters: 3, jobs: 2, steps: 0 };
        let all: Vec<usize> = (0..3).flat_map(|one| params.of_submitter(one)).collect();
        assert_eq!(all, [0, 1, 2, 3, 4, 5]);
        let (mut done, now) = (Done::default(), Instant::now());
        done.take(now, (1, now + Duration::from_micros(3)));
        done.take(now + Duration::from_micros(3), (2, now));
        assert_eq!(done, Done { xor: 3, starts_ns: vec![3_000, 0] });
    }
}
