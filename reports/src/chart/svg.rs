//! The element around a drawing, which says in words what it shows.

use maud::{Markup, PreEscaped, html};

use super::Description;
use super::backend::Canvas;
use super::rows::WIDTH;

/// A drawing to those who do not see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// One picture.
    Picture,
    /// A picture with links inside, which the role of a picture would hide.
    Linked,
}

/// A drawing as part of a page.
pub(super) fn inline(canvas: &Canvas, about: &Description, role: Role) -> Markup {
    let role = match role {
        Role::Picture => "img",
        Role::Linked => "group",
    };
    let (width, height) = canvas.size();
    let broad = width > WIDTH;
    let (title, desc) = (format!("{}-title", about.id), format!("{}-desc", about.id));
    html! {
        svg.chart.broad[broad] role=(role) viewBox=(format!("0 0 {width} {height}"))
            aria-labelledby=(format!("{title} {desc}")) {
            title id=(title) { (about.title) }
            desc id=(desc) { (about.finding) }
            (PreEscaped(canvas.elements()))
        }
    }
}
