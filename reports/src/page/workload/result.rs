//! The result of a comparison: a row per runner with its interval, and the comparison in words.

use maud::{Markup, html};
use runtime_bench_analysis::analysis::Row;
use runtime_bench_results::trial::metric;

use crate::chart::swatch;
use crate::format::{self, Scale};
use crate::page::cell::{Content, class};
use crate::page::context::Page;
use crate::page::interval::{Axis, plot};
use crate::page::table::marks;
use crate::table::head;
use crate::view::{Group, Runner, cpu, wording};

/// The figure.
pub(super) fn figure(page: Page<'_, '_>, group: &Group<'_>) -> Markup {
    let rows: Vec<(&Runner<'_>, &Row)> = page
        .view
        .columns()
        .into_iter()
        .filter_map(|runner| Some((runner, group.row(runner.name)?)))
        .collect();
    if group.source.is_check() {
        return checks(group, &rows);
    }
    let axis = Axis::of(rows.iter().filter_map(|(_, row)| group.figure(row)), None);
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

/// The outcome of each runner in a check.
fn checks(group: &Group<'_>, rows: &[(&Runner<'_>, &Row)]) -> Markup {
    html! {
        figure.result id={ (group.anchor) "-result" } {
            table.figures.verdicts {
                caption { "Pass or fail; every output is verified" }
                (head(["Runner", "Result", "Processes"]))
                tbody {
                    @for (runner, row) in rows {
                        tr {
                            th scope="row" { (swatch(runner.series)) (runner.name) (marks(runner)) }
                            @match Content::of(group, Some(row)) {
                                Content::Checked(true, words) => td { b { (wording::PASSES) } ": " (words) },
                                Content::Checked(false, why) => td.reason { b { "fails" } ": " (why) },
                                _ => td.reason { b { (wording::no_result(row)) } ": " (wording::reason(row)) },
                            }
                            td { (row.samples) }
                        }
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
                        @match axis.and_then(|axis| plot(axis, [Some(figure), None], runner.series, guide)) {
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

/// The comparison in words, with the text of its tooltip in the table of all workloads.
fn against(group: &Group<'_>, row: &Row) -> Markup {
    html! {
        @match Content::of(group, Some(row)) {
            Content::Compared(found, remark) => td class=(class(found.verdict)) {
                @let words = wording::words(&found, group.unit());
                @let interval = found.interval.filter(|interval| words != wording::range(*interval));
                span { (words) }
                @if let Some(interval) = interval { i { "cost " (format::ratio_interval(interval)) "×" } }
                @if let Some(remark) = remark { i { (remark) } }
            },
            Content::Figure(_) | Content::Checked(..) => td { (group.uncompared()) },
            Content::Empty(word, why) => td.reason { b { (word) } ": " (why) },
        }
    }
}

fn cpu_heading(rows: &[(&Runner<'_>, &Row)]) -> String {
    let name = rows.iter().find_map(|(_, row)| cpu(row)).map(|cpu| cpu.name.as_str());
    match name {
        Some(name) if name != metric::CPU.id => wording::metric(name, "ns"),
        _ => "CPU per iteration".to_owned(),
    }
}
