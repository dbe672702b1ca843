//! The navbar at the top of every page.

use maud::{Markup, html};

use super::context::Page;
use super::controls;
use crate::view::links::MACHINES_PAGE;

/// The navbar; `current` is the name of its page.
pub(super) fn navbar(page: Page<'_, '_>, current: &str) -> Markup {
    html! {
        header.bar {
            nav aria-label="Pages" {
                a.brand href=(page.links.page("index")) { "runtime-bench" }
                ul {
                    @for (name, words, href) in pages(page) {
                        li { a href=(href) aria-current=[(name == current).then_some("page")] { (words) } }
                    }
                }
            }
            (controls::theme_switch())
        }
    }
}

/// The pages of the navbar: name, label, address.
fn pages(page: Page<'_, '_>) -> Vec<(&'static str, &'static str, String)> {
    let own = |name: &'static str, words| (name, words, page.links.page(name));
    let mut pages = vec![own("index", "Overview")];
    if !page.view.claims.is_empty() {
        pages.push(own("claims", "Claims"));
    }
    pages.push(own("compare", "Compare"));
    if page.view.has_history() {
        pages.push(own("history", "History"));
    }
    if let Some(up) = page.view.fleet {
        let href = page.links.file(&format!("{up}{MACHINES_PAGE}"));
        pages.push(("machines", "Machines", href));
    }
    pages.push(own("method", "Method"));
    pages.push(own("glossary", "Glossary"));
    pages.push(own("data", "Data"));
    pages
}
