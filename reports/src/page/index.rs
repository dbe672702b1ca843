//! `index.html`: the verdicts, then the table of workloads and runners.

use maud::{Markup, html};

use super::context::Page;
use super::{cards, chooser, document, glance, header, matrix};
use crate::ReportError;

/// The page.
pub(super) fn page(page: Page<'_, '_>) -> Result<String, ReportError> {
    Ok(document::document(page, "index", header::TITLE, &sections(page)?))
}

/// What stands on the page.
pub(super) fn sections(page: Page<'_, '_>) -> Result<Markup, ReportError> {
    let glance = glance::section(page)?;
    Ok(html! {
        (header::header(page.view))
        div.overview {
            div {
                (cards::section(page))
                (chooser::section(page)?)
            }
            (glance)
        }
        (matrix::section(page))
    })
}
