//! The change points of a history as text, Markdown and JSON.
//!
//! - `lines`: what each change point shows; the other files only arrange it.
//! - `text`: for a terminal.
//! - `markdown`: for the summary of a job.

pub(crate) mod lines;
mod markdown;
mod text;

pub use markdown::markdown;
pub use text::text;

use runtime_bench_results::history::Judged;

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
