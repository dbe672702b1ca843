//! The result of a comparison: a row per runner with its interval, and the comparison in words.

use maud::{Markup, PreEscaped, html};
use runtime_bench_analysis::analysis::{Row, Summary};
use runtime_bench_results::trial::metric;

use crate::chart::{series_class, swatch};
use crate::format::{self, Scale};
use crate::page::cell::{Content, class};
use crate::page::context::Page;
use crate::page::table::marks;
use crate::table::head;
use crate::view::{Group, Runner, wording};

/// Width of a plot, in its own units.
const WIDTH: f64 = 300.0;

/// Where figures stand on the axis that all rows share.
struct Axis {
    low: f64,
    high: f64,
    log: bool,
}

impl Axis {
    /// Over every figure and its interval; `None` where nothing can be drawn.
    fn of<'a>(figures: impl Iterator<Item = &'a Summary>) -> Option<Self> {
        let mut ends: Vec<f64> = figures
            .flat_map(|figure| {
                let interval = figure.interval;
                [Some(figure.value), interval.map(|one| one.low), interval.map(|one| one.high)]
            })
            .flatten()
            .filter(|value| value.is_finite() && value.abs() < 1e200)
            .collect();
        ends.sort_by(f64::total_cmp);
        let (low, high) = (*ends.first()?, *ends.last()?);
        let log = low > 1e-200;
        Some(Self { low, high, log })
    }

    /// From 8 to the width less 8; `None` for a figure that cannot be drawn.
    fn at(&self, value: f64) -> Option<f64> {
        let on = |value: f64| if self.log { value.ln() } else { value };
        let (from, to) = (on(self.low), on(self.high));
        let share = if to > from { (on(value) - from) / (to - from) } else { 0.5 };
        (share.is_finite() && (-0.01..=1.01).contains(&share))
            .then(|| (8.0 + share * (WIDTH - 16.0)).round())
    }
}

/// The figure.
pub(super) fn figure(page: Page<'_, '_>, group: &Group<'_>) -> Markup {
    let rows: Vec<(&Runner<'_>, &Row)> = page
        .view
        .columns()
        .into_iter()
        .filter_map(|runner| Some((runner, group.row(runner.name)?)))
        .collect();
    let axis = Axis::of(rows.iter().filter_map(|(_, row)| group.figure(row)));
    let guide = group.reference().and_then(|row| group.figure(row)).map(|figure| figure.value);
    let reference = group.reference().map_or("the reference", |row| row.key.runner.as_str());
    let name = wording::metric(group.headline_name(), group.unit());
    let direction = group.headline().map_or("", |headline| wording::direction(headline.better));
    html! {
        figure.result id={ (group.anchor) "-result" } {
            figcaption {
                h3 { (name) }
                p.scale {
                    "Median of processes with its 95% interval" @if !direction.is_empty() { "; " (direction) }
                    @if let Some(axis) = &axis {
                        "; axis from " (format::figure(axis.low, group.unit())) " to "
                        (format::figure(axis.high, group.unit())) @if axis.log { ", logarithmic" }
                        "; dashed: " (reference)
                    }
                }
            }
            div.scroll tabindex="0" role="group" aria-label={ (name) " of each runner" } {
                table.figures.results {
                    (head(["Runner".to_owned(), name.clone(), "Median".to_owned(), "95% interval".to_owned(),
                        format!("Against {reference}"), cpu_heading(&rows), "Peak memory".to_owned(), "Processes".to_owned()]))
                    tbody {
                        @for (runner, row) in &rows { (table_row(group, runner, row, axis.as_ref(), guide)) }
                    }
                }
            }
        }
    }
}

fn table_row(
    group: &Group<'_>,
    runner: &Runner<'_>,
    row: &Row,
    axis: Option<&Axis>,
    guide: Option<f64>,
) -> Markup {
    html! {
        tr {
            th scope="row" {
                (swatch(runner.series)) (runner.name) (marks(runner))
            }
            @match group.figure(row) {
                None => td.reason colspan="7" {
                    b { (wording::no_result(row)) } ": " (wording::reason(row))
                },
                Some(figure) => {
                    @let scale = Scale::of(&figure.unit, figure.value);
                    td.plot {
                        @match axis.and_then(|axis| plot(axis, figure, runner.series, guide)) {
                            Some(plot) => (plot),
                            None => "not drawable",
                        }
                    }
                    td { (scale.figure(figure.value)) }
                    td { @if let Some(interval) = figure.interval { (scale.interval(interval)) } @else { "too few samples" } }
                    (against(group, row))
                    td { @if let Some(cpu) = cpu(row) { (format::figure(cpu.value, &cpu.unit)) } }
                    td {
                        @if let Some(memory) = row.metric(metric::PEAK_MEMORY.id) {
                            (format::figure(memory.value, &memory.unit))
                        }
                    }
                    td { (row.samples) }
                }
            }
        }
    }
}

/// The comparison in words, with what a tooltip says in the table of all workloads.
fn against(group: &Group<'_>, row: &Row) -> Markup {
    html! {
        @match Content::of(group, Some(row)) {
            Content::Compared(found, remark) => td class=(class(found.verdict)) {
                span { (wording::words(&found, group.unit())) }
                @if let Some(interval) = found.interval { i { "cost " (format::ratio_interval(interval)) "×" } }
                @if let Some(remark) = remark { i { (remark) } }
            },
            Content::Figure(_) => td { "reference" },
            Content::Empty(word, why) => td.reason { b { (word) } ": " (why) },
        }
    }
}

/// CPU time per operation where the workload counts operations, else per iteration.
fn cpu(row: &Row) -> Option<&Summary> {
    let per = row.metrics.iter().find(|metric| metric.name.starts_with("cpu-per-"));
    per.or_else(|| row.metric(metric::CPU.id))
}

fn cpu_heading(rows: &[(&Runner<'_>, &Row)]) -> String {
    let name = rows.iter().find_map(|(_, row)| cpu(row)).map(|cpu| cpu.name.as_str());
    match name {
        Some(name) if name != metric::CPU.id => wording::metric(name, "ns"),
        _ => "CPU per iteration".to_owned(),
    }
}

fn plot(axis: &Axis, figure: &Summary, series: usize, guide: Option<f64>) -> Option<Markup> {
    let middle = axis.at(figure.value)?;
    let interval = figure.interval.and_then(|one| Some((axis.at(one.low)?, axis.at(one.high)?)));
    let (low, high) = interval.unwrap_or((middle, middle));
    let guide = guide.and_then(|guide| axis.at(guide));
    let guide = guide.map_or_else(String::new, |at| {
        format!(r#"<path class="line thin guide d2" d="M{at} 0V20"/>"#)
    });
    let class = series_class(series);
    Some(html! {
        svg viewBox="0 0 300 20" aria-hidden="true" {
            (PreEscaped(guide))
            (PreEscaped(format!(r#"<path class="line {class}" d="M{low} 10H{high}"/>"#)))
            g transform=(format!("translate({middle} 10)")) { (crate::chart::marker(series)) }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::summary;

    #[test]
    fn an_axis_holds_finite_figures_only() {
        let figures = [1.0, f64::NAN, 100.0, f64::INFINITY].map(|value| summary("wall", value));
        let axis = Axis::of(figures.iter()).unwrap();
        let places = figures.iter().map(|figure| axis.at(figure.value)).collect::<Vec<_>>();
        assert_eq!(places, [Some(8.0), None, Some(292.0), None]);
        assert_eq!(axis.at(10.0), Some(150.0), "it is logarithmic");
        let zero = [0.0, 10.0].map(|value| summary("wall", value));
        assert_eq!(Axis::of(zero.iter()).unwrap().at(5.0), Some(150.0), "not where it has a zero");
        assert!(Axis::of([summary("wall", f64::NAN)].iter()).is_none());
    }
}
