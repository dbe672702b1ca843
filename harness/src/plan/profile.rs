//! Profiles: how much time a run may take, and what it does with it.

use std::ops::RangeInclusive;
use std::time::Duration;

use clap::ValueEnum;
use runtime_bench_api::workload::PointSet;
use runtime_bench_results::trial::Age;

/// A profile by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Profile {
    /// Tiny points, for testing the harness itself.
    Smoke,
    /// One point a workload, young instances: about four minutes. The default.
    Quick,
    /// One point a workload, at the age that suits it, and long blocks for what is rare: a quarter of an hour.
    Standard,
    /// As standard, with narrower intervals: an hour and three quarters.
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

    /// Whether there is time for the long blocks that rare events need.
    pub fn takes_time(self) -> bool {
        matches!(self, Self::Standard | Self::Thorough)
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

    /// Fewest rounds that can bear a verdict, and the most that are of use. Instances differ more
    /// by their age than by anything else, so old ones are met at least 20 times.
    pub fn rounds(self, age: Age) -> RangeInclusive<u32> {
        match (self, age) {
            (Self::Smoke, _) => 13..=13,
            (_, Age::Steady) => 20..=150,
            (_, Age::Startup | Age::Young) => 13..=150,
        }
    }

    /// Age at which a workload is measured, unless it is asked for another.
    pub fn age(self, headline: Age) -> Age {
        match self {
            Self::Smoke | Self::Quick => Age::Young,
            Self::Standard | Self::Thorough => headline,
        }
    }

    /// How much one block measures.
    pub fn block(self, age: Age) -> Duration {
        match (self, age) {
            (Self::Smoke, _) => Duration::from_micros(100),
            (_, Age::Steady) => Duration::from_millis(200),
            // Time spent on more instances tells more than time spent on one.
            (_, Age::Startup | Age::Young) => Duration::from_millis(8),
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
