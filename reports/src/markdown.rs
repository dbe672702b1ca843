//! Common parts of Markdown texts.

use crate::sanitize::single_line;

/// Maximum size of a text, in bytes: GitHub cuts a summary at 1 MiB, and a comment at 65 536 characters.
pub(crate) const LARGEST: usize = 60_000;

/// Text that Markdown shows literally, also inside a table (`CommonMark` 0.31, §2.4: any punctuation
/// may be escaped).
pub(crate) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in single_line(text).chars() {
        if "\\`*_[]<>&|~".contains(character) {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}

/// A list with one item per line.
pub(crate) fn list<'t>(items: impl IntoIterator<Item = &'t String>) -> String {
    let items = items.into_iter().map(|item| format!("- {}", escaped(item)));
    items.collect::<Vec<_>>().join("\n")
}
