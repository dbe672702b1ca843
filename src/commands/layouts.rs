//! `layouts`: links the trial programs in additional code layouts.

use clap::Args;
use runtime_bench_analysis::format::count;

use super::{needs_release, print_error};
use crate::cli::layouts;
use runtime_bench_harness::error::Error;
use runtime_bench_harness::layouts::link;
use runtime_bench_harness::plan::profile::LAYOUTS;
use runtime_bench_harness::process::interrupt::Interrupt;
use runtime_bench_harness::program::{Program, this_program};
use runtime_bench_harness::registry::Registry;

/// Arguments of `layouts`.
#[derive(Debug, Args)]
pub struct LayoutsArgs {
    /// Layouts of each program, including the one that cargo linked
    #[arg(long, value_name = "N", default_value_t = LAYOUTS, value_parser = layouts)]
    layouts: usize,
    /// Do not print progress
    #[arg(long, short)]
    quiet: bool,
}

/// Runs the command.
///
/// # Errors
/// When a program is missing or cannot be linked again.
pub fn run(registry: &Registry, args: &LayoutsArgs) -> Result<(), Error> {
    needs_release()?;
    let interrupt = Interrupt::install()?;
    let harness = this_program()?;
    if registry.programs().is_empty() {
        return Err(Error::Usage(
            "cannot link other layouts: this program runs its own trials, and only separate trial programs \
             can be linked again"
                .to_owned(),
        ));
    }
    let programs = registry.programs().iter().map(|name| Program::beside(&harness, name));
    let programs: Vec<Program> = programs.collect::<Result<_, _>>()?;
    link_missing(registry, &programs, args.layouts, args.quiet, &interrupt)
}

/// Links the programs that have fewer layouts.
///
/// # Errors
/// When one of them cannot be linked again, or it is interrupted.
pub(super) fn link_missing(
    registry: &Registry,
    programs: &[Program],
    layouts: usize,
    quiet: bool,
    interrupt: &Interrupt,
) -> Result<(), Error> {
    let missing: Vec<&Program> =
        programs.iter().filter(|program| program.layouts() < layouts).collect();
    if !missing.is_empty() && !quiet {
        let programs = count(missing.len(), "trial program");
        print_error(&format!("linking {programs} in {layouts} layouts"));
    }
    for program in missing {
        let linked = link(program, layouts, registry.build(), interrupt);
        if interrupt.requested() {
            return Err(Error::Interrupted("interrupted; nothing was measured".to_owned()));
        }
        linked.map_err(|why| Error::CouldNotRun(format!("cannot link other layouts: {why}")))?;
    }
    Ok(())
}
