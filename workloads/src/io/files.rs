//! Files to read, and the results of reading them.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
use std::{fs, io};

use serde::{Deserialize, Serialize};

use fastrand::Rng;

use super::cold;
use runtime_bench_api::scratch::write_whole;
use runtime_bench_api::workload::{Failure, Setup};

const EVICTING: fn(io::Error) -> Failure =
    |source| Failure::Io { what: "evicting files from the page cache", source };

/// Checksums of the files, in order, and the expected ones.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Sums {
    pub(super) read: Vec<u32>,
    // Never taken from the runner.
    #[serde(skip)]
    pub(super) expected: Arc<Vec<u32>>,
    /// Time of reading alone.
    #[serde(rename = "took_ns", with = "runtime_bench_api::external::nanoseconds")]
    pub(super) took: Duration,
    /// Bytes that came from the disk; `None` if not checked.
    pub(super) fetched: Option<u64>,
}

/// Files of seeded bytes in the scratch folder, created once per run and left in the page cache unless cold.
pub(super) struct Files {
    pub(super) paths: Vec<PathBuf>,
    sums: Arc<Vec<u32>>,
    cold: bool,
}

/// When reading began, and the bytes fetched from the disk by then.
pub(super) struct Begun {
    at: Instant,
    fetched: Option<u64>,
}

impl Files {
    pub(super) fn prepare(
        setup: &Setup,
        count: usize,
        size: usize,
        cold: bool,
    ) -> Result<Self, Failure> {
        let make = || -> io::Result<Self> {
            let mut paths = Vec::with_capacity(count);
            let mut sums = Vec::with_capacity(count);
            for number in 0..count {
                // Evicted files are not shared with other points.
                let kind = if cold { "cold" } else { "warm" };
                let path = setup.scratch.join(format!("file-read-{kind}-{size}-{number}"));
                // Computed from the seed instead of the file, so that a read cannot verify itself.
                let mut bytes = vec![0; size];
                Rng::with_seed(setup.seed.wrapping_add(number as u64)).fill(&mut bytes);
                sums.push(crc32fast::hash(&bytes));
                if fs::metadata(&path).map_or(0, |found| found.len()) != size as u64 {
                    write_whole(&path, &bytes)?;
                }
                paths.push(path);
            }
            Ok(Self { paths, sums: Arc::new(sums), cold })
        };
        make().map_err(Failure::io("creating the input files"))
    }

    /// The expected checksums, in the order of the files.
    pub(super) fn sums(&self) -> Arc<Vec<u32>> {
        Arc::clone(&self.sums)
    }

    pub(super) fn begin(&self) -> Result<Begun, Failure> {
        let fetched = if self.cold { Some(self.evicted().map_err(EVICTING)?) } else { None };
        Ok(Begun { at: Instant::now(), fetched })
    }

    /// Evicts all files from the page cache. Returns the bytes fetched from the disk by then.
    fn evicted(&self) -> io::Result<u64> {
        self.paths.iter().try_for_each(|path| cold::evict(path))?;
        cold::fetched()
    }

    pub(super) fn end(&self, begun: &Begun, read: io::Result<Vec<u32>>) -> Result<Sums, Failure> {
        let took = begun.at.elapsed();
        let read = read.map_err(Failure::io("reading a file"))?;
        let since = |before| cold::fetched().map(|now| now - before).map_err(EVICTING);
        let fetched = begun.fetched.map(since).transpose()?;
        Ok(Sums { read, expected: Arc::clone(&self.sums), took, fetched })
    }
}
