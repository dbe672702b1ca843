//! The document around a page's sections.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::context::Page;
use super::{controls, navbar, script, style};
use crate::sanitize::sanitize;

/// Nothing is fetched from anywhere; the styles and the one script that may run are in the page
/// itself.
fn policy() -> String {
    format!(
        "default-src 'none'; style-src 'unsafe-inline'; script-src {}; img-src data:; \
         base-uri 'none'; form-action 'none'",
        script::policy()
    )
}

/// The whole document: bar, `body`, foot. `current` is the page's name in the bar.
pub(super) fn document(page: Page<'_, '_>, current: &str, title: &str, body: &Markup) -> String {
    let header = &page.view.run.header;
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy());
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                title { (title) " – runtime-bench" }
                // Without it a browser asks the server for a picture.
                link rel="icon" href="data:,";
                style { (PreEscaped(style::style())) (PreEscaped(controls::style())) }
                (script::element())
            }
            body {
                a.skip href="#main" { "Skip to the content" }
                (navbar::navbar(page, current))
                main #main { (body) }
                footer {
                    p { "Made by runtime-bench " (header.environment.version)
                        " from run " code { (header.id) } "." }
                }
            }
        }
    };
    sanitize(&markup.into_string())
}
