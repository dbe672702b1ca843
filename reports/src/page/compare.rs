//! `compare.html`: the runners of this run against its reference, and this run against the one before.

use maud::{Markup, html};
use runtime_bench_analysis::stats::{Comparison, Verdict};

use super::context::Page;
use super::{document, previous_run};
use crate::export::CSV_NAME;
use crate::format;
use crate::table::head;
use crate::view::{Group, Runner, Workload, wording};

/// Most rows of a runner: what differs by more than all others. The rest is in the table of all cells.
const ROWS: usize = 100;

/// The page.
pub(super) fn page(page: Page<'_, '_>) -> String {
    document::document(page, "compare", "Compare", &section(page))
}

/// What stands on the page.
pub(super) fn section(page: Page<'_, '_>) -> Markup {
    let reference = &page.view.run.header.plan.reference;
    let others = page.view.runners.iter().filter(|runner| runner.name != reference);
    html! {
        section #compare aria-labelledby="compare-title" {
            header.top { h1 #compare-title { "Compare" } }
            @if let Some(judged) = &page.view.previous { (previous_run::section(page, judged)) }
            h2 { "The runners of this run" }
            p.prose {
                "Base: " b { (reference) } ". A ratio is the candidate’s cost ÷ the base’s, of the same "
                "round, with its interval; “faster” and “slower” need the whole interval beyond 1\u{a0}%."
            }
            @for runner in others { (against(page, runner)) }
            h2 { "Two runs, two builds" }
            div.prose {
                p { "Two results files of one machine, or two executables measured in turns:" }
                p.command { code { "runtime-bench compare base.json candidate.json --format markdown" } }
                p.command { code { "runtime-bench ab --base OLD --head NEW --format markdown" } }
            }
        }
    }
}

/// A comparison of a runner with the reference.
struct Line<'v, 'a> {
    workload: &'v Workload<'a>,
    group: &'v Group<'a>,
    comparison: &'a Comparison,
}

impl Line<'_, '_> {
    /// Whether the two are proven to differ by more than is negligible.
    fn is_significant(&self) -> bool {
        let proven = matches!(self.comparison.verdict, Verdict::Faster | Verdict::Slower);
        proven && !self.comparison.negligible && self.group.is_decided()
    }

    fn ratio(&self) -> f64 {
        self.comparison.ratio.unwrap_or(1.0)
    }

    /// How far the two are apart; half is as far as double.
    fn distance(&self) -> f64 {
        self.ratio().ln().abs()
    }
}

fn against(page: Page<'_, '_>, runner: &Runner<'_>) -> Markup {
    let compared = page.view.compared();
    let lines = compared.flat_map(|workload| {
        let groups = workload.groups.iter();
        groups.filter_map(move |group| {
            let comparison = group.row(runner.name)?.comparison.as_ref()?;
            Some(Line { workload, group, comparison })
        })
    });
    let (mut shown, hidden): (Vec<_>, Vec<_>) = lines.partition(Line::is_significant);
    let (significant, hidden) = (shown.len(), hidden.len());
    let slower = shown.iter().filter(|line| line.comparison.verdict == Verdict::Slower).count();
    shown.sort_by(|a, b| b.distance().total_cmp(&a.distance()));
    shown.truncate(ROWS);
    shown.sort_by(|a, b| b.ratio().total_cmp(&a.ratio()));
    let cut = significant - shown.len();
    html! {
        section aria-labelledby={ "against-" (runner.slug) } {
            h3 id={ "against-" (runner.slug) } { (runner.name) }
            p.finding {
                strong {
                    "Slower in " (slower) ", faster in " (significant - slower) " of "
                    (format::count(significant + hidden, "comparison")) "."
                }
                @if cut > 0 {
                    " The " (shown.len()) " that differ most are shown, " (cut) " more are in "
                    a href=(page.links.file(CSV_NAME)) { (CSV_NAME) } "."
                }
                @if hidden > 0 {
                    " " (format::count(hidden, "row")) " hidden as not significant, "
                    "all in " a href=(page.links.file(CSV_NAME)) { (CSV_NAME) } "."
                }
            }
            @if !shown.is_empty() { (table(page, runner, &shown)) }
        }
    }
}

fn table(page: Page<'_, '_>, runner: &Runner<'_>, lines: &[Line<'_, '_>]) -> Markup {
    html! {
        div.scroll tabindex="0" role="group" aria-label={ "Significant: " (runner.name) } {
            table.figures {
                (head(["Comparison", "Ratio", "Interval", "Pairs", "Verdict"]))
                tbody {
                    @for line in lines {
                        tr {
                            th scope="row" {
                                a href=(page.links.group(line.workload, line.group)) { (line.workload.title) }
                                small { (line.group.point()) }
                            }
                            td { @if let Some(ratio) = line.comparison.ratio { (format::ratio(ratio)) } }
                            td {
                                @if let Some(interval) = line.comparison.interval {
                                    (format::ratio_interval(interval))
                                }
                            }
                            td { (line.comparison.pairs) }
                            td { (wording::table_verdict(line.comparison, line.group.unit())) }
                        }
                    }
                }
            }
        }
    }
}
