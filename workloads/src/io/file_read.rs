//! `file-read`: several files read at once.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use fastrand::Rng;
use runtime_bench_results::catalogue::{Kind, WorkloadInfo};
use runtime_bench_results::key::{ParamValue, Point};
use runtime_bench_results::trial::{Age, Metric};

use crate::instance::{AsyncSession, Session, repeat, repeat_async};
use crate::runtime::{AsyncRuntime, DataParallel, Family, ThreadRuntime};
use crate::workload::{Failure, Needs, PointSet, Setup, Timed, Unfit, Workload};

const KIB: usize = 1_024;

/// The workload.
#[derive(Clone, Copy, Debug)]
pub struct FileRead;

/// Sums of the files, in order, and what they should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sums {
    read: Vec<u64>,
    expected: Arc<Vec<u64>>,
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
            files: point.count("files")?,
            size: point.count("size")? * KIB,
            block: match point.params.iter().find(whole) {
                Some(_) => Block::Whole,
                None => Block::Bytes(point.count("block")? * KIB),
            },
        })
    }
}

/// Adds up the bytes of a file in words of eight; as cheap as a check that sees every byte can be.
/// Blocks are multiples of eight bytes, so they add up in any order.
fn sum(bytes: &[u8]) -> u64 {
    let words = bytes.chunks_exact(8);
    let rest = words.remainder().iter().map(|byte| u64::from(*byte)).sum::<u64>();
    words
        .map(|word| u64::from_le_bytes(word.try_into().unwrap_or_default()))
        .fold(rest, u64::wrapping_add)
}

/// Files of seeded bytes in the scratch folder, made once a run and left in the page cache.
struct Files {
    paths: Vec<PathBuf>,
    sums: Arc<Vec<u64>>,
}

impl Files {
    fn prepare(setup: &Setup, shape: Shape) -> Result<Self, Failure> {
        let make = || -> io::Result<Self> {
            let mut paths = Vec::with_capacity(shape.files);
            let mut sums = Vec::with_capacity(shape.files);
            for number in 0..shape.files {
                let path = setup.scratch.join(format!("file-read-{}-{number}", shape.size));
                if fs::metadata(&path).map_or(0, |found| found.len()) != shape.size as u64 {
                    write_seeded(&path, shape.size, setup.seed.wrapping_add(number as u64))?;
                }
                sums.push(sum(&fs::read(&path)?));
                paths.push(path);
            }
            Ok(Self { paths, sums: Arc::new(sums) })
        };
        make().map_err(Failure::io("making the files to read"))
    }
}

/// Under its name the file is always whole: another process may look at the same moment.
fn write_seeded(path: &Path, size: usize, seed: u64) -> io::Result<()> {
    let mut bytes = vec![0; size];
    Rng::with_seed(seed).fill(&mut bytes);
    let partial = path.with_extension(format!("part{}", std::process::id()));
    File::create(&partial)?.write_all(&bytes)?;
    fs::rename(partial, path)
}

impl Workload for FileRead {
    type Answer = Sums;

    fn info(&self) -> WorkloadInfo {
        WorkloadInfo {
            name: "file-read".into(),
            title: "Read files".into(),
            kind: Kind::Io,
            model: "One task a file opens it, reads it in blocks and adds up its words. The files \
                    lie in the page cache, so this is the cost of the way to the kernel, not of \
                    the disk."
                .into(),
            check: "The sum of every file.".into(),
            headline: "throughput".into(),
            headline_age: Age::Young,
            notes: vec![
                "Linux has no ready-made asynchronous read of a file: tokio, async-std and smol \
                 hand each block to a pool of blocking threads, which is what is measured."
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
        Ok(Needs { tasks: files, blocking: 1, files, memory: (files * size) as u64 })
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
        format!("{:x}", sums.read.iter().fold(0_u64, |all, sum| all.wrapping_add(*sum)))
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

async fn read_async<R: AsyncRuntime>(path: &Path, block: Block) -> io::Result<u64> {
    let Block::Bytes(block) = block else {
        return Ok(sum(&R::read_whole(path).await?));
    };
    let mut file = R::open(path).await?;
    let mut buffer = vec![0; block];
    let mut total = 0_u64;
    loop {
        match R::read(&mut file, &mut buffer).await? {
            0 => return Ok(total),
            read => total = total.wrapping_add(sum(&buffer[..read])),
        }
    }
}

fn read_blocking(path: &Path, block: Block) -> io::Result<u64> {
    let Block::Bytes(block) = block else {
        return Ok(sum(&fs::read(path)?));
    };
    let mut file = File::open(path)?;
    let mut buffer = vec![0; block];
    let mut total = 0_u64;
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(total),
            read => total = total.wrapping_add(sum(&buffer[..read])),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_sums_up_alike_whole_and_in_blocks() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        write_seeded(&path, 10 * KIB, 1).unwrap();
        let whole = read_blocking(&path, Block::Whole).unwrap();
        assert_eq!(whole, read_blocking(&path, Block::Bytes(4 * KIB)).unwrap());
        let mut bytes = fs::read(&path).unwrap();
        bytes[5_000] ^= 1;
        assert_ne!(whole, sum(&bytes));
    }
}
