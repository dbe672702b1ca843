//! The facts of the pages as files for programs, spreadsheets and pull requests, and for other trackers.

mod csv;
mod figures;
mod markdown;
mod openmetrics;
mod trackers;

use runtime_bench_analysis::analysis::Analysis;
use runtime_bench_analysis::explanation::explanations;
use runtime_bench_analysis::report::{JSON_SCHEMA, Report};
use runtime_bench_results::run::Run;

use crate::ReportError;
use crate::comparison;
use crate::files::File;
use crate::view::View;

/// Name of the JSON document.
pub(crate) const JSON_NAME: &str = "data.json";
/// Name of the CSV table.
pub(crate) const CSV_NAME: &str = "data.csv";
/// Name of the JSON document's schema.
pub(crate) const SCHEMA_NAME: &str = "schema.json";
/// Name of the summary in Markdown.
pub(crate) const SUMMARY_NAME: &str = "summary.md";

/// Name of the comparison with the run before, in Markdown.
pub(crate) const COMPARE_NAME: &str = "compare.md";

/// A format that another program reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// JSON for github-action-benchmark, tool `customSmallerIsBetter`.
    GithubActionBenchmark,
    /// Bencher Metric Format, adapter `json`.
    Bencher,
    /// `OpenMetrics` 1.0 text for Prometheus.
    OpenMetrics,
    /// The table of a report, `data.csv`.
    Csv,
}

/// The figures of a run in a format.
///
/// # Errors
/// When the run has no figures, or they cannot be encoded.
pub fn export(run: &Run, analysis: &Analysis, format: Format) -> Result<String, ReportError> {
    let figures = figures::figures(analysis);
    if figures.is_empty() {
        return Err(ReportError::NoFigures);
    }
    match format {
        Format::GithubActionBenchmark => trackers::github_action_benchmark(&figures, run),
        Format::Bencher => trackers::bencher(&figures),
        Format::OpenMetrics => Ok(openmetrics::text(&figures, run)),
        Format::Csv => String::from_utf8(csv::table(run, analysis, &explanations(run, analysis))?)
            .map_err(|error| ReportError::encode("CSV", &error)),
    }
}

/// Every file.
pub(crate) fn files<'v>(view: &'v View<'_>) -> Result<Vec<File<'v>>, ReportError> {
    let mut files = vec![
        File::json(JSON_NAME, Report::new(view.run, view.analysis, &view.explanations)),
        File::new(SCHEMA_NAME, JSON_SCHEMA),
        File::new(CSV_NAME, csv::table(view.run, view.analysis, &view.explanations)?),
        File::new(SUMMARY_NAME, markdown::summary(view)),
    ];
    let before = view.previous.as_ref();
    files.extend(before.map(|judged| File::new(COMPARE_NAME, comparison::markdown(judged))));
    Ok(files)
}
