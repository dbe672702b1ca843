//! Shards of a plan, merged into one run; no figure here was measured.

use runtime_bench_analysis::analysis::{Analysis, Group, Status, analyze};
use runtime_bench_analysis::history::machines;
use runtime_bench_fixtures::{fail, run};
use runtime_bench_results::merge::{MergeError, merge};
use runtime_bench_results::noise::{NoiseWindow, Stall};
use runtime_bench_results::run::{End, Run};
use runtime_bench_results::shard::Shard;

const WORKLOADS: usize = 7;
const SHARDS: usize = 3;

fn whole() -> Run {
    let cost = |workload: &str, runner: &str| match (workload, runner) {
        ("w1", "smol") => 1.2,
        ("w2" | "w3", "threads") => 0.8,
        _ => 1.0,
    };
    run("whole", WORKLOADS, 1, cost)
}

/// A machine that measures every third workload of a plan. Its time starts with its run, so all machines
/// measure at the same seconds; each has its own stall and windows.
fn shard(whole: &Run, index: usize) -> Run {
    let mut own = whole.clone();
    let workloads = (0..WORKLOADS).filter(|number| number % SHARDS + 1 == index);
    let workloads: Vec<String> = workloads.map(|number| format!("w{number}")).collect();
    let cells = &whole.header.plan.cells;
    own.trials.retain(|trial| workloads.contains(&cells[trial.cell].key.workload));
    let at_s = 3.0 * index as f64;
    own.stalls = vec![Stall { at_s: at_s + 0.001, until_s: at_s + 0.005 }];
    own.noise = (0..45)
        .map(|second| NoiseWindow {
            at_s: f64::from(second) - 0.5,
            until_s: f64::from(second) + 0.5,
            foreign_cores: Some(index as f64 / 10.0),
            capacity: Some(1.0 + index as f64 / 10.0),
            capacity_ideal: Some(2.0),
            ..NoiseWindow::default()
        })
        .collect();
    own.header.id = format!("run-{index}");
    own.header.started = format!("2026-01-31T12:00:{:02}Z", 10 - index);
    own.header.command =
        ["bench", "--shard", &format!("{index}/{SHARDS}"), "--seed", "1"].map(str::to_owned).into();
    own.header.plan.shard = Some(Shard { index, of: SHARDS, workloads });
    own.end =
        Some(End { interrupted: false, elapsed_s: index as f64, control: None, trusted: None });
    own
}

fn shards() -> Vec<(String, Run)> {
    let whole = whole();
    (1..=SHARDS).map(|index| (format!("{index}.json"), shard(&whole, index))).collect()
}

fn merged(files: Vec<(String, Run)>) -> Run {
    merge(files, false, |run| analyze(run).noise).unwrap_or_else(|error| panic!("{error}"))
}

/// The comparisons of all shards, in the order of the plan.
fn union(files: &[(String, Run)]) -> Vec<Group> {
    let mut groups: Vec<Group> = files.iter().flat_map(|(_, run)| analyze(run).groups).collect();
    groups.sort_by(|a, b| a.name.cmp(&b.name));
    groups
}

#[test]
fn every_verdict_and_all_noise_of_a_merged_run_are_those_of_its_shards() {
    let files = shards();
    let union = union(&files);
    let Analysis { groups, noise, .. } = analyze(&merged(files));
    assert_eq!((groups.len(), &groups), (WORKLOADS, &union));
    assert_eq!(noise.passed + noise.unproven + noise.failed, WORKLOADS);
    for (number, group) in groups.iter().enumerate() {
        let index = (number % SHARDS + 1) as f64;
        assert_eq!(group.noise.foreign_cores, Some(index / 10.0), "{}", group.name);
        assert_eq!(group.noise.free_cores(), Some(1.0 + index / 10.0), "{}", group.name);
        assert_eq!((group.noise.stalls, group.noise.dropped), (1, 5), "a round of its own shard");
    }
}

#[test]
fn a_shard_has_the_error_levels_of_the_whole_plan() {
    let whole = whole();
    let undisturbed = |index| {
        let mut own = shard(&whole, index);
        (own.stalls, own.noise) = (Vec::new(), Vec::new());
        own
    };
    let expected = analyze(&whole);
    let files: Vec<(String, Run)> =
        (1..=SHARDS).map(|index| (index.to_string(), undisturbed(index))).collect();
    assert_eq!(union(&files), expected.groups, "as measured on one machine");
    assert_eq!(analyze(&merged(files)), expected, "and so what follows from all of them");
}

#[test]
fn merge_order_does_not_matter() {
    let mut files = shards();
    let run = merged(files.clone());
    files.reverse();
    // The lines of a run, or a copy of it, are the same run.
    files.push(files[1].clone());
    let mut lines = files[0].clone();
    lines.1.end = None;
    files.insert(0, lines);
    assert_eq!(merged(files), run);
    assert_eq!((run.header.id.as_str(), run.header.plan.shard.as_ref()), ("run-3-merged", None));
    assert_eq!(run.header.command.join(" "), "bench --seed 1");
    let listed: Vec<(usize, &str)> =
        run.shards.iter().map(|own| (own.shard.index, own.id.as_str())).collect();
    assert_eq!(listed, [(1, "run-1"), (2, "run-2"), (3, "run-3")]);
    assert!(run.noise.is_empty() && run.stalls.is_empty(), "those are of the shards");
    let end = run.end.unwrap();
    assert_eq!((end.interrupted, end.elapsed_s), (false, 6.0));
    let analysis = analyze(&run);
    assert_eq!(end.control, Some(analysis.noise));
    let kept = serde_json::to_string(&run).unwrap();
    assert_eq!(serde_json::from_str::<Run>(&kept).unwrap(), run);
    // The history treats it as a run of its kind of machine.
    let before = whole();
    let earlier = analyze(&before);
    assert_eq!(machines([(&before, &earlier), (&run, &analysis)]).len(), 1);
}

#[test]
fn failure_stays_with_its_cell() {
    let mut files = shards();
    fail(&mut files[1].1, "w1", "rayon", "42 is not 41");
    let union = union(&files);
    let analysis = analyze(&merged(files));
    assert_eq!(analysis.groups, union);
    let failed = analysis.groups.iter().flat_map(|group| &group.rows);
    assert_eq!(failed.filter(|row| matches!(row.status, Status::Failed(_))).count(), 1);
}

/// The error after a change to the second shard.
fn refused(change: impl Fn(&mut Run)) -> String {
    let mut files = shards();
    change(&mut files[1].1);
    merge(files, false, |run| analyze(run).noise).unwrap_err().to_string()
}

#[track_caller]
fn says(error: &str, words: &[&str]) {
    for word in words {
        assert!(error.contains(word), "no `{word}` in: {error}");
    }
}

#[test]
fn incompatible_shards_are_rejected_with_help() {
    let plan = ["1.json and 2.json: their plans differ", "--seed"];
    says(&refused(|run| run.header.plan.seed = 2), &[plan[0], "--seed 1 → 2"]);
    says(&refused(|run| run.header.plan.profile = "standard".into()), &[plan[0], "\"standard\""]);
    says(&refused(|run| run.header.plan.budget_s = 2.0), &[plan[0], "--budget 1.0 → 2.0"]);
    says(&refused(|run| run.header.plan.workers = 3), &[plan[0], "--workers 2 → 3"]);
    says(&refused(|run| run.header.plan.reference = "smol".into()), &[plan[0], "--reference"]);
    says(&refused(|run| run.header.plan.layouts = 4), &[plan[0], "link layouts 1 → 4"]);
    let of = |run: &mut Run| run.header.plan.shard.as_mut().unwrap().of = 4;
    says(&refused(of), &[plan[0], "number of shards 3 → 4"]);
    let longer = |run: &mut Run| {
        let cell = run.header.plan.cells[0].clone();
        run.header.plan.cells.push(cell);
    };
    says(&refused(longer), &[plan[0], "plans nothing, the other w0/tokio/n=1"]);
    let limit = |run: &mut Run| {
        run.header.plan.cells[1].not_applicable = Some("1024 open files".into());
    };
    says(&refused(limit), &[plan[0], "w0/smol/n=1 runs in one", "1024 open files"]);

    let build = "1.json and 2.json: their builds differ";
    says(&refused(|run| run.header.environment.commit = Some("abc".into())), &[build, "abc"]);
    let programs = |run: &mut Run| {
        run.header.environment.programs.insert("tokio".into(), "7".into());
    };
    says(&refused(programs), &[build, "trial program tokio"]);
    says(&refused(|run| run.header.environment.features = vec!["compio".into()]), &[build]);
    says(&refused(|run| run.header.environment.profile = "dev".into()), &[build, "\"dev\""]);
    let newer = |run: &mut Run| {
        run.header.runners[1].packages.insert("smol".into(), "2.0.0".into());
    };
    says(&refused(newer), &[build, "smol 1.0.0 → 2.0.0"]);

    let machine = "1.json and 2.json: their machines differ";
    let way = "`runtime-bench report`";
    says(&refused(|run| run.header.environment.cores = Some(4)), &[machine, way, "2 → 4"]);
    says(&refused(|run| run.header.environment.memory = Some(8 << 30)), &[machine, "memory"]);
    says(&refused(|run| run.header.environment.cpu_quota = Some(1.5)), &[machine, "quota"]);
    says(&refused(|run| run.header.environment.kernel = None), &[machine, "kernel"]);
}

#[test]
fn machines_of_one_kind_may_differ_in_irrelevant_facts() {
    let mut files = shards();
    let environment = &mut files[1].1.header.environment;
    (environment.load, environment.memory) = (Some([1.0, 0.5, 0.2]), Some((4 << 30) - (1 << 20)));
    let run = merged(files);
    assert_eq!(run.shards[1].environment.load, Some([1.0, 0.5, 0.2]));
    assert_eq!(run.header.environment.load, None, "that of the shard that began first");
}

#[test]
fn every_shard_must_exist_once() {
    let files = shards();
    assert_eq!(merge(Vec::new(), true, |run| analyze(run).noise), Err(MergeError::Nothing));
    let error = |files: Vec<(String, Run)>| {
        merge(files, false, |run| analyze(run).noise).unwrap_err().to_string()
    };
    says(&error(vec![("w.json".into(), whole())]), &["w.json: it is a whole run", "report"]);
    says(&error(vec![("m.json".into(), merged(files.clone()))]), &["m.json: it is already merged"]);
    says(&error(vec![files[1].clone()]), &["missing shards 1, 3 of 3", "--partial"]);
    let mut again = files[1].clone();
    again.1.header.id = "another".into();
    again.1.trials.pop();
    let twice = [files.clone(), vec![("again.json".into(), again.1)]].concat();
    says(&error(twice), &["are both shard 2 of 3", "2.json", "again.json"]);
    let stopped = |run: &mut Run| run.end.as_mut().unwrap().interrupted = true;
    says(&refused(stopped), &["2.json: shard 2 of 3 was interrupted", "--partial"]);
    says(&refused(|run| run.end = None), &["2.json: shard 2 of 3 was interrupted"]);
    let steals = |run: &mut Run| {
        run.header.plan.shard.as_mut().unwrap().workloads.push("w0".into());
    };
    says(&refused(steals), &["w0 belongs to several shards"]);
    let loses = |run: &mut Run| {
        run.header.plan.shard.as_mut().unwrap().workloads.clear();
        run.trials.clear();
    };
    says(&refused(loses), &["w1 belongs to several shards or to none"]);
    let endless = |run: &mut Run| run.header.plan.shard.as_mut().unwrap().of = usize::MAX;
    let mut one = files[1].clone();
    endless(&mut one.1);
    assert!(error(vec![one]).len() < 200);
}

#[test]
fn a_partial_merge_says_what_is_missing() {
    let mut files = shards();
    files.remove(1);
    let run = merge(files, true, |run| analyze(run).noise).unwrap();
    assert!(run.end.unwrap().interrupted);
    let analysis = analyze(&run);
    assert_eq!(analysis.groups.len(), WORKLOADS);
    for group in &analysis.groups {
        let missing = ["w1", "w4"].contains(&group.workload.as_str());
        for row in &group.rows {
            assert_eq!(row.status.reason().contains("missing"), missing, "{}", row.key);
        }
    }
}
