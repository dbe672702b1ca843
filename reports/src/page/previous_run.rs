//! This run against the one before it, on the same machine.

use maud::{Markup, html};
use runtime_bench_analysis::comparison::{Judged, Row, Word};

use super::context::Page;
use crate::comparison::table::{counts, table};
use crate::export::COMPARE_NAME;
use crate::format;
use crate::view::noise::sentence;

/// Maximum number of rows on the page, the worst first.
const SHOWN: usize = 100;

/// The section of the page.
pub(super) fn section(page: Page<'_, '_>, judged: &Judged) -> Markup {
    let document = &judged.document;
    let significant = |row: &&Row| matches!(row.word, Word::Failed | Word::Slower | Word::Faster);
    let (mut shown, hidden): (Vec<&Row>, Vec<&Row>) = document.rows.iter().partition(significant);
    let (hidden, cut) = (hidden.len(), shown.len().saturating_sub(SHOWN));
    shown.truncate(SHOWN);
    html! {
        section #before aria-labelledby="before-title" {
            h2 #before-title { "This run against the previous one" }
            p.finding {
                strong { (sentence(&judged.sentence())) } " " (counts(judged)) ". "
                (format::count(hidden + cut, "row")) " hidden: inconclusive, or beyond the first "
                (SHOWN) "; all are in "
                a href=(page.links.file(COMPARE_NAME)) { (COMPARE_NAME) } "."
            }
            p.prose {
                "Base: " code { (document.base) } ". Candidate: " code { (document.head) }
                ". Runs at different times differ even without a change in the code; see the notes."
            }
            @if !shown.is_empty() { (table(judged, shown).html("Significant changes")) }
            @let notes = document.untrusted.iter().chain(&document.warnings).chain(&document.notes);
            ul.remarks { @for note in notes { li { (note) } } }
        }
    }
}
