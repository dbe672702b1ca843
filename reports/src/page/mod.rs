//! The pages: one file per section, each a function from a page to markup.

mod answers;
mod cell;
mod changes;
mod claims;
mod compare;
mod context;
mod controls;
mod data;
mod document;
mod environment;
mod figure;
mod glossary;
mod header;
mod history;
mod index;
mod interval;
mod machines;
mod method;
mod metrics;
mod navbar;
mod phases;
mod precision;
mod preview;
mod previous_run;
mod runner;
mod script;
mod shards;
mod single;
mod style;
mod table;
mod table_data;
mod workload;

use crate::ReportError;
use crate::files::File;
use crate::view::links::{Links, MACHINES_PAGE, RUNNERS, WORKLOADS};
use crate::view::{MachineView, View, Workload};
use runtime_bench_analysis::analysis::on_all_cores;

use context::Page;
pub(crate) use document::lone_document;
pub(crate) use environment::quoted;

/// Every page of a site and its preview picture, the first page first.
pub(crate) fn folder(view: &View<'_>) -> Result<Vec<File<'static>>, ReportError> {
    let (top, below) = (Page { view, links: Links::Top }, Page { view, links: Links::Below });
    let file = |name: &str, content: String| File::new(&format!("{name}.html"), content);
    let mut files = vec![
        file("index", index::page(top)?),
        file("compare", compare::page(top)),
        file("method", method::page(top)),
        file("data", data::page(top)),
    ];
    if view.has_history() {
        files.push(file("history", history::page(top)?));
    }
    if !view.claims.is_empty() {
        files.push(file("claims", claims::page(top)));
    }
    files.push(file("glossary", glossary::page(top)));
    let workloads: Vec<&Workload<'_>> = view.compared().collect();
    let of_workloads = on_all_cores(&workloads, |workload| {
        let content = workload::page(below, workload);
        content.map(|content| file(&format!("{WORKLOADS}/{}", workload.slug), content))
    });
    for file in of_workloads {
        files.push(file?);
    }
    files.extend(on_all_cores(&view.runners, |runner| {
        file(&format!("{RUNNERS}/{}", runner.slug), runner::page(below, runner))
    }));
    files.push(preview::file(view)?);
    Ok(files)
}

/// The site as one page, and its preview picture.
pub(crate) fn one_page(view: &View<'_>) -> Result<Vec<File<'static>>, ReportError> {
    let page = Page { view, links: Links::OnePage };
    Ok(vec![File::new("index.html", single::page(page)?), preview::file(view)?])
}

/// The machines side by side.
pub(crate) fn machines(sites: &[MachineView<'_>]) -> File<'static> {
    File::new(MACHINES_PAGE, machines::page(sites))
}
