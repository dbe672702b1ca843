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
    let reasons = Reasons::of(view, &sections, &columns);
    Ok(html! {
        section #table aria-labelledby="table-title" {
            h2.hidden #table-title { "Workloads and runners" }
            (controls::form(&columns, &view.suites(), view.replaced().0 > 0))
            table.matrix {
                caption.hidden { "Each runner against the reference, workload by workload" }
                (head(page, &columns))
                @for section in &sections { (body(page, section, &columns, &reasons)) }
            }
            (legend(view, &columns))
            (reasons.list(view.counts.total() == 0))
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

fn body(
    page: Page<'_, '_>,
    section: &Section<'_, '_>,
    columns: &[&Runner<'_>],
    reasons: &Reasons<'_>,
) -> Markup {
    html! {
        tbody {
            tr.topic {
                th scope="rowgroup" colspan=(columns.len() + 1) id={ "topic-" (section.slug) } {
                    (section.title)
                }
            }
            @for workload in &section.workloads {
                @for group in page.view.rows(workload) { (row(page, workload, group, columns, reasons)) }
            }
        }
    }
}

fn row(
    page: Page<'_, '_>,
    workload: &Workload<'_>,
    group: &Group<'_>,
    columns: &[&Runner<'_>],
    reasons: &Reasons<'_>,
) -> Markup {
    let unit = group.unit();
    let cells: Vec<Content<'_>> =
        columns.iter().map(|runner| Content::of(group, group.row(runner.name))).collect();
    let several = workload.groups.len() > 1;
    let more = workload.groups.len() - page.view.rows(workload).len();
    let href =
        if several { page.links.group(workload, group) } else { page.links.workload(workload) };
    html! {
        tr data-row=(workload.name) data-why=[reasons.places(&cells)] {
            th scope="row" title={ (metric(group)) "; " (group.point()) } {
                a href=(href) { (workload.title) }
                @if several { " " small { (group.setting(&workload.groups)) } }
                @if more > 0 { " " small { "and " (format::count(more, "more point")) } }
                @if group.is_distrusted() { " " small.control { "A/A control failed" } }
            }
            @for (runner, cell) in columns.iter().zip(&cells) { (cell.markup(runner.name, unit)) }
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

/// The reasons why cells have no result, each once.
struct Reasons<'a> {
    reasons: Vec<Reason<'a>>,
    cells: usize,
}

/// A reason, and its workloads by runner.
struct Reason<'a> {
    why: String,
    runners: Vec<(&'a str, Vec<&'a str>)>,
}

/// Why a cell has no result.
fn why(cell: &Content<'_>) -> Option<String> {
    match cell {
        Content::Empty(word, why) => Some(format!("{word}: {why}")),
        Content::Checked(false, why) => Some(format!("fails: {why}")),
        _ => None,
    }
}

impl<'a> Reasons<'a> {
    fn of(view: &View<'a>, sections: &[Section<'_, 'a>], columns: &[&Runner<'a>]) -> Self {
        let mut all = Self { reasons: Vec::new(), cells: 0 };
        let workloads = sections.iter().flat_map(|section| &section.workloads);
        for group in workloads.flat_map(|workload| view.rows(workload)) {
            for runner in columns {
                let Some(why) = why(&Content::of(group, group.row(runner.name))) else { continue };
                all.cells += 1;
                let place = all.place(&why).unwrap_or_else(|| {
                    all.reasons.push(Reason { why, runners: Vec::new() });
                    all.reasons.len() - 1
                });
                let runners = &mut all.reasons[place].runners;
                match runners.iter_mut().find(|(name, _)| *name == runner.name) {
                    Some((_, titles)) => titles.push(group.title),
                    None => runners.push((runner.name, vec![group.title])),
                }
            }
        }
        all
    }

    fn place(&self, why: &str) -> Option<usize> {
        self.reasons.iter().position(|known| known.why == why)
    }

    /// The places in the list of the reasons of a row's cells: `,2,0,,`. The script turns them into tooltips.
    fn places(&self, cells: &[Content<'_>]) -> Option<String> {
        let place = |cell: &Content<'_>| Some(self.place(&why(cell)?)?.to_string());
        let places: Vec<String> =
            cells.iter().map(|cell| place(cell).unwrap_or_default()).collect();
        places.iter().any(|place| !place.is_empty()).then(|| places.join(","))
    }

    fn list(&self, open: bool) -> Markup {
        html! {
            @if self.cells > 0 {
                details.reasons open[open] {
                    summary {
                        "Why " (format::count(self.cells, "cell")) " " (if self.cells == 1 { "has" } else { "have" })
                        " no result"
                    }
                    ul { @for reason in &self.reasons { li { (reason.why.trim_end_matches('.')) ": " (holds(reason)) } } }
                }
            }
        }
    }
}

/// The runners of a reason and their workloads; runners with the same workloads share an entry.
fn holds(reason: &Reason<'_>) -> Markup {
    let mut parts: Vec<(Vec<&str>, &[&str])> = Vec::new();
    for (runner, titles) in &reason.runners {
        match parts.iter_mut().find(|(_, known)| *known == titles.as_slice()) {
            Some((runners, _)) => runners.push(runner),
            None => parts.push((vec![*runner], titles.as_slice())),
        }
    }
    html! {
        @for (place, (runners, titles)) in parts.iter().enumerate() {
            @if place > 0 { "; " }
            b { (runners.join(", ")) } " (" (named(titles)) ")"
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
