//! Words of the field, with targets of links to them.

use runtime_bench_analysis::glossary::{self, Term};

use super::slugs::Slugs;

/// A word of the glossary.
#[derive(Debug)]
pub(crate) struct Word {
    /// The word and its meaning.
    pub(crate) term: Term,
    /// Target of links to it.
    pub(crate) anchor: String,
}

/// Every word.
pub(super) fn words() -> Vec<Word> {
    let mut slugs = Slugs::default();
    let word = |term: Term| Word { anchor: format!("term-{}", slugs.next(&term.name)), term };
    glossary::all().into_iter().map(word).collect()
}
