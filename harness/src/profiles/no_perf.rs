//! Fallback for systems where stacks cannot be sampled.

use std::path::{Path, PathBuf};

use runtime_bench_results::evidence::Missing;

use super::missing::missing;
use crate::process::watch::Watch;

/// Samples nothing.
pub(super) struct PerfSampler;

impl PerfSampler {
    pub(super) fn new(_: &Path) -> Self {
        Self
    }

    /// # Errors
    /// Always: `perf` samples Linux.
    pub(super) fn finish(self) -> Result<(u32, PathBuf), Missing> {
        Err(missing("stacks are sampled on Linux only", None))
    }
}

impl Watch for PerfSampler {}
