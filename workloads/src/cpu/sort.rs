//! `sort`: a parallel merge sort.

use std::future::Future;
use std::pin::Pin;

use fastrand::Rng;

use runtime_bench_api::external::{self, ExternalInputs};
use runtime_bench_api::prelude::*;

/// The workload.
#[derive(Clone, Copy, Debug)]
pub struct Sort;

/// The parameters of a point.
#[derive(Clone, Copy, Debug)]
pub struct Params {
    elements: usize,
    cut_off: usize,
}

impl FromPoint for Params {
    fn from_point(point: &Point) -> Result<Self, Unsupported> {
        let elements = point.count_in("elements", 1..=1_000_000_000)?;
        Ok(Self { elements, cut_off: point.count_in("cut-off", 1..=1_000_000_000)? })
    }
}

impl Params {
    /// Tasks that one iteration spawns: one per split.
    fn tasks(self) -> usize {
        self.elements.div_ceil(self.cut_off).next_power_of_two()
    }

    fn input(self, seed: u64) -> Vec<u64> {
        let mut rng = Rng::with_seed(seed);
        (0..self.elements).map(|_| rng.u64(..)).collect()
    }
}

/// A part of the numbers, or both halves of it.
enum Part {
    Whole(Vec<u64>),
    Halves(Vec<u64>, Vec<u64>),
}

fn split(mut numbers: Vec<u64>, cut_off: usize) -> Part {
    if numbers.len() <= cut_off {
        numbers.sort_unstable();
        return Part::Whole(numbers);
    }
    let right = numbers.split_off(numbers.len() / 2);
    Part::Halves(numbers, right)
}

fn merge(left: &[u64], right: &[u64]) -> Vec<u64> {
    let mut merged = Vec::with_capacity(left.len() + right.len());
    let (mut l, mut r) = (0, 0);
    while let (Some(a), Some(b)) = (left.get(l), right.get(r)) {
        if a <= b {
            merged.push(*a);
            l += 1;
        } else {
            merged.push(*b);
            r += 1;
        }
    }
    merged.extend_from_slice(&left[l..]);
    merged.extend_from_slice(&right[r..]);
    merged
}

/// A fingerprint that does not depend on the order of the numbers.
fn fingerprint(numbers: &[u64]) -> u64 {
    // Multiplies by an odd constant and shifts, so that sums of different numbers rarely agree.
    let mix = |number: &u64| {
        let mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        mixed ^ (mixed >> 29)
    };
    numbers.iter().map(mix).fold(0, u64::wrapping_add)
}

impl Workload for Sort {
    type Params = Params;
    type Output = Vec<u64>;
    const METRICS: &'static [&'static MetricDef] = &[&metric::ELEMENT_RATE, &metric::CPU_OVER_WALL];

    fn info(&self) -> WorkloadInfo {
        WorkloadInfo {
            name: "sort".into(),
            title: "Parallel merge sort".into(),
            kind: Kind::Cpu,
            model: "Random numbers are halved recursively down to a cut-off. The standard library \
                    sorts the parts: one half in a spawned task, the other in its parent. The \
                    halves are then merged, so every node of the recursion does work."
                .into(),
            check: "The output is in order and contains the numbers of the input.".into(),
            headline: Self::METRICS[0].id.into(),
            headline_phase: Phase::Warm,
            notes: vec![
                "Each iteration first copies the input; this is timed and the same for all \
                 runners. One task does the last merge, so no runner comes close to a speed-up \
                 equal to its number of workers."
                    .into(),
            ],
        }
    }

    fn points(&self, set: PointSet, _: usize) -> Vec<Point> {
        let point = |elements: u64, cut_off: u64| {
            Point::new().with("elements", elements, "").with("cut-off", cut_off, "")
        };
        match set {
            PointSet::Smoke => vec![point(1_000, 100)],
            PointSet::Quick => vec![point(200_000, 8_192)],
            PointSet::Full => vec![point(200_000, 8_192), point(4_000_000, 65_536)],
        }
    }

    fn requirements(&self, params: &Params, family: Family) -> Result<Requirements, Unsupported> {
        most_threads(family, params.tasks(), 1_000)?;
        let memory = 4 * (params.elements * size_of::<u64>()) as u64;
        Ok(Requirements { tasks: params.tasks(), memory, ..Requirements::default() })
    }

    fn external_inputs(&self, trial: &Trial<Params>) -> Result<ExternalInputs, Failure> {
        let numbers = trial.params.input(trial.setup.seed);
        let bytes: Vec<u8> = numbers.into_iter().flat_map(u64::to_le_bytes).collect();
        external::input_file(&trial.setup, "sort", &bytes)
    }

    fn verify(&self, trial: &Trial<Params>, sorted: &Vec<u64>) -> Result<(), String> {
        let input = trial.params.input(trial.setup.seed);
        if let Some(place) = sorted.windows(2).position(|pair| pair[0] > pair[1]) {
            return Err(format!("element {place} is larger than the next one"));
        }
        if sorted.len() != input.len() || fingerprint(sorted) != fingerprint(&input) {
            return Err(format!(
                "the {} sorted numbers differ from the {} input numbers",
                sorted.len(),
                input.len()
            ));
        }
        Ok(())
    }

    fn describe(&self, sorted: &Vec<u64>) -> String {
        format!("{} in order, {:016x}", sorted.len(), fingerprint(sorted))
    }

    fn metrics(&self, trial: &Trial<Params>, block: &Timed<Vec<u64>>) -> Vec<Metric> {
        let elements = trial.params.elements as f64;
        vec![
            Metric::of(&metric::ELEMENT_RATE, elements / block.wall_ns() * 1e9),
            Metric::of(&metric::CPU_OVER_WALL, block.cpu_ns() / block.wall_ns()),
        ]
    }

    async fn on_async<R: AsyncRuntime>(
        self,
        Trial { params, setup }: Trial<Params>,
    ) -> Result<impl AsyncSession<Output = Vec<u64>>, Failure> {
        let input = params.input(setup.seed);
        Ok(repeat_async(move || {
            let sorted = future::<R>(input.clone(), params.cut_off);
            async move { Ok(sorted.await) }
        }))
    }

    fn on_threads<T: ThreadRuntime>(
        self,
        Trial { params, setup }: Trial<Params>,
    ) -> Result<impl Session<Output = Vec<u64>>, Failure> {
        let input = params.input(setup.seed);
        Ok(repeat(move || Ok(threads::<T>(input.clone(), params.cut_off))))
    }

    fn on_data_parallel<D: DataParallel>(
        self,
        Trial { params, setup }: Trial<Params>,
    ) -> Result<impl Session<Output = Vec<u64>>, Failure> {
        let input = params.input(setup.seed);
        Ok(repeat(move || Ok(pool::<D>(input.clone(), params.cut_off))))
    }
}

/// A recursive future must be boxed: its type would contain itself.
fn future<R: AsyncRuntime>(
    numbers: Vec<u64>,
    cut_off: usize,
) -> Pin<Box<dyn Future<Output = Vec<u64>> + Send>> {
    Box::pin(async move {
        match split(numbers, cut_off) {
            Part::Whole(sorted) => sorted,
            Part::Halves(left, right) => {
                let left = R::spawn(future::<R>(left, cut_off));
                let right = future::<R>(right, cut_off).await;
                merge(&left.await, &right)
            }
        }
    })
}

fn threads<T: ThreadRuntime>(numbers: Vec<u64>, cut_off: usize) -> Vec<u64> {
    match split(numbers, cut_off) {
        Part::Whole(sorted) => sorted,
        Part::Halves(left, right) => {
            let left = T::spawn(move || threads::<T>(left, cut_off));
            let right = threads::<T>(right, cut_off);
            merge(&T::join(left), &right)
        }
    }
}

fn pool<D: DataParallel>(numbers: Vec<u64>, cut_off: usize) -> Vec<u64> {
    match split(numbers, cut_off) {
        Part::Whole(sorted) => sorted,
        Part::Halves(left, right) => {
            let (left, right) = D::join(|| pool::<D>(left, cut_off), || pool::<D>(right, cut_off));
            merge(&left, &right)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn merge_keeps_every_number_in_order() {
        assert_eq!(merge(&[1, 3, 5], &[2, 3, 9]), [1, 2, 3, 3, 5, 9]);
        assert_eq!(merge(&[], &[1]), [1]);
        assert_eq!(merge(&[1], &[]), [1]);
    }

    #[test]
    fn fingerprint_depends_on_numbers_but_not_on_order() {
        assert_eq!(fingerprint(&[1, 2, 3]), fingerprint(&[3, 1, 2]));
        assert_ne!(fingerprint(&[1, 2, 3]), fingerprint(&[1, 2, 4]));
        assert_ne!(fingerprint(&[1, 3]), fingerprint(&[2, 2]), "sums alone would agree");
    }

    #[test]
    fn task_count_is_an_upper_bound() {
        assert_eq!(Params { elements: 1_000, cut_off: 100 }.tasks(), 16);
        assert_eq!(Params { elements: 10, cut_off: 100 }.tasks(), 1);
    }
}
