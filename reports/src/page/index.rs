//! `index.html`: the verdicts, then the table of workloads and runners.

use maud::{Markup, html};

use super::context::Page;
use super::{cards, chooser, document, header, matrix, overview};
use crate::ReportError;

/// The page.
pub(super) fn page(page: Page<'_, '_>) -> Result<String, ReportError> {
    Ok(document::document(page, "index", header::TITLE, &sections(page)?))
}

/// What stands on the page.
pub(super) fn sections(page: Page<'_, '_>) -> Result<Markup, ReportError> {
    let overview = overview::section(page)?;
    Ok(html! {
        (header::header(page.view))
        div.overview {
            div {
                (cards::section(page))
                (chooser::section(page)?)
            }
            (overview)
        }
        (matrix::section(page))
    })
}
