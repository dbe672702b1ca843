//! The element around a drawing, with a text alternative.

use maud::{Markup, PreEscaped, html};

use super::Description;
use super::backend::Canvas;

/// A drawing as part of a page.
pub(super) fn inline(canvas: &Canvas, about: &Description) -> Markup {
    let (width, height) = canvas.size();
    let (title, desc) = (format!("{}-title", about.id), format!("{}-desc", about.id));
    html! {
        svg.chart role="img" viewBox=(format!("0 0 {width} {height}"))
            aria-labelledby=(format!("{title} {desc}")) {
            title id=(title) { (about.title) }
            desc id=(desc) { (about.finding) }
            (PreEscaped(canvas.elements()))
        }
    }
}
