//! The verdicts of claims, as data.

use serde::{Deserialize, Serialize};

use crate::claims::Claim;
use crate::stats::Interval;

/// The verdict on a claim, or on one of its tests.
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
    /// Measured, and at least one answer is open.
    Inconclusive,
    /// The run lacks cells that it needs.
    NotMeasured,
}

impl ClaimVerdict {
    /// The verdict in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Holds => "supported",
            Self::DoesNotHold => "not supported",
            Self::Depends => "depends",
            Self::Inconclusive => "open",
            Self::NotMeasured => "not measured",
        }
    }

    /// The verdict from all answers.
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

/// The answer of one runner to a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Said {
    /// The whole interval lies on the claim's side of the bound.
    Yes,
    /// The whole interval lies on the other side.
    No,
    /// The interval contains the bound, or there are too few rounds for an interval.
    Inconclusive,
    /// Measured, but not trustworthy.
    NotCounted,
    /// Not measured in this run.
    NotMeasured,
    /// The runner does not support the cell.
    NotApplicable,
    /// The test does not cover this runner; its figure is only shown.
    NotAsked,
}

/// A claim and its verdict.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct JudgedClaim {
    /// The claim.
    pub claim: Claim,
    /// All tests together.
    pub verdict: ClaimVerdict,
    /// Error level of each answer, after dividing by their number.
    pub level: f64,
    /// In the order of the claim's tests.
    pub tests: Vec<JudgedTest>,
}

/// A test and its answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct JudgedTest {
    /// All runners together.
    pub verdict: ClaimVerdict,
    /// Unit of the metric; empty for a pure number, and where nothing was measured.
    pub unit: String,
    /// One per runner of the cell; runners that the test does not cover are listed only if they have a
    /// figure.
    pub answers: Vec<Answer>,
}

/// The answer of one runner.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Answer {
    /// Name of the runner.
    pub runner: String,
    /// The answer.
    pub said: Said,
    /// Why it does not count, or was not measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Median of the metric.
    pub figure: Option<f64>,
    /// Median of the metric of the baseline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline: Option<f64>,
    /// The value that is compared with the bound: the median, or a ratio of two.
    pub decides: Option<Estimate>,
    /// Processes measured.
    pub samples: usize,
}

/// A value and its interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Estimate {
    /// The median, or the ratio.
    pub value: f64,
    /// Its interval at the claim's level; `None` with too few independent rounds.
    pub interval: Option<Interval>,
}
