//! Profiles: how much time a run may take, and how it uses that time.

use std::ops::RangeInclusive;
use std::time::Duration;

use clap::ValueEnum;
use runtime_bench_api::workload::PointSet;
use runtime_bench_results::trial::Phase;

/// Link layouts of each trial program in long profiles: the one that cargo links, and three more.
pub const LAYOUTS: usize = 4;

/// A profile by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Profile {
    /// Tiny points, for testing the harness itself.
    Smoke,
    /// One point per workload, warm instances: about 4 minutes.
    Quick,
    /// One point per workload, in the phase that suits it: about 15 minutes.
    Standard,
    /// Like standard, with narrower intervals: about 1 hour 45 minutes.
    Thorough,
}

impl Profile {
    /// Its name on the command line and in the results file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Smoke => "smoke",
            Self::Quick => "quick",
            Self::Standard => "standard",
            Self::Thorough => "thorough",
        }
    }

    /// Points of the parameter space.
    pub fn points(self) -> PointSet {
        if self == Self::Smoke { PointSet::Smoke } else { PointSet::Quick }
    }

    /// Time for one cell, all rounds together.
    pub fn budget(self) -> Duration {
        Duration::from_millis(match self {
            Self::Smoke => 100,
            Self::Quick => 600,
            Self::Standard => 2_000,
            Self::Thorough => 20_000,
        })
    }

    /// Minimum number of rounds for a result, and the maximum that is useful. Steady instances differ
    /// the most, so they get at least 20 rounds.
    pub fn rounds(self, phase: Phase) -> RangeInclusive<u32> {
        match (self, phase) {
            (Self::Smoke, _) => 13..=13,
            (Self::Quick, Phase::Steady) => 20..=150,
            (Self::Quick, _) => 13..=150,
            (_, Phase::Steady) => 20..=400,
            (_, Phase::Startup | Phase::Warm) => 13..=400,
        }
    }

    /// Maximum number of looks at a comparison. More looks save time on easy comparisons but cost
    /// power, because they share the error level. In simulated runs, these numbers give the most
    /// answers.
    pub fn looks(self) -> usize {
        match self {
            Self::Smoke => 1,
            Self::Quick => 4,
            Self::Standard | Self::Thorough => 6,
        }
    }

    /// Link layouts of each trial program that rounds rotate through, if they can be linked. Four halve the
    /// effect of a single link order on a ratio.
    pub fn layouts(self) -> usize {
        match self {
            Self::Smoke | Self::Quick => 1,
            Self::Standard | Self::Thorough => LAYOUTS,
        }
    }

    /// Phase in which a workload is measured, unless another one is requested.
    pub fn phase(self, headline: Phase) -> Phase {
        match self {
            Self::Smoke | Self::Quick => Phase::Warm,
            Self::Standard | Self::Thorough => headline,
        }
    }

    /// Length of one block.
    pub fn block(self, phase: Phase) -> Duration {
        match (self, phase) {
            (Self::Smoke, _) => Duration::from_micros(100),
            (_, Phase::Steady) => Duration::from_millis(200),
            // More instances are more informative than more time on one.
            (_, Phase::Startup | Phase::Warm) => Duration::from_millis(8),
        }
    }

    /// After this, a trial is killed and becomes an error row.
    pub fn trial_limit(self) -> Duration {
        Duration::from_secs(match self {
            Self::Smoke | Self::Quick => 20,
            Self::Standard | Self::Thorough => 60,
        })
    }
}
