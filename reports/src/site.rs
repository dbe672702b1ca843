//! Writes runs as the files of a site.

use std::path::{Path, PathBuf};

use runtime_bench_analysis::analysis::{self, Analysis};
use runtime_bench_analysis::history;
use runtime_bench_results::run::Run;

use crate::ReportError;
use crate::export;
use crate::files::{self, File};
use crate::page;
use crate::view::MachineView;

/// A written site.
#[derive(Clone, Debug, PartialEq)]
pub struct Site {
    /// The analysis of each run, in the given order.
    pub analyses: Vec<Analysis>,
    /// The page to open.
    pub index: PathBuf,
}

/// Options of a site.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options<'a> {
    /// Write everything into one page, with one chart per workload.
    pub single_file: bool,
    /// The address at which the folder will be published. Most services show the preview picture of a link
    /// only if the page names its whole address; everything else on the pages is relative.
    pub url: Option<&'a str>,
}

/// Writes the site of some runs into `folder`, which is created if necessary. Most pages show the newest run.
///
/// The same runs give the same bytes. Every page is rendered before the first file is written, and each file
/// is written atomically. Files of an earlier site in the folder are removed.
///
/// # Errors
/// When there is no run, a run contradicts itself, the folder holds another site, or a file cannot be written.
pub fn write_site(runs: &[Run], folder: &Path, options: Options<'_>) -> Result<Site, ReportError> {
    let analyses: Vec<Analysis> = runs.iter().map(analyze).collect::<Result<_, _>>()?;
    let machines = MachineView::all(history::machines(runs.iter().zip(&analyses)), options.url);
    let mut files = Vec::new();
    for machine in &machines {
        files.extend(of_machine(machine, options)?);
    }
    if machines.len() > 1 && !options.single_file {
        files.push(page::machines(&machines));
    }
    let index = files::write_all(folder, &files)?;
    Ok(Site { analyses, index })
}

/// The files of one machine, the first page first.
fn of_machine<'m>(
    machine: &'m MachineView<'_>,
    options: Options<'_>,
) -> Result<Vec<File<'m>>, ReportError> {
    let view = &machine.view;
    let mut files = if options.single_file { page::one_page(view)? } else { page::folder(view)? };
    files.extend(export::files(view)?);
    for file in &mut files {
        file.path.insert_str(0, &machine.folder);
    }
    Ok(files)
}

/// Analyzes a run, after checking that all trials refer to a cell of its plan.
fn analyze(run: &Run) -> Result<Analysis, ReportError> {
    let cells = run.header.plan.cells.len();
    match run.trials.iter().find(|trial| trial.cell >= cells) {
        Some(trial) => Err(ReportError::UnknownCell { cell: trial.cell, cells }),
        None => Ok(analysis::analyze(run)),
    }
}
