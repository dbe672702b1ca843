//! A workload of your own.

use runtime_bench::api::instance::{AsyncSession, Session, repeat, repeat_async};
use runtime_bench::api::runtime::{AsyncRuntime, DataParallel, Family, ThreadRuntime};
use runtime_bench::api::workload::{
    Failure, PointSet, Requirements, Setup, Timed, Unsupported, Workload,
};
use runtime_bench::results::catalogue::{Kind, WorkloadInfo};
use runtime_bench::results::key::Point;
use runtime_bench::results::trial::{Age, Metric};

/// How many steps the first numbers need to reach 1, one task a number.
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

impl Workload for Collatz {
    type Output = u64;

    fn info(&self) -> WorkloadInfo {
        WorkloadInfo {
            name: "collatz".into(),
            title: "Collatz sequences".into(),
            kind: Kind::Cpu,
            model: "Each task follows the Collatz sequence of one number; the steps add up.".into(),
            check: "The sum equals that of a plain loop.".into(),
            headline: "per-number".into(),
            headline_age: Age::Young,
            notes: Vec::new(),
        }
    }

    fn points(&self, set: PointSet, _: usize) -> Vec<Point> {
        let numbers = if set == PointSet::Smoke { 10 } else { 1_000 };
        vec![Point::new().with("numbers", numbers, "")]
    }

    fn requirements(&self, point: &Point, _: Family) -> Result<Requirements, Unsupported> {
        Ok(Requirements { tasks: point.count("numbers")?, ..Requirements::default() })
    }

    fn verify(&self, setup: &Setup, sum: &u64) -> Result<(), String> {
        let numbers = setup.count("numbers").map_err(|failure| failure.to_string())? as u64;
        let expected: u64 = (0..numbers).map(steps).sum();
        if *sum == expected { Ok(()) } else { Err(format!("{sum} steps, expected {expected}")) }
    }

    fn describe(&self, sum: &u64) -> String {
        format!("{sum} steps")
    }

    fn metrics(&self, setup: &Setup, block: &Timed<u64>) -> Vec<Metric> {
        let numbers = setup.count("numbers").unwrap_or(1) as f64;
        vec![Metric::lower("per-number", "ns", block.wall_ns() / numbers)]
    }

    async fn on_async<R: AsyncRuntime>(
        self,
        setup: Setup,
    ) -> Result<impl AsyncSession<Output = u64>, Failure> {
        let numbers = setup.count("numbers")? as u64;
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
        setup: Setup,
    ) -> Result<impl Session<Output = u64>, Failure> {
        let numbers = setup.count("numbers")? as u64;
        Ok(repeat(move || {
            let tasks: Vec<_> =
                (0..numbers).map(|number| T::spawn(move || steps(number))).collect();
            Ok(tasks.into_iter().map(T::join).sum())
        }))
    }

    fn on_data_parallel<D: DataParallel>(
        self,
        setup: Setup,
    ) -> Result<impl Session<Output = u64>, Failure> {
        let numbers = setup.count("numbers")?;
        Ok(repeat(move || Ok(D::map(numbers, |number| steps(number as u64)).into_iter().sum())))
    }
}
