//! `claims.html`: statements from tutorials, and the results of this run.

mod test;

use maud::{Markup, html};
use runtime_bench_analysis::analysis::claims::{CLAIM_LEVEL, ClaimVerdict};

use super::context::Page;
use super::{document, environment, glossary};
use crate::format;
use crate::view::claims::{self, Judged};
use crate::view::{Group, Workload, wording};

/// Heading of the page, and its title.
const TITLE: &str = "Claims from tutorials, measured";

/// The page.
pub(super) fn page(page: Page<'_, '_>) -> String {
    document::document(page, "claims", TITLE, &section(page))
}

/// The content of the page.
pub(super) fn section(page: Page<'_, '_>) -> Markup {
    html! {
        section #claims aria-labelledby="claims-title" {
            header.top {
                h1 #claims-title { (TITLE) }
                p.model {
                    "What tutorials say about asynchronous programming, and what this run shows. Every "
                    "verdict is computed from the intervals of cells that test the claim; none is "
                    "written by hand."
                }
            }
            (overview(page))
            (rules())
            @for judged in &page.view.claims { (claim(page, judged)) }
        }
    }
}

/// All claims in a table.
fn overview(page: Page<'_, '_>) -> Markup {
    html! {
        div.scroll tabindex="0" role="group" aria-label="The verdict of each claim" {
            table.claims.figures {
                thead { tr { th scope="col" { "Claim" } th scope="col" { "Verdict" } } }
                tbody {
                    @for judged in &page.view.claims {
                        tr {
                            th scope="row" {
                                a href={ "#" (judged.anchor) } { (judged.claim.title) }
                                small { (judged.grounds()) }
                            }
                            td { (word(judged.found.verdict)) }
                        }
                    }
                }
            }
        }
    }
}

fn word(verdict: ClaimVerdict) -> Markup {
    let sign = match verdict {
        ClaimVerdict::Holds => "✓",
        ClaimVerdict::DoesNotHold => "✗",
        ClaimVerdict::Depends => "±",
        ClaimVerdict::Inconclusive => "?",
        ClaimVerdict::NotMeasured => "–",
    };
    html! { b.judged { span aria-hidden="true" { (sign) " " } (verdict.words()) } }
}

fn rules() -> Markup {
    html! {
        details.about {
            summary { "How verdicts are computed" }
            div.prose {
                p {
                    "Each test asks one question about each runner that it covers. The answer is \
                     yes or no if "
                    "the whole interval of a median, or of a ratio of two, lies on one side of the bound, "
                    "and open otherwise. The error level of a claim is " (format::percent(CLAIM_LEVEL))
                    ", divided among its answers."
                }
                p {
                    "A claim is " b { "supported" } " if every answer is yes, and " b { "not supported" }
                    " if every answer is no. It " b { "depends" } " if some are yes and some are no. It is "
                    b { "open" } " if some answer is missing, and " b { "not measured" }
                    " if a test lacks its cells. An optional test counts if it was measured."
                }
                p {
                    "A row is not counted if it failed, if its A/A control failed, or if the load \
                     generator "
                    "was the bottleneck."
                }
            }
        }
    }
}

fn claim(page: Page<'_, '_>, judged: &Judged<'_>) -> Markup {
    let tests = judged
        .tests()
        .enumerate()
        .filter(|(_, (test, found))| !claims::is_skipped(test, found))
        .map(|(place, (asked, found))| {
            test::figure(page, &format!("{}-{}", judged.anchor, place + 1), asked, found)
        });
    html! {
        section.claim id=(judged.anchor) aria-labelledby={ (judged.anchor) "-title" } {
            h2 id={ (judged.anchor) "-title" } { (judged.claim.title) }
            p.model { (wording::prose(&judged.claim.folklore)) }
            p.finding { strong { (word(judged.found.verdict)) } (judged.grounds()) }
            (measure_hint(judged))
            div.charts { @for test in tests { (test) } }
            @if !judged.claim.notes.is_empty() {
                ul.remarks { @for note in &judged.claim.notes { li { (wording::prose(note)) } } }
            }
            (evidence(page, judged))
            (glossary::words(page, &[&judged.claim.title, &judged.claim.folklore]))
        }
    }
}

/// The command that measures the missing parts of a verdict.
fn measure_hint(judged: &Judged<'_>) -> Markup {
    let (words, more) = match judged.found.verdict {
        _ if judged.is_incomplete() => ("To measure what is missing:", ""),
        ClaimVerdict::Inconclusive => ("More rounds may answer it:", " --profile standard"),
        _ => return html! {},
    };
    let workloads = environment::quoted(&judged.workloads().join("|"));
    html! {
        p.fine { (words) }
        p.command { code { "cargo bench -- --points claims" (more) " " (workloads) } }
    }
}

/// The comparisons that a claim uses.
fn evidence(page: Page<'_, '_>, judged: &Judged<'_>) -> Markup {
    let mut found: Vec<(&Workload<'_>, &Group<'_>)> = Vec::new();
    let shown = judged.tests().filter(|(test, found)| !claims::is_skipped(test, found));
    let cells = shown.flat_map(|(test, _)| test.cells());
    for place in cells.filter_map(|cell| page.view.comparison(cell)) {
        if !found.iter().any(|known| std::ptr::eq(known.1, place.1)) {
            found.push(place);
        }
    }
    html! {
        @if !found.is_empty() {
            p.fine {
                "Measured by "
                @for (place, (workload, group)) in found.iter().enumerate() {
                    @if place > 0 { ", " }
                    a href=(page.links.group(workload, group)) { (workload.title) }
                    " (" (group.point()) ")"
                }
                "."
            }
        }
    }
}

/// The claims that use a workload, for its page.
pub(super) fn of_workload(page: Page<'_, '_>, workload: &Workload<'_>) -> Markup {
    let claims = page.view.claims_on(workload.name);
    html! {
        @if !claims.is_empty() {
            p.fine {
                "Used to test the claim "
                @for (place, judged) in claims.iter().enumerate() {
                    @if place > 0 { "; " }
                    a href=(page.links.part("claims", &judged.anchor)) { "“" (judged.claim.title.trim_end_matches('.')) "”" }
                    " (" (judged.found.verdict.words()) ")"
                }
                "."
            }
        }
    }
}
