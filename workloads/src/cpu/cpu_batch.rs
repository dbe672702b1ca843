//! `cpu-batch`: independent jobs that only compute.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::xorshift::xorshift;
use runtime_bench_api::external;
use runtime_bench_api::prelude::*;
use runtime_bench_api::workload::Setup;

/// Jobs per worker: enough, and unequal enough, that the result does not depend on how they are divided among
/// cores.
const JOBS_PER_WORKER: u64 = 16;

/// The workload.
#[derive(Clone, Copy, Debug)]
pub struct CpuBatch;

/// The result of a batch, and the time of the same batch on one thread of the same process.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize)]
pub struct Batch {
    xor: u64,
    // Never taken from the runner.
    #[serde(skip)]
    expected: u64,
    sequential_ns: f64,
}

/// The parameters of a point.
#[derive(Clone, Copy, Debug)]
pub struct Params {
    jobs: usize,
    steps: usize,
}

impl FromPoint for Params {
    fn from_point(point: &Point) -> Result<Self, Unsupported> {
        let jobs = point.count_in("jobs", 1..=1_000_000)?;
        Ok(Self { jobs, steps: point.count_in("steps", 1..=10_000_000_000)? })
    }
}

/// The jobs of a batch.
#[derive(Clone, Copy)]
struct Jobs {
    params: Params,
    seed: u64,
}

impl Jobs {
    /// Runs a job. Sizes range from 0.5 to 1.5 times the mean, in steps of a sixteenth.
    fn run(self, job: usize) -> u64 {
        let sixteenth = job * 7 % 16;
        let steps = self.params.steps / 2 + self.params.steps * sixteenth / 16;
        xorshift(self.seed.wrapping_add(job as u64), steps)
    }

    /// Runs the batch twice on one thread; the faster run is the reference.
    fn sequential(self, setup: &Setup) -> Batch {
        let pass = || {
            let start = setup.clock.now();
            let xor = (0..self.params.jobs).fold(0, |xor, job| xor ^ self.run(job));
            (xor, setup.clock.now().saturating_sub(start))
        };
        let ((expected, first), (xor, second)) = (pass(), pass());
        Batch { xor, expected, sequential_ns: first.min(second).as_nanos() as f64 }
    }
}

impl Workload for CpuBatch {
    type Params = Params;
    type Output = Batch;
    const METRICS: &'static [&'static MetricDef] =
        &[&metric::SPEED_UP, &metric::CPU_OVER_SEQUENTIAL, &metric::CPU_OVER_WALL];

    fn info(&self) -> WorkloadInfo {
        WorkloadInfo {
            name: "cpu-batch".into(),
            title: "Batch of CPU-bound jobs".into(),
            kind: Kind::Cpu,
            model: "Independent xorshift jobs of unequal size, one task each. The results are \
                    combined with exclusive or."
                .into(),
            check: "The combined result equals that of a plain loop.".into(),
            headline: Self::METRICS[0].id.into(),
            headline_phase: Phase::Warm,
            notes: vec![
                "The speed-up is relative to a plain loop on one thread, timed in the same \
                 process right before."
                    .into(),
                "A single-threaded runner cannot exceed 1.".into(),
            ],
        }
    }

    fn points(&self, set: PointSet, workers: usize) -> Vec<Point> {
        let jobs = JOBS_PER_WORKER * workers as u64;
        let steps = |steps: u64| Point::new().with("jobs", jobs, "").with("steps", steps, "");
        match set {
            PointSet::Smoke => vec![steps(100)],
            PointSet::Quick => vec![steps(50_000)],
            PointSet::Full => [
                vec![steps(5_000), steps(50_000), steps(1_000_000)],
                over_workers(&steps(50_000), workers),
            ]
            .concat(),
        }
    }

    fn requirements(&self, params: &Params, _: Family) -> Result<Requirements, Unsupported> {
        Ok(Requirements { tasks: params.jobs, ..Requirements::default() })
    }

    fn parse_outputs(
        &self,
        trial: &Trial<Params>,
        outputs: Vec<Value>,
    ) -> Result<Vec<Batch>, Failure> {
        let batch = Jobs { params: trial.params, seed: trial.setup.seed };
        let expected = (0..trial.params.jobs).fold(0, |xor, job| xor ^ batch.run(job));
        Ok(external::parse_outputs(outputs)?
            .into_iter()
            .map(|batch| Batch { expected, ..batch })
            .collect())
    }

    fn verify(&self, _: &Trial<Params>, batch: &Batch) -> Result<(), String> {
        if batch.sequential_ns.is_nan() || batch.sequential_ns <= 0.0 {
            Err(format!("invalid time of the plain loop: {} ns", batch.sequential_ns))
        } else if batch.xor == batch.expected {
            Ok(())
        } else {
            Err(format!("the jobs combine to {:x}, expected {:x}", batch.xor, batch.expected))
        }
    }

    fn describe(&self, batch: &Batch) -> String {
        format!("{:x}", batch.xor)
    }

    fn metrics(&self, _: &Trial<Params>, block: &Timed<Batch>) -> Vec<Metric> {
        let sequential = block.mean(|batch| batch.sequential_ns);
        vec![
            Metric::of(&metric::SPEED_UP, sequential / block.wall_ns()),
            Metric::of(&metric::CPU_OVER_SEQUENTIAL, block.cpu_ns() / sequential),
            Metric::of(&metric::CPU_OVER_WALL, block.cpu_ns() / block.wall_ns()),
        ]
    }

    async fn on_async<R: AsyncRuntime>(
        self,
        Trial { params, setup }: Trial<Params>,
    ) -> Result<impl AsyncSession<Output = Batch>, Failure> {
        let batch = Jobs { params, seed: setup.seed };
        let sequential = batch.sequential(&setup);
        Ok(repeat_async(move || async move {
            let jobs: Vec<_> =
                (0..params.jobs).map(|job| R::spawn(async move { batch.run(job) })).collect();
            let mut xor = 0;
            for job in jobs {
                xor ^= job.await;
            }
            Ok(Batch { xor, ..sequential })
        }))
    }

    fn on_threads<T: ThreadRuntime>(
        self,
        Trial { params, setup }: Trial<Params>,
    ) -> Result<impl Session<Output = Batch>, Failure> {
        let batch = Jobs { params, seed: setup.seed };
        let sequential = batch.sequential(&setup);
        Ok(repeat(move || {
            let jobs: Vec<_> =
                (0..params.jobs).map(|job| T::spawn(move || batch.run(job))).collect();
            let xor = jobs.into_iter().fold(0, |xor, job| xor ^ T::join(job));
            Ok(Batch { xor, ..sequential })
        }))
    }

    fn on_data_parallel<D: DataParallel>(
        self,
        Trial { params, setup }: Trial<Params>,
    ) -> Result<impl Session<Output = Batch>, Failure> {
        let batch = Jobs { params, seed: setup.seed };
        let sequential = batch.sequential(&setup);
        Ok(repeat(move || {
            let results = D::map(params.jobs, |job| batch.run(job));
            let xor = results.into_iter().fold(0, |xor, result| xor ^ result);
            Ok(Batch { xor, ..sequential })
        }))
    }
}
