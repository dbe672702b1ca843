//! Ratios to a reference: lower costs to the left of it, higher costs to the right.

use maud::Markup;
use plotters::style::text_anchor::HPos;
use runtime_bench_analysis::stats::Interval;

use super::axis::Axis;
use super::axis_spec::{AxisKind, AxisSpec};
use super::backend::{Canvas, DrawResult};
use super::ink::Ink;
use super::paint::{area, line, mark, text, whisker};
use super::rows::{self, Layout, RowPlot};
use super::svg;
use super::text::{tenths, width};
use super::{ChartError, Description};

const LAYOUT: Layout = Layout { row: 24, above: 20 };
/// Half the height of a bar, rows.
const HALF: f64 = 0.3;
/// Minimum range of the axis on either side, so that noise does not look large.
const LEAST: f64 = 1.2;
const LESS: &str = "← costs less";
const MORE: &str = "costs more →";

/// A chart of bars on both sides of 1×.
#[derive(Clone, Debug)]
pub(crate) struct BarPlot {
    /// From top to bottom.
    pub(crate) groups: Vec<BarGroup>,
}

/// A group of bars, such as a workload.
#[derive(Clone, Debug)]
pub(crate) struct BarGroup {
    /// A heading, or the name of the row if there is only one bar.
    pub(crate) name: String,
    /// From top to bottom.
    pub(crate) bars: Vec<Bar>,
}

/// A runner.
#[derive(Clone, Debug)]
pub(crate) struct Bar {
    /// Its name.
    pub(crate) name: String,
    /// Its color and marker.
    pub(crate) series: usize,
    /// Its cost ÷ that of the reference.
    pub(crate) ratio: f64,
    /// The interval of the ratio.
    pub(crate) interval: Option<Interval>,
    /// The figure in words, at the right.
    pub(crate) words: String,
}

/// A line of the chart: a heading or a bar.
struct Row<'b> {
    name: &'b str,
    bar: Option<&'b Bar>,
}

impl BarPlot {
    /// Draws the chart; `None` when no bar can be drawn.
    pub(crate) fn draw(&self, about: &Description) -> Result<Option<Markup>, ChartError> {
        let Some(axis) = self.axis() else {
            return Ok(None);
        };
        let rows: Vec<Row<'_>> = self.groups.iter().flat_map(BarGroup::rows).collect();
        let canvas = rows::canvas(&LAYOUT, rows.len());
        paint(&canvas, axis, &rows).map_err(|error| ChartError::new(&error))?;
        Ok(Some(svg::inline(&canvas, about)))
    }

    fn axis(&self) -> Option<Axis> {
        let scaled = AxisSpec { kind: AxisKind::Log, ..AxisSpec::figure("×") };
        let bars = || self.groups.iter().flat_map(|group| &group.bars);
        let ratios: Vec<f64> = bars().map(|bar| bar.ratio).collect();
        Axis::new(&scaled, &ratios)?;
        let ends = bars().filter_map(|bar| bar.interval).flat_map(|ends| [ends.low, ends.high]);
        let all: Vec<f64> =
            ratios.iter().copied().chain(ends).chain([1.0 / LEAST, LEAST]).collect();
        Axis::new(&scaled, &all)
    }
}

impl BarGroup {
    fn rows(&self) -> Vec<Row<'_>> {
        match self.bars.as_slice() {
            [bar] if !self.name.is_empty() => vec![Row { name: &self.name, bar: Some(bar) }],
            bars => {
                let heading = Some(Row { name: &self.name, bar: None });
                let heading = heading.filter(|heading| !heading.name.is_empty());
                let bars = bars.iter().map(|bar| Row { name: &bar.name, bar: Some(bar) });
                heading.into_iter().chain(bars).collect()
            }
        }
    }
}

impl Bar {
    /// The text at the right end of the row.
    fn shown<'b>(&'b self, axis: &Axis) -> &'b str {
        if axis.holds(self.ratio) { &self.words } else { "not drawable" }
    }
}

fn paint(canvas: &Canvas, axis: Axis, rows: &[Row<'_>]) -> DrawResult {
    let held = axis.clone();
    // A heading is not the name of a row: it begins further left and may be longer.
    let name = |row: &Row<'_>| if row.bar.is_some() { row.name.to_owned() } else { String::new() };
    let names: Vec<String> = rows.iter().map(name).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let words: Vec<&str> =
        rows.iter().map(|row| row.bar.map_or("", |bar| bar.shown(&held))).collect();
    let plot = RowPlot::new(canvas, &LAYOUT, axis, (&names, &words))?;
    paint_guide(&plot, rows.len())?;
    for (place, row) in rows.iter().enumerate() {
        let Some(bar) = row.bar else {
            let (_, y) = plot.at(1.0, place as f64 + 0.6);
            text(&plot.root, row.name, (0, y), Ink::Figure, HPos::Left)?;
            continue;
        };
        canvas.group(&format!("{}: {}", bar.name, bar.words), || {
            if held.holds(bar.ratio) {
                paint_bar(&plot, &held, bar, place as f64 + 0.5)?;
            }
            plot.words(bar.shown(&held), place)
        })?;
    }
    Ok(())
}

/// The line at 1×, and the labels on both sides.
fn paint_guide(plot: &RowPlot, rows: usize) -> DrawResult {
    let (top, bottom) = (plot.at(1.0, 0.0), plot.at(1.0, rows as f64));
    line(&plot.root, &[(top.0, top.1 - tenths(14)), bottom], Ink::Guide.thin())?;
    let y = top.1 - tenths(10);
    let (across, gap) = (plot.across(), tenths(8));
    if top.0 - across.start >= tenths(width([LESS])) {
        text(&plot.root, LESS, (top.0 - gap, y), Ink::Label, HPos::Right)?;
    }
    text(&plot.root, MORE, (top.0 + gap, y), Ink::Label, HPos::Left)
}

fn paint_bar(plot: &RowPlot, axis: &Axis, bar: &Bar, y: f64) -> DrawResult {
    let corners = [(1.0, y - HALF), (bar.ratio, y - HALF), (bar.ratio, y + HALF), (1.0, y + HALF)];
    let corners = corners.map(|(value, y)| plot.at(value, y));
    area(&plot.root, corners.to_vec(), Ink::Band(bar.series))?;
    if let Some(Interval { low, high }) = bar.interval
        && axis.holds(low)
        && axis.holds(high)
    {
        let style = Ink::Series(bar.series).line();
        whisker(&plot.root, [plot.at(low, y), plot.at(high, y)], style)?;
    }
    mark(&plot.root, plot.at(bar.ratio, y), bar.series)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::edge_cases::about;

    fn drawn(ratios: &[f64]) -> String {
        let bar = |(series, ratio): (usize, &f64)| Bar {
            name: "<a>".into(),
            series,
            ratio: *ratio,
            interval: None,
            words: "?".into(),
        };
        let bars = ratios.iter().enumerate().map(bar).collect();
        let plot = BarPlot { groups: vec![BarGroup { name: "g & h".into(), bars }] };
        plot.draw(&about()).unwrap().unwrap().into_string()
    }

    #[test]
    fn a_bar_is_left_of_the_line_exactly_if_it_costs_less() {
        let svg = drawn(&[0.5, 2.0, 0.99, 1.01, 30.0]);
        let line = svg.split("class=\"line thin guide\" d=\"M").nth(1).unwrap();
        let guide = line.split(' ').next().unwrap();
        let bars: Vec<&str> =
            svg.split("class=\"fill band ").skip(1).map(|bar| &bar[7..]).collect();
        assert_eq!(bars.len(), 5);
        for (bar, left) in bars.into_iter().zip([true, false, true, false, false]) {
            // From the line at 1× first, then along the bar.
            let bar = &bar[bar.find('M').unwrap() + 1..];
            assert!(bar.starts_with(&format!("{guide} ")), "{bar} begins at {guide}");
            assert_eq!(bar.split('h').nth(1).unwrap().starts_with('-'), left, "{bar}");
        }
    }

    #[test]
    fn undrawable_bars_are_listed_as_text() {
        let svg = drawn(&[1.5, f64::NAN, 0.0, -1.0, f64::INFINITY]);
        assert_eq!(svg.matches("not drawable").count(), 4);
        assert_eq!(svg.matches("band").count(), 1);
    }

    #[test]
    fn a_group_of_one_bar_is_one_row() {
        let names = |ratios: &[f64]| -> Vec<bool> {
            let svg = drawn(ratios);
            [">g &amp; h<", ">&lt;a&gt;<"].iter().map(|name| svg.contains(name)).collect()
        };
        assert_eq!(names(&[2.0]), [true, false]);
        assert_eq!(names(&[2.0, 3.0]), [true, true]);
    }
}
