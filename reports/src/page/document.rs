//! The document around a page's sections.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::context::Page;
use super::{controls, header, navbar, script, style};
use crate::preview;
use crate::sanitize::sanitize;
use crate::view::{View, wording};

/// The page does not load anything; its styles and its only script are inline.
fn policy() -> String {
    format!(
        "default-src 'none'; style-src 'unsafe-inline'; script-src {}; img-src data:; \
         base-uri 'none'; form-action 'none'",
        script::policy()
    )
}

/// Three bars, as an inline picture.
const ICON: &str = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAABAAAAAQAgMAAABinRfyAAAADFBMVEUAAAAfT6iz\
                    RwsLbpkdHRfVAAAAAXRSTlMAQObYZgAAAB5JREFUeNpjYIAD0dDQECQCAbRWLUAmEMD+AwoBAgCb2gsjiCCBMAAAAABJRU5ErkJggg==";

/// The description of the page for links to it.
pub(super) fn description(view: &View<'_>) -> String {
    let counts = view.counts;
    match counts.total() {
        0 => "No runtimes were compared.".to_owned(),
        _ => format!("{}.", wording::counts(&counts)),
    }
}

/// The whole document: navbar, `body`, footer. `current` is the page's name in the navbar.
pub(super) fn document(page: Page<'_, '_>, current: &str, title: &str, body: &Markup) -> String {
    let header = &page.view.run.header;
    let foot = html! {
        p { "Made by runtime-bench " (header.environment.version) " from run " code { (header.id) } "." }
    };
    let address = page.view.address.as_ref();
    let picture = address.map_or_else(
        || page.links.file(preview::NAME),
        |address| format!("{address}{}", preview::NAME),
    );
    let title = format!("{title} – {}", header::machine_and_date(page.view.run));
    let head = head(&title, &description(page.view), &picture);
    shell(&head, &navbar::navbar(page, current), body, &foot)
}

/// A document outside of a site, with its preview picture next to it.
pub(crate) fn lone_document(title: &str, description: &str, body: &Markup) -> String {
    let bar = html! { header.bar { span.brand { "runtime-bench" } (controls::theme_switch()) } };
    let foot = html! { p { "Made by runtime-bench " (env!("CARGO_PKG_VERSION")) "." } };
    shell(&head(title, description, preview::NAME), &bar, body, &foot)
}

/// The metadata for links to the page: title, description, and the address of the picture.
fn head(title: &str, description: &str, picture: &str) -> Markup {
    html! {
        title { (title) }
        meta property="og:title" content=(title);
        meta property="og:type" content="website";
        meta property="og:description" content=(description);
        meta property="og:image" content=(picture);
        meta property="og:image:width" content=(preview::WIDTH);
        meta property="og:image:height" content=(preview::HEIGHT);
        meta property="og:image:alt" content={ (title) ". " (description) };
        meta name="twitter:card" content="summary_large_image";
    }
}

fn shell(head: &Markup, bar: &Markup, body: &Markup, foot: &Markup) -> String {
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy());
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                (head)
                link rel="icon" href=(ICON);
                style { (PreEscaped(style::style())) }
                (script::element())
            }
            body {
                a.skip href="#main" { "Skip to the content" }
                (bar)
                main #main { (body) }
                footer { (foot) }
            }
        }
    };
    sanitize(&markup.into_string())
}
