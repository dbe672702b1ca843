//! `file-read`: reads several files concurrently.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;

use runtime_bench_results::key::ParamValue;
use serde_json::Value;

use fastrand::Rng;

use super::cold;
use super::files::{Files, Sums};
use runtime_bench_api::external::{self, ExternalInputs};
use runtime_bench_api::prelude::*;
use runtime_bench_api::workload::Setup;

const KIB: usize = 1_024;

/// The workload.
#[derive(Clone, Copy, Debug)]
pub struct FileRead;

/// The variant that evicts the files from the page cache before reading.
const COLD: &str = "cold";

/// The order in which the blocks of a file are read, and its default.
const ORDER: (&str, &str) = ("order", "sequential");

/// How a file is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Block {
    Whole,
    Bytes(usize),
}

/// The parameters of a point.
#[derive(Clone, Copy, Debug)]
pub struct Params {
    files: usize,
    size: usize,
    block: Block,
    random: bool,
    cold: bool,
}

impl FromPoint for Params {
    fn from_point(point: &Point) -> Result<Self, Unsupported> {
        let whole = |param: &&runtime_bench_results::key::Param| {
            param.name == "block" && param.value == ParamValue::from("whole")
        };
        let refused = |reason: &str| Unsupported::Point(reason.to_owned());
        let cold = match point.variant.as_deref() {
            None => false,
            Some(COLD) => true,
            Some(_) => return Err(Unsupported::variant(&[COLD])),
        };
        let block = match point.params.iter().find(whole) {
            Some(_) => Block::Whole,
            None => Block::Bytes(point.count_in("block", 1..=1 << 20)? * KIB),
        };
        let order = point.value(ORDER.0).map_or_else(|| ORDER.1.to_owned(), ToString::to_string);
        let random = match order.as_str() {
            "sequential" => false,
            "random" if block != Block::Whole => true,
            "random" => return Err(refused("`order=random` needs blocks smaller than a file")),
            _ => return Err(refused("`order` must be sequential or random")),
        };
        Ok(Self {
            cold,
            random,
            block,
            files: point.count_in("files", 1..=100_000)?,
            size: point.count_in("size", 1..=1 << 22)? * KIB,
        })
    }
}

impl Params {
    fn bytes(self) -> usize {
        self.files * self.size
    }

    fn prepare(self, setup: &Setup) -> Result<Files, Failure> {
        Files::prepare(setup, self.files, self.size, self.cold)
    }

    fn plan(self, setup: &Setup) -> Plan {
        let positions = match self.block {
            Block::Bytes(block) if self.random => {
                let mut positions: Vec<usize> = (0..self.size).step_by(block).collect();
                Rng::with_seed(setup.seed).shuffle(&mut positions);
                Some(positions.into())
            }
            _ => None,
        };
        Plan { block: self.block, size: self.size, positions }
    }
}

/// How each file is read.
#[derive(Clone, Debug)]
struct Plan {
    block: Block,
    size: usize,
    /// Where the blocks begin, in the order in which they are read; `None` from the start to the end.
    positions: Option<Arc<[usize]>>,
}

impl Workload for FileRead {
    type Params = Params;
    type Output = Sums;
    const METRICS: &'static [&'static MetricDef] =
        &[&metric::BYTE_THROUGHPUT, &metric::CPU_PER_MIB];

    const OPTIONS: &'static [(&'static str, &'static str)] = &[ORDER];

    fn info(&self) -> WorkloadInfo {
        WorkloadInfo {
            name: "file-read".into(),
            title: "Read files".into(),
            kind: Kind::Io,
            model: "One task per file opens it, reads it in blocks and computes the CRC-32. The \
                    files are in the page cache, so this measures the path to the kernel, not the \
                    disk. The variant `cold` evicts the files from the cache first. With \
                    `order=random`, blocks are read in a random order."
                .into(),
            check: "The CRC-32 of every file matches the bytes it was created from. In `cold`, \
                    the kernel also fetched every byte from the disk."
                .into(),
            headline: Self::METRICS[0].id.into(),
            headline_phase: Phase::Steady,
            notes: vec![
                "Linux has no standard asynchronous file read. tokio and async-std send each \
                 block to a pool of blocking threads; smol reads ahead on such a thread through a \
                 pipe. This workload measures those mechanisms."
                    .into(),
                "A block at a random place takes a seek and a read. tokio and async-std use a \
                 blocking thread for each of the two, and smol discards the data that it has read \
                 ahead."
                    .into(),
                "The throughput excludes evicting files from the cache; `wall` and `cpu` include \
                 it. A virtual disk may be cached in the memory of its host."
                    .into(),
            ],
        }
    }

    fn points(&self, set: PointSet, _: usize) -> Vec<Point> {
        let files =
            |files: u64, size: u64| Point::new().with("files", files, "").with("size", size, "KiB");
        let random = |point: Point| point.with(ORDER.0, "random", "");
        match set {
            PointSet::Smoke => {
                let small = files(2, 16).with("block", 4, "KiB");
                vec![small.clone(), random(small.clone()), small.variant(COLD)]
            }
            PointSet::Quick => vec![files(8, 1_024).with("block", 64, "KiB")],
            PointSet::Full => vec![
                files(64, 1_024).with("block", 4, "KiB"),
                files(64, 1_024).with("block", 64, "KiB"),
                files(64, 1_024).with("block", "whole", ""),
                files(4_000, 4).with("block", "whole", ""),
                random(files(64, 1_024).with("block", 4, "KiB")),
                files(16, 1_024).with("block", 64, "KiB").variant(COLD),
                random(files(16, 1_024).with("block", 4, "KiB")).variant(COLD),
            ],
        }
    }

    fn requirements(&self, params: &Params, _: Family) -> Result<Requirements, Unsupported> {
        let Params { files, size, cold, .. } = *params;
        if cold {
            cold::fits()?;
        }
        // Tasks never wait for each other, so the pool may have any size.
        Ok(Requirements {
            tasks: files,
            blocking: 1,
            files,
            memory: (files * size) as u64,
            ..Requirements::default()
        })
    }

    fn supports_external(&self, params: &Params) -> Result<(), Unsupported> {
        if params.random {
            let reason = "The runner protocol reads files from the start to the end.";
            return Err(Unsupported::Family(reason.to_owned()));
        }
        Ok(())
    }

    fn external_inputs(&self, trial: &Trial<Params>) -> Result<ExternalInputs, Failure> {
        let files = trial.params.prepare(&trial.setup)?.paths;
        Ok(ExternalInputs { files, ..ExternalInputs::default() })
    }

    fn parse_outputs(
        &self,
        trial: &Trial<Params>,
        outputs: Vec<Value>,
    ) -> Result<Vec<Sums>, Failure> {
        let expected = trial.params.prepare(&trial.setup)?.sums();
        let answers: Vec<Sums> = external::parse_outputs(outputs)?;
        if trial.params.cold && answers.iter().any(|sums| sums.fetched.is_none()) {
            let untold = "missing `fetched`: a cold read must report the bytes read from disk";
            return Err(Failure::WrongOutput(untold.to_owned()));
        }
        Ok(answers
            .into_iter()
            .map(|sums| Sums { expected: Arc::clone(&expected), ..sums })
            .collect())
    }

    fn verify(&self, trial: &Trial<Params>, sums: &Sums) -> Result<(), String> {
        let wrong = sums.read.iter().zip(&*sums.expected).filter(|(read, sum)| read != sum).count();
        let (read, files) = (sums.read.len(), sums.expected.len());
        if wrong > 0 || read != files {
            return Err(format!(
                "{read} of {files} files were read, {wrong} with a wrong checksum"
            ));
        }
        let bytes = trial.params.bytes() as u64;
        match sums.fetched {
            Some(fetched) if fetched < bytes => {
                Err(format!("{fetched} of {bytes} bytes came from the disk, the rest from memory"))
            }
            _ => Ok(()),
        }
    }

    fn describe(&self, sums: &Sums) -> String {
        format!("{:x}", sums.read.iter().fold(0_u32, |all, sum| all.rotate_left(1) ^ sum))
    }

    fn metrics(&self, trial: &Trial<Params>, block: &Timed<Sums>) -> Vec<Metric> {
        let mib = trial.params.bytes() as f64 / (KIB * KIB) as f64;
        let took_s = block.mean(|sums| sums.took.as_secs_f64());
        vec![
            Metric::of(&metric::BYTE_THROUGHPUT, mib / took_s),
            Metric::of(&metric::CPU_PER_MIB, block.cpu_ns() / mib),
        ]
    }

    async fn on_async<R: AsyncRuntime>(
        self,
        Trial { params, setup }: Trial<Params>,
    ) -> Result<impl AsyncSession<Output = Sums>, Failure> {
        let files = Arc::new(params.prepare(&setup)?);
        let plan = params.plan(&setup);
        Ok(repeat_async(move || {
            let (files, plan) = (Arc::clone(&files), plan.clone());
            async move {
                let begun = files.begin()?;
                let tasks: Vec<_> = files
                    .paths
                    .iter()
                    .cloned()
                    .map(|path| {
                        let plan = plan.clone();
                        R::spawn(async move { read_async::<R>(&path, &plan).await })
                    })
                    .collect();
                let mut read = Vec::with_capacity(tasks.len());
                for task in tasks {
                    read.push(task.await);
                }
                files.end(&begun, read.into_iter().collect())
            }
        }))
    }

    fn on_threads<T: ThreadRuntime>(
        self,
        Trial { params, setup }: Trial<Params>,
    ) -> Result<impl Session<Output = Sums>, Failure> {
        let files = params.prepare(&setup)?;
        let plan = params.plan(&setup);
        Ok(repeat(move || {
            let begun = files.begin()?;
            let tasks: Vec<_> = files
                .paths
                .iter()
                .cloned()
                .map(|path| {
                    let plan = plan.clone();
                    T::spawn(move || read_blocking(&path, &plan))
                })
                .collect();
            files.end(&begun, tasks.into_iter().map(T::join).collect())
        }))
    }

    fn on_data_parallel<D: DataParallel>(
        self,
        Trial { params, setup }: Trial<Params>,
    ) -> Result<impl Session<Output = Sums>, Failure> {
        let files = params.prepare(&setup)?;
        let plan = params.plan(&setup);
        Ok(repeat(move || {
            let begun = files.begin()?;
            let read = D::map(files.paths.len(), |file| read_blocking(&files.paths[file], &plan));
            files.end(&begun, read.into_iter().collect())
        }))
    }
}

async fn read_async<R: AsyncRuntime>(path: &Path, plan: &Plan) -> io::Result<u32> {
    let Block::Bytes(block) = plan.block else {
        return Ok(crc32fast::hash(&R::read_whole(path).await?));
    };
    let mut file = R::open(path).await?;
    if let Some(positions) = &plan.positions {
        let mut whole = vec![0; plan.size];
        for &position in &**positions {
            R::seek(&mut file, position as u64).await?;
            let mut rest = place(&mut whole, position, block);
            while !rest.is_empty() {
                match R::read(&mut file, rest).await? {
                    0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                    read => rest = &mut rest[read..],
                }
            }
        }
        return Ok(crc32fast::hash(&whole));
    }
    let mut buffer = vec![0; block];
    let mut sum = crc32fast::Hasher::new();
    loop {
        match R::read(&mut file, &mut buffer).await? {
            0 => return Ok(sum.finalize()),
            read => sum.update(&buffer[..read]),
        }
    }
}

fn read_blocking(path: &Path, plan: &Plan) -> io::Result<u32> {
    let Block::Bytes(block) = plan.block else {
        return Ok(crc32fast::hash(&fs::read(path)?));
    };
    let mut file = File::open(path)?;
    if let Some(positions) = &plan.positions {
        let mut whole = vec![0; plan.size];
        for &position in &**positions {
            file.seek(SeekFrom::Start(position as u64))?;
            file.read_exact(place(&mut whole, position, block))?;
        }
        return Ok(crc32fast::hash(&whole));
    }
    let mut buffer = vec![0; block];
    let mut sum = crc32fast::Hasher::new();
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(sum.finalize()),
            read => sum.update(&buffer[..read]),
        }
    }
}

/// The place of the block that begins at a position, in a buffer for the whole file.
fn place(whole: &mut [u8], position: usize, block: usize) -> &mut [u8] {
    let end = whole.len().min(position + block);
    &mut whole[position..end]
}

#[cfg(test)]
mod tests {
    use super::*;
    use runtime_bench_api::scratch::write_whole;

    #[test]
    fn checksum_depends_on_bytes_but_not_on_how_they_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let mut bytes: Vec<u8> = (0..10 * KIB).map(|i| (i % 251) as u8).collect();
        write_whole(&path, &bytes).unwrap();
        let read = |block, positions: &[usize]| {
            let positions = (!positions.is_empty()).then(|| positions.into());
            read_blocking(&path, &Plan { block, size: 10 * KIB, positions }).unwrap()
        };
        let whole = read(Block::Whole, &[]);
        let blocks = Block::Bytes(4 * KIB);
        assert_eq!(whole, read(blocks, &[]));
        assert_eq!(whole, read(blocks, &[8 * KIB, 0, 4 * KIB]));
        assert_ne!(whole, read(blocks, &[8 * KIB, 0]));
        bytes.swap(8, 16);
        assert_ne!(whole, crc32fast::hash(&bytes));
    }
}
