//! Everything on one page, with one chart per workload.

use maud::{Markup, html};

use super::context::Page;
use super::{claims, compare, data, document, glossary, header, index, method, runner, workload};
use crate::ReportError;
use crate::view::links::{RUNNERS, WORKLOADS, anchor};

/// The page.
pub(super) fn page(page: Page<'_, '_>) -> Result<String, ReportError> {
    let overview = index::sections(page)?;
    let workloads = workloads(page);
    let body = html! {
        div #index { (overview) }
        (workloads)
        (runners(page))
        @if !page.view.claims.is_empty() { (claims::section(page)) }
        (compare::section(page))
        (method::section(page))
        (glossary::section(page))
        (data::section(page))
    };
    Ok(document::document(page, "index", &header::title(page.view), &body))
}

fn workloads(page: Page<'_, '_>) -> Markup {
    let mut sections: Vec<Markup> = Vec::new();
    for one in page.view.compared() {
        let main = one.main().map(|group| workload::brief(page, group));
        sections.push(html! {
            section.workload id=(anchor(WORKLOADS, &one.slug)) {
                h2 { (one.title) }
                (workload::about(one))
                (workload::related(page, one))
                @if let Some(main) = main { (main) }
            }
        });
    }
    html! { @for section in sections { (section) } }
}

fn runners(page: Page<'_, '_>) -> Markup {
    html! {
        @for one in &page.view.runners {
            section.workload id=(anchor(RUNNERS, &one.slug)) {
                h2 { (one.name) }
                (runner::about(one))
            }
        }
    }
}
