//! `history.html`: the runs of this machine, and what became of each kind of work.

use maud::{Markup, html};

use super::{Page, document, header};
use crate::ReportError;
use crate::format;

/// The page.
pub(super) fn page(page: Page<'_, '_>) -> Result<String, ReportError> {
    Ok(document::document(page, "history", "History", &section(page)?))
}

/// What stands on the page.
pub(super) fn section(page: Page<'_, '_>) -> Result<Markup, ReportError> {
    let machine = &page.view.machine;
    Ok(html! {
        section #history aria-labelledby="history-title" {
            header.top {
                h1 #history-title { "History" }
                p.lead { (format::count(machine.runs.len(), "run")) " of " (machine.label) }
            }
            (runs(page))
        }
    })
}

/// Every run, the newest first, with what changed since the one before.
fn runs(page: Page<'_, '_>) -> Markup {
    let machine = &page.view.machine;
    html! {
        h2 { "Runs" }
        div.scroll tabindex="0" role="group" aria-label="Runs" {
            table.figures {
                thead {
                    tr {
                        @for name in ["Run", "Started", "Profile", "Commit", "Control", "What else changed"] {
                            th scope="col" { (name) }
                        }
                    }
                }
                tbody {
                    @for (number, (run, analysis)) in machine.runs.iter().enumerate().rev() {
                        @let noise = &analysis.noise;
                        tr {
                            th scope="row" { code { (run.header.id) } }
                            td { (header::moment(&run.header.started)) }
                            td { (run.header.plan.profile) }
                            td { (run.header.environment.commit.as_deref().unwrap_or("not known")) }
                            td {
                                (noise.passed) " passed, " (noise.unproven) " unproven, "
                                (noise.failed) " failed"
                            }
                            td.reason { (machine.changes(number).join(" ")) }
                        }
                    }
                }
            }
        }
    }
}
