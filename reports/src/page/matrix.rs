//! The workload × runner table.

use maud::{Markup, html};
use runtime_bench_analysis::analysis::{Row, Summary};
use runtime_bench_analysis::stats::Comparison;

use super::context::Page;
use super::controls;
use super::notes::Notes;
use crate::chart::swatch;
use crate::format::{self, Scale};
use crate::view::{Group, Runner, Section, Workload, wording};

/// Upper ends of the shades of "× the best of its class"; beyond the last is the darkest.
const SHADES: [f64; 4] = [1.05, 1.25, 2.0, 5.0];

/// The section with its table, legend and notes.
pub(super) fn section(page: Page<'_, '_>) -> Markup {
    let mut notes = Notes::new("note");
    let sections = page.view.sections();
    if sections.is_empty() || page.view.runners.is_empty() {
        return html! {
            section #table aria-labelledby="table-title" {
                h2 #table-title { "Workloads × runners" }
                p.empty { "There is nothing to compare." }
            }
        };
    }
    let bodies: Vec<Markup> = sections.iter().map(|one| body(page, one, &mut notes)).collect();
    html! {
        section #table aria-labelledby="table-title" {
            h2 #table-title { "Workloads × runners" }
            (controls::form(page.view))
            section.scroll tabindex="0" aria-label="Table of workloads and runners" {
                table.matrix {
                    caption {
                        "In each cell the median over processes and its 95\u{a0}% interval, then the cost as "
                        "a multiple of the reference’s, the verdict, and the interval of that ratio. "
                        "Shades as above: cost ÷ the least of the same class."
                    }
                    (head(page))
                    @for body in bodies { (body) }
                }
            }
            (notes.list())
        }
    }
}

/// The shades and what they mean.
pub(super) fn legend() -> Markup {
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
        }
    }
}

fn head(page: Page<'_, '_>) -> Markup {
    html! {
        thead {
            tr {
                th scope="col" rowspan="2" { "Workload" }
                @for (class, members) in page.view.classes() {
                    th.class scope="colgroup" colspan=(members.len()) { (wording::class(class)) }
                }
            }
            tr {
                @for (_, members) in page.view.classes() {
                    @for (place, runner) in members.iter().enumerate() {
                        th.first[place == 0] scope="col" data-runner=(runner.name) {
                            (swatch(runner.series))
                            a href=(page.links.runner(runner)) { (runner.name) }
                        }
                    }
                }
            }
        }
    }
}

fn body(page: Page<'_, '_>, section: &Section<'_, '_>, notes: &mut Notes) -> Markup {
    let rows: Vec<Markup> = section
        .workloads
        .iter()
        .filter_map(|workload| Some(table_row(page, section, workload, workload.main()?, notes)))
        .collect();
    html! {
        tbody {
            tr.kind {
                th scope="rowgroup" colspan=(page.view.runners.len() + 1) { (section.title) }
            }
            @for row in rows { (row) }
        }
    }
}

fn table_row(
    page: Page<'_, '_>,
    section: &Section<'_, '_>,
    workload: &Workload<'_>,
    group: &Group<'_>,
    notes: &mut Notes,
) -> Markup {
    let mut cells: Vec<Markup> = Vec::new();
    for (_, members) in page.view.classes() {
        for (place, runner) in members.iter().enumerate() {
            cells.push(cell(group, runner, place == 0, notes));
        }
    }
    let more = workload.groups.len() - 1;
    html! {
        tr data-kind=(section.slug) {
            th scope="row" {
                a href=(page.links.workload(workload)) { (workload.title) }
                small { (group.point()) }
                small { (metric(group)) }
                @if more > 0 { small { (more) " more on its page" } }
                @if group.is_distrusted() { small.control { "noise control failed: do not trust this row" } }
            }
            @for cell in cells { (cell) }
        }
    }
}

/// The headline metric and which direction is good.
fn metric(group: &Group<'_>) -> String {
    match group.headline() {
        Some(headline) => format!(
            "{}{}, {}",
            headline.name,
            counted(&headline.unit),
            wording::direction(headline.better)
        ),
        None => group.headline_name().to_owned(),
    }
}

/// A unit that names what is counted stands here instead of in each cell: ` in messages/s`.
fn counted(unit: &str) -> String {
    let counts = unit.ends_with("/s") && unit != "1/s";
    if counts { format!(" in {unit}") } else { String::new() }
}

fn cell(group: &Group<'_>, runner: &Runner<'_>, first: bool, notes: &mut Notes) -> Markup {
    let Some(row) = group.row(runner.name) else {
        return empty_cell(first, "not planned", "the plan of this run has no such cell", notes);
    };
    match group.figure(row) {
        Some(figure) => figure_cell(group, row, figure, first),
        None => empty_cell(first, wording::no_result(row), wording::reason(row), notes),
    }
}

fn empty_cell(first: bool, word: &str, reason: &str, notes: &mut Notes) -> Markup {
    html! {
        td.none.first[first] { (word) (notes.mark(reason)) }
    }
}

fn figure_cell(group: &Group<'_>, row: &Row, figure: &Summary, first: bool) -> Markup {
    let scale = Scale::of(&figure.unit, figure.value).without_what_is_counted(&figure.unit);
    let slowdown = group.slowdown(row);
    html! {
        td class=(classes(slowdown.map(shade), first)) data-x=[slowdown.map(format::ratio_number)] {
            b { (scale.figure(figure.value)) }
            i {
                @match figure.interval {
                    Some(interval) => (scale.interval(interval)),
                    None => { "no interval, " (format::count(figure.samples, "sample")) },
                }
            }
            @if let Some(comparison) = &row.comparison {
                (compared(comparison, &figure.unit))
            } @else if group.reference() == Some(row) {
                span { "reference" }
            } @else if row.client_bound.is_some() {
                span { "client-bound" }
            } @else {
                span { "nothing to compare with" }
            }
            @if row.beaten_by.is_empty() && group.is_decided() { em { "unbeaten" } }
        }
    }
}

fn compared(comparison: &Comparison, unit: &str) -> Markup {
    html! {
        span {
            @if let Some(ratio) = comparison.ratio { (format::ratio(ratio)) " " }
            (wording::table_verdict(comparison, unit))
        }
        @if let Some(interval) = comparison.interval { i { (format::ratio_interval(interval)) } }
    }
}

/// Which shade a slow-down has.
pub(super) fn shade(slowdown: f64) -> usize {
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
