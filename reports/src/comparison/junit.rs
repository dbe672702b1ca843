//! A comparison as `JUnit` XML: a suite for each workload, a case for each row.
//!
//! The elements are those that Jenkins and GitLab read: a regression is a failure, a row without a
//! verdict is skipped.

use std::fmt::Write;

use runtime_bench_results::comparison::Judged;

use super::table::{Line, lines, verdict};
use crate::visible::plain;

/// The comparison as an XML 1.0 document.
pub fn junit(judged: &Judged) -> String {
    let lines = lines(judged);
    let mut workloads: Vec<&str> = Vec::new();
    for line in &lines {
        if !workloads.contains(&line.row.workload.as_str()) {
            workloads.push(&line.row.workload);
        }
    }
    let untrusted = judged.document.untrusted.as_deref();
    let mut suites: String = workloads
        .iter()
        .map(|workload| {
            let cases: Vec<&Line<'_>> =
                lines.iter().filter(|line| line.row.workload == *workload).collect();
            suite(workload, &cases, untrusted)
        })
        .collect();
    if lines.is_empty() {
        // A document without cases would pass for one in which nothing failed.
        let why = escaped(&judged.sentence());
        suites = format!(
            "  <testsuite name=\"comparison\" tests=\"1\" failures=\"0\" errors=\"0\" skipped=\"1\">\n    \
             <testcase classname=\"comparison\" name=\"rows in common\">\n      \
             <skipped message=\"{why}\"/>\n    </testcase>\n  </testsuite>\n"
        );
    }
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"{}\" {}>\n{suites}</testsuites>\n",
        escaped(&format!("{}: {}", judged.document.title, verdict(judged))),
        totals(&lines.iter().collect::<Vec<_>>(), untrusted)
    )
}

fn suite(workload: &str, cases: &[&Line<'_>], untrusted: Option<&str>) -> String {
    let name = escaped(workload);
    let mut out = format!("  <testsuite name=\"{name}\" {}>\n", totals(cases, untrusted));
    for line in cases {
        let case = escaped(&line.row.name);
        let said = escaped(&said(line));
        // Writing to a string cannot fail.
        let _ = writeln!(out, "    <testcase classname=\"{name}\" name=\"{case}\">");
        if line.regressed {
            let _ = writeln!(out, "      <failure type=\"regression\" message=\"{said}\"/>");
        } else if let Some(why) = skipped(line, untrusted) {
            let _ = writeln!(out, "      <skipped message=\"{}\"/>", escaped(&why));
        }
        let _ = writeln!(out, "      <system-out>{said}</system-out>\n    </testcase>");
    }
    out + "  </testsuite>\n"
}

/// Why a row is no verdict.
fn skipped(line: &Line<'_>, untrusted: Option<&str>) -> Option<String> {
    match untrusted {
        Some(why) => Some(why.to_owned()),
        None => line.row.word.is_open().then(|| said(line)),
    }
}

fn totals(cases: &[&Line<'_>], untrusted: Option<&str>) -> String {
    let failures = cases.iter().filter(|line| line.regressed).count();
    let open = |line: &&&Line<'_>| !line.regressed && skipped(line, untrusted).is_some();
    let skipped = cases.iter().filter(open).count();
    format!("tests=\"{}\" failures=\"{failures}\" errors=\"0\" skipped=\"{skipped}\"", cases.len())
}

/// A row in one line.
fn said(line: &Line<'_>) -> String {
    let figures = match (line.ratio.as_str(), line.interval.as_str()) {
        ("", _) => String::new(),
        (ratio, "") => format!(" {ratio}"),
        (ratio, interval) => format!(" {ratio} [{interval}]"),
    };
    let note =
        if line.row.note.is_empty() { String::new() } else { format!(": {}", line.row.note) };
    format!("{}{figures}, {} samples{note}", line.word, line.samples)
}

/// Text as the content of an element or of an attribute in double quotes.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in plain(text).chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            other => escaped.push(other),
        }
    }
    escaped
}
