//! A chart of rows: names at the left, figures along an axis, words at the right.

use std::ops::Range;

use plotters::chart::ChartBuilder;
use plotters::coord::cartesian::Cartesian2d;
use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged, ValueFormatter};
use plotters::drawing::{DrawingArea, IntoDrawingArea};
use plotters::style::TRANSPARENT;
use plotters::style::text_anchor::HPos;
use plotters_backend::BackendCoord;

use super::axis::Axis;
use super::backend::{Canvas, DrawResult};
use super::ink::Ink;
use super::paint::{Root, text};
use super::text::{FONT_SIZE, NAME_LENGTH, shortened, tenths, width};

/// Width of every chart but a table, pixels.
pub(super) const WIDTH: u32 = 500;
const AXIS_HEIGHT: u32 = 26;
/// Minimum width of the figures at the right, which also keeps the last tick's label complete.
const WORDS_WIDTH: u32 = 40;

/// Rows from top to bottom, each with its name at its middle.
#[derive(Clone, Debug)]
struct Rows(Vec<String>);

impl Ranged for Rows {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, (bottom, top): (i32, i32)) -> i32 {
        let share = value / self.0.len().max(1) as f64;
        top + (share * f64::from(bottom - top)).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, _: Hint) -> Vec<f64> {
        (0..self.0.len()).map(|row| row as f64 + 0.5).collect()
    }

    fn range(&self) -> Range<f64> {
        0.0..self.0.len() as f64
    }
}

impl ValueFormatter<f64> for Rows {
    fn format_ext(&self, value: &f64) -> String {
        self.0.get(value.floor() as usize).cloned().unwrap_or_default()
    }
}

/// The layout of the rows.
pub(super) struct Layout {
    /// Height of a row, pixels.
    pub(super) row: u32,
    /// Height above the first row, pixels.
    pub(super) above: u32,
}

/// The rows and the axis below them.
pub(super) struct RowPlot {
    /// For the text next to the axis.
    pub(super) root: Root,
    area: DrawingArea<Canvas, Cartesian2d<Axis, Rows>>,
    low: f64,
}

/// A canvas for this number of rows.
pub(super) fn canvas(layout: &Layout, rows: usize) -> Canvas {
    Canvas::new((WIDTH, layout.above + layout.row * rows as u32 + AXIS_HEIGHT))
}

impl RowPlot {
    /// Draws names and axis, and reserves room for the words.
    pub(super) fn new(
        canvas: &Canvas,
        layout: &Layout,
        axis: Axis,
        (names, words): (&[&str], &[&str]),
    ) -> DrawResult<Self> {
        let names: Vec<String> = names.iter().map(|name| shortened(name, NAME_LENGTH)).collect();
        let gutter = width(names.iter().map(String::as_str)) + 14;
        let beside = width(words.iter().copied()).max(WORDS_WIDTH) + 14;
        let root = canvas.clone().into_drawing_area();
        let axis = axis.within(WIDTH.saturating_sub(gutter + beside));
        let (rows, low) = (names.len(), axis.range().start);
        let mut chart = ChartBuilder::on(&root)
            .margin_right(tenths(beside))
            .margin_top(tenths(layout.above))
            .x_label_area_size(tenths(AXIS_HEIGHT))
            .y_label_area_size(tenths(gutter))
            .build_cartesian_2d(axis, Rows(names))?;
        let label = Ink::Label.color();
        let mut mesh = chart.configure_mesh();
        mesh.disable_y_mesh()
            .x_labels(rows.max(8))
            .y_labels(rows)
            .light_line_style(TRANSPARENT)
            .bold_line_style(Ink::Grid.thin())
            .axis_style(TRANSPARENT)
            .set_all_tick_mark_size(tenths(3))
            .label_style(("sans-serif", tenths(FONT_SIZE), &label))
            .draw()?;
        let area = chart.plotting_area().clone();
        drop(chart);
        Ok(Self { root, area, low })
    }

    /// The position of a figure in a row; the middle of the first is 0.5.
    pub(super) fn at(&self, value: f64, row: f64) -> BackendCoord {
        self.area.map_coordinate(&(value, row))
    }

    /// The ends of the axis.
    pub(super) fn across(&self) -> Range<i32> {
        self.area.get_pixel_range().0
    }

    /// The figure in words, at the right of its row.
    pub(super) fn words(&self, words: &str, row: usize) -> DrawResult {
        let (_, y) = self.at(self.low, row as f64 + 0.5);
        text(&self.root, words, (tenths(WIDTH), y), Ink::Figure, HPos::Right)
    }
}
