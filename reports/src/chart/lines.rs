//! A figure as a function of another: a line per runner, its interval as a band, and its name at the end.

use std::cmp::Ordering;

use maud::Markup;
use plotters::style::text_anchor::HPos;
use plotters_backend::BackendCoord;
use runtime_bench_analysis::stats::Interval;

use super::axis_spec::AxisSpec;
use super::backend::DrawResult;
use super::ink::Ink;
use super::labels::spread;
use super::paint::{area, line, mark, text, whisker};
use super::plot_area::{Plan, PlotArea};
use super::svg;
use super::text::{NAME_LENGTH, shortened, tenths, width};
use super::{ChartError, Description};

/// Maximum number of drawn points of a line.
const MOST: usize = 300;
/// Number of points above which marks would hide the line.
const MARKED: usize = 12;
/// Distance of two names, pixels.
const NAME_HEIGHT: u32 = 16;
/// Room for a leader and a mark before each name, pixels.
const LEADER: u32 = 34;

/// A chart of lines.
#[derive(Clone, Debug)]
pub(crate) struct LinePlot {
    /// From left to right.
    pub(crate) x: AxisSpec,
    /// From bottom to top.
    pub(crate) y: AxisSpec,
    /// In any order.
    pub(crate) lines: Vec<Line>,
    /// The reference level.
    pub(crate) guide: Option<f64>,
}

/// A runner.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    /// Its name.
    pub(crate) name: String,
    /// Its color, marker and dash.
    pub(crate) series: usize,
    /// From left to right.
    pub(crate) points: Vec<LinePoint>,
}

/// A figure.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LinePoint {
    /// The position.
    pub(crate) x: f64,
    /// The measured value.
    pub(crate) y: f64,
    /// The interval of `y`.
    pub(crate) interval: Option<Interval>,
}

/// A line with something to draw.
struct Drawable<'l> {
    line: &'l Line,
    /// Its points in runs, which are separated by points that cannot be drawn.
    runs: Vec<Vec<LinePoint>>,
    /// The height of its end, which is the preferred place of its name.
    end: BackendCoord,
}

impl LinePlot {
    /// Draws the chart; `None` when no point can be drawn.
    pub(crate) fn draw(&self, about: &Description) -> Result<Option<Markup>, ChartError> {
        let canvas = self.paint().map_err(|error| ChartError::new(&error))?;
        Ok(canvas.map(|field| svg::inline(&field.canvas, about)))
    }

    fn paint(&self) -> DrawResult<Option<PlotArea>> {
        let Some(field) = PlotArea::new(&self.plan())? else {
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
            parameter: true,
            beside: width(names.iter().map(String::as_str)) + LEADER,
            least: NAME_HEIGHT * self.lines.len() as u32,
        }
    }
}

fn drawable<'l>(line: &'l Line, field: &PlotArea) -> Option<Drawable<'l>> {
    let points = thinned(&line.points);
    let held = points.split(|point| !field.holds(point.x, point.y));
    let cut = |point: &LinePoint| LinePoint { interval: field.along_y(point.interval), ..*point };
    let runs = held.map(|run| run.iter().map(cut).collect::<Vec<_>>());
    let runs: Vec<Vec<LinePoint>> = runs.filter(|run| !run.is_empty()).collect();
    let end = runs.last()?.last().map(|point| field.at(point.x, point.y))?;
    Some(Drawable { line, runs, end })
}

/// Evenly, with the first and the last.
fn thinned(points: &[LinePoint]) -> Vec<LinePoint> {
    if points.len() <= MOST {
        return points.to_vec();
    }
    (0..MOST).map(|place| points[place * (points.len() - 1) / (MOST - 1)]).collect()
}

impl Drawable<'_> {
    fn paint(&self, field: &PlotArea) -> DrawResult {
        let series = self.line.series;
        for run in &self.runs {
            for run in run.split(|point| point.interval.is_none()) {
                paint_band(field, run, series)?;
            }
        }
        let at = |point: &LinePoint| field.at(point.x, point.y);
        let runs = self.runs.iter().map(|run| run.iter().map(at).collect());
        let runs: Vec<Vec<BackendCoord>> = runs.collect();
        for run in runs.iter().filter(|run| run.len() > 1) {
            line(&field.root, run, Ink::Trace(series).line())?;
        }
        let few = runs.iter().map(Vec::len).sum::<usize>() <= MARKED;
        // A single point is only visible by its mark.
        for run in runs.iter().filter(|run| few || run.len() == 1) {
            for place in run {
                mark(&field.root, *place, series)?;
            }
        }
        Ok(())
    }

    /// The name next to the end of the line, joined by a leader.
    fn paint_name(&self, field: &PlotArea, y: i32) -> DrawResult {
        let series = self.line.series;
        let x = field.extent().0.end + tenths(LEADER);
        let at = (x - tenths(12), y);
        // A line that ends early has no leader, because it would look like data.
        if self.end.0 + tenths(LEADER) >= field.extent().0.end {
            let (from, bend) = ((self.end.0 + tenths(8), self.end.1), (at.0 - tenths(7), y));
            line(&field.root, &[from, bend], Ink::Guide.thin())?;
        }
        mark(&field.root, at, series)?;
        let name = shortened(&self.line.name, NAME_LENGTH);
        text(&field.root, &name, (x - tenths(3), y), Ink::Name, HPos::Left)
    }

    fn tooltip(&self, plot: &LinePlot) -> String {
        let figure = |point: &LinePoint| crate::format::figure(point.y, &plot.y.unit);
        let ends = |(first, last): (&LinePoint, &LinePoint)| match first.x.total_cmp(&last.x) {
            Ordering::Equal => figure(first),
            _ => format!("{} to {}", figure(first), figure(last)),
        };
        let (first, last) = (self.runs.first(), self.runs.last());
        let first = first.and_then(|run| run.first());
        let figures = first.zip(last.and_then(|run| run.last())).map(ends).unwrap_or_default();
        format!("{}: {figures}", self.line.name)
    }
}

/// The interval of points in a row; that of a single point has no width, and is a whisker.
fn paint_band(field: &PlotArea, run: &[LinePoint], series: usize) -> DrawResult {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::AxisKind;
    use crate::chart::edge_cases::{about, scaled};

    fn plot(lines: Vec<Vec<LinePoint>>) -> LinePlot {
        let line = |(series, points)| Line { name: format!("<{series}>"), series, points };
        let lines = lines.into_iter().enumerate().map(line).collect();
        LinePlot { x: scaled(AxisKind::Log), y: scaled(AxisKind::Log), lines, guide: Some(3.0) }
    }

    fn drawn(lines: Vec<Vec<LinePoint>>) -> String {
        plot(lines).draw(&about()).unwrap().unwrap().into_string()
    }

    fn point(x: f64, y: f64) -> LinePoint {
        LinePoint { x, y, interval: Some(Interval { low: y * 0.9, high: y * 1.1 }) }
    }

    #[test]
    fn names_at_the_ends_do_not_overlap() {
        for count in [2, 9, 40] {
            let line =
                |series: usize| vec![point(1.0, 2.0), point(2.0, 3.0 + 0.001 * series as f64)];
            let svg = drawn((0..count).map(line).collect());
            let names = svg.split("class=\"name\"").skip(1);
            let mut ys: Vec<f64> = names
                .map(|name| name.split("y=\"").nth(1).unwrap().split('"').next().unwrap())
                .map(|y| y.parse().unwrap())
                .collect();
            assert_eq!(ys.len(), count);
            ys.sort_by(f64::total_cmp);
            assert!(ys.windows(2).all(|pair| pair[1] - pair[0] >= 15.9), "{ys:?}");
        }
    }

    #[test]
    fn a_band_needs_two_neighbors_with_an_interval() {
        let bare = LinePoint { interval: None, ..point(3.0, 4.0) };
        let bands = |points| drawn(vec![points]).matches("band").count();
        assert_eq!(bands(vec![point(1.0, 2.0), point(2.0, 3.0)]), 1);
        assert_eq!(bands(vec![point(1.0, 2.0), bare, point(4.0, 3.0)]), 0);
        let zero = Interval { low: 0.0, high: 4.0 };
        let cut = LinePoint { interval: Some(zero), ..point(2.0, 3.0) };
        assert_eq!(bands(vec![point(1.0, 2.0), cut]), 0);
    }

    #[test]
    fn a_line_breaks_where_a_figure_is_missing() {
        let traces = |missing: f64| {
            let line = [1.0, 2.0, missing, 3.0, 4.0].map(|y| point(y.abs(), y));
            let gap = LinePoint { x: 2.5, ..line[2] };
            let svg = drawn(vec![vec![line[0], line[1], gap, line[3], line[4]]]);
            let trace = svg.split("class=\"line s1 d0\" d=\"").nth(1).unwrap();
            trace.split('"').next().unwrap().matches('M').count()
        };
        assert_eq!((traces(2.5), traces(f64::NAN), traces(0.0)), (1, 2, 2));
    }

    #[test]
    fn a_long_line_keeps_its_ends() {
        let points: Vec<LinePoint> = (1..=1001).map(|x| point(f64::from(x), 1.0)).collect();
        let thin = thinned(&points);
        let ends = [thin[0].x, thin[MOST - 1].x];
        assert_eq!((thin.len(), ends), (MOST, [1.0, 1001.0]));
    }

    #[test]
    fn the_guide_is_drawn_and_names_are_escaped() {
        let svg = drawn(vec![vec![point(1.0, 2.0)]]);
        assert!(svg.contains("line thin guide"), "{svg}");
        assert!(svg.contains("&lt;0&gt;") && !svg.contains("<0>"), "{svg}");
        let nothing = plot(vec![vec![point(f64::NAN, 2.0)], vec![point(1.0, -2.0)]]);
        assert!(nothing.draw(&about()).unwrap().is_none());
    }
}
