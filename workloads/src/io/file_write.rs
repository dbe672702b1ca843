//! `file-write`: writes several files concurrently, with or without waiting for the disk.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use fastrand::Rng;
use runtime_bench_results::catalog::{Kind, WorkloadInfo};
use runtime_bench_results::key::Point;
use runtime_bench_results::metric::{self, MetricDef};
use runtime_bench_results::trial::{Metric, Phase};
use serde::{Deserialize, Serialize};

use runtime_bench_api::instance::{AsyncSession, Session, repeat, repeat_async};
use runtime_bench_api::runtime::{AsyncRuntime, DataParallel, Family, ThreadRuntime};
use runtime_bench_api::workload::{
    Failure, FromPoint, PointSet, Requirements, Setup, Timed, Trial, Unsupported, Workload,
    most_threads,
};

const KIB: usize = 1_024;
/// Above this, one OS thread per file is no longer realistic.
const MOST_THREADS: usize = 1_000;

const BUFFERED: &str = "buffered";
const SYNCED: &str = "synced";

/// The workload.
#[derive(Clone, Copy, Debug)]
pub struct FileWrite;

/// The parameters of a point.
#[derive(Clone, Copy, Debug)]
pub struct Params {
    files: usize,
    size: usize,
    /// Whether each file is on the disk before its task ends.
    synced: bool,
}

impl FromPoint for Params {
    fn from_point(point: &Point) -> Result<Self, Unsupported> {
        let synced = match point.variant.as_deref() {
            Some(BUFFERED) => false,
            Some(SYNCED) => true,
            _ => return Err(Unsupported::variant(&[BUFFERED, SYNCED])),
        };
        let files = point.count_in("files", 1..=100_000)?;
        Ok(Self { synced, files, size: point.count_in("size", 1..=1 << 20)? * KIB })
    }
}

/// The result of writing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Written {
    /// Files that hold the bytes of this iteration.
    right: usize,
    /// Time of writing alone.
    #[serde(rename = "took_ns", with = "runtime_bench_api::external::nanoseconds")]
    took: Duration,
}

/// The files, which every iteration overwrites.
struct Files {
    paths: Vec<PathBuf>,
    /// The content of all files of an iteration.
    content: Vec<u8>,
    seed: u64,
}

impl Files {
    fn prepare(params: Params, setup: &Setup) -> Result<Self, Failure> {
        // Trials share the scratch folder.
        let folder = setup.scratch.join(format!("file-write-{}", std::process::id()));
        fs::create_dir_all(&folder).map_err(Failure::io("creating a folder"))?;
        let paths = (0..params.files).map(|number| folder.join(number.to_string())).collect();
        Ok(Self { paths, content: vec![0; params.size], seed: setup.seed })
    }

    /// The paths, and other bytes than those of the iteration before.
    fn next(&mut self) -> (Vec<PathBuf>, Arc<Vec<u8>>) {
        self.seed = self.seed.wrapping_add(1);
        Rng::with_seed(self.seed).fill(&mut self.content);
        (self.paths.clone(), Arc::new(self.content.clone()))
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        // What remains is removed with the scratch folder.
        for path in &self.paths {
            let _ = fs::remove_file(path);
        }
    }
}

/// Reads the files of an iteration back.
fn checked(
    start: Instant,
    written: io::Result<()>,
    paths: &[PathBuf],
    content: &[u8],
) -> Result<Written, Failure> {
    let took = start.elapsed();
    written.map_err(Failure::io("writing a file"))?;
    let holds = |path: &&PathBuf| fs::read(path).is_ok_and(|read| read == content);
    Ok(Written { right: paths.iter().filter(holds).count(), took })
}

impl Workload for FileWrite {
    type Params = Params;
    type Output = Written;
    const METRICS: &'static [&'static MetricDef] = &[&metric::BYTE_THROUGHPUT, &metric::FILE_RATE];

    const BY_NAME: bool = true;

    fn info(&self) -> WorkloadInfo {
        WorkloadInfo {
            name: "file-write".into(),
            title: "Write files".into(),
            kind: Kind::Io,
            model: "One task per file creates or truncates it and writes it. In `buffered`, the \
                    bytes end up in the page cache; in `synced`, each task waits until its file is \
                    on the disk (`fsync`)."
                .into(),
            check: "Every file is read back and has the bytes of its iteration.".into(),
            headline: Self::METRICS[0].id.into(),
            headline_phase: Phase::Warm,
            notes: vec![
                "Linux has no standard asynchronous file write. tokio, smol and async-std send \
                 each operation to a pool of blocking threads."
                    .into(),
                "The throughput excludes generating the bytes and reading them back; `wall` and \
                 `cpu` include both. The file system is that of the temporary folder: on a tmpfs, \
                 `synced` waits for nothing."
                    .into(),
            ],
        }
    }

    fn points(&self, set: PointSet, _: usize) -> Vec<Point> {
        let point = |variant: &str, files: u64, size: u64| {
            Point::new().variant(variant).with("files", files, "").with("size", size, "KiB")
        };
        match set {
            PointSet::Smoke => vec![point(BUFFERED, 2, 16), point(SYNCED, 2, 16)],
            PointSet::Quick => vec![point(BUFFERED, 8, 1_024)],
            PointSet::Full => vec![
                point(BUFFERED, 16, 1_024),
                point(BUFFERED, 500, 4),
                point(SYNCED, 16, 1_024),
                point(SYNCED, 100, 4),
            ],
        }
    }

    fn requirements(&self, params: &Params, family: Family) -> Result<Requirements, Unsupported> {
        let Params { files, size, .. } = *params;
        most_threads(family, files, MOST_THREADS)?;
        // Tasks never wait for each other, so the pool may have any size.
        Ok(Requirements {
            tasks: files,
            blocking: 1,
            files,
            memory: (files * size + 2 * size) as u64,
            ..Requirements::default()
        })
    }

    fn supports_external(&self, _: &Params) -> Result<(), Unsupported> {
        Err(Unsupported::Family("The runner protocol provides no folder to write to.".to_owned()))
    }

    fn verify(&self, trial: &Trial<Params>, written: &Written) -> Result<(), String> {
        let files = trial.params.files;
        if written.right == files {
            return Ok(());
        }
        Err(format!("{} of {files} files contain the bytes written", written.right))
    }

    fn describe(&self, written: &Written) -> String {
        format!("{} files", written.right)
    }

    fn metrics(&self, trial: &Trial<Params>, block: &Timed<Written>) -> Vec<Metric> {
        let Params { files, size, .. } = trial.params;
        let took_s = block.mean(|written| written.took.as_secs_f64());
        let mib = (files * size) as f64 / (KIB * KIB) as f64;
        vec![
            Metric::of(&metric::BYTE_THROUGHPUT, mib / took_s),
            Metric::of(&metric::FILE_RATE, files as f64 / took_s),
        ]
    }

    async fn on_async<R: AsyncRuntime>(
        self,
        Trial { params, setup }: Trial<Params>,
    ) -> Result<impl AsyncSession<Output = Written>, Failure> {
        let mut files = Files::prepare(params, &setup)?;
        Ok(repeat_async(move || {
            let (paths, content) = files.next();
            async move {
                let start = Instant::now();
                let write = |path: PathBuf| {
                    let content = Arc::clone(&content);
                    R::spawn(async move { R::write_file(&path, &content, params.synced).await })
                };
                let tasks: Vec<_> = paths.iter().cloned().map(write).collect();
                let mut written = Ok(());
                for task in tasks {
                    written = written.and(task.await);
                }
                checked(start, written, &paths, &content)
            }
        }))
    }

    fn on_threads<T: ThreadRuntime>(
        self,
        Trial { params, setup }: Trial<Params>,
    ) -> Result<impl Session<Output = Written>, Failure> {
        let mut files = Files::prepare(params, &setup)?;
        Ok(repeat(move || {
            let (paths, content) = files.next();
            let start = Instant::now();
            let write = |path: PathBuf| {
                let content = Arc::clone(&content);
                T::spawn(move || write_blocking(&path, &content, params.synced))
            };
            let tasks: Vec<_> = paths.iter().cloned().map(write).collect();
            let written = tasks.into_iter().map(T::join).fold(Ok(()), Result::and);
            checked(start, written, &paths, &content)
        }))
    }

    fn on_data_parallel<D: DataParallel>(
        self,
        Trial { params, setup }: Trial<Params>,
    ) -> Result<impl Session<Output = Written>, Failure> {
        let mut files = Files::prepare(params, &setup)?;
        Ok(repeat(move || {
            let (paths, content) = files.next();
            let start = Instant::now();
            let write = |file: usize| write_blocking(&paths[file], &content, params.synced);
            let written = D::map(paths.len(), write).into_iter().fold(Ok(()), Result::and);
            checked(start, written, &paths, &content)
        }))
    }
}

fn write_blocking(path: &Path, bytes: &[u8], synced: bool) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    if synced { file.sync_all() } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_with_other_bytes_is_wrong() {
        let folder = tempfile::tempdir().unwrap();
        let paths = ["a", "b"].map(|name| folder.path().join(name));
        write_blocking(&paths[0], b"new", true).unwrap();
        write_blocking(&paths[1], b"old", false).unwrap();
        let written = checked(Instant::now(), Ok(()), &paths, b"new").unwrap();
        assert_eq!(written.right, 1);
        let failed = Err(io::ErrorKind::StorageFull.into());
        assert!(checked(Instant::now(), failed, &paths, b"new").is_err());
    }
}
