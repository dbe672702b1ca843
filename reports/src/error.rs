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
        "cannot report the run: a trial names cell {cell} of a plan of {cells} cells\nhelp: measure again"
    )]
    UnknownCell {
        /// The index that the trial names.
        cell: usize,
        /// How many cells the plan has.
        cells: usize,
    },
    /// The folder of the site could not be created.
    #[error("cannot create the folder {path}: {source}\nhelp: choose a folder that you may write to", path = path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// The operating system's answer.
        source: io::Error,
    },
    /// A file that this program did not write is where one of the site would be.
    #[error("cannot write {path}: it belongs to something else\nhelp: choose an empty or a new folder", path = .0.display())]
    Taken(PathBuf),
    /// A file of the site could not be written.
    #[error("cannot write {path}: {source}\nhelp: check its permissions and the free space, or choose another folder", path = path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The operating system's answer.
        source: io::Error,
    },
    /// The data could not be written in a format.
    #[error("cannot write the run as {format}: {reason}\nhelp: report this with the results file")]
    Encode {
        /// The format.
        format: &'static str,
        /// What the encoder said.
        reason: String,
    },
    /// A chart could not be drawn.
    #[error("cannot draw the chart `{chart}`: {reason}\nhelp: report this with the results file")]
    Chart {
        /// What the chart shows.
        chart: String,
        /// What the drawing library said.
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
