//! The findings, kind by kind: who is unbeaten how often, then each comparison in a sentence.

use maud::{Markup, html};

use crate::format;
use crate::view::finding::Finding;
use crate::view::tally::{Tally, tallies};
use crate::view::{Section, View};

/// Sentences that stand in a card; the others fold.
const SENTENCES: usize = 3;
/// The section.
pub(super) fn section(view: &View<'_>) -> Markup {
    html! {
        section #findings aria-labelledby="findings-title" {
            h2 #findings-title { "Findings" }
            @let sections = view.sections();
            @if sections.is_empty() {
                p.empty { "The plan of this run holds no comparison." }
            } @else {
                div.cards {
                    @for section in &sections { (card(view, section)) }
                }
                p.fine {
                    "A heading names a runner that nobody beats in any comparison of the kind, and that "
                    "is proven best in at least one. "
                    "Unbeaten: no runner of the same class is proven to cost less. Runners of one "
                    "thread and of several are never ranked against each other. The counts are no "
                    "score: look at the comparison that resembles your work."
                }
            }
        }
    }
}

fn card(view: &View<'_>, section: &Section<'_, '_>) -> Markup {
    let tallies = tallies(section, &view.runners);
    let sentences: Vec<Markup> = section
        .workloads
        .iter()
        .flat_map(|workload| &workload.groups)
        .map(|group| {
            let finding = Finding::of(group);
            html! {
                li {
                    a href=(format!("#{}", group.anchor)) { (group.title) } " "
                    span.point { (group.point()) } ": "
                    b { (finding.lead) }
                    @if let Some(detail) = &finding.detail { " " span.detail { (detail) } }
                }
            }
        })
        .collect();
    let (shown, folded) = sentences.split_at(sentences.len().min(SENTENCES));
    html! {
        article.card {
            h3 { (section.title) }
            p.headline { (headline(&tallies)) }
            @if !tallies.is_empty() { (counts(&tallies)) }
            ul.sentences { @for sentence in shown { (sentence) } }
            @if !folded.is_empty() {
                details {
                    summary { (format::count(folded.len(), "more comparison")) }
                    ul.sentences { @for sentence in folded { (sentence) } }
                }
            }
        }
    }
}

/// Who leads in all comparisons of a kind. Being *unbeaten* is no lead: wide intervals are enough
/// for it.
fn headline(tallies: &[Tally<'_>]) -> String {
    if tallies.is_empty() {
        return "No verdict yet".to_owned();
    }
    let leaders: Vec<&str> =
        tallies.iter().filter(|tally| tally.leads()).map(|tally| tally.runner).collect();
    if leaders.is_empty() { "Depends on the work".to_owned() } else { format::list(&leaders) }
}

fn counts(tallies: &[Tally<'_>]) -> Markup {
    html! {
        ul.tallies {
            li { "unbeaten in" }
            @for tally in tallies {
                li { (tally.runner) " " b { (tally.unbeaten) " of " (tally.of) } }
            }
        }
    }
}
