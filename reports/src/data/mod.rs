//! The facts of a page as data.

mod csv;
mod json;

use crate::ReportError;
use crate::files::File;
use crate::view::View;

/// Name of the JSON document.
pub(crate) const JSON_NAME: &str = "data.json";
/// Name of the CSV table.
pub(crate) const CSV_NAME: &str = "data.csv";

/// The facts of a site as files.
pub(crate) fn files(view: &View<'_>) -> Result<Vec<File>, ReportError> {
    Ok(vec![
        File::new(JSON_NAME, json::document(view.run, view.analysis)?),
        File::new(CSV_NAME, csv::table(view.analysis)?),
    ])
}
