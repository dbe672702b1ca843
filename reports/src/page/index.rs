//! `index.html`: the order of the sections.

use maud::html;

use super::{
    cards, chooser, document, environment, header, matrix, method, raw, runners, workload,
};
use crate::ReportError;
use crate::view::View;

/// The page as text.
pub(crate) fn render(view: &View<'_>) -> Result<String, ReportError> {
    let workloads = workload::sections(view)?;
    let chooser = chooser::section(view)?;
    let body = html! {
        a.skip href="#table" { "Skip to the table" }
        (header::header(view))
        main {
            (cards::section(view))
            (chooser)
            (matrix::section(view))
            (workloads)
            (runners::section(view))
            (environment::section(view))
            (method::section(view))
            (raw::section())
        }
        footer {
            p { "Made by runtime-bench " (view.run.header.environment.version)
                " from run " code { (view.run.header.id) } "." }
        }
    };
    Ok(document::document(header::TITLE, &body))
}
