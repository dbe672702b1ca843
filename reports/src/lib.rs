//! A run → a static site that opens from `file://` and asks the network for nothing.
//!
//! Everything shown comes from the [`Run`] and its [`analysis`]; no workload and no runner is
//! known here by name.
//!
//! - `fleet`: the machines that runs were made on, a site for each.
//! - `view`: what every page reads: the run arranged by kind, workload and comparison, its runners
//!   by class, and the finding of each comparison as a sentence.
//! - `page`: one file per section of the page, and the document around them.
//! - `chart`: one file per kind of chart, on a plotters backend that writes themeable SVG.
//! - `data`: the same facts as JSON, CSV and a summary in Markdown.
//! - `text`: the table that a terminal shows.
//! - [`comparison`]: runners or runs compared, as text, Markdown, JSON and `JUnit` XML.
//! - [`changes`]: the change points of a history, as text, Markdown and JSON.
//! - `format`: figures with their units.
//! - [`visible`]: text without what steers whoever shows it.
//!
//! A further page is a function from the view to markup and one line in `page`; a further
//! chart is a file in `chart`.

use std::path::{Path, PathBuf};

use runtime_bench_results::analysis::{self, Analysis};
use runtime_bench_results::history;
use runtime_bench_results::run::Run;

pub mod changes;
mod chart;
pub mod comparison;
mod data;
mod error;
mod files;
mod fleet;
mod format;
mod page;
mod text;
mod view;
mod visible;

pub use error::ReportError;
pub use text::table as text_table;
pub use visible::{steers, visible};

use fleet::Fleet;

/// Where the files of a written site are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// The page to open.
    pub index: PathBuf,
    /// The run and its analysis.
    pub json: PathBuf,
    /// One row per cell and metric.
    pub csv: PathBuf,
}

/// How a site is laid out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// One page that holds everything, with one chart a workload.
    pub single_file: bool,
}

/// Writes the site of some runs into `folder`, which is made if need be. The newest run is the one
/// that most pages show.
///
/// The same runs give the same bytes. Every page is rendered before the first file is written,
/// and each file appears under its name in one step.
///
/// # Errors
/// When there is no run, one contradicts itself, or a file cannot be written.
pub fn write_site(runs: &[Run], folder: &Path, options: Options) -> Result<Site, ReportError> {
    let analyses: Vec<Analysis> = runs.iter().map(analysed).collect::<Result<_, _>>()?;
    let fleet = Fleet::new(history::machines(runs.iter().zip(&analyses)));
    let mut files = Vec::new();
    for site in fleet.sites() {
        files.extend(site.files(options)?);
    }
    files.extend(fleet.page(options));
    // The first page is the last that is written, so that it leads to nothing that is not there yet.
    let (first, rest) = files.split_first().ok_or(ReportError::NoRun)?;
    files::make_folder(folder)?;
    for file in rest {
        files::write(folder, file)?;
    }
    Ok(Site {
        json: folder.join(data::JSON_NAME),
        csv: folder.join(data::CSV_NAME),
        index: files::write(folder, first)?,
    })
}

/// Analyses a run whose trials all name a cell of its plan.
fn analysed(run: &Run) -> Result<Analysis, ReportError> {
    let cells = run.header.plan.cells.len();
    match run.trials.iter().find(|trial| trial.cell >= cells) {
        Some(trial) => Err(ReportError::UnknownCell { cell: trial.cell, cells }),
        None => Ok(analysis::analyse(run)),
    }
}

/// The example of the readme is tried.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
