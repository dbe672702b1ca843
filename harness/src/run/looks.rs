//! The stages of a run: all comparisons until their first look, then those with unanswered rows until
//! the next.

use std::collections::BTreeMap;

use runtime_bench_analysis::analysis::{Group as Analyzed, analyze};
use runtime_bench_results::run::{Allocation, Line, Look, Role};

use super::progress::seconds;
use super::rounds::Rounds;
use crate::error::Error;
use crate::plan::groups::Group;
use crate::plan::looks::{OpenGroup, OpenRow, allocate};
use crate::plan::schedule::order;

/// Rounds of one comparison in one stage, and the time of each, seconds.
struct Part {
    group: usize,
    after: u32,
    until: u32,
    round_s: f64,
}

impl Rounds<'_> {
    /// All stages; `false` when the run was interrupted.
    pub(super) fn stages(&mut self) -> Result<bool, Error> {
        let schedules = self.writer.run().schedules.iter().enumerate();
        let first = schedules.map(|(group, schedule)| Part {
            group,
            after: 0,
            until: schedule.rounds,
            round_s: schedule.round_cost_s,
        });
        let first: Vec<Part> = first.collect();
        let left_s = self.left_s();
        if !self.stage(0, &first, left_s)? {
            return Ok(false);
        }
        for number in 0..self.planned.plan.looks.saturating_sub(1) {
            let known = self.writer.run().looks.get(number).cloned();
            let look = if let Some(look) = known { look } else { self.look(number)? };
            if look.going_on.is_empty() {
                break;
            }
            let parts = self.parts(&look);
            let cost_s =
                parts.iter().map(|part| f64::from(part.until - part.after) * part.round_s).sum();
            // Until the last look, time left by other rows goes to rows without an answer.
            let is_last = number + 2 == self.planned.plan.looks;
            let expected_s = if is_last { cost_s } else { self.left_s().max(cost_s) };
            if !self.stage(number as u32 + 1, &parts, expected_s)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Runs the rounds of a stage, in an order that depends only on the seed; `false` when the run was
    /// interrupted.
    fn stage(&mut self, number: u32, parts: &[Part], expected_s: f64) -> Result<bool, Error> {
        let counts: Vec<u32> = parts.iter().map(|part| part.until - part.after).collect();
        let mut rounds: Vec<u32> = parts.iter().map(|part| part.after).collect();
        let numbered = |part: usize| {
            rounds[part] += 1;
            (part, rounds[part])
        };
        let all: Vec<(usize, u32)> =
            order(self.planned.plan.seed, number, &counts).into_iter().map(numbered).collect();
        let left = all.into_iter().filter(|&(part, round)| self.is_left(parts[part].group, round));
        let left: Vec<(usize, u32)> = left.collect();
        if !left.is_empty() {
            self.progress.phase("measuring", expected_s, 0.0);
        }
        for (part, round) in left {
            if !self.round(parts[part].group, round)? {
                return Ok(false);
            }
            self.progress.finished(parts[part].round_s);
        }
        Ok(true)
    }

    /// Decides which rows continue, and records it.
    fn look(&mut self, number: usize) -> Result<Look, Error> {
        let analysis = analyze(self.writer.run());
        let trial_s = self.trial_s();
        let schedules = self.writer.run().schedules.iter();
        let open: Vec<OpenGroup<'_>> = schedules
            .enumerate()
            .filter_map(|(group, schedule)| {
                let Group { name, phase, .. } = &self.groups[group];
                let mut analyzed = analysis.groups.iter();
                let analyzed = analyzed.find(|one| one.name == *name && one.phase == *phase)?;
                self.open(group, analyzed, &schedule.looks, &trial_s)
            })
            .collect();
        let look = allocate(&open, self.left_s());
        if !open.is_empty() {
            let rows: usize = open.iter().map(|group| group.rows.len()).sum();
            self.progress.say(&format!(
                "look {} of {}: {rows} rows are unanswered; {} continue, {} stop because they need \
                 more than the remaining {}",
                number + 1,
                self.planned.plan.looks,
                rows - look.stopped.len(),
                look.stopped.len(),
                seconds(look.left_s)
            ));
        }
        self.adopt_look(&look);
        self.writer.append(Line::Look(look.clone()))?;
        Ok(look)
    }

    /// The rows of a comparison that have no answer and have not been stopped.
    fn open<'s>(
        &self,
        group: usize,
        analyzed: &Analyzed,
        looks: &'s [u32],
        trial_s: &BTreeMap<usize, f64>,
    ) -> Option<OpenGroup<'s>> {
        let cells = || self.groups[group].cells.iter().copied();
        let planned = |id: usize| &self.planned.plan.cells[id];
        let rounds = cells().map(|id| self.until[id]).max()?;
        let mut reference = None;
        let mut rows = Vec::new();
        for row in &analyzed.rows {
            let Some(comparison) = &row.comparison else { continue };
            reference = Some(&comparison.reference);
            let cell = cells().find(|&id| planned(id).key == row.key)?;
            let looks = &self.writer.run().looks;
            let stopped = looks.iter().flat_map(|look| &look.stopped).any(|row| row.cell == cell);
            let goes_on = !stopped && !self.references.contains_key(&cell);
            if goes_on && comparison.pairs > 0 && !comparison.is_answered() {
                let more = comparison.more_rounds.and_then(|more| u32::try_from(more).ok());
                let trial_s = *trial_s.get(&cell)?;
                rows.push(OpenRow { cell, trial_s, more });
            }
        }
        let reference = reference.filter(|_| !rows.is_empty())?;
        let is_shared = |&id: &usize| {
            let cell = planned(id);
            !self.broken[id] && (cell.key.runner == *reference || cell.role == Role::AaControl)
        };
        let shared: Vec<usize> = cells().filter(is_shared).collect();
        let shared_s = shared.iter().filter_map(|id| trial_s.get(id)).sum();
        let done = looks.partition_point(|&look| look <= rounds);
        Some(OpenGroup { shared, shared_s, rounds, looks: &looks[done..], rows })
    }

    /// The parts of the stage after a look.
    fn parts(&self, look: &Look) -> Vec<Part> {
        let trial_s = self.trial_s();
        let part = |allocation: &Allocation| {
            let first = allocation.cells.first()?;
            let group = self.groups.iter().position(|group| group.cells.contains(first))?;
            let schedule = &self.writer.run().schedules[group];
            let mut looks = [schedule.rounds].into_iter().chain(schedule.looks.iter().copied());
            let until = allocation.rounds;
            let after = looks.rfind(|&rounds| rounds < until)?;
            let round_s = allocation.cells.iter().filter_map(|cell| trial_s.get(cell)).sum();
            Some(Part { group, after, until, round_s })
        };
        look.going_on.iter().filter_map(part).collect()
    }

    /// Remaining time of the run, seconds. Reference rows and pilots have separate time.
    fn left_s(&self) -> f64 {
        let run = self.writer.run();
        let counted = run
            .trials
            .iter()
            .filter(|trial| trial.round > 0 && !self.references.contains_key(&trial.cell));
        let spent_s: f64 = counted.map(|trial| trial.cost_s).sum();
        let time_s: f64 = run.schedules.iter().map(|schedule| schedule.time_s).sum();
        (time_s - spent_s).max(0.0)
    }

    /// Duration of a trial of each cell so far, seconds.
    fn trial_s(&self) -> BTreeMap<usize, f64> {
        let mut of_cells: BTreeMap<usize, (f64, f64)> = BTreeMap::new();
        for trial in self.writer.run().trials.iter().filter(|trial| trial.round > 0) {
            let (total_s, count) = of_cells.entry(trial.cell).or_default();
            (*total_s, *count) = (*total_s + trial.cost_s, *count + 1.0);
        }
        of_cells.into_iter().map(|(cell, (total_s, count))| (cell, total_s / count)).collect()
    }
}
