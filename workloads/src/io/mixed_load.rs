//! `mixed-load`: an echo server on a runtime that also computes.

use std::marker::PhantomData;

use serde::{Deserialize, Serialize};

use super::reported;
use super::server::{self, ECHO, Load, Served};
use crate::cpu::xorshift::{scattered, xorshift};
use runtime_bench_api::load::{ClientForm, Report};
use runtime_bench_api::prelude::*;

const UNLOADED: &str = "unloaded";
const INLINE: &str = "inline";
const OFFLOADED: &str = "offloaded";

/// The workload.
#[derive(Clone, Copy, Debug)]
pub struct MixedLoad;

/// The parameters of a point.
#[derive(Clone, Debug)]
pub struct Params {
    load: Load,
    variant: String,
    jobs: usize,
    steps: usize,
}

/// The report of the clients, and the combined results of the jobs.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Mixed {
    report: Report,
    xor: u64,
}

impl FromPoint for Params {
    fn from_point(point: &Point) -> Result<Self, Unsupported> {
        let variant = point.variant.clone().unwrap_or_default();
        if ![UNLOADED, INLINE, OFFLOADED].contains(&variant.as_str()) {
            return Err(Unsupported::variant(&[UNLOADED, INLINE, OFFLOADED]));
        }
        let jobs = point.count_in("jobs", 0..=100_000)?;
        Ok(Self {
            load: Load::open(point, ECHO)?,
            jobs: if variant == UNLOADED { 0 } else { jobs },
            variant,
            steps: point.count_in("steps", 1..=1_000_000_000)?,
        })
    }
}

impl Params {
    fn expected(&self) -> u64 {
        (0..self.jobs).fold(0, |xor, job| xor ^ self.job(job))
    }

    fn job(&self, number: usize) -> u64 {
        xorshift(scattered(number), self.steps)
    }
}

impl Workload for MixedLoad {
    type Params = Params;
    type Output = Mixed;
    const METRICS: &'static [&'static MetricDef] = reported::OPEN_LOOP;

    const OPTIONS: &'static [(&'static str, &'static str)] = &[ClientForm::OPTION];

    const OFFLOADS: bool = true;

    fn info(&self) -> WorkloadInfo {
        WorkloadInfo {
            name: "mixed-load".into(),
            title: "Echo latency under CPU load".into(),
            kind: Kind::Io,
            model: "An echo server answers messages that another process sends on a fixed \
                    schedule, while a batch of CPU-bound jobs runs on the same runtime: on the \
                    pool of blocking threads (`offloaded`), as tasks (`inline`), or not at all \
                    (`unloaded`)."
                .into(),
            check: "Every message is answered and every byte compared, and the combined results \
                    of the jobs equal those of a plain loop."
                .into(),
            headline: Self::METRICS[0].id.into(),
            headline_phase: Phase::Warm,
            notes: vec![
                "A task that computes for milliseconds without an await blocks its worker for \
                 everything else. `inline` shows this effect."
                    .into(),
                "On threads, each job has its own thread in both forms, and the kernel divides the \
                 cores among them."
                    .into(),
                "The CPU time is the server's and includes the jobs.".into(),
            ],
        }
    }

    fn points(&self, set: PointSet, _: usize) -> Vec<Point> {
        let point = |variant: &str, duration: u64, jobs: u64, steps: u64| {
            Point::new()
                .variant(variant)
                .with("connections", 16, "")
                .with("rate", 10_000, "messages/s")
                .with("duration", duration, "ms")
                .with("jobs", jobs, "")
                .with("steps", steps, "")
        };
        match set {
            PointSet::Smoke => {
                [UNLOADED, INLINE, OFFLOADED].map(|name| point(name, 10, 2, 1_000)).to_vec()
            }
            PointSet::Quick => vec![point(OFFLOADED, 60, 8, 3_000_000)],
            PointSet::Full => [UNLOADED, INLINE, OFFLOADED]
                .map(|name| point(name, 1_000, 100, 5_000_000))
                .to_vec(),
        }
    }

    fn requirements(&self, params: &Params, family: Family) -> Result<Requirements, Unsupported> {
        let requirements = server::requirements(&params.load, family)?;
        let threads = if family == Family::ThreadPerTask { params.jobs } else { 0 };
        let offloads = params.variant == OFFLOADED;
        Ok(Requirements { tasks: requirements.tasks + threads, offloads, ..requirements })
    }

    fn phases(&self) -> &'static [Phase] {
        &[Phase::Warm]
    }

    fn supports_external(&self, _: &Params) -> Result<(), Unsupported> {
        Err(Unsupported::Family(
            "The runner protocol has no server that computes under load.".to_owned(),
        ))
    }

    fn verify(&self, trial: &Trial<Params>, mixed: &Mixed) -> Result<(), String> {
        reported::verify(&mixed.report)?;
        let expected = trial.params.expected();
        ensure(mixed.xor == expected, || {
            format!("the jobs combine to {:x}, expected {expected:x}", mixed.xor)
        })
    }

    fn describe(&self, mixed: &Mixed) -> String {
        format!("{} answered, {:x}", mixed.report.answered, mixed.xor)
    }

    fn metrics(&self, _: &Trial<Params>, block: &Timed<Mixed>) -> Vec<Metric> {
        let reports = reports(block);
        let mut metrics = reported::percentiles(&reports, reported::LATENCIES);
        metrics.extend(reported::metrics(
            &reports,
            &metric::MESSAGE_RATE,
            &metric::CPU_PER_MESSAGE,
        ));
        metrics
    }

    fn histogram(&self, block: &Timed<Mixed>) -> Option<String> {
        reported::histogram(&reports(block))
    }

    async fn on_async<R: AsyncRuntime>(
        self,
        Trial { params, setup }: Trial<Params>,
    ) -> Result<impl AsyncSession<Output = Mixed>, Failure> {
        let served = Served::echo_on_async::<R>(&setup, &params.load).await?;
        Ok(OnAsync::<R> { served, params, runtime: PhantomData })
    }

    fn on_threads<T: ThreadRuntime>(
        self,
        Trial { params, setup }: Trial<Params>,
    ) -> Result<impl Session<Output = Mixed>, Failure> {
        let served = Served::echo_on_threads::<T>(&setup, &params.load)?;
        Ok(OnThreads::<T> { served, params, runtime: PhantomData })
    }
}

/// The client reports of a block.
fn reports(block: &Timed<Mixed>) -> Timed<Report> {
    let outputs = block.outputs.iter().map(|mixed| mixed.report.clone()).collect();
    Timed { outputs, timing: block.timing }
}

struct OnAsync<R> {
    served: Served,
    params: Params,
    runtime: PhantomData<fn() -> R>,
}

impl<R: AsyncRuntime> AsyncSession for OnAsync<R> {
    type Output = Mixed;

    async fn iterate(&mut self) -> Result<Mixed, Failure> {
        let offload = self.params.variant == OFFLOADED;
        let jobs: Vec<_> = (0..self.params.jobs)
            .map(|number| {
                let params = self.params.clone();
                R::spawn(async move {
                    if offload {
                        R::offload(move || params.job(number)).await
                    } else {
                        params.job(number)
                    }
                })
            })
            .collect();
        let report = self.served.drive_async(self.params.load.next()).await?;
        let mut xor = 0;
        for job in jobs {
            xor ^= job.await;
        }
        Ok(Mixed { report, xor })
    }
}

struct OnThreads<T> {
    served: Served,
    params: Params,
    runtime: PhantomData<fn() -> T>,
}

impl<T: ThreadRuntime> Session for OnThreads<T> {
    type Output = Mixed;

    fn iterate(&mut self) -> Result<Mixed, Failure> {
        let jobs: Vec<_> = (0..self.params.jobs)
            .map(|number| {
                let params = self.params.clone();
                T::spawn(move || params.job(number))
            })
            .collect();
        let report = self.served.drive(self.params.load.next())?;
        let xor = jobs.into_iter().fold(0, |xor, job| xor ^ T::join(job));
        Ok(Mixed { report, xor })
    }
}
