//! `merge`: joins the results files of shards.

use std::path::PathBuf;

use clap::Args;
use runtime_bench_analysis::analysis::analyze;
use runtime_bench_results::merge::merge;
use runtime_bench_results::run::Run;
use runtime_bench_results::store::{self, StoreError};

use super::{home, print};
use runtime_bench_harness::error::Error;

/// Arguments of `merge`.
#[derive(Debug, Args)]
pub struct MergeArgs {
    /// Results files of runs with --shard, one per shard
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Results file of the merged run [default: `target/runtime-bench/results/RUN.json.gz`]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Merge even if shards are missing or interrupted; their cells count as not measured
    #[arg(long)]
    partial: bool,
}

/// Runs the command.
///
/// # Errors
/// When a file cannot be read, the files are not shards of one plan, or the run cannot be written.
pub fn run(args: &MergeArgs) -> Result<(), Error> {
    let read = |path: &PathBuf| -> Result<(String, Run), StoreError> {
        Ok((path.display().to_string(), store::read(path)?))
    };
    let files = args.files.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    let run = merge(files, args.partial, |run| analyze(run).noise)
        .map_err(|error| Error::Usage(error.to_string()))?;
    let path = match &args.out {
        Some(out) => store::save(&run, out).map(|()| out.clone())?,
        None => store::keep(&run, &home().join("results"))?,
    };
    print(&format!("results: {}\n", path.display()))
}
