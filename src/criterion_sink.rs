//! Our samples handed to criterion, so that its ecosystem keeps working with them.
//!
//! A cell's blocks are *replayed*: criterion's sampler asks for a time and is given the next
//! block's mean. It writes its files and, on request, its plots; its verdicts are not shown,
//! because it takes one process's iterations for independent samples.
//!
//! The replay runs in a process of its own: criterion prints, and panics where it cannot write.

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;
use std::{env, fs};

use clap::Args;
use criterion::{BenchmarkId, Criterion, SamplingMode};
use runtime_bench_results::key::CellKey;
use runtime_bench_results::run::{Role, Run};
use runtime_bench_results::store;
use runtime_bench_results::trial::{Outcome, metric};

use crate::commands::target;
use crate::error::Error;

/// The subcommand that makes this very program a replay.
pub const REPLAY: &str = "criterion-replay";

/// Criterion takes no fewer samples.
const FEWEST_SAMPLES: usize = 10;
/// Resamples of criterion's bootstrap: its default of 100 000 takes a second a cell, for intervals
/// that nobody is shown.
const RESAMPLES: usize = 1_000;

/// Arguments of the replay.
#[derive(Clone, Debug, Default, Args)]
pub struct ReplayArgs {
    /// Results file
    #[arg(long)]
    pub results: PathBuf,
    /// Keep these samples as a named baseline
    #[arg(long)]
    pub save_baseline: Option<String>,
    /// Compare with a named baseline, and leave it as it is
    #[arg(long)]
    pub baseline: Option<String>,
    /// Draw criterion's plots
    #[arg(long)]
    pub plots: bool,
}

/// Where criterion keeps its files.
pub fn folder() -> PathBuf {
    env::var_os("CRITERION_HOME").map_or_else(|| target().join("criterion"), PathBuf::from)
}

/// Whether some benchmark of criterion's folder has a baseline of this name.
pub fn has_baseline(name: &str) -> bool {
    fn search(folder: &Path, name: &str, depth: usize) -> bool {
        let Ok(entries) = fs::read_dir(folder) else { return false };
        let mut folders = entries.flatten().map(|entry| entry.path()).filter(|path| path.is_dir());
        folders.any(|path| {
            path.file_name().is_some_and(|file| file == name) && path.join("sample.json").exists()
                || depth > 0 && search(&path, name, depth - 1)
        })
    }
    search(&folder(), name, 4)
}

/// Starts this program once more to replay a results file.
///
/// # Errors
/// When criterion could not write its files.
pub fn replay_in_child(args: &ReplayArgs) -> Result<(), Error> {
    let program = env::current_exe()
        .map_err(|error| Error::CouldNotRun(format!("cannot find this program: {error}")))?;
    let mut command = Command::new(program);
    command.arg(REPLAY).arg("--results").arg(&args.results);
    for (option, value) in
        [("--save-baseline", &args.save_baseline), ("--baseline", &args.baseline)]
    {
        if let Some(value) = value {
            command.args([option, value]);
        }
    }
    if args.plots {
        command.arg("--plots");
    }
    let output = command.stdin(Stdio::null()).output();
    let output = output.map_err(|error| {
        Error::CouldNotRun(format!("cannot hand samples to criterion: {error}"))
    })?;
    if output.status.success() {
        return Ok(());
    }
    let errors = String::from_utf8_lossy(&output.stderr);
    let first = errors.lines().find(|line| !line.trim().is_empty()).unwrap_or("no reason given");
    Err(Error::CouldNotRun(format!(
        "criterion could not write its files to {} ({first}); the results themselves are whole",
        folder().display()
    )))
}

/// Replays a results file in this process.
///
/// # Errors
/// When the results cannot be read.
pub fn replay(args: &ReplayArgs) -> Result<(), Error> {
    let run = store::read(&args.results)?;
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_nanos(1))
        .measurement_time(Duration::from_millis(1))
        .nresamples(RESAMPLES)
        .output_directory(&folder());
    criterion = if args.plots { criterion.with_plots() } else { criterion.without_plots() };
    if let Some(name) = &args.save_baseline {
        criterion = criterion.save_baseline(name.clone());
    }
    if let Some(name) = &args.baseline {
        criterion = criterion.retain_baseline(name.clone(), false);
    }
    for (key, times) in samples(&run) {
        let mut group = criterion.benchmark_group(key.family());
        group.sample_size(times.len()).sampling_mode(SamplingMode::Flat);
        let next = Cell::new(0);
        group.bench_function(BenchmarkId::new(&key.runner, key.point.label()), |bencher| {
            bencher.iter_custom(|iterations| {
                // The warm-up takes the last sample, so that the measurement begins with the first.
                let index = (next.get() + times.len() - 1) % times.len();
                next.set(next.get() + 1);
                Duration::from_secs_f64(times[index] * iterations as f64 / 1e9)
            });
        });
        group.finish();
    }
    Ok(())
}

/// Every cell with enough samples, and its blocks' mean times in nanoseconds, by round.
fn samples(run: &Run) -> Vec<(&CellKey, Vec<f64>)> {
    let cells = run.header.plan.cells.iter().enumerate();
    cells
        .filter(|(_, cell)| cell.role == Role::Subject)
        .filter_map(|(id, cell)| {
            let trials = run.trials.iter().filter(|trial| trial.cell == id && trial.round > 0);
            let times: Option<Vec<f64>> = trials
                .map(|trial| match &trial.outcome {
                    Outcome::Ok { block } => {
                        block.metric(metric::WALL.id).filter(|wall| *wall > 0.0)
                    }
                    Outcome::Error { .. } => None,
                })
                .collect();
            Some((&cell.key, times.filter(|times| times.len() >= FEWEST_SAMPLES)?))
        })
        .collect()
}
