//! Numbered notes under a table: why a cell has no result.

use maud::{Markup, html};

/// The notes of one table; the same reason has one number.
#[derive(Debug)]
pub(super) struct Notes {
    stem: &'static str,
    reasons: Vec<String>,
}

impl Notes {
    /// No notes yet; `stem` keeps the ids of two tables apart.
    pub(super) fn new(stem: &'static str) -> Self {
        Self { stem, reasons: Vec::new() }
    }

    /// A link to the note of a reason.
    pub(super) fn mark(&mut self, reason: &str) -> Markup {
        let place = self.reasons.iter().position(|known| known == reason).unwrap_or_else(|| {
            self.reasons.push(reason.to_owned());
            self.reasons.len() - 1
        });
        html! {
            sup { a href=(format!("#{}-{}", self.stem, place + 1)) { (place + 1) } }
        }
    }

    /// The list of the notes.
    pub(super) fn list(&self) -> Markup {
        html! {
            @if !self.reasons.is_empty() {
                p.fine { "Why cells have no result:" }
                ol.notes {
                    @for (place, reason) in self.reasons.iter().enumerate() {
                        li id=(format!("{}-{}", self.stem, place + 1)) { (reason) }
                    }
                }
            }
        }
    }
}
