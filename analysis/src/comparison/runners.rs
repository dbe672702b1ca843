//! The runners of one run against each other.

use std::collections::BTreeSet;

use super::{Document, Row, TOLD_APART, Word, distrust, distrusted, unfinished, with_phase};
use crate::analysis::{Analysis, PairComparison, Status, analyze, pairwise};
use crate::stats::MARGIN;
use runtime_bench_results::key::CellKey;
use runtime_bench_results::run::Run;

/// The baseline of the runners of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Against<'a> {
    /// This runner.
    Reference(&'a str),
    /// All pairs.
    EachOther,
}

/// Compares the runners of one run, called `label`: the pairs with a cell that `keep` selects.
///
/// The results are those of the run's own tables, regardless of `keep`; if the A/A control of a
/// workload failed, all of its rows are *inconclusive*.
pub fn runners(
    label: &str,
    run: &Run,
    against: Against<'_>,
    keep: &dyn Fn(&CellKey) -> bool,
) -> Document {
    let analysis = analyze(run);
    let (reference, base) = match against {
        Against::Reference(name) => (Some(name), name),
        Against::EachOther => (None, "each other runner"),
    };
    let pairs = pairwise(run, &analysis, reference);
    let mut document = Document::new(&format!("Runners of {label}"), base, "each runner");
    document.warnings.extend(unfinished(label, run));
    match distrust(label, &analysis) {
        Some(why) if !analysis.noise.trusted() => document.untrusted = Some(why),
        why => document.warnings.extend(why),
    }
    document.notes = without_pairs(&analysis, &pairs, reference);
    let distrusted = distrusted(&analysis);
    document.rows = pairs
        .iter()
        .filter(|pair| match against {
            Against::Reference(_) => keep(&pair.candidate),
            Against::EachOther => keep(&pair.candidate) || keep(&pair.reference),
        })
        .map(|pair| row(pair, &distrusted))
        .collect();
    document
}

fn row(pair: &PairComparison, distrusted: &BTreeSet<&str>) -> Row {
    let name = format!("{}: {} vs {}", pair.group, pair.candidate.runner, pair.reference.runner);
    let workload = pair.candidate.workload.clone();
    let comparison = pair.comparison.as_ref().ok();
    let (mut word, mut note) = match &pair.comparison {
        Err(reason) => (Word::NotCompared, reason.clone()),
        Ok(comparison) if comparison.negligible => (comparison.verdict.into(), "negligible".into()),
        Ok(comparison) => (comparison.verdict.into(), String::new()),
    };
    if word == Word::NotCompared && note.is_empty() {
        note.push_str("too few rounds in common, or no usable figure");
    }
    if distrusted.contains(workload.as_str()) && !word.is_open() {
        (word, note) =
            (Word::Inconclusive, format!("{} by its rounds, but {TOLD_APART}", word.word()));
    }
    Row {
        name: with_phase(&name, pair.phase),
        workload,
        metric: pair.metric.clone(),
        unit: pair.unit.clone(),
        word,
        ratio: comparison.and_then(|comparison| comparison.ratio).filter(|ratio| ratio.is_finite()),
        interval: comparison.and_then(|comparison| comparison.interval),
        samples: [comparison.map_or(0, |comparison| comparison.pairs); 2],
        margin: MARGIN,
        note,
    }
}

/// The comparisons of the run without a row, each with the reason.
fn without_pairs(
    analysis: &Analysis,
    pairs: &[PairComparison],
    reference: Option<&str>,
) -> Vec<String> {
    let silent = analysis.groups.iter().filter(|group| {
        !pairs.iter().any(|pair| pair.group == group.name && pair.phase == group.phase)
    });
    silent
        .map(|group| {
            let named = group.rows.iter().find(|row| Some(row.key.runner.as_str()) == reference);
            let why = match (reference, named.map(|row| &row.status)) {
                _ if group.is_check() => "it passes or fails".to_owned(),
                (Some(name), None) => format!("it does not include {name}"),
                (Some(name), Some(Status::NotApplicable(reason) | Status::NotMeasured(reason))) => {
                    format!("{name} has no result: {reason}")
                }
                _ => "fewer than two runners have a result".to_owned(),
            };
            format!("{}: not compared, because {why}", with_phase(&group.name, group.phase))
        })
        .collect()
}
