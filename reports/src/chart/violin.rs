//! The distribution of each runner's values: the density around a box of quartiles.

use maud::Markup;
use plotters_backend::BackendCoord;
use runtime_bench_analysis::stats::{Quartiles, median, quartiles};

use super::axis::Axis;
use super::axis_spec::{AxisKind, AxisSpec, is_drawable};
use super::backend::{Canvas, DrawResult};
use super::density::density;
use super::ink::Ink;
use super::paint::{Root, area, line};
use super::rows::{self, Layout, RowPlot};
use super::svg;
use super::text::tenths;
use super::{ChartError, Description};
use crate::format;

const LAYOUT: Layout = Layout { row: 44, above: 4 };
/// Half the height of a violin, rows.
const HALF: f64 = 0.44;
/// Minimum number of values for an outline; fewer are drawn one by one.
const FEWEST: usize = 50;
/// Quartile distances from the box beyond which a value is drawn on its own (Tukey 1977).
const FAR: f64 = 1.5;
/// Maximum number of values on each side that are drawn on their own.
const FAR_VALUES: usize = 20;

/// A chart of distributions.
#[derive(Clone, Debug)]
pub(crate) struct Violin {
    /// Unit of every value.
    pub(crate) unit: String,
    /// From top to bottom.
    pub(crate) rows: Vec<ViolinRow>,
}

/// A runner.
#[derive(Clone, Debug)]
pub(crate) struct ViolinRow {
    /// Its name.
    pub(crate) name: String,
    /// Its color and marker.
    pub(crate) series: usize,
    /// Its values, in any order.
    pub(crate) values: Vec<f64>,
}

/// Five figures of a sorted sample, and the values beyond.
#[derive(Debug, PartialEq)]
struct Summary {
    low: f64,
    quartiles: [f64; 3],
    high: f64,
    far: Vec<f64>,
}

impl Summary {
    fn of(sorted: &[f64]) -> Option<Self> {
        let Quartiles { first, median, third, .. } = quartiles(sorted)?;
        let quartiles = [first, median, third];
        let reach = FAR * (quartiles[2] - quartiles[0]);
        let near = quartiles[0] - reach..=quartiles[2] + reach;
        let inside = || sorted.iter().copied().filter(|value| near.contains(value));
        let below = sorted.iter().filter(|value| *value < near.start()).take(FAR_VALUES);
        let above = sorted.iter().rev().filter(|value| *value > near.end()).take(FAR_VALUES);
        Some(Self {
            low: inside().next().unwrap_or(quartiles[0]),
            high: inside().next_back().unwrap_or(quartiles[2]),
            far: below.chain(above).copied().collect(),
            quartiles,
        })
    }
}

impl Violin {
    /// Draws the chart; `None` when no value can be drawn.
    pub(crate) fn draw(&self, about: &Description) -> Result<Option<Markup>, ChartError> {
        let values: Vec<f64> = self.rows.iter().flat_map(|row| row.values.clone()).collect();
        // Positions matter here, not lengths from zero: without a zero, ratios are compared.
        let positive = values.iter().all(|value| !is_drawable(*value) || *value > 0.0);
        let kind = if positive { AxisKind::Log } else { AxisKind::Auto };
        let scaled = AxisSpec { kind, ..AxisSpec::figure(&self.unit) };
        let Some(axis) = Axis::new(&scaled, &values) else {
            return Ok(None);
        };
        let canvas = rows::canvas(&LAYOUT, self.rows.len());
        self.paint(&canvas, &axis).map_err(|error| ChartError::new(&error))?;
        Ok(Some(svg::inline(&canvas, about)))
    }

    fn paint(&self, canvas: &Canvas, axis: &Axis) -> DrawResult {
        let held: Vec<Vec<f64>> = self.rows.iter().map(|row| row.held(axis)).collect();
        let words: Vec<String> = held.iter().map(|sorted| self.words(sorted)).collect();
        let names: Vec<&str> = self.rows.iter().map(|row| row.name.as_str()).collect();
        let shown: Vec<&str> = words.iter().map(String::as_str).collect();
        let plot = RowPlot::new(canvas, &LAYOUT, axis.clone(), (&names, &shown))?;
        for (place, (row, sorted)) in self.rows.iter().zip(&held).enumerate() {
            canvas.group(&self.tooltip(row, sorted), || {
                let painter = Painter { plot: &plot, axis, series: row.series, place };
                painter.paint(sorted)?;
                plot.words(&words[place], place)
            })?;
        }
        Ok(())
    }

    /// The median, at the right.
    fn words(&self, sorted: &[f64]) -> String {
        let words = |median| format::figure(median, &self.unit);
        median(sorted).map_or_else(|| "not drawable".to_owned(), words)
    }

    fn tooltip(&self, row: &ViolinRow, sorted: &[f64]) -> String {
        let count = format::count(sorted.len(), "value");
        let Some(five) = quartiles(sorted) else { return format!("{}: {count}", row.name) };
        let figures = [five.median, five.first, five.third];
        let [median, low, high] = figures.map(|figure| format::figure(figure, &self.unit));
        format!("{}: median {median}, quartiles {low} to {high}, {count}", row.name)
    }
}

impl ViolinRow {
    /// The values that the axis holds, sorted.
    fn held(&self, axis: &Axis) -> Vec<f64> {
        let mut held: Vec<f64> =
            self.values.iter().copied().filter(|value| axis.holds(*value)).collect();
        held.sort_by(f64::total_cmp);
        held
    }
}

/// Draws one row.
struct Painter<'p> {
    plot: &'p RowPlot,
    axis: &'p Axis,
    series: usize,
    place: usize,
}

impl Painter<'_> {
    fn paint(&self, sorted: &[f64]) -> DrawResult {
        if sorted.len() < FEWEST {
            return self.dots(sorted);
        }
        self.outline(sorted)?;
        Summary::of(sorted).map_or(Ok(()), |summary| self.summary(&summary))
    }

    /// Every value, neighbors at different heights, and the median.
    fn dots(&self, sorted: &[f64]) -> DrawResult {
        for (place, value) in sorted.iter().enumerate() {
            let (x, y) = self.at(*value, (place * 2 % 5) as f64 * 0.12 - 0.24);
            self.rect((x - 17, y - 17), (x + 17, y + 17), Ink::Series(self.series))?;
        }
        let mark = |median| mark_median(self.root(), self.at(median, 0.0));
        median(sorted).map_or(Ok(()), mark)
    }

    /// The density, to both sides. It is the density of positions on the axis, so that equal areas are equal
    /// shares on a logarithmic axis, too.
    fn outline(&self, sorted: &[f64]) -> DrawResult {
        let outline = density(&self.axis.shares(sorted));
        let side = |sign: f64| {
            let outline = outline.iter();
            outline
                .map(move |(share, height)| self.at(self.axis.value(*share), sign * HALF * height))
        };
        let mut around: Vec<BackendCoord> = side(-1.0).collect();
        around.extend(side(1.0).rev());
        area(self.root(), around, Ink::Band(self.series))
    }

    fn summary(&self, summary: &Summary) -> DrawResult {
        let ink = Ink::Series(self.series);
        let [low, median, high] = summary.quartiles.map(|value| self.at(value, 0.0));
        let ends = [summary.low, summary.high].map(|value| self.at(value, 0.0));
        line(self.root(), &ends, ink.thin())?;
        self.rect(
            (low.0, low.1 - tenths(5)),
            (high.0.max(low.0 + tenths(1)), high.1 + tenths(5)),
            ink,
        )?;
        for value in &summary.far {
            let (x, y) = self.at(*value, 0.0);
            self.rect((x - 12, y - 12), (x + 12, y + 12), ink)?;
        }
        mark_median(self.root(), median)
    }

    fn rect(
        &self,
        (left, top): BackendCoord,
        (right, bottom): BackendCoord,
        ink: Ink,
    ) -> DrawResult {
        let corners = vec![(left, top), (right, top), (right, bottom), (left, bottom)];
        area(self.root(), corners, ink)
    }

    /// A value, offset by a fraction of a row from the middle of its row.
    fn at(&self, value: f64, off: f64) -> BackendCoord {
        self.plot.at(value, self.place as f64 + 0.5 + off)
    }

    fn root(&self) -> &Root {
        &self.plot.root
    }
}

/// A gap in the box, which is visible in every color.
fn mark_median(root: &Root, (x, y): BackendCoord) -> DrawResult {
    line(root, &[(x, y - tenths(8)), (x, y + tenths(8))], Ink::Figure.line())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::edge_cases::about;

    fn drawn(values: &[f64]) -> Option<String> {
        let row = ViolinRow { name: "<a>".into(), series: 0, values: values.to_vec() };
        let violin = Violin { unit: "ns".into(), rows: vec![row] };
        violin.draw(&about()).unwrap().map(Markup::into_string)
    }

    #[test]
    fn violin_box_shows_quartiles_and_outliers() {
        let summary = Summary::of(&[1.0, 10.0, 11.0, 12.0, 13.0, 14.0, 100.0]);
        let expected =
            Summary { low: 10.0, quartiles: [10.5, 12.0, 13.5], high: 14.0, far: vec![1.0, 100.0] };
        assert_eq!(summary, Some(expected));
    }

    #[test]
    fn violin_labels_match_its_values() {
        let svg = drawn(&[300.0, 100.0, 200.0, 400.0, 500.0, f64::NAN]).unwrap();
        let told = "&lt;a&gt;: median 300\u{a0}ns, quartiles 200\u{a0}ns to 400\u{a0}ns, 5 values";
        assert!(svg.contains(told) && svg.contains(">300\u{a0}ns</text>"), "{svg}");
    }

    #[test]
    fn few_values_are_dots_and_many_have_an_outline() {
        let values = |count: u32| (1..=count).map(f64::from).collect::<Vec<f64>>();
        let few = drawn(&values(49)).unwrap();
        assert!(!few.contains("band"), "{few}");
        assert_eq!(few.matches("h3.4v3.4").count(), 49, "{few}");
        assert!(drawn(&values(50)).unwrap().contains("band"));
        assert_eq!(drawn(&[f64::NAN]), None);
    }
}
