//! `file-read`: reads several files concurrently.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

use runtime_bench_results::key::ParamValue;
use serde_json::Value;

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

/// How a file is read.
#[derive(Clone, Copy, Debug)]
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
    cold: bool,
}

impl FromPoint for Params {
    fn from_point(point: &Point) -> Result<Self, Unsupported> {
        let whole = |param: &&runtime_bench_results::key::Param| {
            param.name == "block" && param.value == ParamValue::from("whole")
        };
        let cold = match point.variant.as_deref() {
            None => false,
            Some(COLD) => true,
            Some(_) => return Err(Unsupported::variant(&[COLD])),
        };
        Ok(Self {
            cold,
            files: point.count_in("files", 1..=100_000)?,
            size: point.count_in("size", 1..=1 << 22)? * KIB,
            block: match point.params.iter().find(whole) {
                Some(_) => Block::Whole,
                None => Block::Bytes(point.count_in("block", 1..=1 << 20)? * KIB),
            },
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
}

impl Workload for FileRead {
    type Params = Params;
    type Output = Sums;
    const METRICS: &'static [&'static MetricDef] =
        &[&metric::BYTE_THROUGHPUT, &metric::CPU_PER_MIB];

    fn info(&self) -> WorkloadInfo {
        WorkloadInfo {
            name: "file-read".into(),
            title: "Read files".into(),
            kind: Kind::Io,
            model: "One task per file opens it, reads it in blocks and computes the CRC-32. The \
                    files are in the page cache, so this measures the path to the kernel, not the \
                    disk. The variant `cold` evicts the files from the cache first."
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
                "The throughput excludes evicting files from the cache; `wall` and `cpu` include \
                 it. A virtual disk may be cached in the memory of its host."
                    .into(),
            ],
        }
    }

    fn points(&self, set: PointSet, _: usize) -> Vec<Point> {
        let files =
            |files: u64, size: u64| Point::new().with("files", files, "").with("size", size, "KiB");
        match set {
            PointSet::Smoke => {
                let small = files(2, 16).with("block", 4, "KiB");
                vec![small.clone(), small.variant(COLD)]
            }
            PointSet::Quick => vec![files(8, 1_024).with("block", 64, "KiB")],
            PointSet::Full => vec![
                files(64, 1_024).with("block", 4, "KiB"),
                files(64, 1_024).with("block", 64, "KiB"),
                files(64, 1_024).with("block", "whole", ""),
                files(16, 1_024).with("block", 64, "KiB").variant(COLD),
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
        Ok(repeat_async(move || {
            let files = Arc::clone(&files);
            async move {
                let begun = files.begin()?;
                let tasks: Vec<_> = files
                    .paths
                    .iter()
                    .cloned()
                    .map(|path| R::spawn(async move { read_async::<R>(&path, params.block).await }))
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
        Ok(repeat(move || {
            let begun = files.begin()?;
            let tasks: Vec<_> = files
                .paths
                .iter()
                .cloned()
                .map(|path| T::spawn(move || read_blocking(&path, params.block)))
                .collect();
            files.end(&begun, tasks.into_iter().map(T::join).collect())
        }))
    }

    fn on_data_parallel<D: DataParallel>(
        self,
        Trial { params, setup }: Trial<Params>,
    ) -> Result<impl Session<Output = Sums>, Failure> {
        let files = params.prepare(&setup)?;
        Ok(repeat(move || {
            let begun = files.begin()?;
            let read =
                D::map(files.paths.len(), |file| read_blocking(&files.paths[file], params.block));
            files.end(&begun, read.into_iter().collect())
        }))
    }
}

async fn read_async<R: AsyncRuntime>(path: &Path, block: Block) -> io::Result<u32> {
    let Block::Bytes(block) = block else {
        return Ok(crc32fast::hash(&R::read_whole(path).await?));
    };
    let mut file = R::open(path).await?;
    let mut buffer = vec![0; block];
    let mut sum = crc32fast::Hasher::new();
    loop {
        match R::read(&mut file, &mut buffer).await? {
            0 => return Ok(sum.finalize()),
            read => sum.update(&buffer[..read]),
        }
    }
}

fn read_blocking(path: &Path, block: Block) -> io::Result<u32> {
    let Block::Bytes(block) = block else {
        return Ok(crc32fast::hash(&fs::read(path)?));
    };
    let mut file = File::open(path)?;
    let mut buffer = vec![0; block];
    let mut sum = crc32fast::Hasher::new();
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(sum.finalize()),
            read => sum.update(&buffer[..read]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use runtime_bench_api::scratch::write_whole;

    #[test]
    fn checksum_depends_on_order_but_not_on_block_size() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let mut bytes: Vec<u8> = (0..10 * KIB).map(|i| (i % 251) as u8).collect();
        write_whole(&path, &bytes).unwrap();
        let whole = read_blocking(&path, Block::Whole).unwrap();
        assert_eq!(whole, read_blocking(&path, Block::Bytes(4 * KIB)).unwrap());
        bytes.swap(8, 16);
        assert_ne!(whole, crc32fast::hash(&bytes));
    }
}
