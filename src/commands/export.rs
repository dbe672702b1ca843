//! `export`: the figures of a results file for other trackers.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use runtime_bench_analysis::analysis::analyze;
use runtime_bench_reports::export::{self, Format};
use runtime_bench_results::store;

use super::compare::{hand_over, refuse_to_overwrite};
use runtime_bench_harness::error::Error;

/// Arguments of `export`.
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// Results file
    #[arg(value_name = "RESULTS")]
    results: PathBuf,
    /// Format to write
    #[arg(long, value_enum, value_name = "FORMAT")]
    format: To,
    /// Write to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Formats of other programs.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum To {
    /// JSON for github-action-benchmark, tool `customSmallerIsBetter`; rates become times
    GithubActionBenchmark,
    /// Bencher Metric Format, adapter `json`
    Bencher,
    /// `OpenMetrics` 1.0 text, for Prometheus
    #[value(name = "openmetrics")]
    OpenMetrics,
    /// The report's table, one row per cell and metric
    Csv,
}

impl From<To> for Format {
    fn from(to: To) -> Self {
        match to {
            To::GithubActionBenchmark => Self::GithubActionBenchmark,
            To::Bencher => Self::Bencher,
            To::OpenMetrics => Self::OpenMetrics,
            To::Csv => Self::Csv,
        }
    }
}

/// Runs the command.
///
/// # Errors
/// When the file cannot be read or has no results, or the export cannot be written.
pub fn run(args: &ExportArgs) -> Result<(), Error> {
    if let Some(out) = &args.out {
        refuse_to_overwrite(out, &[args.results.as_path()])?;
    }
    let run = store::read(&args.results)?;
    let exported = export::export(&run, &analyze(&run), args.format.into());
    let exported = exported.map_err(|error| {
        Error::CouldNotRun(format!("cannot export {}: {error}", args.results.display()))
    })?;
    let is_json = matches!(args.format, To::GithubActionBenchmark | To::Bencher);
    match &args.out {
        // The line ends of CSV would be control characters on a terminal.
        None => hand_over(&exported.replace("\r\n", "\n"), is_json, None),
        out => hand_over(&exported, is_json, out.as_deref()),
    }
}
