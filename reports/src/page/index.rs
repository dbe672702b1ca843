//! `index.html`: the verdicts, then the table of workloads and runners.

use maud::{Markup, html};

use super::{Page, cards, chooser, document, header, matrix};
use crate::ReportError;

/// The page.
pub(super) fn page(page: Page<'_, '_>) -> Result<String, ReportError> {
    let body = html! { (sections(page)?) };
    Ok(document::document(page, "index", header::TITLE, &body))
}

/// What stands on the page.
pub(super) fn sections(page: Page<'_, '_>) -> Result<Markup, ReportError> {
    Ok(html! {
        (header::header(page.view))
        (cards::section(page))
        (chooser::section(page)?)
        (matrix::section(page))
    })
}
