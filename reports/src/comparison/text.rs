//! A comparison for a terminal.

use runtime_bench_analysis::comparison::Judged;

use super::table::{counts, table, unpaired, verdict};
use crate::sanitize::single_line;

/// An aligned table between the warnings and a summary; without the conclusion where an error message says
/// it.
pub fn text(judged: &Judged, with_conclusion: bool) -> String {
    let document = &judged.document;
    let mut before = vec![
        document.title.clone(),
        format!("  base:      {}", document.base),
        format!("  candidate: {}", document.head),
    ];
    before.extend(document.warnings.iter().map(|warning| format!("warning: {warning}")));
    let untrusted = document.untrusted.iter().filter(|_| with_conclusion);
    before.extend(untrusted.map(|why| format!("do not trust this: {why}")));
    let mut after: Vec<String> =
        document.notes.iter().map(|note| format!("note: {note}")).collect();
    after.extend(unpaired(judged));
    after.push(counts(judged));
    after.extend(with_conclusion.then(|| verdict(judged)));

    let mut lines: Vec<String> = before.iter().map(|line| single_line(line)).collect();
    if !document.rows.is_empty() {
        lines.push(table(judged, &document.rows).text(" "));
    }
    lines.extend(after.iter().map(|line| single_line(line)));
    lines.join("\n") + "\n"
}
