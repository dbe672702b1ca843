//! Simulated runs: resampled rounds of a stored run, with the production scheduling and decisions.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use fastrand::Rng;
use runtime_bench_analysis::stats::ResultClass;
use runtime_bench_results::run::TrialRecord;
use runtime_bench_results::store::Gathered;
use runtime_bench_results::trial::{Block, Outcome, metric};
use tempfile::tempdir;

use super::rounds::Rounds;
use super::{Profile, to_the_end};
use crate::executor::{Finished, Trial};
use crate::fake::{FakeExecutor, takes};
use crate::monitor::NoiseEvents;
use crate::plan::Planned;
use crate::probes::Probes;
use runtime_bench_analysis::analysis::analyze;
use runtime_bench_results::key::CellKey;
use runtime_bench_results::run::{Role, Run};
use runtime_bench_results::store::RunWriter;

/// The stored run, reduced to the data that decisions need, with every `nth` comparison.
fn recorded(nth: usize) -> Run {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/recorded");
    let mut gathered = Gathered::default();
    gathered.add(&folder);
    let mut run = gathered.runs.remove(0);
    let mut groups: Vec<String> = Vec::new();
    for cell in &mut run.header.plan.cells {
        let group = cell.key.group();
        if !groups.contains(&group) {
            groups.push(group);
        }
        if !groups.len().is_multiple_of(nth) {
            cell.not_applicable = Some("not simulated".to_owned());
        }
    }
    run
}

/// Draws whole rounds of a stored run, so that effects common to the cells of a round stay common.
struct Source {
    /// By cell, its verified trials by round.
    trials: HashMap<(CellKey, Role), BTreeMap<u32, Finished>>,
    /// Rounds of each comparison.
    rounds: HashMap<String, Vec<u32>>,
    seed: u64,
}

impl Source {
    fn of(run: &Run, seed: u64) -> Self {
        let mut source = Self { trials: HashMap::new(), rounds: HashMap::new(), seed };
        for trial in run.trials.iter().filter(|trial| trial.round > 0 && !run.excluded(trial)) {
            let cell = &run.header.plan.cells[trial.cell];
            let headline = &run.workload(&cell.key.workload).unwrap().headline;
            let rounds = source.rounds.entry(cell.key.group()).or_default();
            if !rounds.contains(&trial.round) {
                rounds.push(trial.round);
            }
            let trials = source.trials.entry((cell.key.clone(), cell.role)).or_default();
            trials.insert(trial.round, finished(trial, headline));
        }
        source
    }

    fn draw(&self, trial: &Trial<'_>, role: Role) -> Finished {
        let group = trial.cell.group();
        let rounds = &self.rounds[&group];
        let text =
            group.bytes().fold(self.seed, |sum, byte| sum.wrapping_mul(31) + u64::from(byte));
        let mut rng = Rng::with_seed(text.wrapping_add(u64::from(trial.round) << 32));
        let trials = &self.trials[&(trial.cell.clone(), role)];
        loop {
            if let Some(found) = rng.choice(rounds).and_then(|round| trials.get(round)) {
                return found.clone();
            }
        }
    }
}

/// A trial with only its headline.
fn finished(trial: &TrialRecord, headline: &str) -> Finished {
    let Outcome::Ok { block } = &trial.outcome else { return takes(trial.cost_s * 1e3) };
    let wanted = [headline, metric::WALL.id];
    let metrics = block.metrics.iter().filter(|one| wanted.contains(&one.name.as_str()));
    let block = Block { iterations: 1, metrics: metrics.cloned().collect(), ..Block::default() };
    Finished {
        outcome: Outcome::Ok { block },
        stderr: None,
        cost: std::time::Duration::from_secs_f64(trial.cost_s),
    }
}

/// The time that a simulated run took, and the rows that it answered.
#[derive(Debug)]
struct Answered {
    time_s: f64,
    comparisons: usize,
    settled: usize,
    same: usize,
}

fn simulated(demo: &Run, profile: Profile, looks: usize, budget_s: f64, seed: u64) -> Answered {
    let source = Source::of(demo, seed);
    let control = std::cell::RefCell::new(HashMap::new());
    let longest_s = if profile == Profile::Quick { 0.06 } else { 0.6 };
    let executor = FakeExecutor::without_programs().with_script(move |trial, _| {
        let mut control = control.borrow_mut();
        let before = control.entry((trial.cell.clone(), trial.round)).or_insert(0);
        *before += 1;
        let has_control = source.trials.contains_key(&(trial.cell.clone(), Role::AaControl));
        let role = if has_control && *before == 2 { Role::AaControl } else { Role::Subject };
        let mut finished = source.draw(trial, role);
        finished.cost = finished.cost.min(std::time::Duration::from_secs_f64(longest_s));
        finished
    });
    let mut header = demo.header.clone();
    let plan = &mut header.plan;
    (plan.seed, plan.looks, plan.budget_s) = (seed, looks, budget_s);
    for cell in &mut plan.cells {
        let measured = demo
            .trials
            .iter()
            .any(|trial| trial.round > 0 && demo.header.plan.cells[trial.cell].key == cell.key);
        if !measured {
            cell.not_applicable.get_or_insert_with(|| "not recorded".to_owned());
        }
    }
    let planned = Planned {
        plan: plan.clone(),
        workloads: header.workloads.clone(),
        runners: header.runners.clone(),
        suites: header.suites.clone(),
        probes: Probes::default(),
        external: Vec::new(),
        cost_s: 0.0,
    };
    let folder = tempdir().unwrap();
    let writer = RunWriter::create(folder.path(), None, header).unwrap();
    let monitor = executor.monitor(0.0, NoiseEvents::default());
    let rounds = Rounds::new(&planned, profile, &executor, monitor, writer, true);
    let run = to_the_end(rounds).unwrap().run;
    let analysis = analyze(&run);
    let rows = analysis.groups.iter().flat_map(|group| &group.rows);
    let classes: Vec<ResultClass> =
        rows.filter_map(|row| row.comparison.as_ref()?.verdict.class()).collect();
    let of = |class| classes.iter().filter(|&&one| one == class).count();
    Answered {
        time_s: run.trials.iter().filter(|t| t.round > 0).map(|t| t.cost_s).sum(),
        comparisons: classes.len(),
        settled: of(ResultClass::Settled),
        same: of(ResultClass::Same),
    }
}

/// A table of schemes for the study of the method: `cargo test -p runtime-bench-harness answered_share --
/// --ignored --nocapture`.
#[test]
#[ignore = "a study of minutes"]
fn answered_share_against_time() {
    let run = recorded(1);
    println!("profile   budget  looks  time  settled  same  answered");
    for profile in [Profile::Quick, Profile::Standard] {
        for (share, looks) in [0.5, 1.0, 2.0].into_iter().flat_map(|s| [1, 3, 4, 6].map(|k| (s, k)))
        {
            let budget_s = profile.budget().as_secs_f64() * share;
            let Answered { time_s, comparisons, settled, same } =
                simulated(&run, profile, looks, budget_s, 1);
            let answered = 100.0 * (settled + same) as f64 / comparisons as f64;
            println!(
                "{:9} {budget_s:4.1} s {looks:6} {time_s:3.0} s {settled:8} {same:5} {answered:7.1}%",
                profile.name()
            );
        }
    }
}

#[test]
fn looks_answer_more_than_fixed_rounds_in_the_same_time() {
    let run = recorded(4);
    let of = |looks| simulated(&run, Profile::Standard, looks, 2.0, 1);
    let (fixed, looked) = (of(1), of(Profile::Standard.looks()));
    assert!(looked.time_s < fixed.time_s * 1.05, "{fixed:?} {looked:?}");
    let answered = |one: &Answered| one.settled + one.same;
    assert!(answered(&looked) > answered(&fixed), "{fixed:?} {looked:?}");
}
