//! The facts of a page as data.

pub(crate) mod csv;
pub(crate) mod json;

/// Name of the JSON document.
pub(crate) const JSON_NAME: &str = "data.json";
/// Name of the CSV table.
pub(crate) const CSV_NAME: &str = "data.csv";
