//! What went on beside the measuring: what other programs took, what the machine had to give, and
//! when it stood still.
//!
//! Only the description: the harness reads it between trials. What could not be read is `None`.

use serde::{Deserialize, Serialize};

/// What the machine was busy with over a stretch of the run.
///
/// A stretch of at least 100 ms has the figures of the operating system's counters; a probe of the
/// parallel capacity is a stretch of its own, of a few milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct NoiseWindow {
    /// Begin, seconds since the run began.
    pub at_s: f64,
    /// End, seconds since the run began.
    pub until_s: f64,
    /// CPU time of programs that are not part of the run ÷ wall time: cores that they kept busy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub foreign_cores: Option<f64>,
    /// CPU time that the hypervisor gave to others although it was wanted here ÷ wall time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub steal_cores: Option<f64>,
    /// Share of the time in which some task waited for a CPU, 0 to 1; the run's own tasks count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pressure: Option<f64>,
    /// Load average over one minute at the end; the run's own tasks count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub load: Option<f64>,
    /// Parallel capacity, cores: `capacity_ideal` threads at once do so many times the work of one
    /// undisturbed thread in the same time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capacity: Option<f64>,
    /// The capacity of a machine that has nothing else to do, in cores: the threads of the probe.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capacity_ideal: Option<f64>,
}

impl NoiseWindow {
    /// Parallel capacity ÷ the ideal; `None` where it was not probed.
    pub fn free_share(&self) -> Option<f64> {
        let share = self.capacity? / self.capacity_ideal.filter(|ideal| *ideal > 0.0)?;
        share.is_finite().then_some(share)
    }
}

/// A stretch in which the machine stood still: a thread that sleeps 5 ms at a time woke more than
/// 250 ms late.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Stall {
    /// The last sign of life, seconds since the run began.
    pub at_s: f64,
    /// The next one.
    pub until_s: f64,
}

impl Stall {
    /// Whether some of it lies between two moments, seconds since the run began.
    pub fn overlaps(&self, from_s: f64, until_s: f64) -> bool {
        self.at_s < until_s && from_s < self.until_s
    }
}

/// What the A/A controls of a run say together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Noise {
    /// A/A controls proven alike within 3 %.
    pub passed: usize,
    /// A/A controls too noisy to say, or missing.
    pub unproven: usize,
    /// Identical code told apart.
    pub failed: usize,
}

impl Noise {
    /// One failing A/A control distrusts its workload; two distrust the run.
    pub fn trusted(self) -> bool {
        self.failed < 2
    }
}
