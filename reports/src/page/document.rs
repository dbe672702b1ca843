//! The document around a page's sections.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::context::Page;
use super::{controls, header, navbar, script, style};
use crate::format;
use crate::sanitize::sanitize;
use crate::view::{View, wording};

/// Nothing is fetched from anywhere; the styles and the one script that may run are in the page
/// itself.
fn policy() -> String {
    format!(
        "default-src 'none'; style-src 'unsafe-inline'; script-src {}; img-src data:; \
         base-uri 'none'; form-action 'none'",
        script::policy()
    )
}

/// Three bars, as a picture in the page itself: nothing is fetched.
const ICON: &str = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAABAAAAAQAgMAAABinRfyAAAADFBMVEUAAAAfT6iz\
                    RwsLbpkdHRfVAAAAAXRSTlMAQObYZgAAAB5JREFUeNpjYIAD0dDQECQCAbRWLUAmEMD+AwoBAgCb2gsjiCCBMAAAAABJRU5ErkJggg==";

/// What a link to the page says about it.
fn description(view: &View<'_>) -> String {
    let counts = view.counts();
    format!(
        "{} of runtimes: {}.",
        format::count(counts.total(), "comparison"),
        wording::counts(&counts)
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
                @let full = format!("{title} – {}", header::machine_and_date(page.view.run));
                title { (full) }
                meta property="og:title" content=(full);
                meta property="og:type" content="website";
                meta property="og:description" content=(description(page.view));
                link rel="icon" href=(ICON);
                style { (PreEscaped(style::style())) (PreEscaped(controls::STYLE)) }
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
