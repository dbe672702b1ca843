//! The table of comparisons: a row per workload point, a column per runner.

use maud::{Markup, html};
use runtime_bench_results::catalog::Class;

use super::cell::Content;
use super::context::Page;
use super::{controls, table_data};
use crate::ReportError;
use crate::chart::swatch;
use crate::format;
use crate::view::{Group, Runner, Section, View, Workload, wording};

/// Maximum number of workloads listed with a reason.
const NAMED: usize = 6;

/// The section, or a message if there is nothing to compare.
pub(super) fn section(page: Page<'_, '_>) -> Result<Markup, ReportError> {
    let view = page.view;
    let (sections, columns) = (view.sections(), view.columns());
    if sections.is_empty() || columns.is_empty() {
        return Ok(html! {
            p #table .empty { "This run compares nothing. Choose more runners or workloads." }
        });
    }
    Ok(html! {
        section #table aria-labelledby="table-title" {
            h2.hidden #table-title { "Workloads and runners" }
            (controls::form(&columns, view.replaced().0 > 0))
            table.matrix {
                caption.hidden { "Each runner against the reference, workload by workload" }
                (head(page, &columns))
                @for section in &sections { (body(page, section, &columns)) }
            }
            (legend(view, &columns))
            (reasons(view, &sections, &columns))
            (table_data::element(view, &sections, &columns)?)
        }
    })
}

/// The marks of a runner, shown in every comparison.
pub(crate) fn marks(runner: &Runner<'_>) -> Markup {
    html! {
        @if runner.is_discontinued() { " †" }
        @match runner.class() {
            Some(Class::SingleThread) => small { " one thread" },
            Some(Class::Reference) => small { " external" },
            _ => {}
        }
    }
}

fn head(page: Page<'_, '_>, columns: &[&Runner<'_>]) -> Markup {
    html! {
        thead {
            tr {
                th scope="col" { "Workload" }
                @for runner in columns {
                    th scope="col" data-runner=(runner.name) {
                        (swatch(runner.series))
                        a href=(page.links.runner(runner)) { (runner.name) }
                        (marks(runner))
                    }
                }
            }
        }
    }
}

fn body(page: Page<'_, '_>, section: &Section<'_, '_>, columns: &[&Runner<'_>]) -> Markup {
    html! {
        tbody {
            tr.topic {
                th scope="rowgroup" colspan=(columns.len() + 1) id={ "topic-" (section.slug) } {
                    (section.title)
                }
            }
            @for workload in &section.workloads {
                @for group in page.view.rows(workload) { (row(page, workload, group, columns)) }
            }
        }
    }
}

fn row(
    page: Page<'_, '_>,
    workload: &Workload<'_>,
    group: &Group<'_>,
    columns: &[&Runner<'_>],
) -> Markup {
    let unit = group.unit();
    let several = workload.groups.len() > 1;
    let more = workload.groups.len() - page.view.rows(workload).len();
    let href =
        if several { page.links.group(workload, group) } else { page.links.workload(workload) };
    html! {
        tr data-row=(workload.name) {
            th scope="row" title={ (metric(group)) "; " (group.point()) } {
                a href=(href) { (workload.title) }
                @if several { " " small { (group.setting(&workload.groups)) } }
                @if more > 0 { " " small { "and " (format::count(more, "more point")) } }
                @if group.is_distrusted() { " " small.control { "A/A control failed" } }
            }
            @for runner in columns {
                (Content::of(group, group.row(runner.name)).markup(runner.name, unit))
            }
        }
    }
}

/// The headline metric and which direction is good.
fn metric(group: &Group<'_>) -> String {
    if group.source.is_check() {
        return "pass or fail".to_owned();
    }
    group.headline().map_or_else(
        || group.headline_name().to_owned(),
        |headline| {
            let name = wording::metric(&headline.name, &headline.unit);
            format!("{name}, {}", wording::direction(headline.better))
        },
    )
}

fn legend(view: &View<'_>, columns: &[&Runner<'_>]) -> Markup {
    html! {
        p.legend {
            b.sf { "● 43% faster" } ": settled, at an error level for the whole table. "
            span.lf { "○ ~6% faster" } ": leaning, at most 1 in 20 is expected to be wrong. "
            "same\u{a0}±10%: any difference is smaller. 0.7–2.1×: open; the 95% interval of cost ÷ \
             the reference’s cost. Plots: 95% intervals on a log axis from ⅒× to 10×; left is \
             faster; gray band: ±10%. –: no result. The ↑ and ↓ keys move between rows."
            @if view.compared_groups().any(|group| group.source.is_check()) {
                " A cell with words: the outcome on a runner that passes the check; checks are not ranked."
            }
            @if columns.iter().any(|runner| runner.is_discontinued()) {
                " †: discontinued by its authors."
            }
        }
    }
}

/// Why cells have no result: a reason, and its runners and workloads.
struct Reason<'a> {
    why: String,
    cells: Vec<(&'a str, Vec<&'a str>)>,
}

fn reasons(view: &View<'_>, sections: &[Section<'_, '_>], columns: &[&Runner<'_>]) -> Markup {
    let mut reasons: Vec<Reason<'_>> = Vec::new();
    let mut count = 0;
    let workloads = sections.iter().flat_map(|section| &section.workloads);
    for group in workloads.flat_map(|workload| view.rows(workload)) {
        for runner in columns {
            let (word, why) = match Content::of(group, group.row(runner.name)) {
                Content::Empty(word, why) => (word, why),
                Content::Checked(false, why) => ("fails", why),
                _ => continue,
            };
            count += 1;
            let why = format!("{word}: {why}");
            let place = reasons.iter().position(|known| known.why == why).unwrap_or_else(|| {
                reasons.push(Reason { why, cells: Vec::new() });
                reasons.len() - 1
            });
            let cells = &mut reasons[place].cells;
            match cells.iter_mut().find(|(name, _)| *name == runner.name) {
                Some((_, titles)) => titles.push(group.title),
                None => cells.push((runner.name, vec![group.title])),
            }
        }
    }
    html! {
        @if count > 0 {
            details.reasons open[view.counts().total() == 0] {
                summary { "Why " (format::count(count, "cell")) " " (if count == 1 { "has" } else { "have" }) " no result" }
                ul {
                    @for reason in &reasons {
                        li {
                            (reason.why) ": "
                            @for (place, (runner, titles)) in reason.cells.iter().enumerate() {
                                @if place > 0 { "; " }
                                b { (runner) } " (" (named(titles)) ")"
                            }
                        }
                    }
                }
            }
        }
    }
}

fn named(titles: &[&str]) -> String {
    let mut distinct: Vec<&str> = titles.to_vec();
    distinct.dedup();
    match distinct.get(NAMED..) {
        None | Some([]) => distinct.join(", "),
        Some(more) => format!("{} and {} more", distinct[..NAMED].join(", "), more.len()),
    }
}
