//! A comparison as `JUnit` XML: a suite for each workload, a case for each row.
//!
//! The elements are those that Jenkins and GitLab read: a regression is a failure, a row without a
//! verdict is skipped.

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use runtime_bench_analysis::comparison::{Judged, Row};

use super::table::{cells, verdict};
use crate::ReportError;
use crate::sanitize::single_line;

/// The comparison as an XML 1.0 document.
///
/// # Errors
/// When the encoder fails.
pub fn junit(judged: &Judged) -> Result<String, ReportError> {
    let name = format!("{}: {}", judged.document.title, verdict(judged));
    let mut report = Report::new(single_line(&name));
    let mut suites: Vec<TestSuite> = Vec::new();
    for row in &judged.document.rows {
        let name = single_line(&row.workload);
        let known = suites.iter().position(|suite| suite.name.as_str() == name);
        let place = known.unwrap_or_else(|| {
            suites.push(TestSuite::new(name));
            suites.len() - 1
        });
        suites[place].add_test_case(case(judged, row));
    }
    if judged.document.rows.is_empty() {
        // A document without cases would look as if nothing failed.
        let mut status = TestCaseStatus::skipped();
        status.set_message(single_line(&judged.sentence()));
        let mut case = TestCase::new("rows in common", status);
        case.set_classname("comparison");
        let mut suite = TestSuite::new("comparison");
        suite.add_test_case(case);
        suites.push(suite);
    }
    report.add_test_suites(suites);
    report.to_string().map_err(|error| ReportError::encode("JUnit XML", &error))
}

fn case(judged: &Judged, row: &Row) -> TestCase {
    let summary = summary(judged, row);
    let untrusted = judged.document.untrusted.as_ref();
    let mut status = if judged.regressed(row) {
        TestCaseStatus::non_success(NonSuccessKind::Failure)
    } else if untrusted.is_some() || row.word.is_open() {
        TestCaseStatus::skipped()
    } else {
        TestCaseStatus::success()
    };
    match &status {
        TestCaseStatus::Success { .. } => {}
        TestCaseStatus::Skipped { .. } => {
            status.set_message(untrusted.map_or_else(|| summary.clone(), |why| single_line(why)));
        }
        TestCaseStatus::NonSuccess { .. } => {
            status.set_type("regression").set_message(summary.as_str());
        }
    }
    let mut case = TestCase::new(single_line(&row.name), status);
    case.set_classname(single_line(&row.workload)).set_system_out(summary);
    case
}

/// `slower, regression 1.20× [1.18–1.22], 40/38 samples`.
fn summary(judged: &Judged, row: &Row) -> String {
    let [_, ratio, interval, samples, word, note] =
        cells(judged, row).map(|cell| cell.single_line());
    let figures = [word, ratio, interval].into_iter().filter(|part| !part.is_empty());
    let note = if note.is_empty() { note } else { format!(": {note}") };
    format!("{}, {samples} samples{note}", figures.collect::<Vec<_>>().join(" "))
}
