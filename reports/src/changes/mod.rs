//! The change points of a history as text, Markdown and JSON.
//!
//! - `table`: what each change point shows; the other files only arrange it.
//! - `text`: for a terminal.
//! - `markdown`: for the summary of a job.

mod markdown;
pub(crate) mod table;
mod text;

pub use markdown::markdown;
pub use text::text;

use runtime_bench_analysis::history::Judged;

use crate::ReportError;
use crate::files::pretty_json;

/// The change points as JSON, schema `runtime-bench/history/1`, with a line break at its end.
///
/// # Errors
/// When the encoder fails.
pub fn json(judged: &Judged) -> Result<String, ReportError> {
    pretty_json(judged)
}

#[cfg(test)]
mod tests;
