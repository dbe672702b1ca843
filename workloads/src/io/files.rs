//! Files to read, and what came of reading them.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
use std::{fs, io};

use serde::Deserialize;

use fastrand::Rng;

use super::cold;
use runtime_bench_api::scratch::write_whole;
use runtime_bench_api::workload::{Failure, Setup};

const EVICTING: fn(io::Error) -> Failure =
    |source| Failure::Io { what: "putting files out of the page cache", source };

/// Sums of the files, in order, and what they should be.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Sums {
    pub(super) read: Vec<u32>,
    // Never what the runner says.
    #[serde(skip)]
    pub(super) expected: Arc<Vec<u32>>,
    /// Of the reading alone.
    #[serde(rename = "took_ns", deserialize_with = "runtime_bench_api::external::nanoseconds")]
    pub(super) took: Duration,
    /// Bytes that came from the disk; `None` where they need not.
    pub(super) fetched: Option<u64>,
}

/// Files of seeded bytes in the scratch folder, made once a run and, unless they are to be cold, left in
/// the page cache.
pub(super) struct Files {
    pub(super) paths: Vec<PathBuf>,
    sums: Arc<Vec<u32>>,
    cold: bool,
}

/// When reading began, and what had come from the disk by then.
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
                // Those that are put out of the page cache are nobody else's.
                let kind = if cold { "cold" } else { "warm" };
                let path = setup.scratch.join(format!("file-read-{kind}-{size}-{number}"));
                // From the seed and not from the file: what was read is not its own proof.
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
        make().map_err(Failure::io("making the files to read"))
    }

    /// What the sums must be, in the order of the files.
    pub(super) fn sums(&self) -> Arc<Vec<u32>> {
        Arc::clone(&self.sums)
    }

    pub(super) fn begin(&self) -> Result<Begun, Failure> {
        let fetched = if self.cold { Some(self.evicted().map_err(EVICTING)?) } else { None };
        Ok(Begun { at: Instant::now(), fetched })
    }

    /// Puts all files out of the page cache; what had come from the disk by then.
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
