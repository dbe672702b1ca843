//! A comparison for a terminal.

use runtime_bench_analysis::comparison::Judged;

use super::table::{counts, table, unpaired, verdict};
use crate::sanitize::single_line;

/// An aligned table between the warnings and a summary.
pub fn text(judged: &Judged) -> String {
    let document = &judged.document;
    let mut before = vec![
        document.title.clone(),
        format!("  base:      {}", document.base),
        format!("  candidate: {}", document.head),
    ];
    before.extend(document.warnings.iter().map(|warning| format!("warning: {warning}")));
    before.extend(document.untrusted.iter().map(|why| format!("do not trust this: {why}")));
    let mut after: Vec<String> =
        document.notes.iter().map(|note| format!("note: {note}")).collect();
    after.extend(unpaired(judged));
    after.extend([counts(judged), verdict(judged)]);

    let mut lines: Vec<String> = before.iter().map(|line| single_line(line)).collect();
    if !document.rows.is_empty() {
        lines.push(table(judged, &document.rows).text(" "));
    }
    lines.extend(after.iter().map(|line| single_line(line)));
    lines.join("\n") + "\n"
}
