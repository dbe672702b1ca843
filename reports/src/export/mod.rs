//! The facts of the pages as files for programs, spreadsheets and pull requests.

mod csv;
mod markdown;

use runtime_bench_analysis::report::{JSON_SCHEMA, Report};

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

/// Every file.
pub(crate) fn files<'a>(view: &View<'a>) -> Result<Vec<File<'a>>, ReportError> {
    let mut files = vec![
        File::json(JSON_NAME, Report::new(view.run, view.analysis)),
        File::new(SCHEMA_NAME, JSON_SCHEMA),
        File::new(CSV_NAME, csv::table(view.run, view.analysis)?),
        File::new(SUMMARY_NAME, markdown::summary(view)),
    ];
    let before = view.previous.as_ref();
    files.extend(before.map(|judged| File::new(COMPARE_NAME, comparison::markdown(judged))));
    Ok(files)
}
