//! Background load during a run: CPU use of other programs, free capacity of the machine, and stalls.
//!
//! Only the data; the harness reads it between trials. Values that could not be read are `None`.

use serde::{Deserialize, Serialize};

/// The load of the machine during a window of the run.
///
/// A window of at least 100 ms holds figures from the operating system's counters; a probe of the parallel
/// capacity is a separate window of a few milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct NoiseWindow {
    /// Start, seconds since the run began.
    pub at_s: f64,
    /// End, seconds since the run began.
    pub until_s: f64,
    /// CPU time of other programs ÷ wall time, in cores.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub foreign_cores: Option<f64>,
    /// CPU time that this machine needed and the hypervisor gave to others ÷ wall time, in cores.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub steal_cores: Option<f64>,
    /// Share of the time in which some task waited for a CPU, 0 to 1, including the run's own tasks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pressure: Option<f64>,
    /// Load average over one minute at the end, including the run's own tasks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub load: Option<f64>,
    /// Parallel capacity in cores: the work of `capacity_ideal` threads together ÷ that of one undisturbed
    /// thread in the same time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capacity: Option<f64>,
    /// The capacity of an idle machine in cores: the number of threads of the probe.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capacity_ideal: Option<f64>,
}

impl NoiseWindow {
    /// Parallel capacity ÷ the ideal; `None` if it was not probed.
    pub fn free_share(&self) -> Option<f64> {
        let share = self.capacity? / self.capacity_ideal.filter(|ideal| *ideal > 0.0)?;
        share.is_finite().then_some(share)
    }
}

/// A stall of the machine: a thread that sleeps 5 ms at a time woke more than 250 ms late.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Stall {
    /// Last activity before the stall, seconds since the run began.
    pub at_s: f64,
    /// First activity after it, seconds since the run began.
    pub until_s: f64,
}

impl Stall {
    /// Whether it overlaps a period, in seconds since the run began.
    pub fn overlaps(&self, from_s: f64, until_s: f64) -> bool {
        self.at_s < until_s && from_s < self.until_s
    }
}

/// Counts of the A/A controls of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Noise {
    /// A/A controls that passed: a tie within 3%.
    pub passed: usize,
    /// A/A controls that are inconclusive or missing.
    pub unproven: usize,
    /// A/A controls that failed: identical code looked different.
    pub failed: usize,
}

impl Noise {
    /// One failed A/A control makes its workload untrustworthy; two make the run untrustworthy.
    pub fn trusted(self) -> bool {
        self.failed < 2
    }
}
