//! What follows from a results file: statistics, verdicts, comparisons, history.
//!
//! - [`stats`]: intervals, verdicts, fits and bounds, pure functions on samples.
//! - [`analysis`]: a run → one row per cell with its results and verdicts, and what follows across
//!   cells.
//! - [`answers`]: what a run says to named use cases.
//! - [`format`](mod@format): numbers with their units.
//! - [`claims`], [`glossary`]: the catalog of claims about concurrency, and its terms.
//! - [`comparison`]: runners of one run, two runs or two builds → a document of words, and a gate.
//! - [`explanation`]: counted evidence of two runners → what explains their difference.
//! - [`history`]: runs of one machine, and each cell over them.
//! - [`replay`]: stored runs by today's rules, in numbers.
//! - [`report`]: a run and its analysis as one document.

pub mod analysis;
pub mod answers;
pub mod claims;
pub mod comparison;
pub mod explanation;
pub mod format;
pub mod glossary;
pub mod history;
pub mod replay;
pub mod report;
pub mod stats;

/// The example of the readme is tried.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
