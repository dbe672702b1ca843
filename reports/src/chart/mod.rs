//! Charts as inline SVG, drawn by plotters.
//!
//! One file per kind of chart:
//!
//! - `lines`: a figure as a function of another.
//! - `bars`: ratios to a reference, on both sides of it.
//! - `violin`: the distribution of each runner's values.
//!
//! Common parts:
//!
//! - `backend`: a plotters backend that writes classes instead of colors; `path` its elements.
//! - `ink`: the reserved colors and their classes; `chart.css` styles the classes.
//! - `axis_spec`, `axis`, `ticks`: a range of figures with readable ticks.
//! - `rows`: names, figures along an axis, words; `plot_area`: two axes.
//! - `paint`, `markers`, `text`: the parts of charts; `svg`: the element around them.
//! - `labels`: places names so that none covers another.
//! - `theme`: the colors of both themes.
//! - `density`: the outline of a distribution.

mod axis;
mod axis_spec;
mod backend;
mod bars;
mod density;
#[cfg(test)]
mod edge_cases;
mod ink;
mod labels;
mod lines;
mod markers;
mod paint;
#[cfg(test)]
mod palette;
mod path;
mod plot_area;
mod rows;
mod svg;
mod text;
pub(crate) mod theme;
mod ticks;
mod violin;

use std::fmt;

pub(crate) use axis_spec::{AxisKind, AxisSpec};
pub(crate) use bars::{Bar, BarGroup, BarPlot};
pub(crate) use ink::series_class;
pub(crate) use lines::{Line, LinePlot, LinePoint};
pub(crate) use markers::{marker, swatch};
pub(crate) use violin::{Violin, ViolinRow};

/// The rules of the classes that charts use.
pub(crate) const STYLE: &str = include_str!("chart.css");

/// The error of plotters or of the backend.
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

/// The text alternative of a chart.
#[derive(Clone, Debug)]
pub(crate) struct Description {
    /// Stem of the ids inside the chart.
    pub(crate) id: String,
    /// The title.
    pub(crate) title: String,
    /// The finding.
    pub(crate) finding: String,
}
