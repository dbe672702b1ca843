//! The loop of a run: pilots, rounds, and everything written down as it comes.

use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use fastrand::Rng;
use runtime_bench_results::analysis::{Noise, analyse, level};
use runtime_bench_results::run::{End, Line, PlannedCell, Role, Run, Schedule, TrialRecord};
use runtime_bench_results::stats::fewest_pairs;
use runtime_bench_results::store::RunWriter;
use runtime_bench_results::trial::{Age, BlockSize, Outcome};

use super::beside::{Beside, Noticed};
use super::calibration::calibrated;
use super::header::header;
use super::interrupt::Interrupt;
use super::plan::Planned;
use super::profile::Profile;
use super::progress::{Progress, seconds};
use super::schedule::{order, schedule};
use super::trials::{Finished, Settings, Trials};
use crate::error::Error;
use crate::registry::Registry;

/// What the pilots of a cell are expected to take, seconds.
const PILOT_S: f64 = 0.05;

/// Rounds beyond the fewest, so that a stall does not leave a comparison without a verdict.
const SPARE_ROUNDS: u32 = 2;

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
    let plan = &planned.plan;
    let settings = Settings {
        workers: plan.workers,
        pool_threads: plan.pool_threads,
        seed: plan.seed,
        limit: Duration::from_secs_f64(plan.trial_limit_s),
        core: None,
    };
    let trials = Trials::new(registry, interrupt, settings)?.with_outside(&planned.outside);
    let say = |text: &str| {
        if !output.quiet {
            eprintln!("{text}");
        }
    };
    let planned = &calibrated(registry, planned, profile, &trials, say)?;
    let plan = &planned.plan;
    let writer =
        RunWriter::create(&output.folder, output.out.as_deref(), header(planned, &output.command))?;
    let start = Instant::now();
    let mut runner = Loop {
        groups: groups(&plan.cells),
        broken: vec![false; plan.cells.len()],
        progress: Progress::new(output.quiet),
        rng: Rng::with_seed(plan.seed),
        beside: Beside::watch(start, plan.workers),
        start,
        planned,
        profile,
        trials,
        writer,
    };
    if let Some(why) = runner.trials.not_counted() {
        runner.progress.say(&why);
    }
    let whole = runner.pilots_and_rounds();
    runner.progress.clear();
    let elapsed_s = runner.start.elapsed().as_secs_f64();
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

/// Cells that are compared with each other, by their ids.
fn groups(cells: &[PlannedCell]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for (id, cell) in cells.iter().enumerate().filter(|(_, cell)| cell.not_applicable.is_none()) {
        let name = cell.key.group();
        match groups.iter_mut().find(|group| group.name == name && group.age == cell.age) {
            Some(group) => group.cells.push(id),
            None => groups.push(Group { name, age: cell.age, cells: vec![id] }),
        }
    }
    groups
}

struct Group {
    name: String,
    age: Age,
    cells: Vec<usize>,
}

struct Loop<'a> {
    planned: &'a Planned,
    profile: Profile,
    groups: Vec<Group>,
    /// Cells whose trial failed; they are not tried again.
    broken: Vec<bool>,
    trials: Trials<'a>,
    writer: RunWriter,
    beside: Beside,
    progress: Progress,
    rng: Rng,
    start: Instant,
}

impl Loop<'_> {
    /// `false` when the run was interrupted.
    fn pilots_and_rounds(&mut self) -> Result<bool, Error> {
        let Some(schedules) = self.pilots()? else { return Ok(false) };
        let expected_s: f64 = schedules.iter().map(|s| s.round_cost_s * f64::from(s.rounds)).sum();
        self.progress.phase("measuring", expected_s);
        let mut rounds = vec![0; self.groups.len()];
        for group in order(&mut self.rng, &schedules) {
            rounds[group] += 1;
            if !self.round(group, rounds[group])? {
                return Ok(false);
            }
            self.progress.finished(schedules[group].round_cost_s);
        }
        Ok(true)
    }

    /// Trials of each cell that are not counted: does it run, is it right, what does it cost?
    fn pilots(&mut self) -> Result<Option<Vec<Schedule>>, Error> {
        let cells: usize = self.groups.iter().map(|group| group.cells.len()).sum();
        let pilots_s = cells as f64 * PILOT_S;
        self.progress.phase("verifying", pilots_s + self.planned.cost_s);
        let mut schedules = Vec::with_capacity(self.groups.len());
        for group in 0..self.groups.len() {
            let probed = self.beside.between_rounds();
            self.note(probed)?;
            let mut cost = Duration::ZERO;
            for (position, id) in self.permutation(group).into_iter().enumerate() {
                let Some(mut pilot) = self.trial(id, 0, position)? else { return Ok(None) };
                // The first process of a kind pays for cold caches; a cheap cell is tried twice.
                if pilot.as_secs_f64() < 2.0 * PILOT_S && !self.broken[id] {
                    let Some(second) = self.trial(id, 0, position)? else { return Ok(None) };
                    pilot = pilot.min(second);
                }
                // A cell that failed has no part in the rounds, so it must not make them dear; and one
                // that hangs need not hang again to be counted.
                if !self.broken[id] {
                    cost += pilot;
                    self.count(id, position)?;
                }
                self.progress.finished(PILOT_S);
            }
            let able = self.groups[group].cells.iter().filter(|&&id| !self.broken[id]).count();
            let rounds = self.rounds(group, able);
            let (name, budget_s) = (self.groups[group].name.clone(), self.planned.plan.budget_s);
            let schedule = schedule(name, rounds, budget_s, able, cost.as_secs_f64());
            if let Some(reason) = &schedule.left_out {
                self.progress.say(&format!("left out: {}: {reason}", schedule.group));
            }
            self.writer.append(Line::Schedule(schedule.clone()))?;
            schedules.push(schedule);
        }
        Ok(Some(schedules))
    }

    /// Fewest and most rounds: enough for a verdict at the level that this comparison has.
    fn rounds(&self, group: usize, able: usize) -> RangeInclusive<u32> {
        let workload = |group: &Group| &self.planned.plan.cells[group.cells[0]].key.workload;
        let own = workload(&self.groups[group]);
        let points = self.groups.iter().filter(|other| workload(other) == own).count();
        // One of the able cells is the twin.
        let fewest = fewest_pairs(level(able.saturating_sub(1), points)) as u32 + SPARE_ROUNDS;
        let wanted = self.profile.rounds(self.groups[group].age);
        let fewest = fewest.max(*wanted.start());
        fewest..=fewest.max(*wanted.end())
    }

    /// One trial of each cell of a comparison, in random order; `false` when interrupted.
    fn round(&mut self, group: usize, round: u32) -> Result<bool, Error> {
        self.probe_capacity()?;
        for (position, id) in self.permutation(group).into_iter().enumerate() {
            if self.trial(id, round, position)?.is_none() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Between rounds, about once a second.
    fn probe_capacity(&mut self) -> Result<(), Error> {
        let probed = self.beside.between_rounds();
        self.note(probed)
    }

    fn note(&mut self, noticed: Noticed) -> Result<(), Error> {
        Ok(noticed.lines().try_for_each(|line| self.writer.append(line))?)
    }

    fn permutation(&mut self, group: usize) -> Vec<usize> {
        let able = self.groups[group].cells.iter().copied().filter(|&id| !self.broken[id]);
        let mut cells: Vec<usize> = able.collect();
        self.rng.shuffle(&mut cells);
        cells
    }

    /// One trial, written down; its cost, or `None` when interrupted.
    fn trial(&mut self, id: usize, round: u32, position: usize) -> Result<Option<Duration>, Error> {
        let cell = &self.planned.plan.cells[id];
        self.progress.running(&cell.key.to_string());
        let at_s = self.start.elapsed().as_secs_f64();
        let Some(finished) = self.trials.run(&cell.key, cell.age, self.block(cell.age)) else {
            return Ok(None);
        };
        if let Outcome::Error { kind, message } = &finished.outcome {
            self.broken[id] = true;
            self.progress.say(&format!("failed: {}: {kind}: {message}", cell.key));
        }
        let cost = finished.cost;
        self.writer.append(Line::Trial(record(id, round, position, at_s, finished)))?;
        let noticed = self.beside.after_trial();
        self.note(noticed)?;
        Ok(Some(cost))
    }

    /// A trial whose allocations are counted, where somebody can. A pilot, because it is not timed.
    fn count(&mut self, id: usize, position: usize) -> Result<(), Error> {
        let cell = &self.planned.plan.cells[id];
        let at_s = self.start.elapsed().as_secs_f64();
        if cell.role == Role::Subject
            && let Some(counted) = self.trials.count(&cell.key, cell.age, self.block(cell.age))
        {
            self.writer.append(Line::Trial(record(id, 0, position, at_s, counted)))?;
        }
        Ok(())
    }

    fn block(&self, age: Age) -> BlockSize {
        BlockSize::Nanoseconds(self.profile.block(age).as_nanos() as u64)
    }
}

fn record(cell: usize, round: u32, position: usize, at_s: f64, finished: Finished) -> TrialRecord {
    let (position, cost_s) = (position as u32, finished.cost.as_secs_f64());
    let Finished { outcome, stderr, .. } = finished;
    TrialRecord { cell, round, position, at_s, cost_s, outcome, stderr }
}

/// What a plan is going to cost, in a sentence.
pub fn cost(planned: &Planned) -> String {
    let cells = &planned.plan.cells;
    let able = planned.runnable().count();
    let groups = groups(cells).len();
    format!(
        "{} on {}: {} in {} ({} n/a), about {} of measuring",
        count(planned.workloads.len(), "workload"),
        count(planned.runners.len(), "runner"),
        count(able, "cell"),
        count(groups, "comparison"),
        cells.len() - able,
        seconds(planned.cost_s)
    )
}

fn count(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}
