//! Terms of the glossary, with link targets.

use runtime_bench_analysis::glossary::{self, Term};

use super::slugs::Slugs;

/// A term of the glossary.
#[derive(Debug)]
pub(crate) struct Word {
    /// The term and its meaning.
    pub(crate) term: Term,
    /// Target of links to it.
    pub(crate) anchor: String,
}

/// Every term.
pub(super) fn words() -> Vec<Word> {
    let mut slugs = Slugs::default();
    let word = |term: Term| Word { anchor: format!("term-{}", slugs.next(&term.name)), term };
    glossary::all().into_iter().map(word).collect()
}
