//! Checks whether a run can be resumed, and which of its trials count.

use crate::differences::{compiled, machine_facts, programs, version};
use crate::environment::Environment;
use crate::run::{Run, TrialRecord};

/// Why a run cannot be resumed.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum CannotResume {
    /// It is complete.
    #[error("cannot resume run {0}: it is complete\nhelp: start a new run without --resume")]
    Ended(String),
    /// It was merged from shards.
    #[error(
        "cannot resume run {0}: it is a merged run\nhelp: resume the interrupted shard, then merge \
         again"
    )]
    Merged(String),
    /// It was started by another build.
    #[error(
        "cannot resume run {id}: it was started by another build ({what})\nhelp: use that build, or start a new run without --resume"
    )]
    Build {
        /// Name of the run.
        id: String,
        /// How the builds differ.
        what: String,
    },
    /// It was started on another machine.
    #[error(
        "cannot resume run {id}: it was started on another machine ({what})\nhelp: resume it there, or start a new run without --resume"
    )]
    Machine {
        /// Name of the run.
        id: String,
        /// How the machines differ.
        what: String,
    },
}

impl Run {
    /// Checks that a run can be resumed in the environment `here`.
    ///
    /// # Errors
    /// When it is complete, is merged, or was started by another build or on another machine.
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

    /// Time of the run so far, seconds: up to its last record.
    pub fn elapsed_s(&self) -> f64 {
        let trials = self.trials.iter().map(|trial| trial.at_s + trial.cost_s);
        let noise = self.noise.iter().map(|window| window.until_s);
        let stalls = self.stalls.iter().map(|stall| stall.until_s);
        let end = self.end.iter().map(|end| end.elapsed_s);
        trials.chain(noise).chain(stalls).chain(end).fold(0.0, f64::max)
    }

    /// Whether a trial must not count: it overlaps a stall, or a break interrupted its round.
    pub fn excluded(&self, trial: &TrialRecord) -> bool {
        let workload = || self.header.plan.cells.get(trial.cell).map(|cell| &cell.key.workload);
        let (stalls, breaks) = if self.shards.is_empty() {
            (&self.stalls[..], &self.breaks[..])
        } else {
            let own = workload().and_then(|name| self.shard_of(name));
            own.map_or((&[][..], &[][..]), |own| (&own.stalls, &own.breaks))
        };
        stalls.iter().any(|stall| stall.overlaps(trial.at_s, trial.at_s + trial.cost_s))
            || breaks
                .iter()
                .filter_map(|broken| broken.partial_round.as_ref())
                .any(|partial| trial.round == partial.round && partial.cells.contains(&trial.cell))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interruption::{Break, PartialRound};
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
    fn resuming_removes_the_end() {
        let mut run = unfinished();
        run.push(Line::End(End { interrupted: true, ..End::default() }));
        run.push(Line::Break(Break { trials: 0, resumed: String::new(), partial_round: None }));
        assert_eq!((run.end, run.breaks.len()), (None, 1));
    }

    #[test]
    fn unresumable_runs_are_rejected() {
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
    fn resumed_time_continues_from_the_last_record() {
        let mut run = unfinished();
        assert!(run.elapsed_s().abs() < 1e-12);
        run.push(Line::Trial(trial(0, 1)));
        assert!((run.elapsed_s() - 1.5).abs() < 1e-12);
        run.push(Line::Noise(NoiseWindow { until_s: 1.7, ..NoiseWindow::default() }));
        run.push(Line::Stall(Stall { at_s: 1.6, until_s: 2.5 }));
        assert!((run.elapsed_s() - 2.5).abs() < 1e-12);
    }
}
