//! One row per runner: a mark for each figure, its interval as a whisker, the figure in words.

use maud::Markup;
use runtime_bench_analysis::stats::Interval;

use super::axis::Axis;
use super::axis_spec::{AxisSpec, is_drawable};
use super::backend::{Canvas, DrawResult};
use super::ink::Ink;
use super::paint::{MarkStyle, line, mark, whisker};
use super::rows::{self, Layout, RowPlot};
use super::svg;
use super::{ChartError, Description};

const LAYOUT: Layout = Layout { row: 28, above: 2, ruled: true };

/// The rows of a chart.
#[derive(Clone, Debug)]
pub(crate) struct DotPlot {
    /// Unit of every figure.
    pub(crate) unit: String,
    /// From top to bottom.
    pub(crate) rows: Vec<DotRow>,
    /// A figure that all others are set against: a line from top to bottom.
    pub(crate) guide: Option<f64>,
}

/// A runner.
#[derive(Clone, Debug)]
pub(crate) struct DotRow {
    /// Its name.
    pub(crate) name: String,
    /// Its color and marker.
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
    pub(crate) form: MarkStyle,
}

impl DotPlot {
    /// Draws the chart; `None` when no figure can be drawn.
    pub(crate) fn draw(&self, about: &Description) -> Result<Option<Markup>, ChartError> {
        let Some(axis) = Axis::new(&AxisSpec::figure(&self.unit), &self.figures()) else {
            return Ok(None);
        };
        let canvas = rows::canvas(&LAYOUT, self.rows.len());
        self.paint(&canvas, axis).map_err(|error| ChartError::new(&error))?;
        Ok(Some(svg::inline(&canvas, about)))
    }

    /// Everything that must lie on the axis. A line alone is no chart.
    fn figures(&self) -> Vec<f64> {
        let marks = self.rows.iter().flat_map(|row| &row.marks);
        let mut figures: Vec<f64> = marks
            .filter(|mark| is_drawable(mark.value))
            .flat_map(|mark| {
                let (low, high) =
                    mark.interval.map_or((mark.value, mark.value), |ends| (ends.low, ends.high));
                [mark.value, low, high]
            })
            .collect();
        if !figures.is_empty() {
            figures.extend(self.guide);
        }
        figures
    }

    fn paint(&self, canvas: &Canvas, axis: Axis) -> DrawResult {
        let names: Vec<&str> = self.rows.iter().map(|row| row.name.as_str()).collect();
        let words: Vec<&str> = self.rows.iter().map(DotRow::shown).collect();
        let guide = self.guide.filter(|guide| axis.holds(*guide));
        let plot = RowPlot::new(canvas, &LAYOUT, axis, (&names, &words))?;
        if let Some(guide) = guide {
            let ends = [plot.at(guide, 0.0), plot.at(guide, self.rows.len() as f64)];
            line(&plot.root, &ends, Ink::Guide.thin())?;
        }
        for (place, row) in self.rows.iter().enumerate() {
            canvas.group(&format!("{}: {}", row.name, row.words), || {
                paint_row(&plot, row, place)?;
                plot.words(row.shown(), place)
            })?;
        }
        Ok(())
    }
}

fn paint_row(plot: &RowPlot, row: &DotRow, place: usize) -> DrawResult {
    let (y, style) = (place as f64 + 0.5, Ink::Series(row.series).line());
    let marks: Vec<&Mark> = row.marks.iter().filter(|mark| is_drawable(mark.value)).collect();
    if marks.len() > 1 {
        let ends: Vec<_> = marks.iter().map(|mark| plot.at(mark.value, y)).collect();
        line(&plot.root, &ends, style)?;
    }
    for Interval { low, high } in marks.iter().filter_map(|mark| mark.interval) {
        if is_drawable(low) && is_drawable(high) {
            whisker(&plot.root, [plot.at(low, y), plot.at(high, y)], style)?;
        }
    }
    for figure in marks {
        mark(&plot.root, plot.at(figure.value, y), row.series, figure.form)?;
    }
    Ok(())
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
                form: MarkStyle::Hollow,
            }],
            words: "a < b".into(),
        };
        DotPlot {
            unit: "ns".into(),
            rows: figures.iter().enumerate().map(row).collect(),
            guide: None,
        }
    }

    fn drawn(figures: &[f64]) -> Option<String> {
        let about =
            Description { id: "c".into(), title: "<title>".into(), finding: "<found>".into() };
        plot(figures).draw(&about).unwrap().map(Markup::into_string)
    }

    #[test]
    fn empty_data_gives_no_chart() {
        assert_eq!(drawn(&[]), None);
        assert_eq!(drawn(&[f64::NAN, f64::INFINITY]), None);
    }

    #[test]
    fn undrawable_values_are_listed_as_text() {
        let svg = drawn(&[1.0, f64::NAN, f64::INFINITY, 100.0]).unwrap();
        assert_eq!(svg.matches("not drawable").count(), 2);
        assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
    }

    #[test]
    fn guide_lies_on_the_axis_and_is_not_a_chart_alone() {
        let about = Description { id: "c".into(), title: String::new(), finding: String::new() };
        let drawn = |figures: &[f64], guide| {
            let plot = DotPlot { guide: Some(guide), ..plot(figures) };
            plot.draw(&about).unwrap().map(Markup::into_string)
        };
        assert!(drawn(&[1.0, 2.0], 5.0).unwrap().contains("thin guide"));
        assert!(!drawn(&[1.0, 2.0], f64::INFINITY).unwrap().contains("guide"));
        assert_eq!(drawn(&[], 5.0), None);
    }

    #[test]
    fn non_finite_values_do_not_hang() {
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
