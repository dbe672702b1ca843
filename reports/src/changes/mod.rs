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

/// The change points as JSON, schema `runtime-bench/history/1`, with a line break at its end.
///
/// # Errors
/// When the encoder fails.
pub fn json(judged: &Judged) -> Result<String, ReportError> {
    let text = serde_json::to_string_pretty(judged);
    let text =
        text.map_err(|error| ReportError::Encode { format: "JSON", reason: error.to_string() })?;
    Ok(text + "\n")
}

#[cfg(test)]
mod tests;
