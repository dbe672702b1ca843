//! Two axes and the field between them.

use std::ops::Range;

use plotters::chart::ChartBuilder;
use plotters::coord::cartesian::Cartesian2d;
use plotters::drawing::{DrawingArea, IntoDrawingArea};
use plotters::style::TRANSPARENT;
use plotters::style::text_anchor::HPos;
use plotters_backend::BackendCoord;
use runtime_bench_analysis::stats::Interval;

use super::axis::Axis;
use super::axis_spec::AxisSpec;
use super::backend::{Canvas, DrawResult};
use super::ink::Ink;
use super::paint::{Root, text};
use super::rows::WIDTH;
use super::text::{FONT_SIZE, tenths, width};

/// Height of the field, pixels, unless the labels next to it need more.
const HEIGHT: u32 = 230;
/// Height of the ticks of the axis below, and of each heading.
const LINE: u32 = 22;

/// The input for a field, before anything is drawn.
pub(super) struct Plan<'p> {
    /// The axis below.
    pub(super) x: &'p AxisSpec,
    /// The axis at the side.
    pub(super) y: &'p AxisSpec,
    /// The figures that must lie on each.
    pub(super) figures: (Vec<f64>, Vec<f64>),
    /// Whether the axis below is a parameter, with ticks at its measured values.
    pub(super) parameter: bool,
    /// Width to the right of the field, pixels.
    pub(super) beside: u32,
    /// Minimum height of the field, pixels.
    pub(super) least: u32,
}

/// A field with axes, ready for drawing.
pub(super) struct PlotArea {
    /// Everything drawn.
    pub(super) canvas: Canvas,
    /// For text at any place.
    pub(super) root: Root,
    area: DrawingArea<Canvas, Cartesian2d<Axis, Axis>>,
    x: Axis,
    y: Axis,
}

impl PlotArea {
    /// Draws the axes; `None` if one of them cannot show any figure.
    pub(super) fn new(plan: &Plan<'_>) -> DrawResult<Option<Self>> {
        let (xs, ys) = &plan.figures;
        let (Some(x), Some(y)) = (Axis::new(plan.x, xs), Axis::new(plan.y, ys)) else {
            return Ok(None);
        };
        let gutter = width(y.labels()) + 10;
        let wide = WIDTH.saturating_sub(gutter + plan.beside);
        let x = if plan.parameter { x.at_figures(xs, wide) } else { x.within(wide) };
        let above = heading_height(plan.y) + 8;
        let below = LINE + heading_height(plan.x);
        let canvas = Canvas::new((WIDTH, above + HEIGHT.max(plan.least) + below));
        let root = canvas.clone().into_drawing_area();
        let mut chart = ChartBuilder::on(&root)
            .margin_top(tenths(above))
            .margin_right(tenths(plan.beside))
            .margin_bottom(tenths(below - LINE))
            .x_label_area_size(tenths(LINE))
            .y_label_area_size(tenths(gutter))
            .build_cartesian_2d(x.clone(), y.clone())?;
        let label = Ink::Label.color();
        chart
            .configure_mesh()
            .light_line_style(TRANSPARENT)
            .bold_line_style(Ink::Grid.thin())
            .axis_style(TRANSPARENT)
            .set_all_tick_mark_size(tenths(3))
            .label_style(("sans-serif", tenths(FONT_SIZE), &label))
            .draw()?;
        let area = chart.plotting_area().clone();
        drop(chart);
        let field = Self { canvas, root, area, x, y };
        field.headings(plan)?;
        Ok(Some(field))
    }

    fn headings(&self, plan: &Plan<'_>) -> DrawResult {
        let middle = tenths(LINE) / 2;
        let (_, height) = self.canvas.size();
        text(&self.root, &plan.y.heading(), (0, middle), Ink::Label, HPos::Left)?;
        let (across, _) = self.extent();
        let at = (i32::midpoint(across.start, across.end), tenths(height) - middle + tenths(2));
        text(&self.root, &plan.x.heading(), at, Ink::Label, HPos::Center)
    }

    /// Whether the field can show a point.
    pub(super) fn holds(&self, x: f64, y: f64) -> bool {
        self.x.holds(x) && self.y.holds(y)
    }

    /// The part of an interval that the axis at the side can show.
    pub(super) fn along_y(&self, interval: Option<Interval>) -> Option<Interval> {
        interval.filter(|ends| self.y.holds(ends.low) && self.y.holds(ends.high))
    }

    /// The position of a point for which [`Self::holds`] is true.
    pub(super) fn at(&self, x: f64, y: f64) -> BackendCoord {
        self.area.map_coordinate(&(x, y))
    }

    /// A level from side to side, if the axis holds it.
    pub(super) fn level(&self, y: f64) -> Option<[BackendCoord; 2]> {
        let (across, _) = self.extent();
        let (_, y) = self.y.holds(y).then(|| self.at(self.x.value(0.0), y))?;
        Some([(across.start, y), (across.end, y)])
    }

    /// From left to right and from top to bottom.
    pub(super) fn extent(&self) -> (Range<i32>, Range<i32>) {
        self.area.get_pixel_range()
    }
}

fn heading_height(scaled: &AxisSpec) -> u32 {
    if scaled.heading().is_empty() { 0 } else { LINE }
}
