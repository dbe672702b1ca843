//! `matmul`: the product of two square matrices, one task per tile or per quarter.

use std::sync::Arc;

use fastrand::Rng;
use serde::{Deserialize, Serialize};

use super::quarters::{self, Square, Tiles, sorted};
use runtime_bench_api::external::{self, ExternalInputs};
use runtime_bench_api::prelude::*;

/// The variant that divides the product into four, and each quarter again.
const QUARTERS: &str = "quarters";

/// Relative rounding error allowed for a sum of products.
const TOLERANCE: f64 = 1e-9;

/// The workload.
#[derive(Clone, Copy, Debug)]
pub struct Matmul;

/// The parameters of a point.
#[derive(Clone, Copy, Debug)]
pub struct Params {
    n: usize,
    tile: usize,
    quarters: bool,
}

impl FromPoint for Params {
    fn from_point(point: &Point) -> Result<Self, Unsupported> {
        let quarters = match point.variant.as_deref() {
            None => false,
            Some(QUARTERS) => true,
            Some(_) => return Err(Unsupported::variant(&[QUARTERS])),
        };
        let n = point.count_in("n", 1..=16_384)?;
        let tile = point.count_in("tile", 1..=16_384)?;
        if !n.is_multiple_of(tile) {
            return Err(Unsupported::Point(format!("n={n} is not a multiple of tile={tile}")));
        }
        if quarters && !(n / tile).is_power_of_two() {
            let reason = format!("n={n} is not a power of two times tile={tile}");
            return Err(Unsupported::Point(reason));
        }
        Ok(Self { n, tile, quarters })
    }
}

impl Params {
    fn tiles(self) -> usize {
        (self.n / self.tile).pow(2)
    }

    /// The number of tasks, without the root: a third more if quarters of quarters are also tasks.
    fn tasks(self) -> usize {
        if self.quarters { (self.tiles() - 1) * 4 / 3 } else { self.tiles() }
    }

    fn square(self) -> Square {
        Square::whole(self.n / self.tile)
    }
}

/// Both factors, row by row.
struct Factors {
    params: Params,
    a: Vec<f64>,
    b: Vec<f64>,
}

impl Factors {
    fn of(params: Params, seed: u64) -> Self {
        let mut rng = Rng::with_seed(seed);
        let mut matrix = || (0..params.n * params.n).map(|_| rng.f64() - 0.5).collect();
        Self { params, a: matrix(), b: matrix() }
    }

    /// `matrix · x`.
    fn times(matrix: &[f64], x: &[f64]) -> Vec<f64> {
        let row = |row: &[f64]| row.iter().zip(x).map(|(a, x)| a * x).sum();
        matrix.chunks_exact(x.len()).map(row).collect()
    }
}

impl Tiles for Factors {
    /// Row by row.
    type Tile = Vec<f64>;

    fn tile(&self, number: usize) -> Vec<f64> {
        let Params { n, tile, .. } = self.params;
        let (row, column) = (number / (n / tile) * tile, number % (n / tile) * tile);
        let mut sums = vec![0.0; tile * tile];
        for k in 0..n {
            let b = &self.b[k * n + column..][..tile];
            for (r, sums) in sums.chunks_exact_mut(tile).enumerate() {
                let a = self.a[(row + r) * n + k];
                for (sum, b) in sums.iter_mut().zip(b) {
                    *sum += a * b;
                }
            }
        }
        sums
    }
}

/// The product, tile by tile.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Product {
    tiles: Vec<Vec<f64>>,
}

impl Product {
    /// `product · x`.
    fn times(&self, params: Params, x: &[f64]) -> Vec<f64> {
        let mut y = vec![0.0; params.n];
        let across = params.n / params.tile;
        for (number, tile) in self.tiles.iter().enumerate() {
            let (row, column) = (number / across * params.tile, number % across * params.tile);
            for (r, line) in tile.chunks_exact(params.tile).enumerate() {
                let part = line.iter().zip(&x[column..]).map(|(c, x)| c * x);
                y[row + r] += part.sum::<f64>();
            }
        }
        y
    }
}

impl Workload for Matmul {
    type Params = Params;
    type Output = Product;
    const METRICS: &'static [&'static MetricDef] = &[&metric::FLOP_RATE, &metric::CPU_OVER_WALL];

    fn info(&self) -> WorkloadInfo {
        WorkloadInfo {
            name: "matmul".into(),
            title: "Matrix multiplication".into(),
            kind: Kind::Cpu,
            model: "Two square matrices are multiplied, with one task per tile of the product. \
                    Each task reads shared memory and writes its own tile. In `quarters`, a task \
                    for each quarter of the product divides it again, down to the tiles."
                .into(),
            check: "The product times a random vector equals the factors applied to that vector \
                    in turn (Freivalds 1979)."
                .into(),
            headline: Self::METRICS[0].id.into(),
            headline_phase: Phase::Warm,
            notes: vec![
                "Each tile is computed by a plain loop, the same for all runners; no library \
                 kernel is used."
                    .into(),
            ],
        }
    }

    fn points(&self, set: PointSet, _: usize) -> Vec<Point> {
        let point = |n: u64, tile: u64| Point::new().with("n", n, "").with("tile", tile, "");
        match set {
            PointSet::Smoke => vec![point(8, 4), point(8, 2).variant(QUARTERS)],
            PointSet::Quick => vec![point(128, 32)],
            PointSet::Full => vec![
                point(128, 32),
                point(256, 32),
                point(512, 64),
                point(512, 32).variant(QUARTERS),
            ],
        }
    }

    fn requirements(&self, params: &Params, family: Family) -> Result<Requirements, Unsupported> {
        most_threads(family, params.tasks(), 1_000)?;
        let memory = 5 * (params.n * params.n * size_of::<f64>()) as u64;
        Ok(Requirements { tasks: params.tasks(), memory, ..Requirements::default() })
    }

    fn supports_external(&self, params: &Params) -> Result<(), Unsupported> {
        if params.quarters {
            let reason = "The runner protocol has one task per tile.";
            return Err(Unsupported::Family(reason.to_owned()));
        }
        Ok(())
    }

    fn external_inputs(&self, trial: &Trial<Params>) -> Result<ExternalInputs, Failure> {
        let Factors { a, b, .. } = Factors::of(trial.params, trial.setup.seed);
        let bytes: Vec<u8> = a.into_iter().chain(b).flat_map(f64::to_le_bytes).collect();
        external::input_file(&trial.setup, "matmul", &bytes)
    }

    fn verify(&self, trial: &Trial<Params>, product: &Product) -> Result<(), String> {
        let factors = Factors::of(trial.params, trial.setup.seed);
        if product.tiles.len() != trial.params.tiles() {
            return Err(format!(
                "{} tiles, expected {}",
                product.tiles.len(),
                trial.params.tiles()
            ));
        }
        let mut rng = Rng::with_seed(!trial.setup.seed);
        let x: Vec<f64> = (0..trial.params.n).map(|_| rng.f64()).collect();
        let expected = Factors::times(&factors.a, &Factors::times(&factors.b, &x));
        let found = product.times(trial.params, &x);
        let off = |(found, expected): &(&f64, &f64)| {
            (*found - *expected).abs() > TOLERANCE * (trial.params.n as f64) || !found.is_finite()
        };
        match found.iter().zip(&expected).position(|pair| off(&pair)) {
            None => Ok(()),
            Some(row) => Err(format!(
                "row {row} of the product times a vector is {}, expected {}",
                found[row], expected[row]
            )),
        }
    }

    fn describe(&self, product: &Product) -> String {
        let trace: f64 = product.tiles.iter().filter_map(|tile| tile.first()).sum();
        format!("{} tiles, corners add up to {trace:.6}", product.tiles.len())
    }

    fn metrics(&self, trial: &Trial<Params>, block: &Timed<Product>) -> Vec<Metric> {
        let n = trial.params.n as f64;
        vec![
            Metric::of(&metric::FLOP_RATE, 2.0 * n.powi(3) / block.wall_ns() * 1e9),
            Metric::of(&metric::CPU_OVER_WALL, block.cpu_ns() / block.wall_ns()),
        ]
    }

    async fn on_async<R: AsyncRuntime>(
        self,
        Trial { params, setup }: Trial<Params>,
    ) -> Result<impl AsyncSession<Output = Product>, Failure> {
        let factors = Arc::new(Factors::of(params, setup.seed));
        Ok(repeat_async(move || {
            let factors = Arc::clone(&factors);
            async move {
                if params.quarters {
                    let tiles = quarters::on_async::<R, _>(factors, params.square()).await;
                    return Ok(Product { tiles: sorted(tiles) });
                }
                let tasks: Vec<_> = (0..factors.params.tiles())
                    .map(|number| {
                        let factors = Arc::clone(&factors);
                        R::spawn(async move { factors.tile(number) })
                    })
                    .collect();
                let mut tiles = Vec::with_capacity(tasks.len());
                for task in tasks {
                    tiles.push(task.await);
                }
                Ok(Product { tiles })
            }
        }))
    }

    fn on_threads<T: ThreadRuntime>(
        self,
        Trial { params, setup }: Trial<Params>,
    ) -> Result<impl Session<Output = Product>, Failure> {
        let factors = Arc::new(Factors::of(params, setup.seed));
        Ok(repeat(move || {
            if params.quarters {
                let tiles = quarters::on_threads::<T, _>(&factors, params.square());
                return Ok(Product { tiles: sorted(tiles) });
            }
            let tasks: Vec<_> = (0..factors.params.tiles())
                .map(|number| {
                    let factors = Arc::clone(&factors);
                    T::spawn(move || factors.tile(number))
                })
                .collect();
            Ok(Product { tiles: tasks.into_iter().map(T::join).collect() })
        }))
    }

    fn on_data_parallel<D: DataParallel>(
        self,
        Trial { params, setup }: Trial<Params>,
    ) -> Result<impl Session<Output = Product>, Failure> {
        let factors = Factors::of(params, setup.seed);
        Ok(repeat(move || {
            if params.quarters {
                let tiles = quarters::on_data_parallel::<D, _>(&factors, params.square());
                return Ok(Product { tiles: sorted(tiles) });
            }
            Ok(Product { tiles: D::map(factors.params.tiles(), |number| factors.tile(number)) })
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use runtime_bench_api::clock::SYSTEM;
    use runtime_bench_api::workload::Setup;

    fn setup(n: u64, tile: u64) -> Setup {
        Setup {
            point: Point::new().with("n", n, "").with("tile", tile, ""),
            settings: runtime_bench_results::setting::Settings::default(),
            workers: 1,
            pool_threads: 1,
            seed: 7,
            scratch: std::path::PathBuf::new(),
            traffic: runtime_bench_api::load::Traffic::default(),
            clock: &SYSTEM,
        }
    }

    fn product(setup: &Setup) -> Product {
        let factors = Factors::of(Params::from_point(&setup.point).unwrap(), setup.seed);
        Product { tiles: (0..factors.params.tiles()).map(|n| factors.tile(n)).collect() }
    }

    #[test]
    fn wrong_numbers_and_tiles_are_detected() {
        let setup = setup(12, 4);
        let mut right = product(&setup);
        let trial = Trial::new(setup).unwrap();
        assert_eq!(Matmul.verify(&trial, &right), Ok(()));
        right.tiles.swap(0, 1);
        assert!(Matmul.verify(&trial, &right).is_err());
        right.tiles.swap(0, 1);
        right.tiles[4][3] += 1e-6;
        assert!(Matmul.verify(&trial, &right).is_err());
        right.tiles.pop();
        assert!(Matmul.verify(&trial, &right).unwrap_err().contains("8 tiles"));
    }

    #[test]
    fn tiles_must_fill_the_matrix() {
        let refused = |point: &Point| {
            assert!(matches!(Params::from_point(point), Err(Unsupported::Point(_))), "{point:?}");
        };
        refused(&setup(10, 4).point);
        refused(&setup(12, 4).point.variant(QUARTERS));
        let quarters = Params::from_point(&setup(16, 4).point.variant(QUARTERS)).unwrap();
        assert_eq!((quarters.tiles(), quarters.tasks()), (16, 20));
    }
}
