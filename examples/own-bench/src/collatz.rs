//! A custom workload.

use runtime_bench::api::prelude::*;

/// The number of steps that the first numbers need to reach 1, one task per number.
#[derive(Clone, Copy)]
pub struct Collatz;

fn steps(mut number: u64) -> u64 {
    let mut steps = 0;
    while number > 1 {
        number = if number.is_multiple_of(2) { number / 2 } else { 3 * number + 1 };
        steps += 1;
    }
    steps
}

const PER_NUMBER: MetricDef = MetricDef::time("per-number");

/// The parameters of a point.
#[derive(Clone, Copy)]
pub struct Params {
    numbers: u64,
}

impl FromPoint for Params {
    fn from_point(point: &Point) -> Result<Self, Unsupported> {
        Ok(Self { numbers: point.count_in("numbers", 1..=1_000_000)? as u64 })
    }
}

impl Workload for Collatz {
    type Params = Params;
    type Output = u64;
    const METRICS: &'static [&'static MetricDef] = &[&PER_NUMBER];

    fn info(&self) -> WorkloadInfo {
        WorkloadInfo {
            name: "collatz".into(),
            title: "Collatz sequences".into(),
            kind: Kind::Cpu,
            model: "Each task follows the Collatz sequence of one number; the steps add up.".into(),
            check: "The sum equals that of a plain loop.".into(),
            headline: PER_NUMBER.id.into(),
            headline_phase: Phase::Warm,
            notes: Vec::new(),
        }
    }

    fn points(&self, set: PointSet, _: usize) -> Vec<Point> {
        let numbers = if set == PointSet::Smoke { 10 } else { 1_000 };
        vec![Point::new().with("numbers", numbers, "")]
    }

    fn requirements(&self, params: &Params, _: Family) -> Result<Requirements, Unsupported> {
        Ok(Requirements { tasks: params.numbers as usize, ..Requirements::default() })
    }

    fn verify(&self, trial: &Trial<Params>, sum: &u64) -> Result<(), String> {
        let expected: u64 = (0..trial.params.numbers).map(steps).sum();
        if *sum == expected { Ok(()) } else { Err(format!("{sum} steps, expected {expected}")) }
    }

    fn describe(&self, sum: &u64) -> String {
        format!("{sum} steps")
    }

    fn metrics(&self, trial: &Trial<Params>, block: &Timed<u64>) -> Vec<Metric> {
        vec![Metric::of(&PER_NUMBER, block.wall_ns() / trial.params.numbers as f64)]
    }

    async fn on_async<R: AsyncRuntime>(
        self,
        Trial { params, .. }: Trial<Params>,
    ) -> Result<impl AsyncSession<Output = u64>, Failure> {
        let numbers = params.numbers;
        Ok(repeat_async(move || async move {
            let tasks: Vec<_> =
                (0..numbers).map(|number| R::spawn(async move { steps(number) })).collect();
            let mut sum = 0;
            for task in tasks {
                sum += task.await;
            }
            Ok(sum)
        }))
    }

    fn on_threads<T: ThreadRuntime>(
        self,
        Trial { params, .. }: Trial<Params>,
    ) -> Result<impl Session<Output = u64>, Failure> {
        let numbers = params.numbers;
        Ok(repeat(move || {
            let tasks: Vec<_> =
                (0..numbers).map(|number| T::spawn(move || steps(number))).collect();
            Ok(tasks.into_iter().map(T::join).sum())
        }))
    }

    fn on_data_parallel<D: DataParallel>(
        self,
        Trial { params, .. }: Trial<Params>,
    ) -> Result<impl Session<Output = u64>, Failure> {
        Ok(repeat(move || {
            Ok(D::map(params.numbers as usize, |number| steps(number as u64)).into_iter().sum())
        }))
    }
}
