//! Fallback for systems without access to the counters of the kernel and the processor.

use runtime_bench_results::evidence::{Event, Missing};

use crate::process::watch::Watch;

/// Counts nothing.
#[derive(Default)]
pub(super) struct PerfCounters;

impl PerfCounters {
    /// Returns no counts, and the reason.
    pub(super) fn read(self) -> (Vec<(Event, f64)>, Vec<Missing>) {
        let what = "migrations and hardware counters".to_owned();
        let why = "they are counted on Linux only".to_owned();
        (Vec::new(), vec![Missing { what, why, help: None }])
    }
}

impl Watch for PerfCounters {}
