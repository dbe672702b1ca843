//! Renders runs as a static site that opens from `file://` and loads nothing from the network.
//!
//! Everything shown comes from the results file and its analysis; only the headings of the table refer to
//! workloads by name. Data flows one way: `view` → `page`, `chart` and `export` → `site`.
//!
//! - `view`: the input of every page: machines, and a run arranged by topic, workload and comparison, with
//!   each comparison in words (`view/wording.rs`).
//! - `page`: one file per section of a page, and the document around them.
//! - `chart`: one file per kind of chart, on a plotters backend that writes themeable SVG.
//! - `preview`: the preview picture of links.
//! - [`export`]: the same facts as JSON, CSV and a summary in Markdown, and for other trackers.
//! - `site`: writes the files of a site.
//! - [`terminal`]: the summary of a run for a terminal.
//! - [`comparison`]: compared runners or runs as text, Markdown, `JUnit` XML and a page.
//! - [`changes`]: the change points of a history as text and Markdown.
//! - [`explanation`]: explanations of differences between runners, as text and JSON.
//! - [`json()`]: any of their documents as JSON.
//! - `table`: one table model for terminals, Markdown and pages.
//! - [`sanitize()`]: text without control characters.
//!
//! To add a page, write a function from the view to markup and one line in `page`. To add a kind of
//! chart, add a file to `chart`.

pub mod changes;
mod chart;
pub mod comparison;
mod error;
pub mod explanation;
pub mod export;
mod files;
#[cfg(test)]
mod fixtures;
use runtime_bench_analysis::format;
mod markdown;
mod page;
mod preview;
mod sanitize;
mod site;
mod table;
pub mod terminal;
mod view;

pub use error::ReportError;
pub use files::pretty_json as json;
pub use sanitize::{is_control, sanitize};
pub use site::{Options, Site, write_site};

/// Tests the example in the readme.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
