//! `compare.html`: this run against the previous one, and how to compare two builds.

use maud::{Markup, html};

use super::context::Page;
use super::{document, previous_run};

/// The page.
pub(super) fn page(page: Page<'_, '_>) -> String {
    document::document(page, "compare", "Compare", &section(page))
}

/// The content of the page.
pub(super) fn section(page: Page<'_, '_>) -> Markup {
    html! {
        section #compare aria-labelledby="compare-title" {
            header.top { h1 #compare-title { "Compare" } }
            @match &page.view.previous {
                Some(judged) => (previous_run::section(page, judged)),
                None => p.prose { "This site has one run. " a href=(page.links.page("index")) { "The overview" }
                    " compares its runners." },
            }
            h2 { "Compare two runs or two builds" }
            div.prose {
                p { "Compare two results files of one machine, or interleave two executables:" }
                p.command { code { "runtime-bench compare base.json candidate.json --format markdown" } }
                p.command { code { "runtime-bench ab --base OLD --head NEW --format markdown" } }
            }
        }
    }
}
