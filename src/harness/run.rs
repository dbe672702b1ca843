//! A run from its plan to its results file.

use std::path::PathBuf;
use std::time::Duration;

use runtime_bench_results::analysis::{Noise, analyse};
use runtime_bench_results::run::{End, Run};
use runtime_bench_results::store::RunWriter;

use super::calibration::calibrated;
use super::groups::groups;
use super::header::header;
use super::interrupt::Interrupt;
use super::plan::Planned;
use super::profile::Profile;
use super::progress::seconds;
use super::resume::Stopped;
use super::rounds::Loop;
use super::trials::{Settings, Trials};
use crate::error::Error;
use crate::registry::Registry;
use crate::terminal::tell;

/// Where a run is written, and how much it says.
#[derive(Clone, Debug)]
pub struct Output {
    /// Folder of the results.
    pub folder: PathBuf,
    /// Name of the results file, if it is to be elsewhere.
    pub out: Option<PathBuf>,
    /// Nothing but the end result.
    pub quiet: bool,
    /// The command as a person would type it again.
    pub command: Vec<String>,
}

/// A run that came to its end, or was stopped.
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
    let trials = trials(registry, planned, interrupt)?;
    let say = |text: &str| {
        if !output.quiet {
            tell(text);
        }
    };
    let planned = &calibrated(registry, planned, profile, &trials, say)?;
    let header = header(planned, &output.command);
    let writer = RunWriter::create(&output.folder, output.out.as_deref(), header)?;
    to_the_end(Loop::new(planned, profile, trials, writer, output.quiet))
}

/// Measures what is left of a run that was stopped or killed.
///
/// # Errors
/// When results cannot be written or trials cannot be started.
pub fn resume(
    registry: &Registry,
    stopped: Stopped,
    quiet: bool,
    interrupt: &Interrupt,
) -> Result<Done, Error> {
    let Stopped { planned, profile, writer } = stopped;
    let trials = trials(registry, &planned, interrupt)?;
    let mut runner = Loop::new(&planned, profile, trials, writer, quiet);
    runner.break_noted()?;
    to_the_end(runner)
}

fn trials<'a>(
    registry: &'a Registry,
    planned: &Planned,
    interrupt: &'a Interrupt,
) -> Result<Trials<'a>, Error> {
    let plan = &planned.plan;
    let settings = Settings {
        workers: plan.workers,
        pool_threads: plan.pool_threads,
        seed: plan.seed,
        limit: Duration::from_secs_f64(plan.trial_limit_s),
        core: None,
    };
    Ok(Trials::new(registry, interrupt, settings)?.with_outside(&planned.outside))
}

fn to_the_end(mut runner: Loop<'_>) -> Result<Done, Error> {
    if let Some(why) = runner.trials.not_counted() {
        runner.progress.say(&why);
    }
    let whole = runner.pilots_and_rounds();
    runner.progress.clear();
    let elapsed_s = runner.elapsed_s();
    let last = runner.beside.end();
    let mut writer = runner.writer;
    // What was measured before an error is worth keeping, too.
    let noted = last.lines().try_for_each(|line| writer.append(line));
    let end = end(writer.run(), !matches!(whole, Ok(true)), elapsed_s);
    let finished = writer.finish(end);
    whole?;
    noted?;
    let (run, path) = finished?;
    Ok(Done { run, path })
}

/// How a run ended, and what its control showed.
fn end(run: &Run, interrupted: bool, elapsed_s: f64) -> End {
    let noise = analyse(run).noise;
    let controlled = noise != Noise::default();
    End {
        interrupted,
        elapsed_s,
        control: controlled.then_some(noise),
        trusted: controlled.then(|| noise.trusted()),
    }
}

/// What a plan is going to cost, in a sentence.
pub fn cost(planned: &Planned) -> String {
    let able = planned.runnable().count();
    let groups = groups(&planned.plan).len();
    let shard = planned.plan.shard.as_ref().map(|shard| format!("{shard}: ")).unwrap_or_default();
    format!(
        "{shard}{} on {}: {} in {} ({} n/a), about {} of measuring",
        count(planned.own_workloads().count(), "workload"),
        count(planned.runners.len(), "runner"),
        count(able, "cell"),
        count(groups, "comparison"),
        planned.cells().count() - able,
        seconds(planned.cost_s)
    )
}

fn count(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}
