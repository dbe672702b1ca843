//! `verify`: runs one iteration of every cell, checks its output, and tests that the check rejects a wrong
//! one.

use std::collections::BTreeSet;

use clap::Args;
use runtime_bench_results::run::PlannedCell;
use runtime_bench_results::trial::{Block, BlockSize, Outcome};

use super::{print, settings};
use crate::cli::MatrixArgs;
use runtime_bench_harness::error::Error;
use runtime_bench_harness::executor::{Executor, Finished, Trial};
use runtime_bench_harness::machine::Limits;
use runtime_bench_harness::plan;
use runtime_bench_harness::plan::calibration::calibrated;
use runtime_bench_harness::plan::request::PlanRequest;
use runtime_bench_harness::process::ProcessExecutor;
use runtime_bench_harness::process::interrupt::Interrupt;
use runtime_bench_harness::registry::Registry;

/// Arguments of `verify`.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// The cells to verify.
    #[command(flatten)]
    pub matrix: MatrixArgs,
    /// Print failures only
    #[arg(long, short)]
    pub quiet: bool,
}

/// Runs the command.
///
/// # Errors
/// When a cell fails, or trials cannot be started.
pub fn run(registry: &Registry, args: &VerifyArgs) -> Result<(), Error> {
    verify(registry, &args.matrix.request(registry)?, args.quiet)
}

/// Verifies the cells of some request.
///
/// # Errors
/// As [`run`].
pub fn verify(registry: &Registry, request: &PlanRequest, quiet: bool) -> Result<(), Error> {
    let interrupt = Interrupt::install()?;
    let executor = ProcessExecutor::new(&interrupt, settings(request))?;
    let planned = plan::make(registry, request, Limits::of_this_machine(), &executor);
    let planned = interrupt.or(planned)?;
    let executor = executor.with_probes(&planned.probes);
    let planned = calibrated(registry, &planned, request.profile, &executor, |_| ())?;
    let mut counts = Counts::default();
    for cell in planned.subjects() {
        if let Some(reason) = &cell.not_applicable {
            counts.skipped += 1;
            if !quiet {
                print(&format!("n/a     {}: {reason}\n", cell.key))?;
            }
            continue;
        }
        match verified(&executor, cell, &mut counts.rejecting)? {
            Ok(output) => {
                counts.passed += 1;
                if !quiet {
                    print(&format!("ok      {}  {output}\n", cell.key))?;
                }
            }
            Err(why) => {
                counts.failed += 1;
                print(&format!("FAILED  {}: {why}\n", cell.key))?;
            }
        }
    }
    let Counts { passed, failed, skipped, rejecting } = counts;
    print(&format!(
        "{passed} cells verified, {failed} failed, {skipped} n/a; \
         {} workloads reject corrupted outputs\n",
        rejecting.len()
    ))?;
    if failed == 0 { Ok(()) } else { Err(Error::Failed(format!("{failed} cells failed"))) }
}

#[derive(Default)]
struct Counts {
    passed: usize,
    failed: usize,
    skipped: usize,
    /// Workloads whose check rejects a corrupted output: each is tried on its first cell that passes.
    rejecting: BTreeSet<String>,
}

/// The output of a cell, or its error.
fn verified(
    executor: &ProcessExecutor<'_>,
    cell: &PlannedCell,
    rejecting: &mut BTreeSet<String>,
) -> Result<Result<String, String>, Error> {
    let size = BlockSize::Iterations(1);
    let trial = Trial::outside_rounds(cell, size);
    let block = match ended(executor.run(&trial))? {
        Ok(block) => block,
        Err(why) => return Ok(Err(why)),
    };
    let workload = &cell.key.workload;
    if !rejecting.contains(workload) && !executor.is_external(&cell.key) {
        if let Err(why) = ended(executor.corrupted(&trial))? {
            return Ok(Err(why));
        }
        rejecting.insert(workload.clone());
    }
    Ok(Ok(block.output))
}

/// The block of a trial, or why it failed.
fn ended(finished: Option<Finished>) -> Result<Result<Block, String>, Error> {
    let finished = finished.ok_or_else(|| Error::Interrupted("interrupted".to_owned()))?;
    Ok(match finished.outcome {
        Outcome::Ok { block } => Ok(block),
        Outcome::Error { kind, message } => {
            let stderr = finished.stderr.map(|text| format!("\n{}", text.trim_end()));
            Err(format!("{kind}: {message}{}", stderr.unwrap_or_default()))
        }
    })
}
