//! The verdict of a comparison.

use serde::{Deserialize, Serialize};

use super::interval::Interval;

/// *faster* and *slower* require the whole interval to lie beyond this share, because identical programs
/// differ, depending on where their code and threads are placed.
pub const MARGIN: f64 = 0.01;
/// *tie* requires the whole interval to lie within this share.
pub const TIE: f64 = 0.03;

/// The verdict of a comparison.
///
/// Only a [settled](ResultClass::Settled) result may be called proven, or decide an exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Settled: costs less than the reference; the whole interval lies beyond 1%.
    Faster,
    /// Settled: costs more than the reference; the whole interval lies beyond 1%.
    Slower,
    /// Settled: any difference is within 3%.
    Tie,
    /// The 95% interval lies within [`within`](super::Comparison::within).
    Same,
    /// Probably costs less: of all such rows of the table, at most 5% are expected to be wrong.
    LeansFaster,
    /// Probably costs more: of all such rows of the table, at most 5% are expected to be wrong.
    LeansSlower,
    /// The interval is too wide for any other verdict.
    Open,
    /// Median and mean disagree, or the winner is slow more often: the result depends on the mode that
    /// a process falls into.
    DependsOnMode,
    /// Nothing to compare with, or too few pairs.
    NotCompared,
}

/// How much a verdict may claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ResultClass {
    /// Faster, slower or a tie at the level of the whole table.
    Settled,
    /// The 95% interval lies within 3%, 5% or 10%.
    Same,
    /// Probably faster or slower, with a false discovery rate of 5% over the table.
    Leaning,
    /// No answer yet.
    Open,
}

impl ResultClass {
    /// Every class, the strongest first.
    pub const ALL: [Self; 4] = [Self::Settled, Self::Same, Self::Leaning, Self::Open];

    /// The class in a word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Settled => "settled",
            Self::Same => "same",
            Self::Leaning => "leaning",
            Self::Open => "open",
        }
    }
}

impl Verdict {
    /// The word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Faster => "faster",
            Self::Slower => "slower",
            Self::Tie => "tie",
            Self::Same => "same",
            Self::LeansFaster => "leaning faster",
            Self::LeansSlower => "leaning slower",
            Self::Open => "open",
            Self::DependsOnMode => "depends on mode",
            Self::NotCompared => "not compared",
        }
    }

    /// The class of the result; `None` where nothing was compared.
    pub fn class(self) -> Option<ResultClass> {
        match self {
            Self::Faster | Self::Slower | Self::Tie => Some(ResultClass::Settled),
            Self::Same => Some(ResultClass::Same),
            Self::LeansFaster | Self::LeansSlower => Some(ResultClass::Leaning),
            Self::Open | Self::DependsOnMode => Some(ResultClass::Open),
            Self::NotCompared => None,
        }
    }

    /// Whether it is settled that one side costs less.
    pub fn differs(self) -> bool {
        matches!(self, Self::Faster | Self::Slower)
    }

    /// The same comparison with its sides exchanged.
    #[must_use]
    pub fn turned(self) -> Self {
        match self {
            Self::Faster => Self::Slower,
            Self::Slower => Self::Faster,
            Self::LeansFaster => Self::LeansSlower,
            Self::LeansSlower => Self::LeansFaster,
            neither => neither,
        }
    }
}

/// The result of comparing the reference with itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ControlCheck {
    /// A tie within 3%.
    Passed,
    /// Too noisy, or too few rounds, for a tie.
    Inconclusive,
    /// Identical code looked different, so the results of this comparison cannot be trusted.
    Failed,
}

/// The reference's A/A control is judged by the same rule as other comparisons: it passes if it is a *tie*,
/// and fails if it is *faster* or *slower* by any amount.
impl From<Verdict> for ControlCheck {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Tie => Self::Passed,
            Verdict::Faster | Verdict::Slower => Self::Failed,
            _ => Self::Inconclusive,
        }
    }
}

/// The side of 1 on which the whole interval of a ratio lies, beyond a margin.
pub fn side(interval: Interval, margin: f64) -> Option<Verdict> {
    if interval.high < 1.0 / (1.0 + margin) {
        Some(Verdict::Faster)
    } else {
        (interval.low > 1.0 + margin).then_some(Verdict::Slower)
    }
}
