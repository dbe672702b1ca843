//! `history`: all results of a machine → the runs at which a cell changed.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use regex::Regex;
use runtime_bench_analysis::analysis::{Analysis, analyze};
use runtime_bench_analysis::comparison::FailOn;
use runtime_bench_analysis::history::{Judged, Wanted, changes, machines};
use runtime_bench_reports::changes as render;
use runtime_bench_results::key::CellKey;
use runtime_bench_results::run::Run;
use runtime_bench_results::store::Gathered;

use super::compare::{ended, hand_over, nothing_matches, percent, refuse_to_overwrite};
use super::home;
use super::report::unread;
use crate::cli::regex;
use runtime_bench_harness::error::Error;
use runtime_bench_harness::plan::request::nearest;

/// Arguments of `history`.
#[derive(Debug, Args)]
#[command(
    after_help = "A change point needs at least 4 runs on either side. Without --fail-on, the exit \
        code is 0 regardless of the findings, or 2 if a file cannot be read."
)]
pub struct HistoryArgs {
    /// Results files, and folders of them [default: target/runtime-bench/results]
    #[arg(value_name = "RESULTS")]
    results: Vec<PathBuf>,
    /// Regular expression on cell names; a cell must match at least one
    #[arg(long = "filter", value_name = "REGEX", value_parser = regex)]
    filters: Vec<Regex>,
    /// Metric to analyze, such as cpu or peak-memory [default: each workload's headline]
    #[arg(long, value_name = "NAME")]
    metric: Option<String>,
    /// Show only changes since this day; earlier runs are still used as history
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    since: Option<String>,
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Also explain how change points are found
    #[arg(long, short)]
    verbose: bool,
    /// Write to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// A change is a regression if it is slower by more than this
    #[arg(long, value_name = "PERCENT", default_value = "1%", value_parser = percent)]
    threshold: f64,
    /// Exit with 1 on a regression, and with 3 if cells have too few runs [default: neither]
    #[arg(long, value_enum, value_name = "WHAT")]
    fail_on: Option<Gate>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Gate {
    /// A cell became slower by more than the threshold and has not changed since; exits with 3 if no
    /// cell has enough runs.
    Regression,
    /// Like regression, but also exits with 3 if some cells have too few runs.
    Inconclusive,
}

/// Output format of change points.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// Aligned tables.
    Text,
    /// Tables for a job summary.
    Markdown,
    /// The document, schema `runtime-bench/history/1`.
    Json,
}

/// Runs the command.
///
/// # Errors
/// When a file cannot be read or written, nothing matches, or the gate does not pass. Readable files
/// are analyzed anyway.
pub fn run(args: &HistoryArgs) -> Result<(), Error> {
    let mut gathered = Gathered::default();
    for path in paths(&args.results)? {
        gathered.add(&path);
    }
    if let Some(out) = &args.out {
        let inputs: Vec<&Path> = gathered.files().collect();
        refuse_to_overwrite(out, &inputs)?;
    }
    if gathered.runs.is_empty() {
        return Err(unread(&gathered.problems, 0));
    }
    let wanted = |key: &CellKey| {
        let name = key.to_string();
        args.filters.is_empty() || args.filters.iter().any(|filter| filter.is_match(&name))
    };
    if !gathered.runs.iter().flat_map(|run| &run.header.plan.cells).any(|cell| wanted(&cell.key)) {
        return Err(nothing_matches(&args.filters, &gathered.runs));
    }
    let analyses: Vec<Analysis> = gathered.runs.iter().map(analyze).collect();
    if let Some(metric) = &args.metric {
        known_metric(metric, &analyses)?;
    }
    let judged = judged(args, &gathered.runs, &analyses, &wanted);
    let text = match args.format {
        Format::Text => render::text(&judged, args.verbose, args.out.is_some()),
        Format::Markdown => render::markdown(&judged),
        Format::Json => runtime_bench_reports::json(&judged).map_err(Error::report)?,
    };
    hand_over(&text, matches!(args.format, Format::Json), args.out.as_deref())?;
    if !gathered.problems.is_empty() {
        return Err(unread(&gathered.problems, gathered.runs.len()));
    }
    ended(judged.outcome, judged.sentence())
}

fn judged(
    args: &HistoryArgs,
    runs: &[Run],
    analyses: &[Analysis],
    keep: &dyn Fn(&CellKey) -> bool,
) -> Judged {
    let machines = machines(runs.iter().zip(analyses));
    let wanted = Wanted { metric: args.metric.as_deref(), keep };
    let document = changes(&machines, &wanted, args.since.as_deref());
    let fail_on = match args.fail_on {
        None => FailOn::Nothing,
        Some(Gate::Regression) => FailOn::Regression,
        Some(Gate::Inconclusive) => FailOn::Inconclusive,
    };
    Judged::new(document, fail_on, args.threshold)
}

fn paths(given: &[PathBuf]) -> Result<Vec<PathBuf>, Error> {
    if !given.is_empty() {
        return Ok(given.to_vec());
    }
    let results = home().join("results");
    if results.is_dir() {
        return Ok(vec![results]);
    }
    Err(Error::Usage(format!(
        "no results yet in {}\nhelp: run `cargo bench`, or name results files",
        results.display()
    )))
}

fn known_metric(metric: &str, analyses: &[Analysis]) -> Result<(), Error> {
    let groups = analyses.iter().flat_map(|analysis| &analysis.groups);
    let metrics = groups.flat_map(|group| &group.rows).flat_map(|row| &row.metrics);
    let mut known: Vec<&str> = metrics.map(|metric| metric.name.as_str()).collect();
    known.sort_unstable();
    known.dedup();
    if known.contains(&metric) {
        return Ok(());
    }
    Err(Error::Usage(format!(
        "no run has a metric `{metric}`{}\nhelp: the metrics are {}",
        nearest(metric, &known),
        known.join(", ")
    )))
}

/// A day in RFC 3339 format, so that times can be compared as text.
fn day(text: &str) -> Result<String, String> {
    let form = "write it as a day, such as 2026-01-31";
    let parts: Vec<&str> = text.split('-').collect();
    let digits = |part: &&str| part.bytes().all(|byte| byte.is_ascii_digit());
    let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    if lengths != [4, 2, 2] || !parts.iter().all(digits) {
        return Err(form.to_owned());
    }
    let number = |part: &str| part.parse::<u32>().unwrap_or(0);
    let there = (1..=12).contains(&number(parts[1])) && (1..=31).contains(&number(parts[2]));
    if there { Ok(text.to_owned()) } else { Err(form.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn day_is_a_prefix_of_times() {
        assert_eq!(day("2026-01-31").as_deref(), Ok("2026-01-31"));
        for wrong in
            ["", "2026", "2026-1-31", "31-01-2026", "2026-13-01", "2026-00-10", "2026-01-3x"]
        {
            assert!(day(wrong).is_err(), "{wrong}");
        }
    }
}
