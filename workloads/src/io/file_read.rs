//! `file-read`: several files read at once.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use fastrand::Rng;
use runtime_bench_results::catalogue::{Kind, WorkloadInfo};
use runtime_bench_results::key::{ParamValue, Point};
use runtime_bench_results::trial::{Age, Metric};

use crate::instance::{AsyncSession, Session, repeat, repeat_async};
use crate::runtime::{AsyncRuntime, DataParallel, Family, ThreadRuntime};
use crate::scratch::write_whole;
use crate::workload::{Failure, Needs, PointSet, Setup, Timed, Unfit, Workload};

const KIB: usize = 1_024;

/// The workload.
#[derive(Clone, Copy, Debug)]
pub struct FileRead;

/// Sums of the files, in order, and what they should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sums {
    read: Vec<u32>,
    expected: Arc<Vec<u32>>,
}

/// How a file is read.
#[derive(Clone, Copy)]
enum Block {
    Whole,
    Bytes(usize),
}

#[derive(Clone, Copy)]
struct Shape {
    files: usize,
    size: usize,
    block: Block,
}

impl Shape {
    fn of(point: &Point) -> Result<Self, Unfit> {
        let whole = |param: &&runtime_bench_results::key::Param| {
            param.name == "block" && param.value == ParamValue::from("whole")
        };
        Ok(Self {
            files: point.count_in("files", 1..=100_000)?,
            size: point.count_in("size", 1..=1 << 22)? * KIB,
            block: match point.params.iter().find(whole) {
                Some(_) => Block::Whole,
                None => Block::Bytes(point.count_in("block", 1..=1 << 20)? * KIB),
            },
        })
    }
}

/// Files of seeded bytes in the scratch folder, made once a run and left in the page cache.
struct Files {
    paths: Vec<PathBuf>,
    sums: Arc<Vec<u32>>,
}

impl Files {
    fn prepare(setup: &Setup, shape: Shape) -> Result<Self, Failure> {
        let make = || -> io::Result<Self> {
            let mut paths = Vec::with_capacity(shape.files);
            let mut sums = Vec::with_capacity(shape.files);
            for number in 0..shape.files {
                let path = setup.scratch.join(format!("file-read-{}-{number}", shape.size));
                // From the seed and not from the file: what was read is not its own proof.
                let mut bytes = vec![0; shape.size];
                Rng::with_seed(setup.seed.wrapping_add(number as u64)).fill(&mut bytes);
                sums.push(crc32fast::hash(&bytes));
                if fs::metadata(&path).map_or(0, |found| found.len()) != shape.size as u64 {
                    write_whole(&path, &bytes)?;
                }
                paths.push(path);
            }
            Ok(Self { paths, sums: Arc::new(sums) })
        };
        make().map_err(Failure::io("making the files to read"))
    }
}

impl Workload for FileRead {
    type Answer = Sums;

    fn info(&self) -> WorkloadInfo {
        WorkloadInfo {
            name: "file-read".into(),
            title: "Read files".into(),
            kind: Kind::Io,
            model: "One task a file opens it, reads it in blocks and takes their CRC-32. The files \
                    lie in the page cache, so this is the cost of the way to the kernel, not of \
                    the disk."
                .into(),
            check: "The CRC-32 of every file, against that of the bytes it was made from.".into(),
            headline: "throughput".into(),
            headline_age: Age::Steady,
            notes: vec![
                "Linux has no ready-made asynchronous read of a file: tokio and async-std hand each \
                 block to a pool of blocking threads; smol reads ahead on such a thread through a \
                 pipe. That is what is measured."
                    .into(),
                "Warm page cache only.".into(),
            ],
        }
    }

    fn points(&self, set: PointSet, _: usize) -> Vec<Point> {
        let files =
            |files: u64, size: u64| Point::new().with("files", files, "").with("size", size, "KiB");
        match set {
            PointSet::Smoke => vec![files(2, 16).with("block", 4, "KiB")],
            PointSet::Quick => vec![files(8, 1_024).with("block", 64, "KiB")],
            PointSet::Full => vec![
                files(64, 1_024).with("block", 4, "KiB"),
                files(64, 1_024).with("block", 64, "KiB"),
                files(64, 1_024).with("block", "whole", ""),
            ],
        }
    }

    fn needs(&self, point: &Point, _: Family) -> Result<Needs, Unfit> {
        let Shape { files, size, .. } = Shape::of(point)?;
        // A file of the page cache keeps nobody waiting, so a pool of any size will do.
        Ok(Needs {
            tasks: files,
            blocking: 1,
            files,
            memory: (files * size) as u64,
            ..Needs::default()
        })
    }

    fn verify(&self, _: &Setup, sums: &Sums) -> Result<(), String> {
        let wrong = sums.read.iter().zip(&*sums.expected).filter(|(read, sum)| read != sum).count();
        let (read, files) = (sums.read.len(), sums.expected.len());
        if wrong == 0 && read == files {
            Ok(())
        } else {
            Err(format!("of {files} files {read} were read, {wrong} with a wrong sum"))
        }
    }

    fn describe(&self, sums: &Sums) -> String {
        format!("{:x}", sums.read.iter().fold(0_u32, |all, sum| all.rotate_left(1) ^ sum))
    }

    fn metrics(&self, setup: &Setup, block: &Timed<Sums>) -> Vec<Metric> {
        let bytes = Shape::of(&setup.point).map_or(1, |shape| shape.files * shape.size);
        let mib = bytes as f64 / (KIB * KIB) as f64;
        vec![
            Metric::higher("throughput", "MiB/s", mib / block.wall_ns() * 1e9),
            Metric::lower("cpu-per-mib", "ns", block.cpu_ns() / mib),
        ]
    }

    async fn on_async<R: AsyncRuntime>(
        self,
        setup: Setup,
    ) -> Result<impl AsyncSession<Answer = Sums>, Failure> {
        let shape = Shape::of(&setup.point)?;
        let files = Arc::new(Files::prepare(&setup, shape)?);
        Ok(repeat_async(move || {
            let files = Arc::clone(&files);
            async move {
                let tasks: Vec<_> = files
                    .paths
                    .iter()
                    .cloned()
                    .map(|path| R::spawn(async move { read_async::<R>(&path, shape.block).await }))
                    .collect();
                let mut read = Vec::with_capacity(tasks.len());
                for task in tasks {
                    read.push(task.await.map_err(Failure::io("reading a file"))?);
                }
                Ok(Sums { read, expected: Arc::clone(&files.sums) })
            }
        }))
    }

    fn on_threads<T: ThreadRuntime>(
        self,
        setup: Setup,
    ) -> Result<impl Session<Answer = Sums>, Failure> {
        let shape = Shape::of(&setup.point)?;
        let files = Files::prepare(&setup, shape)?;
        Ok(repeat(move || {
            let tasks: Vec<_> = files
                .paths
                .iter()
                .cloned()
                .map(|path| T::spawn(move || read_blocking(&path, shape.block)))
                .collect();
            let read = tasks.into_iter().map(T::join).collect::<io::Result<_>>();
            let read = read.map_err(Failure::io("reading a file"))?;
            Ok(Sums { read, expected: Arc::clone(&files.sums) })
        }))
    }

    fn on_data_parallel<D: DataParallel>(
        self,
        setup: Setup,
    ) -> Result<impl Session<Answer = Sums>, Failure> {
        let shape = Shape::of(&setup.point)?;
        let files = Files::prepare(&setup, shape)?;
        Ok(repeat(move || {
            let read =
                D::map(files.paths.len(), |file| read_blocking(&files.paths[file], shape.block));
            let read = read.into_iter().collect::<io::Result<_>>();
            let read = read.map_err(Failure::io("reading a file"))?;
            Ok(Sums { read, expected: Arc::clone(&files.sums) })
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

    #[test]
    fn a_file_sums_up_alike_whole_and_in_blocks_and_its_order_matters() {
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
