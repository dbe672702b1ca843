//! Charts as inline SVG, drawn by plotters.
//!
//! - `backend`: a plotters backend that writes classes instead of colours.
//! - `ink`: the reserved colours and their classes.
//! - `axis`: a range of figures with readable ticks.
//! - `rows`: the rows of the other axis.
//! - `dots`: one row per runner: a mark, its interval, its figure.
//! - `markers`: the shapes that tell runners apart without colour.

mod axis;
mod backend;
pub(crate) mod dots;
mod ink;
mod markers;
#[cfg(test)]
mod palette;
mod rows;

use std::fmt;

pub(crate) use dots::{DotPlot, DotRow, Form, Mark};
pub(crate) use markers::swatch;

/// What plotters or the backend said.
#[derive(Debug)]
pub(crate) struct ChartError(String);

impl ChartError {
    fn new(error: &impl fmt::Display) -> Self {
        Self(error.to_string())
    }
}

impl fmt::Display for ChartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What a chart says to those who do not see it.
#[derive(Clone, Debug)]
pub(crate) struct Description {
    /// Stem of the ids inside the chart.
    pub(crate) id: String,
    /// What is shown.
    pub(crate) title: String,
    /// What it shows: the finding.
    pub(crate) finding: String,
}
