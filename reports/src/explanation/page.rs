//! The counts on a page.

use maud::{Markup, html};

use super::sentences::{Explained, distorted};
use super::table::table;
use crate::view::wording::prose;

/// Every count of some explanations, in collapsed sections.
pub(crate) fn counts<'a>(explained: impl IntoIterator<Item = Explained<'a>>) -> Markup {
    html! {
        @for Explained { name, explanation, .. } in explained {
            @let operation = &explanation.operation;
            details.data {
                summary { (name) ": every counted difference" }
                p.scale { "Per " (operation) ", with 99% intervals of the differences" }
                (table(explanation).html(&format!("Counts of {name}")))
                (remarks(explanation.distortions.iter().map(|one| distorted(one, operation))))
            }
        }
    }
}

/// Notes on the limits of the counts.
pub(crate) fn remarks(lines: impl IntoIterator<Item = String>) -> Markup {
    let lines: Vec<String> = lines.into_iter().collect();
    html! {
        @if !lines.is_empty() { ul.remarks { @for line in &lines { li { (prose(line)) } } } }
    }
}
