//! Pilots, then rounds; every finished trial is recorded at once.

use std::collections::{BTreeMap, HashSet};
use std::time::{Duration, SystemTime};

use runtime_bench_analysis::analysis::Levels;
use runtime_bench_results::interruption::{Break, PartialRound};
use runtime_bench_results::run::{Line, Look, PlannedCell, Reference, Role, Schedule, TrialRecord};
use runtime_bench_results::store::RunWriter;
use runtime_bench_results::trial::{BlockSize, Outcome};

use super::progress::Progress;
use crate::error::Error;
use crate::executor::{Executor, Finished, Trial};
use crate::monitor::{Monitor, NoiseEvents};
use crate::plan::Planned;
use crate::plan::groups::{Group, groups};
use crate::plan::looks::count;
use crate::plan::profile::Profile;
use crate::plan::schedule::{add_reference, rng, schedule, takes_part};

/// Expected time of the pilots of a cell, seconds.
const PILOT_S: f64 = 0.05;
/// The same for a reference row, whose process may start an interpreter. (Measured: 0.38 s on average.)
const REFERENCE_PILOT_S: f64 = 0.4;

/// The pilots and rounds of a run.
pub(super) struct Rounds<'a> {
    pub(super) planned: &'a Planned,
    profile: Profile,
    levels: Levels<'a>,
    pub(super) groups: Vec<Group>,
    /// Cells with a failed trial, which are not tried again.
    pub(super) broken: Vec<bool>,
    /// The last round of each cell, as decided so far.
    pub(super) until: Vec<u32>,
    /// Trials of rounds that are done: a cell and a round.
    done: HashSet<(usize, u32)>,
    /// Rounds of reference rows that have fewer than their comparison.
    pub(super) references: BTreeMap<usize, Share>,
    pub(super) executor: &'a dyn Executor,
    pub(super) writer: RunWriter,
    pub(super) monitor: Box<dyn Monitor>,
    pub(super) progress: Progress,
}

/// Number of rounds of its comparison that include a reference row.
#[derive(Clone, Copy, Debug)]
pub(super) struct Share {
    rounds: u32,
    of: u32,
}

impl<'a> Rounds<'a> {
    /// Continues where the run was interrupted.
    pub(super) fn new(
        planned: &'a Planned,
        profile: Profile,
        executor: &'a dyn Executor,
        monitor: Box<dyn Monitor>,
        writer: RunWriter,
        quiet: bool,
    ) -> Self {
        let plan = &planned.plan;
        let run = writer.run();
        let mut broken = vec![false; plan.cells.len()];
        let mut done = HashSet::new();
        for trial in &run.trials {
            broken[trial.cell] |= matches!(trial.outcome, Outcome::Error { .. });
            done.insert((trial.cell, trial.round));
        }
        let (schedules, looks) = (run.schedules.clone(), run.looks.clone());
        let mut this = Self {
            groups: groups(plan),
            until: vec![0; plan.cells.len()],
            broken,
            done,
            references: BTreeMap::new(),
            progress: Progress::new(quiet),
            monitor,
            planned,
            levels: Levels::of(plan, &planned.runners),
            profile,
            executor,
            writer,
        };
        for (group, schedule) in schedules.iter().enumerate() {
            this.adopt(group, schedule);
        }
        for look in &looks {
            this.adopt_look(look);
        }
        this
    }

    /// Pilots, rounds and the evidence of both; `false` when the run was interrupted.
    pub(super) fn pilots_and_rounds(&mut self) -> Result<bool, Error> {
        if !self.pilots()? {
            return Ok(false);
        }
        self.require_time()?;
        Ok(self.stages()? && self.evidence()?)
    }

    /// Rejects a budget in which no comparison reaches its first look.
    fn require_time(&self) -> Result<(), Error> {
        let schedules = &self.writer.run().schedules;
        match schedules.iter().find_map(|schedule| schedule.left_out.as_ref()) {
            Some(reason) if schedules.iter().all(|schedule| schedule.left_out.is_some()) => {
                Err(Error::Usage(format!("the budget is too small for a first look: {reason}")))
            }
            _ => Ok(()),
        }
    }

    /// Whether part of a round is still to be measured.
    pub(super) fn is_left(&self, group: usize, round: u32) -> bool {
        self.members(group, Some(round)).any(|cell| !self.done.contains(&(cell, round)))
    }

    /// Records that the run was resumed here.
    pub(super) fn note_break(&mut self) -> Result<(), Error> {
        let trials = self.writer.run().trials.len();
        let resumed = humantime::format_rfc3339_seconds(SystemTime::now()).to_string();
        let broken = Break { trials, resumed, partial_round: self.partial_round() };
        Ok(self.writer.append(Line::Break(broken))?)
    }

    /// The round that was in progress when the run stopped, if any.
    fn partial_round(&self) -> Option<PartialRound> {
        let last = self.writer.run().trials.last().filter(|trial| trial.round > 0)?;
        let group = self.groups.iter().position(|group| group.cells.contains(&last.cell))?;
        let cells = self.groups[group].cells.clone();
        self.is_left(group, last.round).then_some(PartialRound { round: last.round, cells })
    }

    /// Uncounted trials of each cell, which show whether it runs, whether its output is correct, and its
    /// cost. Comparisons that already have a schedule are not tried again.
    fn pilots(&mut self) -> Result<bool, Error> {
        let groups = self.writer.run().schedules.len()..self.groups.len();
        let cells = self.groups[groups.clone()].iter().flat_map(|group| &group.cells);
        let pilots_s = cells.map(|&id| self.pilot_s(id)).sum();
        self.progress.phase("verifying", pilots_s, self.planned.cost_s);
        for group in groups {
            let probed = self.monitor.between_rounds();
            self.note(probed)?;
            let Some(mut costs) = self.pilots_of(group)? else { return Ok(false) };
            let mut schedule = self.schedule(group, &costs);
            if schedule.left_out.is_some() {
                // A single stall must not exclude a comparison, so its pilots are repeated.
                let Some(again) = self.pilots_of(group)? else { return Ok(false) };
                costs
                    .retain(|id, cost| again.get(id).map(|next| *cost = *next.min(cost)).is_some());
                schedule = self.schedule(group, &costs);
            }
            if let Some(reason) = &schedule.left_out {
                self.progress.say(&format!("skipped: {}: {reason}", schedule.group));
            }
            self.adopt(group, &schedule);
            self.writer.append(Line::Schedule(schedule))?;
        }
        Ok(true)
    }

    /// Expected time of the pilots of a cell, seconds.
    fn pilot_s(&self, id: usize) -> f64 {
        let runner = &self.planned.plan.cells[id].key.runner;
        if self.planned.is_reference(runner) { REFERENCE_PILOT_S } else { PILOT_S }
    }

    /// Takes the rounds of cells from the schedule of their comparison.
    fn adopt(&mut self, group: usize, schedule: &Schedule) {
        for &cell in &self.groups[group].cells {
            self.until[cell] = schedule.rounds;
        }
        for Reference { cell, rounds, .. } in &schedule.references {
            self.references.insert(*cell, Share { rounds: *rounds, of: schedule.rounds });
        }
    }

    /// Takes the rounds of the continuing cells from a look.
    pub(super) fn adopt_look(&mut self, look: &Look) {
        for allocation in &look.going_on {
            for cell in &allocation.cells {
                self.until[*cell] = allocation.rounds;
            }
        }
    }

    /// The cost of a trial of each cell of a comparison that runs; `None` when interrupted.
    fn pilots_of(&mut self, group: usize) -> Result<Option<BTreeMap<usize, Duration>>, Error> {
        let mut costs = BTreeMap::new();
        for (position, id) in self.permutation(group, None).into_iter().enumerate() {
            let Some(mut pilot) = self.trial(id, 0, position)? else { return Ok(None) };
            // The first process of a kind runs with cold caches; a cheap cell is tried twice.
            if pilot.as_secs_f64() < 2.0 * PILOT_S && !self.broken[id] {
                let Some(second) = self.trial(id, 0, position)? else { return Ok(None) };
                pilot = pilot.min(second);
            }
            // A failed cell does not take part in the rounds, so it must not make them more expensive; and a
            // cell that hangs need not hang again to be counted.
            if !self.broken[id] {
                costs.insert(id, pilot);
                self.count(id, position)?;
            }
            self.progress.finished(self.pilot_s(id));
        }
        Ok(Some(costs))
    }

    /// The rounds of a comparison. Reference rows may be slower by orders of magnitude, so they have a
    /// separate number of rounds and take none from the others.
    fn schedule(&self, group: usize, costs: &BTreeMap<usize, Duration>) -> Schedule {
        let plan = &self.planned.plan;
        let is_reference = |id: &usize| self.planned.is_reference(&plan.cells[*id].key.runner);
        let alone = costs.keys().all(is_reference);
        let sets = |id: &usize| alone || !is_reference(id);
        let trial_s = |cell: &usize| costs[cell].as_secs_f64();
        let setting: Vec<&usize> = costs.keys().filter(|id| sets(id)).collect();
        let count = count(plan, &self.levels, self.profile, &self.groups[group]);
        let round_s = setting.iter().map(|id| trial_s(id)).sum();
        let (name, budget_s) = (self.groups[group].name.clone(), plan.budget_s);
        let mut schedule = schedule(name, count, budget_s, setting.len(), round_s);
        for id in costs.keys().filter(|id| !sets(id)) {
            add_reference(&mut schedule, *id, budget_s, trial_s(id));
        }
        schedule
    }

    /// One trial of each cell of a comparison, in random order; `false` when interrupted.
    pub(super) fn round(&mut self, group: usize, round: u32) -> Result<bool, Error> {
        self.probe_capacity()?;
        for (position, id) in self.permutation(group, Some(round)).into_iter().enumerate() {
            if self.done.contains(&(id, round)) {
                continue;
            }
            if self.trial(id, round, position)?.is_none() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Probes the capacity between rounds, about once a second.
    fn probe_capacity(&mut self) -> Result<(), Error> {
        let probed = self.monitor.between_rounds();
        self.note(probed)
    }

    fn note(&mut self, noticed: NoiseEvents) -> Result<(), Error> {
        Ok(noticed.lines().try_for_each(|line| self.writer.append(line))?)
    }

    /// The cells of a comparison that take part in a round, without those that failed; `None`: in its pilots.
    fn members(&self, group: usize, round: Option<u32>) -> impl Iterator<Item = usize> {
        let cells = self.groups[group].cells.iter().copied();
        cells.filter(move |&id| self.is_member(id, round))
    }

    fn is_member(&self, id: usize, round: Option<u32>) -> bool {
        let takes_part = match (round, self.references.get(&id)) {
            (Some(round), Some(share)) => takes_part(round, share.rounds, share.of),
            _ => true,
        };
        takes_part && !self.broken[id] && round.is_none_or(|round| round <= self.until[id])
    }

    /// The same in random order, which depends only on the seed and not on earlier events.
    fn permutation(&self, group: usize, round: Option<u32>) -> Vec<usize> {
        let mut cells = self.groups[group].cells.clone();
        rng(self.planned.plan.seed, group + 1, round.unwrap_or(0)).shuffle(&mut cells);
        cells.retain(|&id| self.is_member(id, round));
        cells
    }

    /// Runs and records one trial; returns its cost, or `None` when interrupted.
    fn trial(&mut self, id: usize, round: u32, position: usize) -> Result<Option<Duration>, Error> {
        let cell = &self.planned.plan.cells[id];
        self.progress.running(&cell.key.to_string());
        let at_s = self.monitor.now();
        let Some(finished) = self.executor.run(&self.trial_of(cell, round)) else {
            return Ok(None);
        };
        if let Outcome::Error { kind, message } = &finished.outcome {
            self.broken[id] = true;
            self.progress.failed(&cell.key.to_string(), *kind, message);
        }
        let cost = finished.cost;
        self.writer.append(Line::Trial(record(id, round, position, at_s, finished)))?;
        let noticed = self.monitor.after_trial();
        self.note(noticed)?;
        Ok(Some(cost))
    }

    /// A trial that counts allocations, if possible. It is a pilot, because it is not timed.
    fn count(&mut self, id: usize, position: usize) -> Result<(), Error> {
        let cell = &self.planned.plan.cells[id];
        let at_s = self.monitor.now();
        if cell.role == Role::Subject
            && let Some(counted) = self.executor.count(&self.trial_of(cell, 0))
        {
            self.writer.append(Line::Trial(record(id, 0, position, at_s, counted)))?;
        }
        Ok(())
    }

    fn trial_of<'c>(&self, cell: &'c PlannedCell, round: u32) -> Trial<'c> {
        let block = BlockSize::Nanoseconds(self.profile.block(cell.phase).as_nanos() as u64);
        let layout = self.planned.plan.layout(round);
        Trial { cell: &cell.key, phase: cell.phase, block, round, layout }
    }
}

fn record(cell: usize, round: u32, position: usize, at_s: f64, finished: Finished) -> TrialRecord {
    let (position, cost_s) = (position as u32, finished.cost.as_secs_f64());
    let Finished { outcome, stderr, .. } = finished;
    TrialRecord { cell, round, position, at_s, cost_s, outcome, stderr }
}
