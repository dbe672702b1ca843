//! `index.html`: the answers of the run, then every comparison in one table.

use maud::{Markup, html};

use super::context::Page;
use super::{answers, document, header, table};
use crate::ReportError;

/// The page.
pub(super) fn page(page: Page<'_, '_>) -> Result<String, ReportError> {
    Ok(document::document(page, "index", &header::title(page.view), &sections(page)?))
}

/// The content of the page.
pub(super) fn sections(page: Page<'_, '_>) -> Result<Markup, ReportError> {
    Ok(html! {
        (header::header(page.view))
        (answers::section(page.view))
        (table::section(page)?)
    })
}
