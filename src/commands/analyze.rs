//! `analyze`: the verdicts of stored runs by the current rules.

use std::path::PathBuf;

use clap::Args;
use runtime_bench_analysis::analysis::analyze;
use runtime_bench_analysis::replay::{Document, Replay};
use runtime_bench_harness::error::Error;
use runtime_bench_reports::terminal::{self, Detail};
use runtime_bench_results::store;

use super::{print, print_json};
use crate::cli::Format;

/// Arguments of `analyze`.
#[derive(Debug, Args)]
pub struct AnalyzeArgs {
    /// Results files
    #[arg(value_name = "RESULTS", required = true)]
    results: Vec<PathBuf>,
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Also print the evidence for each answer
    #[arg(long, short)]
    verbose: bool,
}

/// Runs the command.
///
/// # Errors
/// When a file cannot be read.
pub fn run(args: &AnalyzeArgs) -> Result<(), Error> {
    let mut runs = Vec::new();
    for path in &args.results {
        let run = store::read(path)?;
        runs.push(Replay::new(&path.display().to_string(), &run, &analyze(&run)));
    }
    let document = Document::new(runs);
    match args.format {
        Format::Text => print(&terminal::replay(&document, Detail::new(args.verbose))),
        Format::Json => print_json(&runtime_bench_reports::json(&document).map_err(Error::report)?),
    }
}
