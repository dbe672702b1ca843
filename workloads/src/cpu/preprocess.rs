//! `preprocess`: reads, parses and normalizes files.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use fastrand::Rng;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::cpu::shard::{Shard, normalize};
use runtime_bench_api::external::{self, ExternalInputs};
use runtime_bench_api::prelude::*;
use runtime_bench_api::scratch::write_whole;
use runtime_bench_api::workload::Setup;

/// The variant that computes in the task that reads.
const INLINE: &str = "inline";
/// The variant that computes on another pool.
const OFFLOADED: &str = "offloaded";

/// The workload.
#[derive(Clone, Copy, Debug)]
pub struct Preprocess;

/// The results of the shards, in order, and the expected ones.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Normalized {
    shards: Vec<Option<Shard>>,
    // Never taken from the runner.
    #[serde(skip)]
    expected: Arc<Vec<Shard>>,
}

/// The parameters of a point.
#[derive(Clone, Copy, Debug)]
pub struct Params {
    shards: usize,
    numbers: usize,
    offloads: bool,
}

impl FromPoint for Params {
    fn from_point(point: &Point) -> Result<Self, Unsupported> {
        let offloads = match point.variant.as_deref() {
            Some(INLINE) => false,
            Some(OFFLOADED) => true,
            _ => return Err(Unsupported::variant(&[INLINE, OFFLOADED])),
        };
        Ok(Self {
            shards: point.count_in("shards", 1..=100_000)?,
            numbers: point.count_in("numbers", 1..=10_000_000)?,
            offloads,
        })
    }
}

/// Files with one decimal number per line, and the results of a plain loop over the numbers.
struct Files {
    paths: Vec<PathBuf>,
    expected: Arc<Vec<Shard>>,
}

impl Files {
    fn prepare(setup: &Setup, params: Params) -> Result<Self, Failure> {
        let (mut paths, mut expected) = (Vec::new(), Vec::new());
        for shard in 0..params.shards {
            let mut rng = Rng::with_seed(setup.seed.wrapping_add(shard as u64));
            // Millionths, so that the text is exact.
            let millionths: Vec<i64> =
                (0..params.numbers).map(|_| rng.i64(-1_000_000_000..1_000_000_000)).collect();
            expected.push(Shard::in_a_plain_loop(&millionths));
            let path = setup.scratch.join(format!("preprocess-{}-{shard}", params.numbers));
            if !path.exists() {
                write_whole(&path, lines(&millionths).as_bytes())
                    .map_err(Failure::io("creating the input files"))?;
            }
            paths.push(path);
        }
        Ok(Self { paths, expected: Arc::new(expected) })
    }
}

fn lines(millionths: &[i64]) -> String {
    let mut text = String::new();
    for number in millionths {
        let (sign, size) = (if *number < 0 { "-" } else { "" }, number.unsigned_abs());
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{sign}{}.{:06}", size / 1_000_000, size % 1_000_000);
    }
    text
}

impl Workload for Preprocess {
    type Params = Params;
    type Output = Normalized;
    const METRICS: &'static [&'static MetricDef] =
        &[&metric::PER_SHARD, &metric::CPU_PER_SHARD, &metric::CPU_OVER_WALL];

    const OFFLOADS: bool = true;

    fn info(&self) -> WorkloadInfo {
        WorkloadInfo {
            name: "preprocess".into(),
            title: "Read, parse and normalize files".into(),
            kind: Kind::Cpu,
            model: "One task per file reads the whole file, parses its decimal numbers and \
                    normalizes them to mean 0 and standard deviation 1, as in data preparation. \
                    `inline` computes in the task that reads. `offloaded` sends the computation \
                    to the runtime's pool for such work and awaits it."
                .into(),
            check: "The mean and variance of every file and the bits of every normalized number \
                    equal those of a plain loop over the numbers in the file."
                .into(),
            headline: Self::METRICS[0].id.into(),
            headline_phase: Phase::Warm,
            notes: vec![
                "The files are in the page cache, so most of the time is computation. Files on a \
                 disk behave differently."
                    .into(),
                "`offloaded` uses more threads than there are workers. tokio, async-std and smol \
                 grow their blocking pools on demand, with all files in them at once. tokio-rayon \
                 computes on as many threads as there are workers."
                    .into(),
            ],
        }
    }

    fn points(&self, set: PointSet, _: usize) -> Vec<Point> {
        let both = |shards: u64, numbers: u64| {
            [INLINE, OFFLOADED].map(|variant| {
                let point = Point::new().variant(variant);
                point.with("shards", shards, "").with("numbers", numbers, "")
            })
        };
        let points = match set {
            PointSet::Smoke => both(2, 50),
            PointSet::Quick => both(8, 2_000),
            PointSet::Full => both(64, 50_000),
        };
        points.to_vec()
    }

    fn requirements(&self, params: &Params, family: Family) -> Result<Requirements, Unsupported> {
        let Params { shards, numbers, offloads } = *params;
        if offloads && family != Family::Async {
            return Err(Unsupported::Family(
                "There is no second pool to offload to: its tasks may compute.".to_owned(),
            ));
        }
        // The text and the numbers of each file. Reads from the page cache do not block.
        let memory = (shards * numbers) as u64 * 24;
        let needs =
            Requirements { tasks: shards, blocking: 1, files: shards, ..Requirements::default() };
        Ok(Requirements { memory, offloads, ..needs })
    }

    fn external_inputs(&self, trial: &Trial<Params>) -> Result<ExternalInputs, Failure> {
        let files = Files::prepare(&trial.setup, trial.params)?.paths;
        Ok(ExternalInputs { files, ..ExternalInputs::default() })
    }

    fn parse_outputs(
        &self,
        trial: &Trial<Params>,
        outputs: Vec<Value>,
    ) -> Result<Vec<Normalized>, Failure> {
        let Files { expected, .. } = Files::prepare(&trial.setup, trial.params)?;
        let expects = |output| Normalized { expected: Arc::clone(&expected), ..output };
        Ok(external::parse_outputs(outputs)?.into_iter().map(expects).collect())
    }

    fn verify(&self, _: &Trial<Params>, normalized: &Normalized) -> Result<(), String> {
        let Normalized { shards, expected } = normalized;
        let right = shards.iter().zip(&**expected).filter(|(came, e)| came.as_ref() == Some(e));
        let right = right.count();
        ensure(right == expected.len() && shards.len() == expected.len(), || {
            format!("{right} of {} files match a plain loop", expected.len())
        })
    }

    fn describe(&self, normalized: &Normalized) -> String {
        let hashes = normalized.shards.iter().flatten().map(Shard::hash);
        format!("{:x}", hashes.fold(0_u64, |all, hash| all.rotate_left(1) ^ hash))
    }

    fn metrics(&self, trial: &Trial<Params>, block: &Timed<Normalized>) -> Vec<Metric> {
        let shards = trial.params.shards as f64;
        vec![
            Metric::of(&metric::PER_SHARD, block.wall_ns() / shards),
            Metric::of(&metric::CPU_PER_SHARD, block.cpu_ns() / shards),
            Metric::of(&metric::CPU_OVER_WALL, block.cpu_ns() / block.wall_ns()),
        ]
    }

    async fn on_async<R: AsyncRuntime>(
        self,
        Trial { params, setup }: Trial<Params>,
    ) -> Result<impl AsyncSession<Output = Normalized>, Failure> {
        let files = Arc::new(Files::prepare(&setup, params)?);
        Ok(repeat_async(move || {
            let files = Arc::clone(&files);
            async move {
                let tasks: Vec<_> = files
                    .paths
                    .iter()
                    .cloned()
                    .map(|path| {
                        R::spawn(async move {
                            let bytes = R::read_whole(&path).await?;
                            Ok(if params.offloads {
                                R::offload(move || normalize(&bytes)).await
                            } else {
                                normalize(&bytes)
                            })
                        })
                    })
                    .collect();
                let mut shards = Vec::with_capacity(tasks.len());
                for task in tasks {
                    shards.push(task.await.map_err(Failure::io("reading a file"))?);
                }
                Ok(Normalized { shards, expected: Arc::clone(&files.expected) })
            }
        }))
    }

    fn on_threads<T: ThreadRuntime>(
        self,
        Trial { params, setup }: Trial<Params>,
    ) -> Result<impl Session<Output = Normalized>, Failure> {
        let files = Files::prepare(&setup, params)?;
        Ok(repeat(move || {
            let tasks: Vec<_> =
                files.paths.iter().cloned().map(|path| T::spawn(move || shard(&path))).collect();
            let shards = tasks.into_iter().map(T::join).collect::<Result<_, _>>()?;
            Ok(Normalized { shards, expected: Arc::clone(&files.expected) })
        }))
    }

    fn on_data_parallel<D: DataParallel>(
        self,
        Trial { params, setup }: Trial<Params>,
    ) -> Result<impl Session<Output = Normalized>, Failure> {
        let files = Files::prepare(&setup, params)?;
        Ok(repeat(move || {
            let shards = D::map(files.paths.len(), |file| shard(&files.paths[file]));
            let shards = shards.into_iter().collect::<Result<_, _>>()?;
            Ok(Normalized { shards, expected: Arc::clone(&files.expected) })
        }))
    }
}

fn shard(path: &Path) -> Result<Option<Shard>, Failure> {
    Ok(normalize(&fs::read(path).map_err(Failure::io("reading a file"))?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parsed_text_gives_the_same_result_as_the_numbers() {
        for numbers in [vec![0], vec![-1, 1], vec![1_000_000, -2_500_001, 999_999_999]] {
            let expected = Shard::in_a_plain_loop(&numbers);
            assert_eq!(normalize(lines(&numbers).as_bytes()), Some(expected), "{numbers:?}");
        }
    }

    #[test]
    fn added_removed_and_moved_numbers_are_detected() {
        let of = |numbers: &[i64]| normalize(lines(numbers).as_bytes());
        let right = of(&[1, 2, 3]);
        assert_ne!(of(&[1, 2]), right);
        assert_ne!(of(&[1, 2, 4]), right);
        assert_ne!(of(&[1, 3, 2]), right);
        assert_eq!(normalize(b"1.0\ntwo\n"), None);
    }
}
