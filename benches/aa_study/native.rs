//! Criterion's answer: a separate benchmark of base and candidate, one after the other, each a process with
//! one instance, as if `cargo bench` ran twice in a row.

use std::env;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use clap::Args;
use criterion::Criterion;
use runtime_bench::api::cells::Cells;
use runtime_bench::api::clock::SYSTEM;
use runtime_bench::api::load::Traffic;
use runtime_bench::api::workload::Setup;
use runtime_bench::harness::error::Error;
use runtime_bench::harness::process::interrupt::Interrupt;
use runtime_bench::results::key::CellKey;
use runtime_bench_analysis::stats::Verdict;

use crate::jobs::Job;
use crate::ours::cores;
use crate::store::Answer;

/// The subcommand that makes this program one side.
pub(crate) const SIDE: &str = "criterion-side";

/// Share of a side's time for criterion's warm-up; its default is 3 of 8 seconds.
const WARM_UP: f64 = 3.0 / 8.0;
/// Fewer than its default of 100, which would not fit into the time.
const SAMPLES: usize = 50;

#[derive(Clone, Debug, Args)]
pub(crate) struct SideArgs {
    /// The cell as JSON
    #[arg(long)]
    cell: String,
    /// Time, seconds
    #[arg(long)]
    seconds: f64,
    /// Folder of criterion's files
    #[arg(long)]
    folder: PathBuf,
}

/// Runs one side in this process. Criterion compares it with the side before.
pub(crate) fn side(cells: &Cells, args: &SideArgs) -> Result<(), Error> {
    let failed = |error: String| Error::Failed(format!("criterion: {error}"));
    let cell: CellKey = serde_json::from_str(&args.cell).map_err(|e| failed(e.to_string()))?;
    let setup = Setup {
        point: cell.point,
        settings: runtime_bench::results::setting::Settings::default(),
        workers: cores(),
        pool_threads: 64,
        seed: 1,
        scratch: args.folder.clone(),
        traffic: Traffic::default(),
        clock: &SYSTEM,
    };
    let instance = cells.start(&cell.workload, &cell.runner, setup);
    let mut instance = instance.map_err(|error| failed(error.to_string()))?;
    let time = |share: f64| Duration::from_secs_f64(args.seconds * share);
    let mut criterion = Criterion::default()
        .warm_up_time(time(WARM_UP))
        .measurement_time(time(1.0 - WARM_UP))
        .sample_size(SAMPLES)
        .without_plots()
        .output_directory(&args.folder);
    let mut failure = None;
    criterion.bench_function("work", |bencher| {
        bencher.iter_custom(|iterations| match instance.measure(iterations) {
            Ok(sample) => sample.timing.wall,
            Err(error) => {
                failure = Some(error.to_string());
                Duration::from_nanos(iterations)
            }
        });
    });
    failure.map_or(Ok(()), |error| Err(failed(error)))
}

/// Runs both sides and parses criterion's verdict.
pub(crate) fn ask(job: &Job, interrupt: &Interrupt) -> Result<Answer, Error> {
    let failed = |error: String| Error::CouldNotRun(format!("cannot run criterion: {error}"));
    let folder = tempfile::tempdir().map_err(|error| failed(error.to_string()))?;
    let program = env::current_exe().map_err(|error| failed(error.to_string()))?;
    let mut said = String::new();
    for head in [false, true] {
        let cell = job.work.cell(cores(), if head { job.percent } else { 0 }, head);
        let cell = serde_json::to_string(&cell).map_err(|error| failed(error.to_string()))?;
        let output = Command::new(&program)
            .args([SIDE, "--cell", &cell, "--seconds", &(job.budget_s() / 2.0).to_string()])
            .arg("--folder")
            .arg(folder.path())
            .stdin(Stdio::null())
            .output()
            .map_err(|error| failed(error.to_string()))?;
        if interrupt.requested() {
            return Err(Error::Interrupted("interrupted; the answers so far are saved".to_owned()));
        }
        if !output.status.success() {
            return Err(failed(String::from_utf8_lossy(&output.stderr).into_owned()));
        }
        said = String::from_utf8_lossy(&output.stdout).into_owned();
    }
    let verdict =
        word(&said).ok_or_else(|| failed(format!("its output reports no verdict:\n{said}")))?;
    Ok(Answer { criterion: Some(verdict), ..Answer::default() })
}

/// Criterion's message as a verdict.
fn word(said: &str) -> Option<Verdict> {
    [
        ("Performance has regressed", Verdict::Slower),
        ("Performance has improved", Verdict::Faster),
        ("Change within noise threshold", Verdict::Tie),
        ("No change in performance detected", Verdict::Open),
    ]
    .into_iter()
    .find_map(|(sentence, verdict)| said.contains(sentence).then_some(verdict))
}
