//! What a run says to a claim, as data.

use serde::{Deserialize, Serialize};

use crate::claims::Claim;
use crate::stats::Interval;

/// What a run says to a claim, or to one of its tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ClaimVerdict {
    /// Every answer that counts is *yes*.
    Holds,
    /// Every answer that counts is *no*.
    DoesNotHold,
    /// Some are *yes* and some are *no*.
    Depends,
    /// Measured, and at least one answer may be either.
    Inconclusive,
    /// The run lacks cells that it needs.
    NotMeasured,
}

impl ClaimVerdict {
    /// The verdict in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::DoesNotHold => "does not hold",
            Self::Depends => "depends",
            Self::Inconclusive => "inconclusive",
            Self::NotMeasured => "not measured in this run",
        }
    }

    /// What answers come to.
    pub(super) fn of(said: &[Said]) -> Self {
        let any = |one| said.contains(&one);
        match (any(Said::Yes), any(Said::No), any(Said::Inconclusive) || any(Said::NotCounted)) {
            (true, true, _) => Self::Depends,
            _ if any(Said::Inconclusive) => Self::Inconclusive,
            (true, false, _) => Self::Holds,
            (false, true, _) => Self::DoesNotHold,
            (false, false, true) => Self::Inconclusive,
            (false, false, false) => Self::NotMeasured,
        }
    }
}

/// What one runner says to a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Said {
    /// The whole interval lies on the claim's side of the bound.
    Yes,
    /// The whole interval lies on the other side.
    No,
    /// The interval holds the bound, or there are too few rounds for one.
    Inconclusive,
    /// Measured, and not to be believed.
    NotCounted,
    /// There is no figure in this run.
    NotMeasured,
    /// The runner cannot do it.
    NotApplicable,
    /// The test is not about this runner: its figure stands beside the others only.
    NotAsked,
}

/// A claim and what the run says to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct JudgedClaim {
    /// The claim in its own words.
    pub claim: Claim,
    /// All tests together.
    pub verdict: ClaimVerdict,
    /// Error level of each answer, after dividing by their number.
    pub level: f64,
    /// In the order of the claim's tests.
    pub tests: Vec<JudgedTest>,
}

/// A test and what the runners say to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct JudgedTest {
    /// All runners together.
    pub verdict: ClaimVerdict,
    /// Unit of the metric; empty for a pure number, and where nothing was measured.
    pub unit: String,
    /// One per runner of the cell; of those that are not asked only the ones with a figure.
    pub answers: Vec<Answer>,
}

/// What one runner says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Answer {
    /// Name of the runner.
    pub runner: String,
    /// The word.
    pub said: Said,
    /// Why it does not count, or was not measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Median of the metric.
    pub figure: Option<f64>,
    /// Median of the metric of what it is compared with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline: Option<f64>,
    /// What is set against the bound: the median, or the ratio of two.
    pub decides: Option<Estimate>,
    /// Processes measured.
    pub samples: usize,
}

/// A figure and where the true one may be.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Estimate {
    /// The median, or the ratio.
    pub value: f64,
    /// Its interval at the claim's level; `None` with too few independent rounds.
    pub interval: Option<Interval>,
}
