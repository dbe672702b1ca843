//! Links to the data.

use maud::{Markup, html};

use crate::data;

/// The section.
pub(super) fn section() -> Markup {
    html! {
        section #data aria-labelledby="data-title" {
            h2 #data-title { "Data" }
            ul {
                li {
                    a href=(data::JSON_NAME) { (data::JSON_NAME) }
                    ": the whole run, every trial, and the analysis that this page shows"
                }
                li {
                    a href=(data::CSV_NAME) { (data::CSV_NAME) }
                    ": one row per cell and metric; cells without figures with their reason"
                }
            }
        }
    }
}
