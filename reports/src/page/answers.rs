//! Answers to named use cases: a card each, with its numbers and what would change it.

use maud::{Markup, html};
use runtime_bench_analysis::answers::{Answer, AnswerState};

use crate::view::{View, wording};

/// The cards; nothing where nothing was compared.
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

fn card(answer: &Answer) -> Markup {
    // `tokio; smol 21–43% slower`: the rivals stand smaller behind the name.
    let (name, rivals) = match answer.recommendation.split_once("; ") {
        Some((name, rivals)) => (name, Some(rivals)),
        None => (answer.recommendation.as_str(), None),
    };
    let decided = answer.state == AnswerState::Decided;
    html! {
        article.answer id={ "answer-" (answer.id) } data-state=(answer.state.word()) {
            h3 { (answer.question) @if !decided { " · " (answer.state.word()) } }
            p { b { (name) } @if let Some(rivals) = rivals { " " span { (rivals) } } }
            details {
                summary { "Numbers, and what would change it" }
                @if !answer.evidence.is_empty() {
                    ul { @for line in &answer.evidence { li { (wording::prose(line)) } } }
                }
                p { @if decided { "Unless: " } (wording::prose(&answer.would_change)) "." }
            }
        }
    }
}
