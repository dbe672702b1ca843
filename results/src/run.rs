//! The schema of a run.
//!
//! A run in progress is a file of [`Line`]s, one JSON object per line: first the [`RunHeader`], then
//! each finished trial. At the end, the same facts become one [`Run`] document.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::catalog::{RunnerInfo, SuiteInfo, WorkloadInfo};
use crate::environment::Environment;
use crate::evidence::{Evidence, Level};
use crate::interruption::Break;
pub use crate::interruption::End;
use crate::key::CellKey;
use crate::noise::{NoiseWindow, Stall};
use crate::shard::{MergedShard, Shard};
use crate::trial::{Outcome, Phase};

/// Version of the results schema. Files of unknown versions are rejected.
pub const SCHEMA: &str = "runtime-bench/results/2";
/// The previous schema: its names are read but never written.
pub const OLD_SCHEMA: &str = "runtime-bench/results/1";

/// Everything known before the first trial.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RunHeader {
    /// [`SCHEMA`].
    #[cfg_attr(feature = "schema", schemars(extend("const" = SCHEMA)))]
    pub schema: String,
    /// Id of the run: UTC start time and a few characters that make it unique.
    pub id: String,
    /// Start of the run, RFC 3339, UTC.
    pub started: String,
    /// The command that started it.
    pub command: Vec<String>,
    /// Machine and build.
    pub environment: Environment,
    /// The plan.
    pub plan: Plan,
    /// The description of every workload of the plan.
    pub workloads: Vec<WorkloadInfo>,
    /// The description of every runner of the plan.
    pub runners: Vec<RunnerInfo>,
    /// The suites of the workloads of the plan; missing in files of earlier versions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub suites: Vec<SuiteInfo>,
}

/// The cells to measure, and how.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Plan {
    /// Name of the profile.
    pub profile: String,
    /// Seed of the permutations and of the workloads' inputs.
    pub seed: u64,
    /// Worker threads of every runner.
    pub workers: usize,
    /// Threads of the pool for tasks that block.
    pub pool_threads: usize,
    /// Time budget of a cell, seconds.
    pub budget_s: f64,
    /// Time limit of one trial, seconds.
    pub trial_limit_s: f64,
    /// Maximum number of looks at a comparison; the error level is divided among them.
    #[serde(default = "one")]
    pub looks: usize,
    /// Link layouts of each trial program that rounds rotate through; see [`Plan::layout`].
    #[serde(default = "one")]
    pub layouts: usize,
    /// Rounds of every comparison, if fixed by `--rounds`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rounds: Option<u32>,
    /// How much evidence the run collects.
    #[serde(default)]
    pub evidence: Level,
    /// The runner that ratios refer to.
    pub reference: String,
    /// The part of the plan that this run measures; `None` means all of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<Shard>,
    /// Every cell, including cells that cannot run and cells of other shards. A cell's index is its id.
    pub cells: Vec<PlannedCell>,
}

impl Plan {
    /// Whether this run measures a workload of its plan; a shard only measures its part.
    pub fn measures(&self, workload: &str) -> bool {
        self.shard.as_ref().is_none_or(|shard| shard.measures(workload))
    }

    /// The link layout that a round of any comparison measures, from 0, the one that cargo linked. It is the
    /// same for all runners. Pilots, in round 0, have layout 0, too.
    pub fn layout(&self, round: u32) -> usize {
        round.saturating_sub(1) as usize % self.layouts.max(1)
    }
}

/// Files without a number of looks or layouts belong to runs with one.
fn one() -> usize {
    1
}

/// One cell of a plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PlannedCell {
    /// Its name.
    pub key: CellKey,
    /// Subject or control.
    pub role: Role,
    /// Phase in which it is measured.
    #[serde(alias = "age")]
    pub phase: Phase,
    /// Why the cell does not run on this runner or machine; `None` if it runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_applicable: Option<String>,
}

/// The role of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// It is compared.
    Subject,
    /// The reference measured again: any difference between the two is noise.
    #[serde(alias = "twin")]
    AaControl,
}

/// One line of a run in progress.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "line", rename_all = "kebab-case")]
pub enum Line {
    /// Always the first line.
    Header(Box<RunHeader>),
    /// Rounds of the cells of one comparison, once their cost is known.
    Schedule(Schedule),
    /// Decisions of a look: which rows continue and which stop.
    Look(Look),
    /// A finished trial.
    Trial(TrialRecord),
    /// The counts of a cell.
    Evidence(Evidence),
    /// Background load, about every 100 ms and at each probe of the capacity.
    Noise(NoiseWindow),
    /// A stall of the machine.
    Stall(Stall),
    /// The run was resumed.
    Break(Break),
    /// The last line of a run that finished or was stopped.
    End(End),
}

/// Rounds of one comparison.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Schedule {
    /// `workload[/variant]/params`.
    pub group: String,
    /// Cost of one round, seconds, as the pilot trials measured it.
    pub round_cost_s: f64,
    /// Rounds until its first look; 0 if the comparison is skipped.
    pub rounds: u32,
    /// Rounds until each later look, for rows without an answer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub looks: Vec<u32>,
    /// Time that it adds to the run, seconds.
    #[serde(default)]
    pub time_s: f64,
    /// Why it is skipped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_out: Option<String>,
    /// Its reference rows, whose rounds depend on their own cost.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<Reference>,
}

/// Rounds of a reference row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Reference {
    /// Index into [`Plan::cells`].
    pub cell: usize,
    /// Rounds of its comparison that it takes part in.
    pub rounds: u32,
    /// Why it is skipped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_out: Option<String>,
}

/// The decisions of a look.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Look {
    /// Remaining time of the run, seconds.
    pub left_s: f64,
    /// Comparisons that continue.
    pub going_on: Vec<Allocation>,
    /// Rows that stop without an answer.
    pub stopped: Vec<StoppedRow>,
}

/// Rounds of a comparison after a look.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Allocation {
    /// Cells that continue, by index into [`Plan::cells`], including the reference and the A/A control.
    pub cells: Vec<usize>,
    /// Rounds until the next look.
    pub rounds: u32,
}

/// A row that stops without an answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StoppedRow {
    /// Index into [`Plan::cells`].
    pub cell: usize,
    /// Time that its answer would take, seconds; `None` if no planned number of rounds suffices.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub needs_s: Option<f64>,
}

/// One trial: its cell, its place in the run, and its outcome.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TrialRecord {
    /// Index into [`Plan::cells`].
    pub cell: usize,
    /// Round within its comparison, from 1; 0 is the pilot, which is verified but not counted.
    pub round: u32,
    /// Place within the round's permutation, from 0.
    pub position: u32,
    /// Start, seconds since the run began; in a merged run, since its shard began.
    pub at_s: f64,
    /// Wall time from starting the process to its end, seconds.
    pub cost_s: f64,
    /// Its outcome.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// The end of the process's standard error, if it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stderr: Option<String>,
}

/// A whole run: the versioned results file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Run {
    /// Everything known before the first trial.
    #[serde(flatten)]
    pub header: RunHeader,
    /// Rounds of every comparison.
    pub schedules: Vec<Schedule>,
    /// Every look, in order; in a merged run, those of all shards.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub looks: Vec<Look>,
    /// Every finished trial, in order.
    pub trials: Vec<TrialRecord>,
    /// The counts of each cell, once per cell.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Evidence>,
    /// Background load, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub noise: Vec<NoiseWindow>,
    /// Stalls of the machine.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stalls: Vec<Stall>,
    /// Where it was resumed, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub breaks: Vec<Break>,
    /// The shards of a merged run, in order, each with its own noise, stalls and breaks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shards: Vec<MergedShard>,
    /// How it ended; `None` if it was killed.
    pub end: Option<End>,
}

impl Run {
    /// Time that the trials of each workload took, seconds.
    pub fn durations(&self) -> BTreeMap<String, f64> {
        let mut durations = BTreeMap::new();
        for trial in &self.trials {
            if let Some(cell) = self.header.plan.cells.get(trial.cell) {
                *durations.entry(cell.key.workload.clone()).or_default() += trial.cost_s;
            }
        }
        durations
    }

    /// A run without trials.
    pub fn new(header: RunHeader) -> Self {
        Self {
            header,
            schedules: Vec::new(),
            looks: Vec::new(),
            trials: Vec::new(),
            evidence: Vec::new(),
            noise: Vec::new(),
            stalls: Vec::new(),
            breaks: Vec::new(),
            shards: Vec::new(),
            end: None,
        }
    }

    /// Adds a line.
    pub fn push(&mut self, line: Line) {
        match line {
            Line::Header(header) => self.header = *header,
            Line::Schedule(schedule) => self.schedules.push(schedule),
            Line::Look(look) => self.looks.push(look),
            Line::Trial(trial) => self.trials.push(trial),
            Line::Evidence(evidence) => self.evidence.push(evidence),
            Line::Noise(window) => self.noise.push(window),
            Line::Stall(stall) => self.stalls.push(stall),
            Line::Break(broken) => {
                self.end = None;
                self.breaks.push(broken);
            }
            Line::End(end) => self.end = Some(end),
        }
    }

    /// Completeness: of two files of the same run, the one with the greater value is more complete.
    pub(crate) fn fullness(&self) -> (usize, usize, bool) {
        (self.trials.len(), self.breaks.len(), self.end.is_some())
    }

    /// The description of a workload, if the run has it.
    pub fn workload(&self, name: &str) -> Option<&WorkloadInfo> {
        self.header.workloads.iter().find(|info| info.name == name)
    }

    /// The description of a runner, if the run has it.
    pub fn runner(&self, name: &str) -> Option<&RunnerInfo> {
        self.header.runners.iter().find(|info| info.name == name)
    }

    /// The shard of a merged run that measured a workload; `None` if it is missing or the run is not
    /// merged.
    pub fn shard_of(&self, workload: &str) -> Option<&MergedShard> {
        self.shards.iter().find(|merged| merged.shard.measures(workload))
    }

    /// `shard 2 of 8` for a shard, `8 shards` for a merged run; `None` for other runs.
    pub fn sharding(&self) -> Option<String> {
        let Some(first) = self.shards.first() else {
            return self.header.plan.shard.as_ref().map(ToString::to_string);
        };
        let (there, of) = (self.shards.len(), first.shard.of);
        Some(if there == of { format!("{of} shards") } else { format!("{there} of {of} shards") })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::tests::header;
    use serde_json::json;

    #[test]
    fn claims_and_glossary_of_older_files_are_ignored() {
        let header = header("one");
        let mut file = serde_json::to_value(&header).unwrap();
        assert!(file.get("claims").is_none() && file.get("glossary").is_none());
        file["claims"] = json!([{ "name": "c", "tests": [] }]);
        file["glossary"] = json!([{ "name": "task" }]);
        assert_eq!(serde_json::from_value::<RunHeader>(file).unwrap(), header);
    }

    #[test]
    fn durations_are_sums_over_trials() {
        let cell = |workload: &str| {
            let key = CellKey {
                workload: workload.to_owned(),
                point: crate::key::Point::new(),
                runner: "tokio".to_owned(),
            };
            PlannedCell { key, role: Role::Subject, phase: Phase::Warm, not_applicable: None }
        };
        let mut run = Run::new(header("one"));
        run.header.plan.cells = vec![cell("a"), cell("b")];
        for (cell, cost_s) in [(0, 1.5), (1, 0.25), (0, 0.5), (9, 1.0)] {
            let outcome = Outcome::Ok { block: crate::trial::Block::default() };
            let trial = TrialRecord {
                cell,
                round: 0,
                position: 0,
                at_s: 0.0,
                cost_s,
                outcome,
                stderr: None,
            };
            run.push(Line::Trial(trial));
        }
        let expected = [("a".to_owned(), 2.0), ("b".to_owned(), 0.25)];
        assert_eq!(run.durations(), BTreeMap::from(expected));
    }
}
