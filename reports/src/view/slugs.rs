//! Names of files and anchors.

use std::collections::HashSet;

/// Turns any name into a unique file name and `id`.
#[derive(Default)]
pub(crate) struct Slugs {
    taken: HashSet<String>,
}

impl Slugs {
    /// Lower-case letters, digits and `-`; never empty.
    pub(crate) fn next(&mut self, name: &str) -> String {
        let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
        let slug: String = name.chars().take(80).map(plain).collect();
        let base = if slug.is_empty() { "unnamed".to_owned() } else { slug };
        let numbered = (2..).map(|number| format!("{base}-{number}"));
        let mut candidates = std::iter::once(base.clone()).chain(numbered);
        // Some number is always free.
        candidates.find(|slug| self.taken.insert(slug.clone())).unwrap_or(base)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_plain_and_unique() {
        let mut slugs = Slugs::default();
        assert_eq!(slugs.next("Tokio"), "tokio");
        assert_eq!(slugs.next("a b\"<"), "a-b--");
        assert_eq!(slugs.next("a b'>"), "a-b---2");
        assert_eq!(slugs.next("../.."), "-----");
        assert_eq!(slugs.next(""), "unnamed");
    }
}
