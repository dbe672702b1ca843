//! An explanation for a terminal.

use runtime_bench_analysis::explanation::{ExplanationDocument, Timed};

use super::sentences::{Explained, distorted, not_counted, own_counters, sentences};
use super::table::table;
use crate::format;
use crate::sanitize::single_line;
use crate::view::wording;

/// The document for a terminal, at most 40 lines.
pub fn text(document: &ExplanationDocument) -> String {
    let ExplanationDocument { group, timed, explanation, evidence, .. } = document;
    let mut lines = vec![
        format!("{}: {} against {}", group, explanation.candidate, explanation.reference),
        format!("  {}", timed_line(timed)),
        String::new(),
    ];
    let is_time = !format::counts_bytes(&timed.candidate.unit);
    let ratio = timed.comparison.ratio.filter(|_| is_time);
    lines.extend(sentences(Explained { name: group, ratio, explanation }));
    lines.push(String::new());
    let processes = explanation.wall.reference.processes;
    lines.push(format!(
        "Per {}: {}, {}, difference; medians of {processes} processes [99% interval]",
        explanation.operation, explanation.candidate, explanation.reference
    ));
    lines.extend(table(explanation).text("  ").lines().map(str::to_owned));
    lines.extend(evidence.iter().filter_map(own_counters));
    lines.extend(explanation.distortions.iter().map(|one| distorted(one, &explanation.operation)));
    lines.extend(not_counted(evidence));
    lines.iter().map(|line| single_line(line) + "\n").collect()
}

/// `43% slower (settled): rate 178 k messages/s against 254 k messages/s; cost ratio 1.43 [1.38–1.48]`.
fn timed_line(timed: &Timed) -> String {
    let Timed { reference, candidate, comparison, .. } = timed;
    let words = wording::words(comparison, &candidate.unit);
    let class = comparison.verdict.class().map_or("not compared", |class| class.word());
    let figure = |value| format::figure(value, &candidate.unit);
    let ratio = comparison.ratio.map(format::ratio).unwrap_or_default();
    let interval = comparison.interval.map(format::ratio_interval);
    let interval = interval.map(|interval| format!(" [{interval}]")).unwrap_or_default();
    let control = if timed.control_failed { "; its A/A control failed" } else { "" };
    format!(
        "{words} ({class}): {} {} against {}; cost ratio {ratio}{interval}{control}",
        candidate.name,
        figure(candidate.value),
        figure(reference.value),
    )
}
