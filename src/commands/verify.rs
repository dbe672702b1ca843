//! `verify`: runs one iteration of every cell and checks its output.

use clap::Args;
use runtime_bench_results::trial::{BlockSize, Outcome};

use super::{print, settings};
use crate::cli::MatrixArgs;
use runtime_bench_harness::error::Error;
use runtime_bench_harness::executor::{Executor, Trial};
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
    /// What to verify.
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
    let (mut passed, mut failed, mut skipped) = (0, 0, 0);
    for cell in planned.subjects() {
        if let Some(reason) = &cell.not_applicable {
            skipped += 1;
            if !quiet {
                print(&format!("n/a     {}: {reason}\n", cell.key))?;
            }
            continue;
        }
        let block = BlockSize::Iterations(1);
        let trial = Trial { cell: &cell.key, phase: cell.phase, block, round: 0, layout: 0 };
        let Some(finished) = executor.run(&trial) else {
            return Err(Error::Interrupted("interrupted".to_owned()));
        };
        match finished.outcome {
            Outcome::Ok { block } => {
                passed += 1;
                if !quiet {
                    print(&format!("ok      {}  {}\n", cell.key, block.output))?;
                }
            }
            Outcome::Error { kind, message } => {
                failed += 1;
                let stderr = finished.stderr.map(|text| format!("{}\n", text.trim_end()));
                let stderr = stderr.unwrap_or_default();
                print(&format!("FAILED  {}: {kind}: {message}\n{stderr}", cell.key))?;
            }
        }
    }
    print(&format!("{passed} cells verified, {failed} failed, {skipped} n/a\n"))?;
    if failed == 0 { Ok(()) } else { Err(Error::Failed(format!("{failed} cells failed"))) }
}
