//! The context of a section.

use crate::view::View;
use crate::view::links::Links;

/// The input of a section: the view, and the links from its page.
#[derive(Clone, Copy, Debug)]
pub(super) struct Page<'v, 'a> {
    /// The view.
    pub(super) view: &'v View<'a>,
    /// Links to the other pages.
    pub(super) links: Links,
}
