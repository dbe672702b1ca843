//! Finished runs as a table: each generic runner against the hand-written one, next to the A/A control.

use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

use runtime_bench::commands;
use runtime_bench::results::run::Run;
use runtime_bench::results::store::{self, StoreError};
use runtime_bench_analysis::analysis::{Analysis, PairComparison, analyze, pairwise};
use runtime_bench_analysis::stats::{Comparison, Interval};

/// A negligible difference.
const NEGLIGIBLE: f64 = 0.02;

/// Prints the pairs of all files.
pub(crate) fn print(files: &[OsString]) -> ExitCode {
    let runs: Result<Vec<Run>, StoreError> =
        files.iter().map(|file| store::read(Path::new(file))).collect();
    let printed = runs
        .map_err(|error| error.to_string())
        .and_then(|runs| commands::print(&markdown(&runs)).map_err(|error| error.to_string()));
    match printed {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

fn markdown(runs: &[Run]) -> String {
    let mut lines = vec![
        "| | generic | generic ÷ by hand | rounds | by hand ÷ itself | difference |".to_owned(),
        "|---|---|--:|--:|--:|---|".to_owned(),
    ];
    for run in runs {
        let analysis = analyze(run);
        let pairs = pairwise(run, &analysis, Some(&run.header.plan.reference));
        lines.extend(pairs.iter().map(|pair| row(pair, &analysis)));
    }
    lines.join("\n") + "\n"
}

fn row(pair: &PairComparison, analysis: &Analysis) -> String {
    let group = analysis.groups.iter().find(|g| g.name == pair.group && g.phase == pair.phase);
    let control = group.and_then(|group| group.control.as_ref()).map(|control| &control.comparison);
    let cell = format!("| {} | {}", pair.group, pair.candidate.runner);
    match &pair.comparison {
        Ok(found) => format!(
            "{cell} | {} | {} | {} | {} |",
            figure(Some(found)),
            found.pairs,
            figure(control),
            word(found, control)
        ),
        Err(reason) => format!("{cell} | – | 0 | {} | {reason} |", figure(control)),
    }
}

fn figure(comparison: Option<&Comparison>) -> String {
    let Some(ratio) = comparison.and_then(|comparison| comparison.ratio) else {
        return "–".to_owned();
    };
    match comparison.and_then(|comparison| comparison.interval) {
        Some(Interval { low, high }) => format!("{ratio:.3} ({low:.3}–{high:.3})"),
        None => format!("{ratio:.3}"),
    }
}

/// Whether the generic code has a cost that the control does not show.
fn word(pair: &Comparison, control: Option<&Comparison>) -> &'static str {
    let Some((ratio, found)) = pair.ratio.zip(pair.interval) else {
        return "too few rounds";
    };
    if (ratio - 1.0).abs() <= NEGLIGIBLE {
        return "at most 2%";
    }
    match control.and_then(|control| control.interval) {
        Some(control) if found.low <= control.high && control.low <= found.high => {
            "indistinguishable from the control"
        }
        Some(_) => "**more than 2%**",
        None => "more than 2%, without a control",
    }
}
