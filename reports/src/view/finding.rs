//! The finding of a comparison, in sentences computed from its rows.

use std::fmt;

use runtime_bench_analysis::analysis::{Row, Status};
use runtime_bench_analysis::stats::{Comparison, ResultClass, Verdict};

use super::group::Group;
use super::wording::words;
use crate::format;

/// The finding of a comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    /// The largest gain over the reference, or why there is none.
    pub(crate) lead: String,
    /// Each other runner against the reference.
    pub(crate) detail: Option<String>,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.lead)?;
        match &self.detail {
            Some(detail) => write!(f, " {detail}"),
            None => Ok(()),
        }
    }
}

/// A row that was compared with the reference.
type Compared<'a> = (&'a Row, &'a Comparison);

impl Finding {
    /// The finding of a comparison.
    pub(crate) fn of(group: &Group<'_>) -> Self {
        let only = |lead: String| Self { lead, detail: None };
        if group.source.is_check() {
            return Self {
                lead: checked(group),
                detail: Some("Checks are not ranked.".to_owned()),
            };
        }
        let measured: Vec<&Row> = group.measured().filter(|row| row.is_ranked()).collect();
        let (Some(reference), [_, _, ..]) = (group.reference(), measured.as_slice()) else {
            return only(match measured.as_slice() {
                [] => nothing(group),
                [one] => format!("Only {} has a result.", one.key.runner),
                _ => "No comparison: too few rounds.".to_owned(),
            });
        };
        if group.is_distrusted() {
            return only("Do not trust this comparison: the A/A control failed.".to_owned());
        }
        let mut rows: Vec<Compared<'_>> =
            measured.iter().filter_map(|row| Some((*row, row.comparison.as_ref()?))).collect();
        rows.sort_by(|a, b| cost(a.1).total_cmp(&cost(b.1)));
        let reference = &reference.key.runner;
        Self { lead: lead(group, &rows, reference), detail: detail(group, &rows, reference) }
    }
}

/// The runners that pass, and those that fail.
fn checked(group: &Group<'_>) -> String {
    let of = |keep: &dyn Fn(&Status) -> bool| -> Vec<&str> {
        let rows = group.source.rows.iter().filter(|row| keep(&row.status));
        rows.map(|row| row.key.runner.as_str()).collect()
    };
    let passed = of(&|status| *status == Status::Measured);
    let failed = of(&|status| matches!(status, Status::Failed(_)));
    let passed = format!("The check passes on {}", format::list(&passed));
    match failed.as_slice() {
        [] => passed + ".",
        failed => format!("{passed}, and fails on {}.", format::list(failed)),
    }
}

fn cost(comparison: &Comparison) -> f64 {
    comparison.ratio.unwrap_or(1.0)
}

fn nothing(group: &Group<'_>) -> String {
    let failed =
        group.source.rows.iter().filter(|row| matches!(row.status, Status::Failed(_))).count();
    match failed {
        0 => "No runner has a result; the reasons are below.".to_owned(),
        _ => format!(
            "No runner has a result: {} failed; the reasons are below.",
            format::count(failed, "runner")
        ),
    }
}

/// The runner with the largest gain over the reference, settled before leaning.
fn lead(group: &Group<'_>, rows: &[Compared<'_>], reference: &str) -> String {
    let first = |verdict| rows.iter().find(|(_, found)| found.verdict == verdict);
    let less = if group.counts_bytes() { "smaller" } else { "faster" };
    let gain = |(row, found): &Compared<'_>| {
        format!("{} is {} than {reference}", row.key.runner, words(found, group.unit()))
    };
    if let Some(best) = first(Verdict::Faster) {
        return gain(best) + ".";
    }
    if let Some(leaning) = first(Verdict::LeansFaster) {
        return format!("{}, but that is not settled.", gain(leaning));
    }
    if rows.iter().all(|(_, found)| found.verdict == Verdict::NotCompared) {
        return "No comparison: too few rounds.".to_owned();
    }
    if rows.iter().any(|(_, found)| found.verdict.class() == Some(ResultClass::Open)) {
        format!("No runner is shown to be {less} than {reference}.")
    } else {
        format!("No runner is {less} than {reference}.")
    }
}

/// Each runner against the reference, the cheapest first; runners without a difference are grouped.
fn detail(group: &Group<'_>, rows: &[Compared<'_>], reference: &str) -> Option<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut same: Vec<&str> = Vec::new();
    for (row, found) in rows {
        let name = row.key.runner.as_str();
        match found.verdict {
            Verdict::NotCompared => {}
            Verdict::Tie | Verdict::Same => same.push(name),
            Verdict::Open | Verdict::DependsOnMode => {
                parts.push(format!("{name} open ({})", words(found, group.unit())));
            }
            _ => {
                let interval = found
                    .interval
                    .map(|interval| format!(" ({}×)", format::ratio_interval(interval)));
                let interval = interval.unwrap_or_default();
                parts.push(format!("{name} {}{interval}", words(found, group.unit())));
            }
        }
    }
    if !same.is_empty() {
        parts.push(format!("{} the same within 10%", format::list(&same)));
    }
    (!parts.is_empty()).then(|| format!("Against {reference}: {}.", parts.join("; ")))
}
