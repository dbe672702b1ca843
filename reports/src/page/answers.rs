//! Answers to named use cases: a card for each, with its numbers and what would change it.

use maud::{Markup, html};
use runtime_bench_analysis::answers::{Answer, AnswerState};

use crate::view::{View, wording};

/// The cards; empty if nothing was compared.
pub(super) fn section(view: &View<'_>) -> Markup {
    html! {
        @if view.answers.iter().any(|answer| answer.state != AnswerState::NotMeasured) {
            section #answers aria-labelledby="answers-title" {
                h2.hidden #answers-title { "Answers" }
                @for answer in &view.answers { (card(answer)) }
            }
        }
    }
}

/// `tokio; smol 21–43% slower` or `depends: …`, split in two: the second part is smaller and follows the
/// name.
pub(super) fn parts(recommendation: &str) -> (&str, &str) {
    let (name, rest) = recommendation.split_once([';', ':']).unwrap_or((recommendation, ""));
    (name, rest.trim_start())
}

fn card(answer: &Answer) -> Markup {
    let (name, rivals) = parts(&answer.recommendation);
    let decided = answer.state == AnswerState::Decided;
    html! {
        article.answer id={ "answer-" (answer.id) } data-state=(answer.state.word()) {
            h3 { (answer.question) @if !decided { " · " (answer.state.word()) } }
            p { b { (name) } @if !rivals.is_empty() { " " span { (rivals) } } }
            details {
                summary { "Numbers" span.hidden { " for " (answer.question) } }
                @if !answer.evidence.is_empty() {
                    ul { @for line in &answer.evidence { li { (wording::prose(line)) } } }
                }
                p { @if decided { "Unless: " } (wording::prose(&answer.would_change)) "." }
            }
        }
    }
}
