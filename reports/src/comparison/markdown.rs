//! A comparison for a pull request.

use runtime_bench_analysis::comparison::Judged;

use super::table::{counts, table, unpaired, verdict};
use crate::markdown::{escaped, list};

/// Cells of one side only that are named.
const UNPAIRED: usize = 10;

/// The verdict in one line, then warnings, a table and notes.
pub fn markdown(judged: &Judged) -> String {
    let document = &judged.document;
    let warnings = document.untrusted.iter().chain(&document.warnings);
    let warnings: Vec<String> = warnings.map(|warning| format!("⚠ {warning}")).collect();
    let mut parts = vec![
        format!("**{}**", escaped(&verdict(judged))),
        format!(
            "{}: base {}, candidate {}. {}.",
            escaped(&document.title),
            escaped(&document.base),
            escaped(&document.head),
            counts(judged)
        ),
        list(&warnings),
    ];
    if !document.rows.is_empty() {
        parts.push(table(judged, &document.rows).markdown());
    }
    parts.push(list(document.notes.iter().chain(&unpaired(judged, UNPAIRED))));
    parts.retain(|part| !part.is_empty());
    parts.join("\n\n") + "\n"
}
