//! The bar at the top of every page.

use maud::{Markup, html};

use super::{Page, controls};

/// Pages that the bar leads to: name of the file, and words.
const PAGES: [(&str, &str); 4] =
    [("index", "Overview"), ("compare", "Compare"), ("method", "Method"), ("data", "Data")];

/// The bar; `current` is the name of the page that it stands on.
pub(super) fn bar(page: Page<'_, '_>, current: &str) -> Markup {
    html! {
        header.bar {
            nav aria-label="Pages" {
                a.brand href=(page.links.page("index")) { "runtime-bench" }
                ul {
                    @for (name, words) in PAGES {
                        li {
                            a href=(page.links.page(name)) aria-current=[(name == current).then_some("page")] {
                                (words)
                            }
                        }
                    }
                }
            }
            (controls::theme_switch())
        }
    }
}
