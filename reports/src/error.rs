//! Why a site could not be written.

use std::fmt;
use std::io;
use std::path::PathBuf;

use crate::chart::ChartError;

/// A site could not be written.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// There is nothing to show.
    #[error("no run to report\nhelp: name a results file, or measure with `cargo bench`")]
    NoRun,
    /// No cell of the run has a figure.
    #[error(
        "the run has no results\nhelp: `runtime-bench report` shows why each cell has none; measure again, or \
         name another results file"
    )]
    NoFigures,
    /// A trial belongs to no cell of the plan.
    #[error(
        "cannot report the run: a trial refers to cell {cell}, but the plan has {cells} \
         cells\nhelp: measure again"
    )]
    UnknownCell {
        /// The index in the trial.
        cell: usize,
        /// The number of cells of the plan.
        cells: usize,
    },
    /// The folder of the site could not be created.
    #[error("cannot create the folder {path}: {source}\nhelp: choose a folder that you may write to", path = path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// The error of the operating system.
        source: io::Error,
    },
    /// A file that this program did not write is at the path of a file of the site.
    #[error("cannot write {path}: runtime-bench did not create this file\nhelp: choose an empty or \
             a new folder", path = .0.display())]
    Taken(PathBuf),
    /// A file of the site could not be written.
    #[error("cannot write {path}: {source}\nhelp: check its permissions and the free space, or choose another folder", path = path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The error of the operating system.
        source: io::Error,
    },
    /// The data could not be written in a format.
    #[error("cannot write the run as {format}: {reason}\nhelp: report this with the results file")]
    Encode {
        /// The format.
        format: &'static str,
        /// The error of the encoder.
        reason: String,
    },
    /// A chart could not be drawn.
    #[error("cannot draw the chart `{chart}`: {reason}\nhelp: report this with the results file")]
    Chart {
        /// The title of the chart.
        chart: String,
        /// The error of the drawing library.
        reason: String,
    },
}

impl ReportError {
    /// A document could not be written in a format.
    pub(crate) fn encode(format: &'static str, error: &impl fmt::Display) -> Self {
        Self::Encode { format, reason: error.to_string() }
    }

    /// A chart, called `title`, could not be drawn.
    pub(crate) fn chart(title: &str, error: &ChartError) -> Self {
        Self::Chart { chart: title.to_owned(), reason: error.to_string() }
    }
}
