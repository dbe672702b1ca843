//! The controls of the first page, which filter and change its table; they require the script.

use maud::{Markup, html};

use runtime_bench_results::catalog::SuiteInfo;

use crate::view::Runner;

/// The style sheet of the controls.
pub(super) const STYLE: &str = include_str!("controls.css");

/// The contents of the table: word in the address, label.
const SHOWN: [(&str, &str); 4] =
    [("ratio", "ratio"), ("absolute", "absolute"), ("cpu", "CPU time"), ("memory", "memory")];

/// The button that switches from the browser's theme to dark and then to light.
pub(super) fn theme_switch() -> Markup {
    html! { button type="button" data-theme-switch data-scripted hidden { "Theme" } }
}

/// The controls of the first page. If the reference is `replaced` in some rows, there is no single reference.
pub(super) fn form(columns: &[&Runner<'_>], suites: &[&SuiteInfo], replaced: bool) -> Markup {
    html! {
        details.tools data-scripted hidden {
            summary { "Compare, show, filter" }
            // The method of a dialog, which does nothing when it is submitted without one.
            form #controls method="dialog" aria-label="What this page shows" {
                label {
                    "Compare with "
                    select name="base" {
                        @for (place, runner) in columns.iter().enumerate() {
                            option value=(runner.name) {
                                @if place == 0 && replaced { "reference of each row" } @else { (runner.name) }
                            }
                            @if place == 0 { option value="*" { "fastest of each row" } }
                        }
                    }
                }
                fieldset {
                    legend { "Show" }
                    @for (value, words) in SHOWN {
                        label { input type="radio" name="show" value=(value); (words) }
                    }
                }
                label { input type="checkbox" name="hide" checked; span #empty { "hide near-empty columns" } }
                label { input type="checkbox" name="only"; "only settled" }
                @if !suites.is_empty() {
                    label {
                        "Suite "
                        select name="suite" {
                            option value="" { "all" }
                            @for suite in suites {
                                option value=(suite.name) title=(suite.purpose) data-rows=(suite.workloads.join(" ")) {
                                    (suite.name)
                                }
                            }
                        }
                    }
                }
                label { "Filter " input type="search" name="find"; }
                button type="button" name="copy" { "Copy as Markdown" }
                output name="counts" {}
            }
        }
    }
}
