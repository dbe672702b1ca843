//! A run from its plan to its results file.
//!
//! - `rounds`: pilots, then rounds; each finished trial is recorded.
//! - `looks`: the stages of the rounds, and the rows that continue after each.
//! - `evidence`: the counts of each cell.
//! - [`mod@resume`]: an interrupted run to resume.
//! - [`interleave`]: compares builds, or sizes, in the same way.
//! - `header`: the header of a results file.
//! - `progress`: the progress that the user sees.

mod evidence;
mod header;
pub mod interleave;
mod looks;
mod progress;
pub mod resume;
mod rounds;
#[cfg(test)]
mod simulation;
#[cfg(test)]
mod tests;

use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use runtime_bench_analysis::analysis::{Levels, analyze};
use runtime_bench_analysis::format::count;
use runtime_bench_results::noise::Noise;
use runtime_bench_results::run::{End, Run};
use runtime_bench_results::store::RunWriter;

use crate::error::Error;
use crate::executor::Executor;
use crate::machine::Measuring;
use crate::monitor::{LoadMonitor, RunClock};
use crate::plan::Planned;
use crate::plan::calibration::calibrated;
use crate::plan::groups::groups;
use crate::plan::looks::count as rounds_of;
use crate::plan::profile::Profile;
use crate::plan::schedule::{Count, schedule};
use crate::process::interrupt::Interrupt;
use crate::process::{ProcessExecutor, Settings};
use crate::registry::Registry;
use crate::terminal::print_error;
use header::header;
use progress::seconds;
use resume::Stopped;
use rounds::Rounds;

/// Where a run is written, and how much it prints.
#[derive(Clone, Debug)]
pub struct Output {
    /// Folder of the results.
    pub folder: PathBuf,
    /// The results file, if not in that folder.
    pub out: Option<PathBuf>,
    /// Whether to print only the final result.
    pub quiet: bool,
    /// The command, as typed.
    pub command: Vec<String>,
}

/// A run that finished or was stopped.
pub struct Done {
    /// Everything that was measured.
    pub run: Run,
    /// The results file.
    pub path: PathBuf,
}

/// Measures a plan.
///
/// # Errors
/// When results cannot be written or trials cannot be started.
pub fn measure(
    registry: &Registry,
    planned: &Planned,
    profile: Profile,
    output: &Output,
    interrupt: &Interrupt,
) -> Result<Done, Error> {
    let executor = executor(planned, interrupt)?;
    let say = |text: &str| {
        if !output.quiet {
            print_error(text);
        }
    };
    let planned = &calibrated(registry, planned, profile, &executor, say)?;
    let measuring = Measuring::begin();
    if let Some(warning) = measuring.warning() {
        say(&format!("warning: {warning}"));
    }
    let mut header = header(planned, registry.build(), &output.command, &executor)?;
    header.environment.beside = measuring.beside;
    let writer = RunWriter::create(&output.folder, output.out.as_deref(), header)?;
    to_the_end(rounds(planned, profile, &executor, writer, output.quiet))
}

/// Measures the rest of a run that was stopped or killed.
///
/// # Errors
/// When results cannot be written or trials cannot be started.
pub fn resume(stopped: Stopped, quiet: bool, interrupt: &Interrupt) -> Result<Done, Error> {
    let Stopped { planned, profile, writer } = stopped;
    let measuring = Measuring::begin();
    if let Some(warning) = measuring.warning().filter(|_| !quiet) {
        print_error(&format!("warning: {warning}"));
    }
    let executor = executor(&planned, interrupt)?;
    let mut rounds = rounds(&planned, profile, &executor, writer, quiet);
    rounds.note_break()?;
    to_the_end(rounds)
}

fn executor<'a>(planned: &Planned, interrupt: &'a Interrupt) -> Result<ProcessExecutor<'a>, Error> {
    let plan = &planned.plan;
    let settings = Settings {
        workers: plan.workers,
        pool_threads: plan.pool_threads,
        seed: plan.seed,
        limit: Duration::from_secs_f64(plan.trial_limit_s),
        core: None,
    };
    Ok(ProcessExecutor::new(interrupt, settings)?.with_probes(&planned.probes))
}

/// The rounds of a run that is being written, watched by the monitor of this machine.
fn rounds<'a>(
    planned: &'a Planned,
    profile: Profile,
    executor: &'a dyn Executor,
    writer: RunWriter,
    quiet: bool,
) -> Rounds<'a> {
    let clock = RunClock::after(writer.run().elapsed_s());
    let monitor = Box::new(LoadMonitor::watch(clock, planned.plan.workers));
    Rounds::new(planned, profile, executor, monitor, writer, quiet)
}

fn to_the_end(mut rounds: Rounds<'_>) -> Result<Done, Error> {
    if let Some(why) = rounds.executor.not_counted() {
        rounds.progress.say(&why);
    }
    let whole = rounds.pilots_and_rounds();
    rounds.progress.clear();
    let elapsed_s = rounds.monitor.now();
    let last = rounds.monitor.end();
    let mut writer = rounds.writer;
    // Trials before an error are worth keeping, too.
    let noted = last.lines().try_for_each(|line| writer.append(line));
    let end = end(writer.run(), !matches!(whole, Ok(true)), elapsed_s);
    let finished = writer.finish(end);
    whole?;
    noted?;
    let (run, path) = finished?;
    Ok(Done { run, path })
}

/// The end of a run, and the result of its control.
fn end(run: &Run, interrupted: bool, elapsed_s: f64) -> End {
    let noise = analyze(run).noise;
    let controlled = noise != Noise::default();
    End {
        interrupted,
        elapsed_s,
        control: controlled.then_some(noise),
        trusted: controlled.then(|| noise.trusted()),
    }
}

/// The size and duration of a plan, in a sentence.
pub fn cost(planned: &Planned) -> String {
    let able = planned.runnable().count();
    let groups = groups(&planned.plan).len();
    let time = match planned.plan.rounds {
        Some(rounds) => format!("{rounds} rounds each"),
        None => format!("about {} to measure", seconds(planned.cost_s)),
    };
    let shard = planned.plan.shard.as_ref().map(|shard| format!("{shard}: ")).unwrap_or_default();
    let layouts = match planned.plan.layouts {
        1 => String::new(),
        layouts => format!(", rounds rotate through {layouts} link layouts"),
    };
    format!(
        "{shard}{} on {}: {} in {} ({} n/a), {}{layouts}",
        count(planned.own_workloads().count(), "workload"),
        count(planned.runners.len(), "runner"),
        count(able, "cell"),
        count(groups, "comparison"),
        planned.cells().count() - able,
        time
    )
}

/// The numbers of rounds at which comparisons are judged, one line per distinct schedule.
pub fn looks(planned: &Planned, profile: Profile) -> Vec<String> {
    let levels = Levels::of(&planned.plan, &planned.runners);
    let mut lines: Vec<(String, usize)> = Vec::new();
    for group in groups(&planned.plan) {
        let rounds = match rounds_of(&planned.plan, &levels, profile, &group) {
            Count::Exactly(rounds) => format!("after {rounds} rounds"),
            Count::Fitting(range) => range_text(&range),
            Count::Looks(looks) => {
                let looks: Vec<String> = looks.iter().map(u32::to_string).collect();
                format!(
                    "after {} rounds, until all rows are answered or time is up",
                    looks.join(", ")
                )
            }
        };
        match lines.iter_mut().find(|(known, _)| *known == rounds) {
            Some((_, groups)) => *groups += 1,
            None => lines.push((rounds, 1)),
        }
    }
    let line = |(rounds, groups)| format!("{} judged {rounds}", count(groups, "comparison"));
    lines.into_iter().map(line).collect()
}

/// Rounds of a planned comparison within its own time, given the duration of a trial: those of the last look
/// that it reaches. Time left by other comparisons may take it further. `None` if it does not reach its first
/// look.
pub fn rounds_in_time(
    planned: &Planned,
    profile: Profile,
    comparison: &str,
    trial_s: f64,
) -> Option<u32> {
    let plan = &planned.plan;
    let group = groups(plan).into_iter().find(|group| group.name == comparison)?;
    let cells = group.cells.len();
    let count = rounds_of(plan, &Levels::of(plan, &planned.runners), profile, &group);
    let round_s = trial_s * cells as f64;
    let schedule = schedule(group.name, count, plan.budget_s, cells, round_s);
    let later = schedule.looks.iter().copied();
    let reached = later.take_while(|look| f64::from(*look) * round_s <= schedule.time_s);
    reached.last().or(Some(schedule.rounds)).filter(|rounds| *rounds > 0)
}

/// `once, after 13 to 150 rounds, depending on the budget`.
fn range_text(range: &RangeInclusive<u32>) -> String {
    match (range.start(), range.end()) {
        (least, most) if least == most => format!("once, after {least} rounds"),
        (least, most) => format!("once, after {least} to {most} rounds, depending on the budget"),
    }
}
