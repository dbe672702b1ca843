//! `doctor`: checks whether this machine is quiet enough and how small a difference it can detect, and gives
//! advice.

mod advice;
mod diagnosis;
mod floor;
mod surroundings;
mod text;

use std::time::Duration;

use clap::Args;
use regex::Regex;

use super::{measure_only, needs_release, print, print_error, print_json};
use crate::cli::{Format, duration};
use diagnosis::Diagnosis;
use floor::WholeRun;
use runtime_bench_harness::error::Error;
use runtime_bench_harness::plan::profile::Profile;
use runtime_bench_harness::plan::request::PlanRequest;
use runtime_bench_harness::process::interrupt::Interrupt;
use runtime_bench_harness::registry::Registry;
use runtime_bench_results::trial::Phase;

/// One kind of work each: CPU, scheduling, loopback; no variants.
const WORKLOADS: [&str; 3] = ["^cpu-batch/", "^spawn-join/[^/]+/[^/]+$", "^tcp-echo/"];
/// Share of the budget for rounds; the rest is for pilots, and for trials that take longer than expected.
const ROUNDS_SHARE: f64 = 0.9;
/// Each workload is measured on the runner and on its A/A control.
const CELLS: f64 = 2.0 * WORKLOADS.len() as f64;
/// Time limit of a trial, which normally takes some milliseconds.
const TRIAL_LIMIT: Duration = Duration::from_secs(5);

/// The longest budget.
const LONGEST: Duration = Duration::from_secs(60);

/// Arguments of `doctor`.
#[derive(Debug, Args)]
pub struct DoctorArgs {
    /// Runner that is measured against itself
    #[arg(long, value_name = "NAME", default_value = "tokio")]
    pub runner: String,
    /// Maximum time; stops earlier if 150 rounds take less
    #[arg(long, value_name = "TIME", default_value = "40s", value_parser = examination)]
    pub budget: Duration,
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// Do not print progress
    #[arg(long, short)]
    pub quiet: bool,
}

/// Runs the command.
///
/// # Errors
/// When it cannot measure, is interrupted, or the machine cannot be trusted.
pub fn run(registry: &Registry, args: &DoctorArgs, command: Vec<String>) -> Result<(), Error> {
    needs_release()?;
    let request = request(args)?;
    let interrupt = Interrupt::install()?;
    let planned = super::plan(registry, &request, &interrupt)?;
    let whole = |profile| {
        // Warm, like the examination: cost and variation differ in other phases.
        let request = PlanRequest { phase: Some(Phase::Warm), ..PlanRequest::of(profile) };
        let planned = super::plan(registry, &request, &interrupt)?;
        Ok::<_, Error>(WholeRun { profile, planned })
    };
    let whole = [whole(Profile::Quick)?, whole(Profile::Standard)?];
    if !args.quiet {
        print_error(&format!(
            "measuring {} against itself for at most {:?}",
            args.runner, args.budget
        ));
    }
    let run = measure_only(registry, &planned, Profile::Quick, args.quiet, command, &interrupt)?;
    let diagnosis = Diagnosis::of(&run, &whole)?;
    match args.format {
        Format::Text => print(&text::lines(&diagnosis))?,
        Format::Json => print_json(&format!("{}\n", diagnosis.json()?))?,
    }
    if diagnosis.troubles.is_empty() {
        Ok(())
    } else {
        Err(Error::Untrusted(diagnosis.troubles.join("; ")))
    }
}

fn examination(text: &str) -> Result<Duration, String> {
    let budget = duration(text)?;
    let sensible = Duration::from_secs(1)..=LONGEST;
    if sensible.contains(&budget) {
        Ok(budget)
    } else {
        Err("must be between 1s and 60s".to_owned())
    }
}

fn request(args: &DoctorArgs) -> Result<PlanRequest, Error> {
    let filters: Result<Vec<Regex>, regex::Error> =
        WORKLOADS.iter().map(|pattern| Regex::new(pattern)).collect();
    let filters = filters.map_err(|error| Error::CouldNotRun(error.to_string()))?;
    Ok(PlanRequest {
        filters,
        runners: vec![args.runner.clone()],
        budget: args.budget.mul_f64(ROUNDS_SHARE / CELLS),
        reference: Some(args.runner.clone()),
        trial_limit: TRIAL_LIMIT,
        ..PlanRequest::default()
    })
}
