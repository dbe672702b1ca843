//! Analyzes results files: statistics, verdicts, comparisons, history.
//!
//! - [`stats`]: intervals, verdicts, fits and bounds, as pure functions on samples.
//! - [`analysis`]: a run → one row per cell with its results and verdicts, and results across cells.
//! - [`answers`]: recommendations for named use cases.
//! - [`format`](mod@format): numbers with their units.
//! - [`claims`], [`glossary`]: the catalog of claims about concurrency, and its terms.
//! - [`comparison`]: runners of one run, two runs or two builds → a document of results, and a gate.
//! - [`explanation`]: explains the difference of two runners from counted evidence.
//! - [`history`]: runs of one machine, and each cell over them.
//! - [`replay`]: stored runs, re-evaluated with the current rules.
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

pub use runtime_bench_stats as stats;

/// Tests the example in the readme.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
