//! Explanations of the difference between two runners or builds.
//!
//! - `sentences`: the counts in sentences.
//! - `table`: the counts. Terminal, pages and Markdown only arrange both.
//! - `text`: one explanation for a terminal.
//! - `page`: every count, in a collapsed section.

mod page;
mod sentences;
mod table;
mod text;

use runtime_bench_analysis::explanation::ExplanationDocument;

use crate::ReportError;
use crate::files::pretty_json;

pub(crate) use page::{counts, remarks};
pub(crate) use sentences::{Explained, not_counted, own_counters, sentences};
pub(crate) use table::{READING, summary};
pub use text::text;

#[cfg(test)]
mod tests;

/// The document as JSON, schema `runtime-bench/explanation/1`, with a line break at its end.
///
/// # Errors
/// When the encoder fails.
pub fn json(document: &ExplanationDocument) -> Result<String, ReportError> {
    pretty_json(document)
}
