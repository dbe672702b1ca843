//! Where a section stands.

use crate::view::View;
use crate::view::links::Links;

/// What a section needs to know: what is shown, and where it stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Page<'v, 'a> {
    /// What is shown.
    pub(super) view: &'v View<'a>,
    /// How it reaches the other pages.
    pub(super) links: Links,
}
