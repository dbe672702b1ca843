//! `glossary.html`: ten terms and their names in each runtime.

use maud::{Markup, html};
use runtime_bench_analysis::glossary::Called;

use super::context::Page;
use super::document;
use crate::view::glossary::Word;
use crate::view::wording;

/// The page.
pub(super) fn page(page: Page<'_, '_>) -> String {
    document::document(page, "glossary", "Glossary", &section(page))
}

/// The content of the page.
pub(super) fn section(page: Page<'_, '_>) -> Markup {
    html! {
        section #glossary aria-labelledby="glossary-title" {
            header.top {
                h1 #glossary-title { "Glossary" }
                p.model { "Ten terms, and what each runtime calls them." }
            }
            div.glossary { @for word in &page.view.glossary { (entry(word)) } }
        }
    }
}

fn entry(word: &Word) -> Markup {
    let term = &word.term;
    html! {
        section.term id=(word.anchor) {
            h2 { (term.title) }
            p { (wording::prose(&term.meaning)) }
            dl.called { @for called in &term.called { (name(called)) } }
        }
    }
}

fn name(called: &Called) -> Markup {
    html! {
        div {
            dt { (called.by) }
            dd {
                @match (&called.name, called.remark.as_str()) {
                    (Some(name), "") => (wording::prose(name)),
                    (Some(name), remark) => {
                        (wording::prose(name)) span { ": " (wording::prose(remark)) }
                    },
                    (None, remark) => span { "– " (wording::prose(remark)) },
                }
            }
        }
    }
}

/// Links to the terms in some texts.
pub(super) fn words(page: Page<'_, '_>, texts: &[&str]) -> Markup {
    let words = page.view.words_in(texts);
    html! {
        @if !words.is_empty() {
            p.fine {
                "See also: "
                @for (place, word) in words.iter().enumerate() {
                    @if place > 0 { ", " }
                    a href=(page.links.part("glossary", &word.anchor)) { (word.term.title.to_lowercase()) }
                }
                "."
            }
        }
    }
}
