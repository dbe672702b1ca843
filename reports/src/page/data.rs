//! `data.html`: the files behind the pages.

use maud::{Markup, html};

use super::context::Page;
use super::{document, environment};
use crate::export::{COMPARE_NAME, CSV_NAME, JSON_NAME, SCHEMA_NAME, SUMMARY_NAME};

/// The page.
pub(super) fn page(page: Page<'_, '_>) -> String {
    document::document(page, "data", "Data", &section(page))
}

/// The content of the page.
pub(super) fn section(page: Page<'_, '_>) -> Markup {
    let file = |name: &str, words: &str| {
        html! {
            li { a href=(page.links.file(name)) { (name) } ": " (words) }
        }
    };
    html! {
        section #data aria-labelledby="data-title" {
            header.top { h1 #data-title { "Data" } }
            ul {
                (file(JSON_NAME, "the whole run, every trial, and the analysis that these pages show"))
                (file(SCHEMA_NAME, "the JSON Schema of that document"))
                (file(CSV_NAME, "one row per cell and metric or counted event; a cell without a result has its reason"))
                (file(SUMMARY_NAME, "the findings in Markdown, for a job summary or a pull request"))
                @if page.view.previous.is_some() {
                    (file(COMPARE_NAME, "this run against the previous one, in Markdown"))
                }
            }
            h2 { "Reproduce these pages" }
            p { "From the results file, byte for byte:" }
            p.command { code { "runtime-bench report RESULTS.json --out site" } }
            p { "To measure your own machine:" }
            p.command { code { (environment::command_line(page.view.run)) } }
        }
    }
}
