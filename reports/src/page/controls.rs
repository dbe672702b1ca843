//! What filters, sorts and hides: shown by the script, between the findings and the table.

use std::fmt::Write as _;

use maud::{Markup, html};

use crate::view::View;

/// The controls' part of the style sheet.
const STYLE: &str = include_str!("controls.css");

/// The button that goes from the browser's theme to dark to light.
pub(super) fn theme_switch() -> Markup {
    html! { button type="button" data-theme-switch data-scripted hidden { "Theme" } }
}

/// The controls of the table.
pub(super) fn form(view: &View<'_>) -> Markup {
    html! {
        // A dialogue's method: sent without a dialogue, it does nothing.
        form #controls method="dialog" data-scripted hidden aria-label="What the table shows" {
            fieldset {
                legend { "Kinds of work" }
                @for section in view.sections() {
                    (checkbox("kind", section.slug, section.title))
                }
            }
            fieldset {
                legend { "Runners" }
                @for runner in &view.runners { (checkbox("hide", runner.name, runner.name)) }
            }
            p {
                label {
                    "Sort each kind by "
                    select name="sort" {
                        option value="-" { "the order of the plan" }
                        @for runner in &view.runners {
                            option value=(runner.name) { (runner.name) }
                        }
                    }
                }
                label { "Find " input type="search" name="find"; }
                button type="reset" { "Show all" }
                output name="counts" {}
            }
        }
    }
}

fn checkbox(name: &str, value: &str, text: &str) -> Markup {
    html! {
        label { input type="checkbox" name=(name) value=(value) checked; (text) }
    }
}

/// The style of the controls and the chooser.
pub(super) fn style() -> String {
    format!("{STYLE}{}", dimming())
}

/// Pointing at a runner's heading, or reaching it by keyboard, dims the other runners' columns.
fn dimming() -> String {
    let mut rules = String::new();
    for column in 1..=COLUMNS {
        let _ = writeln!(
            rules,
            ".matrix:has(thead tr:last-child th:nth-child({column}):is(:hover, :focus-within)) \
             tr[data-kind] > td:not(:nth-child({})) {{ opacity: 0.3; }}",
            column + 1
        );
    }
    rules
}

/// Columns that dim the others; those of a table with more do not.
const COLUMNS: usize = 16;
