//! The verdicts, kind by kind: who leads, on what grounds, and each workload in a sentence.

use maud::{Markup, html};
use runtime_bench_analysis::analysis::{Overall, RunnerMean};
use runtime_bench_results::catalogue::Class;

use super::context::Page;
use crate::format;
use crate::view::finding::Finding;
use crate::view::tally::{Tally, Verdict, tallies};
use crate::view::{Section, Workload};

/// Fewest workloads that a mean is shown of.
const FEWEST_WORKLOADS: usize = 3;

/// The section.
pub(super) fn section(page: Page<'_, '_>) -> Markup {
    let sections = page.view.sections();
    html! {
        section #findings aria-labelledby="findings-title" {
            h2 #findings-title { "Who costs least" }
            @if sections.is_empty() {
                p.empty { "The plan of this run holds no comparison." }
            } @else {
                div.cards { @for section in &sections { (card(page, section)) } }
                p.fine {
                    b { "Unbeaten" } ": no runner of its class is proven to cost less. "
                    b { "Best" } ": every other is proven to cost more. Runners of one thread and of "
                    "several are never ranked against each other. No verdict is a score: look at the "
                    "workload that resembles your work."
                }
            }
        }
    }
}

fn card(page: Page<'_, '_>, section: &Section<'_, '_>) -> Markup {
    let tallies = tallies(section, &page.view.runners);
    let verdict = Verdict::of(&tallies);
    html! {
        article.card {
            div {
                h3 { (section.title) }
                p.headline { (verdict.headline) }
            }
            div {
                p { (verdict.grounds) }
                details {
                    summary { (format::count(section.workloads.len(), "workload")) ", one by one" }
                    @if !tallies.is_empty() { (counts(&tallies)) }
                    ul.sentences { @for workload in &section.workloads { (sentence(page, workload)) } }
                }
                @if let Some(overall) = overall(page, section) { (means(overall)) }
            }
        }
    }
}

fn counts(tallies: &[Tally<'_>]) -> Markup {
    html! {
        ul.tallies {
            li { "unbeaten in" }
            @for tally in tallies {
                li { (tally.runner) " " b { (tally.unbeaten) "/" (tally.of) } }
            }
        }
    }
}

/// The runners of several threads over the workloads that all of them can do.
fn overall<'a>(page: Page<'_, 'a>, section: &Section<'_, '_>) -> Option<&'a Overall> {
    let kind = section.workloads.first()?.kind()?;
    page.view.analysis.overall.iter().find(|overall| {
        let workloads = overall.groups.len();
        (overall.kind, overall.class) == (kind, Class::MultiThread) && workloads >= FEWEST_WORKLOADS
    })
}

fn means(overall: &Overall) -> Markup {
    let mut runners: Vec<&RunnerMean> = overall.runners.iter().collect();
    runners.sort_by(|a, b| a.ratio.mean.total_cmp(&b.ratio.mean));
    html! {
        details {
            summary {
                "Geometric mean over " (format::count(overall.groups.len(), "workload"))
            }
            p.fine {
                "Cost as a multiple of " (overall.reference) "’s, with the 99\u{a0}% interval, over the "
                "workloads that all of these can do. Each counts alike, which no program does: a "
                "description, no verdict."
            }
            table.means {
                tbody {
                    @for runner in runners {
                        tr {
                            th scope="row" { (runner.runner) }
                            td { (format::ratio(runner.ratio.mean)) }
                            td {
                                @match runner.ratio.interval {
                                    Some(interval) => (format::ratio_interval(interval)),
                                    None => "no interval",
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn sentence(page: Page<'_, '_>, workload: &Workload<'_>) -> Markup {
    let finding = workload.main().map(Finding::of);
    html! {
        li {
            a href=(page.links.workload(workload)) { (workload.title) } ": "
            @if let Some(finding) = finding {
                b { (finding.lead) }
                @if let Some(detail) = &finding.detail { " " span.detail { (detail) } }
            }
        }
    }
}
