//! Samples of a results file, replayed to criterion.
//!
//! Criterion's sampler requests a time and receives the mean of the next block. It writes its files and, on
//! request, its plots. Its verdicts are not shown, because it takes one process's iterations for independent
//! samples.

use std::cell::Cell;
use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, SamplingMode};
use runtime_bench_results::key::CellKey;
use runtime_bench_results::run::{Role, Run};
use runtime_bench_results::store;
use runtime_bench_results::trial::{Outcome, metric};

/// Criterion's minimum number of samples.
const FEWEST_SAMPLES: usize = 10;
/// Resamples of criterion's bootstrap: its default of 100 000 takes a second per cell, for intervals that are
/// not shown.
const RESAMPLES: usize = 1_000;

/// Replays the results file that the arguments name.
pub(crate) fn run(args: &[OsString]) -> Result<ExitCode, String> {
    let (results, options) = args.split_first().ok_or("missing results file")?;
    let run = store::read(Path::new(results)).map_err(|error| error.to_string())?;
    let option = |name: &str| {
        let place = options.iter().position(|option| option == name)?;
        Some(options.get(place + 1)?.to_string_lossy().into_owned())
    };
    let folder = env::var_os("CRITERION_HOME").map_or_else(
        || {
            let target = env::var_os("CARGO_TARGET_DIR");
            target.map_or_else(|| PathBuf::from("target"), PathBuf::from).join("criterion")
        },
        PathBuf::from,
    );
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_nanos(1))
        .measurement_time(Duration::from_millis(1))
        .nresamples(RESAMPLES)
        .output_directory(&folder);
    criterion = if options.iter().any(|option| option == "--plots") {
        criterion.with_plots()
    } else {
        criterion.without_plots()
    };
    if let Some(name) = option("--save-baseline") {
        criterion = criterion.save_baseline(name);
    }
    if let Some(name) = option("--baseline") {
        criterion = criterion.retain_baseline(name, false);
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
    Ok(ExitCode::SUCCESS)
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
