//! How a run ended, and where one that was stopped or killed went on later.
//!
//! Its file of lines is continued: with the same plan, the same seed and the same order, so that what is
//! measured in all is what would have been measured in one go. Where it went on is a [`Break`].

use serde::{Deserialize, Serialize};

use crate::noise::Noise;

/// Where a run went on that had been stopped or killed. Its time counts on from there, as if nothing had
/// been between.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Break {
    /// How many trials stand before it.
    pub trials: usize,
    /// When it went on, RFC 3339, UTC.
    pub resumed: String,
    /// The round that was going on, if any: its trials are hours apart, so they make no pairs.
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
    /// Whether it was stopped before its plan was done.
    pub interrupted: bool,
    /// Wall time of the whole run, seconds.
    pub elapsed_s: f64,
    /// What the A/A control showed; `None` when nothing was measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub control: Option<Noise>,
    /// Whether the control leaves the run to be trusted; `None` when nothing was measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trusted: Option<bool>,
}
