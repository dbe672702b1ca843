//! How a figure goes along another: a line per runner, its interval as a band, its name at its end.

use maud::Markup;
use plotters::style::text_anchor::HPos;
use plotters_backend::BackendCoord;
use runtime_bench_results::stats::Interval;

use super::backend::Painted;
use super::field::{Field, Plan};
use super::ink::Ink;
use super::labels::spread;
use super::paint::{Form, area, line, mark, text, whisker};
use super::scaled::Scaled;
use super::svg::{self, Role};
use super::text::{NAME_LENGTH, shortened, tenths, width};
use super::{ChartError, Description};

/// Beyond so many points a line is no longer seen as points.
const MOST: usize = 300;
/// Beyond so many, marks would hide the line.
const MARKED: usize = 12;
/// Distance of two names, pixels.
const NAME_HEIGHT: u32 = 16;
/// Room for a leader and a mark before each name, pixels.
const LEADER: u32 = 34;

/// A chart of lines.
#[derive(Clone, Debug)]
pub(crate) struct LinePlot {
    /// From left to right.
    pub(crate) x: Scaled,
    /// From bottom to top.
    pub(crate) y: Scaled,
    /// In any order.
    pub(crate) lines: Vec<Line>,
    /// A level that everything is compared with.
    pub(crate) guide: Option<f64>,
}

/// A runner.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    /// Its name.
    pub(crate) name: String,
    /// Its colour, marker and dash.
    pub(crate) series: usize,
    /// From left to right.
    pub(crate) points: Vec<LinePoint>,
}

/// A figure.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LinePoint {
    /// Where it was measured.
    pub(crate) x: f64,
    /// What was measured.
    pub(crate) y: f64,
    /// Where the true `y` may be.
    pub(crate) interval: Option<Interval>,
}

/// A line of which something can be drawn.
struct Drawable<'l> {
    line: &'l Line,
    points: Vec<LinePoint>,
    /// Where it ends, and so where its name wants to be.
    end: BackendCoord,
}

impl LinePlot {
    /// Draws the chart; `None` when no point can be drawn.
    pub(crate) fn draw(&self, about: &Description) -> Result<Option<Markup>, ChartError> {
        let canvas = self.paint().map_err(|error| ChartError::new(&error))?;
        Ok(canvas.map(|field| svg::inline(&field.canvas, about, Role::Picture)))
    }

    fn paint(&self) -> Painted<Option<Field>> {
        let Some(field) = Field::new(&self.plan())? else {
            return Ok(None);
        };
        let lines: Vec<Drawable<'_>> =
            self.lines.iter().filter_map(|line| drawable(line, &field)).collect();
        if lines.is_empty() {
            return Ok(None);
        }
        if let Some(level) = self.guide.and_then(|level| field.level(level)) {
            line(&field.root, &level, Ink::Guide.thin())?;
        }
        let (_, down) = field.extent();
        let wanted: Vec<i32> = lines.iter().map(|line| line.end.1).collect();
        let half = tenths(NAME_HEIGHT) / 2;
        let ends = (down.start + half, down.end - half);
        let places = spread(&wanted, tenths(NAME_HEIGHT), ends);
        for (drawable, place) in lines.iter().zip(places) {
            field.canvas.group(&drawable.tooltip(self), || {
                drawable.paint(&field)?;
                drawable.paint_name(&field, place)
            })?;
        }
        Ok(Some(field))
    }

    fn plan(&self) -> Plan<'_> {
        let points = || self.lines.iter().flat_map(|line| &line.points);
        let ends = |point: &LinePoint| {
            [
                Some(point.y),
                point.interval.map(|ends| ends.low),
                point.interval.map(|ends| ends.high),
            ]
        };
        let names = self.lines.iter().map(|line| shortened(&line.name, NAME_LENGTH));
        let names: Vec<String> = names.collect();
        Plan {
            x: &self.x,
            y: &self.y,
            figures: (
                points().map(|point| point.x).collect(),
                points().flat_map(ends).flatten().chain(self.guide).collect(),
            ),
            beside: width(names.iter().map(String::as_str)) + LEADER,
            least: NAME_HEIGHT * self.lines.len() as u32,
        }
    }
}

fn drawable<'l>(line: &'l Line, field: &Field) -> Option<Drawable<'l>> {
    let held = line.points.iter().filter(|point| field.holds(point.x, point.y));
    let held = held.map(|point| LinePoint { interval: field.along_y(point.interval), ..*point });
    let points = thinned(held.collect());
    let end = points.last().map(|point| field.at(point.x, point.y))?;
    Some(Drawable { line, points, end })
}

/// Evenly, with the first and the last.
fn thinned(points: Vec<LinePoint>) -> Vec<LinePoint> {
    if points.len() <= MOST {
        return points;
    }
    (0..MOST).map(|place| points[place * (points.len() - 1) / (MOST - 1)]).collect()
}

impl Drawable<'_> {
    fn paint(&self, field: &Field) -> Painted {
        let series = self.line.series;
        let at = |point: &LinePoint| field.at(point.x, point.y);
        for run in self.points.split(|point| point.interval.is_none()) {
            paint_band(field, run, series)?;
        }
        let through: Vec<BackendCoord> = self.points.iter().map(at).collect();
        if through.len() > 1 {
            line(&field.root, &through, Ink::Trace(series).line())?;
        }
        // One that is alone stands at its place however many others there are.
        if through.len() <= MARKED {
            for place in through {
                mark(&field.root, place, series, Form::Filled)?;
            }
        }
        Ok(())
    }

    /// The name beside the end of the line, which a leader joins.
    fn paint_name(&self, field: &Field, y: i32) -> Painted {
        let series = self.line.series;
        let x = field.extent().0.end + tenths(LEADER);
        let at = (x - tenths(12), y);
        let (from, bend) = ((self.end.0 + tenths(8), self.end.1), (at.0 - tenths(7), y));
        line(&field.root, &[from, bend], Ink::Series(series).thin())?;
        mark(&field.root, at, series, Form::Filled)?;
        let name = shortened(&self.line.name, NAME_LENGTH);
        text(&field.root, &name, (x - tenths(3), y), Ink::Figure, HPos::Left)
    }

    fn tooltip(&self, plot: &LinePlot) -> String {
        let figure = |point: &LinePoint| crate::format::figure(point.y, &plot.y.unit);
        match self.points.as_slice() {
            [] => self.line.name.clone(),
            [only] => format!("{}: {}", self.line.name, figure(only)),
            [first, .., last] => {
                format!("{}: {} to {}", self.line.name, figure(first), figure(last))
            }
        }
    }
}

/// The interval of points in a row; that of a single point has no width, and is a whisker.
fn paint_band(field: &Field, run: &[LinePoint], series: usize) -> Painted {
    let ends = |point: &LinePoint| {
        let Interval { low, high } = point.interval?;
        Some((field.at(point.x, low), field.at(point.x, high)))
    };
    let ends: Vec<(BackendCoord, BackendCoord)> = run.iter().filter_map(ends).collect();
    match ends.as_slice() {
        [] => Ok(()),
        [(low, high)] => whisker(&field.root, [*low, *high], Ink::Series(series).thin()),
        ends => {
            let below = ends.iter().map(|(low, _)| *low);
            let above = ends.iter().rev().map(|(_, high)| *high);
            area(&field.root, below.chain(above).collect(), Ink::Band(series))
        }
    }
}
