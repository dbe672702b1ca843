//! `future-size`: the cost of spawning as futures grow.

use std::hint::black_box;

use runtime_bench_results::catalog::{Kind, WorkloadInfo};
use runtime_bench_results::key::Point;
use runtime_bench_results::metric::{self, MetricDef};
use runtime_bench_results::trial::{Metric, Phase};

use runtime_bench_api::instance::{AsyncSession, repeat_async};
use runtime_bench_api::runtime::{AsyncRuntime, Family};
use runtime_bench_api::workload::{
    Failure, FromPoint, PointSet, Requirements, Timed, Trial, Unsupported, Workload,
};

/// Bytes that a future carries: each size is a separate type.
const SIZES: [u64; 3] = [SMALL as u64, MEDIUM as u64, LARGE as u64];
const SMALL: usize = 64;
const MEDIUM: usize = 1_024;
const LARGE: usize = 16 * 1_024;

/// The workload.
#[derive(Clone, Copy, Debug)]
pub struct FutureSize;

/// The parameters of a point.
#[derive(Clone, Copy, Debug)]
pub struct Params {
    tasks: usize,
    size: usize,
}

impl FromPoint for Params {
    fn from_point(point: &Point) -> Result<Self, Unsupported> {
        let size = point.count("size")?;
        if !SIZES.contains(&(size as u64)) {
            let sizes = SIZES.map(|size| size.to_string()).join(", ");
            return Err(Unsupported::Point(format!("`size` must be one of {sizes}")));
        }
        Ok(Self { tasks: point.count_in("tasks", 1..=1_000_000)?, size })
    }
}

impl Workload for FutureSize {
    type Params = Params;
    /// Sum of the tasks' numbers.
    type Output = u64;
    const METRICS: &'static [&'static MetricDef] = &[&metric::PER_TASK, &metric::CPU_PER_TASK];

    const BY_NAME: bool = true;

    fn info(&self) -> WorkloadInfo {
        WorkloadInfo {
            name: "future-size".into(),
            title: "Spawn and join futures of several sizes".into(),
            kind: Kind::Concurrency,
            model: "A task spawns others whose futures carry a buffer across an await, and joins \
                    them in order. Spawning moves the future to the heap."
                .into(),
            check: "Each task reads its number from its buffer, and the sum equals 0 + 1 + … + \
                    (tasks − 1)."
                .into(),
            headline: Self::METRICS[0].id.into(),
            headline_phase: Phase::Warm,
            notes: vec![
                "`allocated` is the number of bytes that an iteration allocates for all tasks \
                 together. A large future can be boxed before it is spawned; tokio boxes futures \
                 of more than 16 KiB on its own (2 KiB in a debug build)."
                    .into(),
            ],
        }
    }

    fn points(&self, set: PointSet, _: usize) -> Vec<Point> {
        let point =
            |tasks: u64, size: u64| Point::new().with("tasks", tasks, "").with("size", size, "B");
        match set {
            PointSet::Smoke => SIZES.map(|size| point(5, size)).to_vec(),
            PointSet::Quick | PointSet::Full => SIZES.map(|size| point(500, size)).to_vec(),
        }
    }

    fn requirements(&self, params: &Params, family: Family) -> Result<Requirements, Unsupported> {
        if family != Family::Async {
            return Err(Unsupported::Family(
                "Only async tasks keep their state in a future, which moves when it is spawned."
                    .to_owned(),
            ));
        }
        let Params { tasks, size } = *params;
        Ok(Requirements {
            tasks,
            memory: tasks as u64 * (size as u64 + 1_024),
            ..Requirements::default()
        })
    }

    fn verify(&self, trial: &Trial<Params>, sum: &u64) -> Result<(), String> {
        let tasks = trial.params.tasks as u64;
        let expected = tasks * tasks.saturating_sub(1) / 2;
        if *sum == expected {
            Ok(())
        } else {
            Err(format!("the tasks add up to {sum}, expected {expected}"))
        }
    }

    fn describe(&self, sum: &u64) -> String {
        sum.to_string()
    }

    fn metrics(&self, trial: &Trial<Params>, block: &Timed<u64>) -> Vec<Metric> {
        let tasks = trial.params.tasks as f64;
        vec![
            Metric::of(&metric::PER_TASK, block.wall_ns() / tasks),
            Metric::of(&metric::CPU_PER_TASK, block.cpu_ns() / tasks),
        ]
    }

    async fn on_async<R: AsyncRuntime>(
        self,
        Trial { params: Params { tasks, size }, .. }: Trial<Params>,
    ) -> Result<impl AsyncSession<Output = u64>, Failure> {
        let tasks = tasks as u64;
        Ok(repeat_async(move || async move {
            Ok(match size {
                SMALL => spawn_all::<R, SMALL>(tasks).await,
                MEDIUM => spawn_all::<R, MEDIUM>(tasks).await,
                _ => spawn_all::<R, LARGE>(tasks).await,
            })
        }))
    }
}

async fn spawn_all<R: AsyncRuntime, const SIZE: usize>(tasks: u64) -> u64 {
    let tasks: Vec<_> = (0..tasks).map(|number| R::spawn(carry::<R, SIZE>(number))).collect();
    let mut sum = 0;
    for task in tasks {
        sum += task.await;
    }
    sum
}

/// Carries its number in a buffer across an await. The buffer is an argument, so that the future is as large
/// before its first poll, when it is moved.
fn carry<R: AsyncRuntime, const SIZE: usize>(
    number: u64,
) -> impl Future<Output = u64> + Send + 'static {
    let mut buffer = [0; SIZE];
    buffer[..8].copy_from_slice(&number.to_le_bytes());
    async move {
        R::yield_now().await;
        let buffer = black_box(&buffer);
        buffer[..8].iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
    }
}
