//! One row per runner: a mark for each figure, its interval as a whisker, the figure in words.

use maud::{Markup, PreEscaped, html};
use plotters::chart::{ChartBuilder, ChartContext};
use plotters::coord::cartesian::Cartesian2d;
use plotters::drawing::{DrawingArea, DrawingAreaErrorKind, IntoDrawingArea};
use plotters::element::{Circle, EmptyElement, PathElement, Polygon, Text};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, IntoTextStyle, ShapeStyle, TRANSPARENT, TextStyle};
use plotters_backend::BackendCoord;
use runtime_bench_results::stats::Interval;

use super::axis::{Axis, is_drawable};
use super::backend::{Canvas, PRECISION, Refused};
use super::ink::Ink;
use super::markers::{Shape, shape};
use super::rows::Rows;
use super::{ChartError, Description};

const WIDTH: u32 = 560;
const ROW_HEIGHT: u32 = 28;
const AXIS_HEIGHT: u32 = 26;
/// Least room for the figures at the right, which also keeps the last tick's label whole.
const FIGURES_WIDTH: u32 = 40;
const FONT_SIZE: u32 = 12;
/// Longest name in the chart; the table beside it has the whole name.
const NAME_LENGTH: usize = 24;

/// The rows of a chart.
#[derive(Clone, Debug)]
pub(crate) struct DotPlot {
    /// Unit of every figure.
    pub(crate) unit: String,
    /// From top to bottom.
    pub(crate) rows: Vec<DotRow>,
}

/// A runner.
#[derive(Clone, Debug)]
pub(crate) struct DotRow {
    /// Its name.
    pub(crate) name: String,
    /// Its colour and marker.
    pub(crate) series: usize,
    /// Its figures; a line joins them.
    pub(crate) marks: Vec<Mark>,
    /// The figure in words, at the right.
    pub(crate) words: String,
}

impl DotRow {
    /// What stands at the right of the row.
    fn shown(&self) -> &str {
        if self.marks.iter().any(|mark| is_drawable(mark.value)) {
            &self.words
        } else {
            "not drawable"
        }
    }
}

/// A figure.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark {
    /// Where it stands.
    pub(crate) value: f64,
    /// Its whisker.
    pub(crate) interval: Option<Interval>,
    /// How it looks.
    pub(crate) form: Form,
}

/// How a mark looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// Filled: the figure that the chart is about.
    Filled,
    /// An outline: the figure beside it.
    Hollow,
}

type Area<'c> = DrawingArea<Canvas, Cartesian2d<Axis, Rows>>;
type Plot<'c> = ChartContext<'c, Canvas, Cartesian2d<Axis, Rows>>;
type Drawn = Result<(), DrawingAreaErrorKind<Refused>>;

impl DotPlot {
    /// Draws the chart; `None` when no figure can be drawn.
    pub(crate) fn draw(&self, about: &Description) -> Result<Option<Markup>, ChartError> {
        let Some(axis) = Axis::of(&self.figures(), &self.unit) else {
            return Ok(None);
        };
        let height = ROW_HEIGHT * self.rows.len() as u32 + AXIS_HEIGHT;
        let canvas = Canvas::new((WIDTH, height));
        self.paint(&canvas, axis).map_err(|error| ChartError::new(&error))?;
        let (title, desc) = (format!("{}-title", about.id), format!("{}-desc", about.id));
        Ok(Some(html! {
            svg.chart role="img" viewBox=(format!("0 0 {WIDTH} {height}"))
                aria-labelledby=(format!("{title} {desc}")) {
                title id=(title) { (about.title) }
                desc id=(desc) { (about.finding) }
                (PreEscaped(canvas.elements()))
            }
        }))
    }

    /// Everything that must lie on the axis.
    fn figures(&self) -> Vec<f64> {
        let marks = self.rows.iter().flat_map(|row| &row.marks);
        marks
            .filter(|mark| is_drawable(mark.value))
            .flat_map(|mark| {
                let (low, high) =
                    mark.interval.map_or((mark.value, mark.value), |ends| (ends.low, ends.high));
                [mark.value, low, high]
            })
            .collect()
    }

    fn paint(&self, canvas: &Canvas, axis: Axis) -> Drawn {
        let names: Vec<String> = self.rows.iter().map(|row| shortened(&row.name)).collect();
        let gutter = width(names.iter().map(String::as_str)) + 14;
        let figures = width(self.rows.iter().map(DotRow::shown)).max(FIGURES_WIDTH) + 14;
        let root = canvas.clone().into_drawing_area();
        let mut chart = ChartBuilder::on(&root)
            .margin_right(tenths(figures))
            .margin_top(tenths(2))
            .x_label_area_size(tenths(AXIS_HEIGHT - 2))
            .y_label_area_size(tenths(gutter))
            .build_cartesian_2d(axis, Rows(names))?;
        let label = Ink::Label.colour();
        chart
            .configure_mesh()
            .x_labels(self.rows.len().max(8))
            .y_labels(self.rows.len())
            .light_line_style(TRANSPARENT)
            .bold_line_style(Ink::Grid.colour().stroke_width(tenths(1) as u32))
            .axis_style(TRANSPARENT)
            .set_all_tick_mark_size(tenths(3))
            .label_style(("sans-serif", tenths(FONT_SIZE), &label))
            .draw()?;
        for (place, row) in self.rows.iter().enumerate() {
            canvas.open(&format!("{}: {}", row.name, row.words));
            paint_row(chart.plotting_area(), row, place)?;
            paint_words(&root, &chart, row, place)?;
            canvas.close();
        }
        Ok(())
    }
}

fn tenths(pixels: u32) -> i32 {
    pixels.cast_signed() * PRECISION
}

/// The room that the longest of some texts needs.
fn width<'t>(texts: impl Iterator<Item = &'t str>) -> u32 {
    let longest = texts.map(|text| text.chars().count()).max().unwrap_or(0);
    (longest as f64 * 0.6 * f64::from(FONT_SIZE)).ceil() as u32
}

fn shortened(name: &str) -> String {
    if name.chars().count() <= NAME_LENGTH {
        return name.to_owned();
    }
    let start: String = name.chars().take(NAME_LENGTH - 1).collect();
    format!("{start}…")
}

fn stroke(series: usize, width: i32) -> ShapeStyle {
    Ink::Series(series).colour().stroke_width(width.unsigned_abs())
}

fn paint_row(area: &Area<'_>, row: &DotRow, place: usize) -> Drawn {
    let y = place as f64 + 0.5;
    let marks: Vec<&Mark> = row.marks.iter().filter(|mark| is_drawable(mark.value)).collect();
    if marks.len() > 1 {
        let ends: Vec<(f64, f64)> = marks.iter().map(|mark| (mark.value, y)).collect();
        area.draw(&PathElement::new(ends, stroke(row.series, tenths(2))))?;
    }
    for mark in &marks {
        paint_whisker(area, mark, y, row.series)?;
    }
    for mark in marks {
        paint_mark(area, mark, y, row.series)?;
    }
    Ok(())
}

fn paint_whisker(area: &Area<'_>, mark: &Mark, y: f64, series: usize) -> Drawn {
    let Some(Interval { low, high }) = mark.interval else {
        return Ok(());
    };
    if !(is_drawable(low) && is_drawable(high)) {
        return Ok(());
    }
    let style = stroke(series, tenths(2));
    area.draw(&PathElement::new(vec![(low, y), (high, y)], style))?;
    for end in [low, high] {
        let cap = vec![(0, tenths(4)), (0, -tenths(4))];
        area.draw(&(EmptyElement::at((end, y)) + PathElement::new(cap, style)))?;
    }
    Ok(())
}

fn paint_mark(area: &Area<'_>, mark: &Mark, y: f64, series: usize) -> Drawn {
    let fill = match mark.form {
        Form::Filled => Ink::Series(series),
        Form::Hollow => Ink::Paper,
    };
    let (fill, outline) = (fill.colour().filled(), stroke(series, tenths(2)));
    let at = || EmptyElement::at((mark.value, y));
    match shape(series) {
        Shape::Circle(radius) => {
            area.draw(&(at() + Circle::new((0, 0), radius, fill)))?;
            area.draw(&(at() + Circle::new((0, 0), radius, outline)))
        }
        Shape::Polygon(corners) => {
            let mut around = corners.clone();
            around.extend(corners.first());
            area.draw(&(at() + Polygon::new(corners, fill)))?;
            area.draw(&(at() + PathElement::new(around, outline)))
        }
    }
}

/// The figure in words, at the right of its row.
fn paint_words(
    root: &DrawingArea<Canvas, plotters::coord::Shift>,
    chart: &Plot<'_>,
    row: &DotRow,
    place: usize,
) -> Drawn {
    let colour = Ink::Figure.colour();
    let style: TextStyle<'_> = ("sans-serif", tenths(FONT_SIZE)).into_text_style(root);
    let style = style.color(&colour).pos(Pos::new(HPos::Right, VPos::Center));
    let (_, y) = chart.backend_coord(&(chart.x_range().end, place as f64 + 0.5));
    let at: BackendCoord = (tenths(WIDTH), y);
    root.draw(&Text::new(row.shown().to_owned(), at, style))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plot(figures: &[f64]) -> DotPlot {
        let row = |(series, value): (usize, &f64)| DotRow {
            name: format!("runner-{series} {}", "long ".repeat(60 * series)),
            series,
            marks: vec![Mark {
                value: *value,
                interval: Some(Interval { low: value * 0.9, high: value * 1.1 }),
                form: Form::Hollow,
            }],
            words: "a < b".into(),
        };
        DotPlot { unit: "ns".into(), rows: figures.iter().enumerate().map(row).collect() }
    }

    fn drawn(figures: &[f64]) -> Option<String> {
        let about =
            Description { id: "c".into(), title: "<title>".into(), finding: "<found>".into() };
        plot(figures).draw(&about).unwrap().map(Markup::into_string)
    }

    #[test]
    fn nothing_to_draw_is_no_chart() {
        assert_eq!(drawn(&[]), None);
        assert_eq!(drawn(&[f64::NAN, f64::INFINITY]), None);
    }

    #[test]
    fn a_figure_that_cannot_be_drawn_is_said_not_drawn() {
        let svg = drawn(&[1.0, f64::NAN, f64::INFINITY, 100.0]).unwrap();
        assert_eq!(svg.matches("not drawable").count(), 2);
        assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
    }

    #[test]
    fn odd_figures_neither_hang_nor_fail() {
        for figures in [
            &[0.0][..],
            &[0.0, 0.0],
            &[-1.0, 5.0],
            &[1e-199, 1e199],
            &[5.0; 40],
            &[f64::MIN_POSITIVE, f64::MAX, 1.0],
        ] {
            assert!(drawn(figures).is_some(), "{figures:?}");
        }
    }

    #[test]
    fn it_states_its_finding_and_escapes_every_text() {
        let svg = drawn(&[1.0, 2.0]).unwrap();
        assert!(svg.contains(r#"aria-labelledby="c-title c-desc""#), "{svg}");
        assert!(svg.contains(r#"<desc id="c-desc">&lt;found&gt;</desc>"#), "{svg}");
        assert!(svg.contains("a &lt; b") && !svg.contains("a < b"), "{svg}");
        assert!(svg.contains('…'), "a long name is shortened");
    }
}
