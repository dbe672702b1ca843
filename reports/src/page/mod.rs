//! The pages: one file per section, each a function from a page to markup.

mod badge;
mod bar;
mod cards;
mod chooser;
mod compare;
mod controls;
mod data;
mod document;
mod environment;
mod exhibit;
mod figures;
mod header;
mod index;
mod matrix;
mod method;
mod notes;
mod phases;
mod runner;
mod script;
mod single;
pub(crate) mod theme;
mod workload;

use crate::ReportError;
use crate::view::View;
use crate::view::links::{Links, RUNNERS, WORKLOADS};

/// A page that is not yet written.
#[derive(Debug)]
pub(crate) struct File {
    /// Where it goes, below the folder of the site.
    pub(crate) path: String,
    /// The document.
    pub(crate) content: String,
}

/// What a section needs to know: what is shown, and where it stands.
#[derive(Clone, Copy, Debug)]
struct Page<'v, 'a> {
    view: &'v View<'a>,
    links: Links,
}

/// Every page of a site.
pub(crate) fn folder(view: &View<'_>) -> Result<Vec<File>, ReportError> {
    let (top, below) = (Page { view, links: Links::Top }, Page { view, links: Links::Below });
    let file = |name: &str, content: String| File { path: format!("{name}.html"), content };
    let mut files = vec![
        file("index", index::page(top)?),
        file("compare", compare::page(top)),
        file("method", method::page(top)),
        file("data", data::page(top)),
    ];
    for workload in view.workloads.iter().filter(|workload| !workload.is_calibration()) {
        let path = format!("{WORKLOADS}/{}", workload.slug);
        files.push(file(&path, workload::page(below, workload)?));
    }
    for runner in &view.runners {
        files.push(file(&format!("{RUNNERS}/{}", runner.slug), runner::page(below, runner)?));
    }
    Ok(files)
}

/// The site as one page.
pub(crate) fn one_page(view: &View<'_>) -> Result<File, ReportError> {
    let page = Page { view, links: Links::OnePage };
    Ok(File { path: "index.html".to_owned(), content: single::page(page)? })
}
