//! How a run ended, and where an interrupted run was resumed.
//!
//! A resumed run appends to its file, with the same plan, seed and order, so that it measures the same
//! as an uninterrupted run. A [`Break`] marks where it was resumed.

use serde::{Deserialize, Serialize};

use crate::noise::Noise;

/// Where an interrupted run was resumed. Its time continues from there, without the gap.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Break {
    /// Number of trials before it.
    pub trials: usize,
    /// When the run was resumed, RFC 3339, UTC.
    pub resumed: String,
    /// The round that was interrupted, if any: its trials may be hours apart, so they are not paired.
    #[serde(alias = "torn", default, skip_serializing_if = "Option::is_none")]
    pub partial_round: Option<PartialRound>,
}

/// A round that was measured in two parts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PartialRound {
    /// Its number within its comparison, from 1.
    pub round: u32,
    /// The cells of its comparison, by index into [`crate::run::Plan::cells`].
    pub cells: Vec<usize>,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct End {
    /// Whether it was stopped before its plan was complete.
    pub interrupted: bool,
    /// Wall time of the whole run, seconds.
    pub elapsed_s: f64,
    /// Counts of A/A controls; `None` if nothing was measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub control: Option<Noise>,
    /// Whether the A/A controls allow trusting the run; `None` if nothing was measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trusted: Option<bool>,
}
