//! `data.json`: the run as it was measured, and what follows from it.

use runtime_bench_results::analysis::Analysis;
use runtime_bench_results::run::Run;
use serde::Serialize;

use crate::ReportError;

/// The document.
#[derive(Serialize)]
struct Document<'a> {
    run: &'a Run,
    analysis: &'a Analysis,
}

/// The document as bytes.
pub(crate) fn document(run: &Run, analysis: &Analysis) -> Result<Vec<u8>, ReportError> {
    let mut text = serde_json::to_vec(&Document { run, analysis })
        .map_err(|error| ReportError::Encode { format: "JSON", reason: error.to_string() })?;
    text.push(b'\n');
    Ok(text)
}
