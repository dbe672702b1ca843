//! The change points of a history as text and Markdown.
//!
//! - `table`: the content of each change point; the other files only arrange it.
//! - `text`: for a terminal.
//! - `markdown`: for the summary of a job.

mod markdown;
pub(crate) mod table;
mod text;

pub use markdown::markdown;
pub use text::text;

#[cfg(test)]
mod tests;
