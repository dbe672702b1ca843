//! A comparison as text, Markdown, JSON and `JUnit` XML.
//!
//! - `table`: what each row shows; the other files only arrange it.
//! - `text`: for a terminal.
//! - `markdown`: for a pull request.
//! - `junit`: for a server of continuous integration.

mod junit;
mod markdown;
pub(crate) mod table;
mod text;

pub use junit::junit;
pub use markdown::markdown;
pub use text::{Form, text};

use runtime_bench_analysis::comparison::Judged;

use crate::ReportError;
use crate::files::pretty_json;

/// The comparison as JSON, schema `runtime-bench/comparison/1`, with a line break at its end.
///
/// # Errors
/// When the encoder fails.
pub fn json(judged: &Judged) -> Result<String, ReportError> {
    pretty_json(judged)
}

#[cfg(test)]
mod tests;
