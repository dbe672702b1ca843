//! A run that was stopped or killed, and goes on later.
//!
//! Its file of lines is continued: with the same plan, the same seed and the same order, so that what is
//! measured in all is what would have been measured in one go. Where it went on is a [`Break`].

use serde::{Deserialize, Serialize};

use crate::differences::{compiled, machine_facts, programs, version};
use crate::environment::Environment;
use crate::run::{Run, TrialRecord};

/// Where a run went on that had been stopped or killed. Its time counts on from there, as if nothing had
/// been between.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Break {
    /// How many trials stand before it.
    pub trials: usize,
    /// When it went on, RFC 3339, UTC.
    pub resumed: String,
    /// The round that was going on, if any: its trials are hours apart, so they make no pairs.
    #[serde(alias = "torn", default, skip_serializing_if = "Option::is_none")]
    pub partial_round: Option<PartialRound>,
}

/// A round that was measured in two parts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PartialRound {
    /// Its number within its comparison, from 1.
    pub round: u32,
    /// The cells of its comparison, by index into [`crate::run::Plan::cells`].
    pub cells: Vec<usize>,
}

impl Break {
    /// Whether a trial belongs to the partial round.
    pub fn covers_partial(&self, trial: &TrialRecord) -> bool {
        self.partial_round.as_ref().is_some_and(|partial| {
            trial.round == partial.round && partial.cells.contains(&trial.cell)
        })
    }
}

/// Why a run cannot be resumed.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum CannotResume {
    /// Nothing is left to measure.
    #[error("cannot resume run {0}: it is complete\nhelp: start a new run without --resume")]
    Ended(String),
    /// It was merged from shards.
    #[error(
        "cannot resume run {0}: it is merged\nhelp: resume the interrupted shard, then merge again"
    )]
    Merged(String),
    /// It was started by another executable.
    #[error(
        "cannot resume run {id}: it was started by another build ({what})\nhelp: use that build, or start a new run without --resume"
    )]
    Build {
        /// Name of the run.
        id: String,
        /// The differences between the builds.
        what: String,
    },
    /// It was started on another machine.
    #[error(
        "cannot resume run {id}: it was started on another machine ({what})\nhelp: resume it there, or start a new run without --resume"
    )]
    Machine {
        /// Name of the run.
        id: String,
        /// The differences between the machines.
        what: String,
    },
}

impl Run {
    /// Whether a run can go on in the environment `here`.
    ///
    /// # Errors
    /// When it came to its end, is merged, or was begun by another build or on another machine.
    pub fn check_resumable(&self, here: &Environment) -> Result<(), CannotResume> {
        let id = self.header.id.clone();
        if !self.shards.is_empty() {
            return Err(CannotResume::Merged(id));
        }
        if self.end.is_some_and(|end| !end.interrupted) {
            return Err(CannotResume::Ended(id));
        }
        let from = &self.header.environment;
        let mut builds = compiled(from, here);
        builds.splice(0..0, version(from, here));
        builds.extend(programs(from, here));
        if !builds.is_empty() {
            return Err(CannotResume::Build { id, what: builds.join("; ") });
        }
        let machines = machine_facts(from, here);
        if machines.is_empty() {
            Ok(())
        } else {
            Err(CannotResume::Machine { id, what: machines.join("; ") })
        }
    }

    /// The time that the run has had so far, seconds: up to the last sign of it.
    pub fn elapsed_s(&self) -> f64 {
        let trials = self.trials.iter().map(|trial| trial.at_s + trial.cost_s);
        let noise = self.noise.iter().map(|window| window.until_s);
        let stalls = self.stalls.iter().map(|stall| stall.until_s);
        let end = self.end.iter().map(|end| end.elapsed_s);
        trials.chain(noise).chain(stalls).chain(end).fold(0.0, f64::max)
    }

    /// Whether a trial cannot count: the machine stood still meanwhile, or a break interrupted its round.
    pub fn excluded(&self, trial: &TrialRecord) -> bool {
        let workload = || self.header.plan.cells.get(trial.cell).map(|cell| &cell.key.workload);
        let (stalls, breaks) = if self.shards.is_empty() {
            (&self.stalls[..], &self.breaks[..])
        } else {
            let own = workload().and_then(|name| self.shard_of(name));
            own.map_or((&[][..], &[][..]), |own| (&own.stalls, &own.breaks))
        };
        stalls.iter().any(|stall| stall.overlaps(trial.at_s, trial.at_s + trial.cost_s))
            || breaks.iter().any(|broken| broken.covers_partial(trial))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::noise::{NoiseWindow, Stall};
    use crate::run::{End, Line};
    use crate::store::tests::header;
    use crate::trial::{Block, Outcome};

    fn trial(cell: usize, round: u32) -> TrialRecord {
        let outcome = Outcome::Ok { block: Block::default() };
        TrialRecord { cell, round, position: 0, at_s: 1.0, cost_s: 0.5, outcome, stderr: None }
    }

    fn unfinished() -> Run {
        Run::new(header("one"))
    }

    #[test]
    fn only_the_partial_round_of_its_comparison_is_excluded() {
        let mut run = unfinished();
        let partial_round = Some(PartialRound { round: 3, cells: vec![4, 5] });
        run.push(Line::Break(Break { trials: 0, resumed: String::new(), partial_round }));
        let excluded = |cell, round| run.excluded(&trial(cell, round));
        assert!(excluded(4, 3) && excluded(5, 3));
        assert!(!excluded(4, 2) && !excluded(6, 3) && !excluded(5, 0));
    }

    #[test]
    fn a_break_takes_the_end_back() {
        let mut run = unfinished();
        run.push(Line::End(End { interrupted: true, ..End::default() }));
        run.push(Line::Break(Break { trials: 0, resumed: String::new(), partial_round: None }));
        assert_eq!((run.end, run.breaks.len()), (None, 1));
    }

    #[test]
    fn what_ended_is_of_another_build_or_machine_or_merged_does_not_go_on() {
        let here = unfinished().header.environment;
        let stopped = |interrupted| {
            let end = Some(End { interrupted, ..End::default() });
            Run { end, ..unfinished() }.check_resumable(&here)
        };
        assert_eq!(unfinished().check_resumable(&here), Ok(()));
        assert_eq!(stopped(true), Ok(()));
        assert!(matches!(stopped(false), Err(CannotResume::Ended(_))));
        let other =
            Environment { programs: [("p".to_owned(), "1".to_owned())].into(), ..here.clone() };
        let error = unfinished().check_resumable(&other).unwrap_err();
        assert!(matches!(error, CannotResume::Build { .. }), "{error}");
        let other = Environment { cores: Some(99), ..here };
        let error = unfinished().check_resumable(&other).unwrap_err();
        assert!(error.to_string().contains("logical processors"), "{error}");
    }

    #[test]
    fn time_counts_on_from_the_last_sign() {
        let mut run = unfinished();
        assert!(run.elapsed_s().abs() < 1e-12);
        run.push(Line::Trial(trial(0, 1)));
        assert!((run.elapsed_s() - 1.5).abs() < 1e-12);
        run.push(Line::Noise(NoiseWindow { until_s: 1.7, ..NoiseWindow::default() }));
        run.push(Line::Stall(Stall { at_s: 1.6, until_s: 2.5 }));
        assert!((run.elapsed_s() - 2.5).abs() < 1e-12);
    }
}
