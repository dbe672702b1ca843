//! Words of the field, as the run carries them.

use runtime_bench_results::glossary::Term;

use super::slugs::Slugs;

/// A word of the glossary.
#[derive(Debug)]
pub(crate) struct Word<'a> {
    /// The word and its meaning.
    pub(crate) term: &'a Term,
    /// Target of links to it.
    pub(crate) anchor: String,
}

/// Every word.
pub(super) fn words(terms: &[Term]) -> Vec<Word<'_>> {
    let mut slugs = Slugs::default();
    let word = |term| Word { term, anchor: format!("term-{}", slugs.next(&term.name)) };
    terms.iter().map(word).collect()
}
