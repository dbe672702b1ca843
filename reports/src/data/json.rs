//! `data.json`: the run as it was measured, and what follows from it.

use runtime_bench_results::analysis::Analysis;
use runtime_bench_results::report::Report;
use runtime_bench_results::run::Run;

use crate::ReportError;

/// The document as bytes.
pub(crate) fn document(run: &Run, analysis: &Analysis) -> Result<Vec<u8>, ReportError> {
    let mut text = serde_json::to_vec(&Report::new(run, analysis))
        .map_err(|error| ReportError::Encode { format: "JSON", reason: error.to_string() })?;
    text.push(b'\n');
    Ok(text)
}
