//! `verify`: one iteration of every cell, every answer checked, nothing measured.

use clap::Args;
use runtime_bench_results::trial::{BlockSize, Outcome};

use super::print;
use crate::cli::MatrixArgs;
use crate::error::Error;
use crate::harness::calibration::calibrated;
use crate::harness::interrupt::Interrupt;
use crate::harness::plan;
use crate::harness::trials::{Settings, Trials};
use crate::harness::wishes::Wishes;
use crate::machine::Limits;
use crate::registry::Registry;

/// Arguments of `verify`.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// What to verify.
    #[command(flatten)]
    pub matrix: MatrixArgs,
    /// Failures only
    #[arg(long, short)]
    pub quiet: bool,
}

/// Runs the command.
///
/// # Errors
/// When a cell fails, or trials cannot be started.
pub fn run(registry: &Registry, args: &VerifyArgs) -> Result<(), Error> {
    verify(registry, &args.matrix.wishes()?, args.quiet)
}

/// Verifies the cells of some wishes.
///
/// # Errors
/// As [`run`].
pub fn verify(registry: &Registry, wishes: &Wishes, quiet: bool) -> Result<(), Error> {
    let planned = plan::make(registry, wishes, Limits::of_this_machine())?;
    let interrupt = Interrupt::install()?;
    let settings = Settings {
        workers: wishes.workers,
        pool_threads: wishes.pool_threads,
        seed: wishes.seed,
        limit: wishes.trial_limit,
        core: None,
    };
    let trials = Trials::new(registry, &interrupt, settings)?.with_outside(&planned.outside);
    let planned = calibrated(registry, &planned, wishes.profile, &trials, |_| ())?;
    let (mut passed, mut failed, mut skipped) = (0, 0, 0);
    for cell in planned.subjects() {
        if let Some(reason) = &cell.not_applicable {
            skipped += 1;
            if !quiet {
                print(&format!("n/a     {}: {reason}\n", cell.key))?;
            }
            continue;
        }
        let Some(finished) = trials.run(&cell.key, cell.age, BlockSize::Iterations(1)) else {
            return Err(Error::Interrupted("interrupted".to_owned()));
        };
        match finished.outcome {
            Outcome::Ok { block } => {
                passed += 1;
                if !quiet {
                    print(&format!("ok      {}  {}\n", cell.key, block.answer))?;
                }
            }
            Outcome::Error { kind, message } => {
                failed += 1;
                let stderr = finished.stderr.unwrap_or_default();
                print(&format!("FAILED  {}: {kind}: {message}\n{stderr}", cell.key))?;
            }
        }
    }
    print(&format!("{passed} cells verified, {failed} failed, {skipped} n/a\n"))?;
    if failed == 0 { Ok(()) } else { Err(Error::Failed(format!("{failed} cells failed"))) }
}
