//! `doctor`: is this machine quiet enough, how small a difference can be seen on it, and what
//! would help?

mod advice;
mod floor;
mod surroundings;
mod text;

use std::time::Duration;

use clap::Args;
use regex::Regex;
use runtime_bench_analysis::analysis::{LEAST_FREE, analyse};
use runtime_bench_analysis::stats::ControlCheck;
use runtime_bench_results::run::Run;
use runtime_bench_results::trial::Phase;
use serde::Serialize;

use super::{needs_release, print, print_error, print_json};
use crate::cli::{Format, duration};
use floor::{Floor, WholeRun};
use runtime_bench_harness::error::Error;
use runtime_bench_harness::machine;
use runtime_bench_harness::plan::profile::Profile;
use runtime_bench_harness::plan::request::PlanRequest;
use runtime_bench_harness::process::interrupt::Interrupt;
use runtime_bench_harness::registry::Registry;
use runtime_bench_harness::run::{Output, measure};
use surroundings::Surroundings;

/// One kind of work each: CPU, scheduling, loopback; no variants.
const WORKLOADS: [&str; 3] = ["^cpu-batch/", "^spawn-join/[^/]+/[^/]+$", "^tcp-echo/"];
/// Part of the budget that the rounds get; the rest is for pilots, and for trials that take longer
/// than theirs.
const ROUNDS_SHARE: f64 = 0.9;
/// Each workload is measured on the runner and on its A/A control.
const CELLS: f64 = 2.0 * WORKLOADS.len() as f64;
/// A trial takes some milliseconds; one that takes so long has failed.
const TRIAL_LIMIT: Duration = Duration::from_secs(5);

/// An examination takes no longer than this.
const LONGEST: Duration = Duration::from_secs(60);

/// What was found.
#[derive(Debug, Serialize)]
struct Diagnosis {
    /// The runner that was measured against itself.
    runner: String,
    /// One for each kind of work.
    floors: Vec<Floor>,
    /// What went on beside it.
    surroundings: Surroundings,
    /// What would help, one sentence each.
    advice: Vec<String>,
    /// Why verdicts of this machine are not to be trusted now; none when it can be used.
    troubles: Vec<String>,
}

/// Arguments of `doctor`.
#[derive(Debug, Args)]
pub struct DoctorArgs {
    /// Runner that is measured against itself
    #[arg(long, value_name = "NAME", default_value = "tokio")]
    pub runner: String,
    /// Most time to spend; 150 rounds are enough, and may take less
    #[arg(long, value_name = "TIME", default_value = "40s", value_parser = examination)]
    pub budget: Duration,
    /// How to print what was found
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// No progress
    #[arg(long, short)]
    pub quiet: bool,
}

/// Runs the command.
///
/// # Errors
/// When it cannot measure, is interrupted, or the machine is not to be trusted.
pub fn run(registry: &Registry, args: &DoctorArgs, command: Vec<String>) -> Result<(), Error> {
    needs_release()?;
    let request = request(args)?;
    let planned = super::plan(registry, &request)?;
    let whole = |profile| {
        // Warm, as the examination itself: other phases cost and vary otherwise.
        let request = PlanRequest { phase: Some(Phase::Warm), ..PlanRequest::of(profile) };
        let planned = super::plan(registry, &request)?;
        Ok::<_, Error>(WholeRun { profile, planned })
    };
    let whole = [whole(Profile::Quick)?, whole(Profile::Standard)?];
    let folder = tempfile::Builder::new().prefix("runtime-bench-").tempdir();
    let folder = folder.map_err(|error| {
        Error::CouldNotRun(format!("cannot make a temporary folder: {error}; set TMPDIR"))
    })?;
    let output =
        Output { folder: folder.path().to_path_buf(), out: None, quiet: args.quiet, command };
    if !args.quiet {
        print_error(&format!("{} against itself, at most {:?}", args.runner, args.budget));
    }
    let interrupt = Interrupt::install()?;
    let done = measure(registry, &planned, Profile::Quick, &output, &interrupt)?;
    if interrupt.requested() {
        return Err(Error::Interrupted(
            "interrupted; nothing is kept of an examination".to_owned(),
        ));
    }
    let diagnosis = diagnose(&done.run, &whole)?;
    match args.format {
        Format::Text => print(&text::lines(&diagnosis))?,
        Format::Json => print_json(&format!("{}\n", json(&diagnosis)?))?,
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
    if sensible.contains(&budget) { Ok(budget) } else { Err("between 1s and 60s".to_owned()) }
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

/// Reads a run of the reference against itself.
///
/// # Errors
/// When a cell failed: then nothing can be said.
fn diagnose(run: &Run, whole: &[WholeRun; 2]) -> Result<Diagnosis, Error> {
    let analysis = analyse(run);
    let rows = analysis.groups.iter().flat_map(|group| &group.rows);
    if let Some(row) = rows.into_iter().find(|row| row.status.word() == "failed") {
        return Err(Error::CouldNotRun(format!(
            "{} failed, so this machine cannot be examined: {}",
            row.key,
            row.status.reason()
        )));
    }
    let floors: Vec<Floor> =
        analysis.groups.iter().map(|group| Floor::of(run, group, whole)).collect();
    if floors.iter().all(|floor| floor.rounds == 0) {
        return Err(Error::CouldNotRun(format!(
            "nothing could be measured: {}",
            floors.iter().find_map(|floor| floor.reason.clone()).unwrap_or_default()
        )));
    }
    let surroundings = Surroundings::of(run);
    Ok(Diagnosis {
        runner: run.header.plan.reference.clone(),
        troubles: troubles(&floors, &surroundings),
        advice: advice::advice(&run.header.environment, machine::tuning()),
        floors,
        surroundings,
    })
}

/// Why the machine is not to be trusted now.
fn troubles(floors: &[Floor], surroundings: &Surroundings) -> Vec<String> {
    let mut troubles = Vec::new();
    let apart = floors.iter().filter(|floor| floor.control == Some(ControlCheck::Failed));
    let apart: Vec<&str> = apart.map(|floor| floor.name.as_str()).collect();
    if !apart.is_empty() {
        troubles.push(format!(
            "identical code was told apart in {}: the machine is too restless, try again when it is \
             idle",
            apart.join(", ")
        ));
    }
    if let (Some(share), Some(free), Some(ideal)) =
        (surroundings.free_share(), surroundings.capacity, surroundings.capacity_ideal)
        && share < LEAST_FREE
    {
        troubles.push(format!(
            "only {free:.1} of {ideal:.0} cores were free: runners of several threads would be \
             measured with fewer, so end what else is running"
        ));
    }
    troubles
}

fn json(diagnosis: &Diagnosis) -> Result<String, Error> {
    serde_json::to_string_pretty(diagnosis)
        .map_err(|error| Error::CouldNotRun(format!("cannot write the findings as JSON: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn floor(control: Option<ControlCheck>) -> Floor {
        Floor {
            name: "w/-".into(),
            title: "W".into(),
            rounds: 20,
            trial_ms: 13.0,
            control,
            half_width: Some(1.0),
            quick: Some(3.0),
            standard: Some(2.0),
            reason: None,
        }
    }

    #[test]
    fn a_machine_is_trusted_unless_a_control_fails_or_cores_are_taken() {
        let with = |capacity| Surroundings {
            capacity: Some(capacity),
            capacity_ideal: Some(2.0),
            ..Surroundings::default()
        };
        let unproven = [floor(Some(ControlCheck::Inconclusive)), floor(None)];
        assert!(troubles(&unproven, &with(1.81)).is_empty());
        assert!(troubles(&unproven, &Surroundings::default()).is_empty());
        let taken = troubles(&unproven, &with(1.3));
        assert!(taken.len() == 1 && taken[0].contains("only 1.3 of 2 cores"), "{taken:?}");
        let both = troubles(&[floor(Some(ControlCheck::Failed))], &with(1.0));
        assert!(both.len() == 2 && both[0].contains("told apart in w/-"), "{both:?}");
    }

    #[test]
    fn text_and_data_say_the_same_and_nothing_is_invented() {
        let unknown = Floor {
            half_width: None,
            quick: None,
            standard: None,
            reason: Some("no sockets here".into()),
            ..floor(None)
        };
        let diagnosis = Diagnosis {
            runner: "tokio".into(),
            floors: vec![floor(Some(ControlCheck::Passed)), unknown],
            surroundings: Surroundings { load_before: Some(0.25), ..Surroundings::default() },
            advice: vec!["do this".into()],
            troubles: Vec::new(),
        };
        let text = text::lines(&diagnosis);
        for words in ["1.0%", "3.0%", "2.0%", "no sockets here", "0.25", "do this"] {
            assert!(text.contains(words), "no {words} in: {text}");
        }
        assert!(text.contains("not readable") && !text.contains("NaN"), "{text}");
        let data: serde_json::Value = serde_json::from_str(&json(&diagnosis).unwrap()).unwrap();
        assert_eq!(data["floors"][0]["control"], "passed");
        assert!(data["floors"][1]["half_width"].is_null());
    }
}
