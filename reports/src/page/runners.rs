//! The runners in their own words.

use maud::{Markup, html};

use crate::chart::swatch;
use crate::view::{Runner, View, wording};

/// The section.
pub(super) fn section(view: &View<'_>) -> Markup {
    html! {
        section #runners aria-labelledby="runners-title" {
            h2 #runners-title { "Runners" }
            @if view.runners.is_empty() { p.empty { "The plan of this run names no runner." } }
            div.cards {
                @for runner in &view.runners { (card(runner)) }
            }
        }
    }
}

fn card(runner: &Runner<'_>) -> Markup {
    html! {
        article.card id=(runner.anchor) {
            h3 { (swatch(runner.series)) (runner.name) }
            @match runner.info {
                Some(info) => {
                    p { (info.title) }
                    dl {
                        dt { "Class" }
                        dd { (wording::class(Some(info.class))) }
                        dt { "Configuration" }
                        dd { (info.configuration) }
                        dt { "Packages" }
                        dd {
                            @if info.packages.is_empty() { "none: the standard library" }
                            @for (place, (name, version)) in info.packages.iter().enumerate() {
                                @if place > 0 { ", " }
                                (name) "\u{a0}" (version)
                            }
                        }
                    }
                    @if !info.notes.is_empty() {
                        ul.remarks { @for note in &info.notes { li { (note) } } }
                    }
                }
                None => p.empty { "The results file does not describe this runner." }
            }
        }
    }
}
