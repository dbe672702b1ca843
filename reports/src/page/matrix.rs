//! The workload × runner table.

use maud::{Markup, html};
use runtime_bench_results::analysis::{Row, Summary};
use runtime_bench_results::stats::{Comparison, TwinCheck};

use super::controls;
use super::notes::Notes;
use crate::chart::swatch;
use crate::format::{self, Scale};
use crate::view::{Group, Runner, Section, View, wording};

/// Upper ends of the shades of "× the best of its class"; beyond the last is the darkest.
const SHADES: [f64; 4] = [1.05, 1.25, 2.0, 5.0];

/// The section with its table, legend and notes.
pub(super) fn section(view: &View<'_>) -> Markup {
    let mut notes = Notes::new("note");
    let sections = view.sections();
    if sections.is_empty() || view.runners.is_empty() {
        return html! {
            section #table aria-labelledby="table-title" {
                h2 #table-title { "Workloads × runners" }
                p.empty { "There is nothing to compare." }
            }
        };
    }
    let bodies: Vec<Markup> = sections.iter().map(|one| body(view, one, &mut notes)).collect();
    html! {
        section #table aria-labelledby="table-title" {
            h2 #table-title { "Workloads × runners" }
            (controls::form(view))
            (legend())
            section.scroll tabindex="0" aria-label="Table of workloads and runners" {
                table.matrix {
                    caption {
                        "Median over processes with its 95\u{a0}% interval, cost as a multiple of "
                        "the reference's with its interval, verdict."
                    }
                    (head(view))
                    @for body in bodies { (body) }
                }
            }
            (notes.list())
        }
    }
}

fn legend() -> Markup {
    let ends = SHADES.map(format::ratio);
    let begins = std::iter::once("best").chain(ends.iter().map(String::as_str));
    let steps: Vec<(&str, Option<&String>)> =
        begins.enumerate().map(|(shade, begin)| (begin, ends.get(shade))).collect();
    html! {
        ul.legend {
            @for (shade, (begin, end)) in steps.into_iter().enumerate() {
                li class=(format!("h{shade}")) {
                    @match end {
                        Some(end) => { (begin) "–" (end) }
                        None => { "over " (begin) }
                    }
                }
            }
            li.plain { "shade: cost as a multiple of the best median of the same class" }
        }
    }
}

fn head(view: &View<'_>) -> Markup {
    html! {
        thead {
            tr {
                th scope="col" rowspan="2" { "Workload" }
                @for (class, members) in view.classes() {
                    th.class scope="colgroup" colspan=(members.len()) { (wording::class(class)) }
                }
            }
            tr {
                @for (_, members) in view.classes() {
                    @for (place, runner) in members.iter().enumerate() {
                        th.first[place == 0] scope="col" data-runner=(runner.name) {
                            (swatch(runner.series))
                            a href=(format!("#{}", runner.anchor)) { (runner.name) }
                        }
                    }
                }
            }
        }
    }
}

fn body(view: &View<'_>, section: &Section<'_, '_>, notes: &mut Notes) -> Markup {
    let groups = section.workloads.iter().flat_map(|workload| &workload.groups);
    let rows: Vec<Markup> =
        groups.map(|group| table_row(view, group, section.key, notes)).collect();
    html! {
        tbody {
            tr.kind {
                th scope="rowgroup" colspan=(view.runners.len() + 1) { span { (section.title) } }
            }
            @for row in rows { (row) }
        }
    }
}

fn table_row(view: &View<'_>, group: &Group<'_>, kind: &str, notes: &mut Notes) -> Markup {
    let mut cells: Vec<Markup> = Vec::new();
    for (_, members) in view.classes() {
        for (place, runner) in members.iter().enumerate() {
            cells.push(cell(group, runner, place == 0, notes));
        }
    }
    html! {
        tr data-kind=(kind) {
            th scope="row" {
                a href=(format!("#{}", group.anchor)) { (group.title) }
                span.point { (group.point()) }
                span.metric { (metric(group)) }
                @if let Some(control) = control(group) { span.control { (control) } }
            }
            @for cell in cells { (cell) }
        }
    }
}

/// The headline metric and which direction is good.
fn metric(group: &Group<'_>) -> String {
    match group.headline() {
        Some(headline) => format!("{}, {}", headline.name, wording::direction(headline.better)),
        None => group.headline_name().to_owned(),
    }
}

/// What the reference against itself showed here, unless all is well.
fn control(group: &Group<'_>) -> Option<&'static str> {
    match group.source.twin.as_ref()?.check {
        TwinCheck::Passed => None,
        TwinCheck::Unproven => Some("noise control unproven"),
        TwinCheck::Failed => Some("noise control failed: do not trust this row"),
    }
}

fn cell(group: &Group<'_>, runner: &Runner<'_>, first: bool, notes: &mut Notes) -> Markup {
    let Some(row) = group.row(runner.name) else {
        return empty_cell(first, "not planned", "the plan of this run has no such cell", notes);
    };
    match group.figure(row) {
        Some(figure) => figure_cell(group, row, figure, first),
        None => empty_cell(first, wording::no_figure(row), wording::reason(row), notes),
    }
}

fn empty_cell(first: bool, word: &str, reason: &str, notes: &mut Notes) -> Markup {
    html! {
        td.none.first[first] { (word) (notes.mark(reason)) }
    }
}

fn figure_cell(group: &Group<'_>, row: &Row, figure: &Summary, first: bool) -> Markup {
    let scale = Scale::of(&figure.unit, figure.value);
    let slowdown = group.slowdown(row);
    html! {
        td class=(classes(slowdown.map(shade), first)) data-x=[slowdown.map(format::rounded)] {
            (value(&scale, figure.value))
            span.interval {
                @match figure.interval {
                    Some(interval) => (scale.interval(interval)),
                    None => { "no interval, " (format::count(figure.samples, "sample")) },
                }
            }
            @if let Some(comparison) = &row.comparison {
                (compared(comparison, &figure.unit))
            } @else if group.reference() == Some(row) {
                span.word { "reference" }
            } @else if row.client_bound.is_some() {
                span.word { "client-bound" }
            } @else {
                span.word { "nothing to compare with" }
            }
            @if row.unbeaten && group.is_decided() { span.unbeaten { "unbeaten" } }
        }
    }
}

/// The figure, its unit smaller than its digits.
fn value(scale: &Scale, value: f64) -> Markup {
    html! {
        b.value {
            @if value.is_finite() && scale.suffix() != "×" {
                (scale.number(value)) " " small { (scale.suffix()) }
            } @else {
                (scale.figure(value))
            }
        }
    }
}

fn compared(comparison: &Comparison, unit: &str) -> Markup {
    html! {
        @if let Some(ratio) = comparison.ratio {
            span.ratio {
                (format::ratio(ratio))
                @if let Some(interval) = comparison.interval {
                    " (" (format::ratio_interval(interval)) ")"
                }
            }
        }
        span.word { (wording::table_verdict(comparison, unit)) }
    }
}

/// Which shade a slow-down has.
fn shade(slowdown: f64) -> usize {
    SHADES.iter().filter(|end| slowdown > **end).count()
}

fn classes(shade: Option<usize>, first: bool) -> String {
    let shade = shade.map_or_else(String::new, |shade| format!("h{shade}"));
    let first = if first { " first" } else { "" };
    format!("{shade}{first}").trim_start().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shades_grow_with_the_slow_down() {
        assert_eq!([1.0, 1.05, 1.2, 1.9, 4.0, 100.0].map(shade), [0, 0, 1, 2, 3, 4]);
        assert_eq!(classes(Some(2), true), "h2 first");
        assert_eq!(classes(None, true), "first");
    }
}
