//! A comparison as text, Markdown, `JUnit` XML and a page.
//!
//! - `table`: the content of each row; the other files only arrange it.
//! - `text`: for a terminal.
//! - `markdown`: for a pull request.
//! - `junit`: for CI systems.
//! - `page`: for a browser.

mod junit;
mod markdown;
mod page;
pub(crate) mod table;
mod text;

pub use junit::junit;
pub use markdown::markdown;
pub use page::{RowProfile, write_page};
pub use text::{Form, text};

#[cfg(test)]
mod tests;
