//! A run → a static site that opens from `file://` and asks the network for nothing.
//!
//! Everything shown comes from the [`Run`] and its [`analysis`]; no workload and no runner is
//! known here by name.
//!
//! - `fleet`: the machines that runs were made on, a site for each.
//! - `view`: what every page reads: the run arranged by kind, workload and comparison, its runners
//!   by class, and the finding of each comparison as a sentence.
//! - `page`: one file per section of the page, and the document around them.
//! - `chart`: one file per kind of chart, on a plotters backend that writes themeable SVG.
//! - `data`: the same facts as JSON, CSV and a summary in Markdown.
//! - `text`: the table that a terminal shows.
//! - [`comparison`]: runners or runs compared, as text, Markdown, JSON and `JUnit` XML.
//! - [`changes`]: the change points of a history, as text, Markdown and JSON.
//! - `format`: figures with their units.
//! - [`sanitize()`]: text without control characters.
//!
//! A further page is a function from the view to markup and one line in `page`; a further
//! chart is a file in `chart`.

pub mod changes;
mod chart;
pub mod comparison;
mod error;
mod export;
mod files;
#[cfg(test)]
mod fixtures;
mod format;
mod markdown;
mod page;
mod sanitize;
mod site;
mod table;
mod terminal;
mod view;

pub use error::ReportError;
pub use sanitize::{is_control, sanitize};
/// Old names, until their users follow.
pub use sanitize::{is_control as steers, sanitize as visible};
pub use site::{Options, Site, write_site};
pub use terminal::table as text_table;

/// The example of the readme is tried.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
