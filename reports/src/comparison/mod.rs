//! A comparison as text, Markdown, JSON, `JUnit` XML and a page.
//!
//! - `table`: what each row shows; the other files only arrange it.
//! - `text`: for a terminal.
//! - `markdown`: for a pull request.
//! - `junit`: for a server of continuous integration.
//! - `page`: for a browser.

mod junit;
mod markdown;
mod page;
pub(crate) mod table;
mod text;

pub use junit::junit;
pub use markdown::markdown;
pub use page::write_page;
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
