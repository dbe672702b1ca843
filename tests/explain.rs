//! Counted evidence through real processes: it agrees with other counting programs, and missing evidence is
//! reported.
#![cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use common::running::read;
use common::{example, run};
use regex::Regex;
use runtime_bench::harness::evidence::collect;
use runtime_bench::harness::executor::{Executor, Trial};
use runtime_bench::harness::machine::Limits;
use runtime_bench::harness::plan;
use runtime_bench::harness::plan::profile::Profile;
use runtime_bench::harness::plan::request::PlanRequest;
use runtime_bench::harness::process::interrupt::Interrupt;
use runtime_bench::harness::process::{ProcessExecutor, Settings};
use runtime_bench::harness::program::PROFILES;
use runtime_bench_analysis::explanation::{Operations, Spread};
use runtime_bench_analysis::stats::median;
use runtime_bench_results::evidence::{Count, Event, Evidence};
use runtime_bench_results::key::{CellKey, Point};
use runtime_bench_results::listing::Route;
use runtime_bench_results::program::ProgramRequest;
use runtime_bench_results::run::{PlannedCell, Role};
use runtime_bench_results::trial::{BlockSize, Outcome, PROTOCOL, Phase, TrialReply, TrialRequest};
use tempfile::tempdir;

/// The runner whose system calls depend least on timing.
const RUNNER: &str = "tokio-current-thread";
/// Number of processes of each kind of evidence.
const PROCESSES: usize = 5;
/// Tolerance of counts, as a share.
const CLOSE: f64 = 0.02;
/// Variation from which a call counts as dependent on timing, as a share.
const STEADY: f64 = 0.005;

fn settings() -> Settings {
    Settings { workers: 1, pool_threads: 4, seed: 5, limit: Duration::from_secs(60), core: None }
}

/// The smallest point of a workload on the runner, and its program.
fn cell<'a>(workload: &str, interrupt: &'a Interrupt) -> (PlannedCell, ProcessExecutor<'a>) {
    let request = PlanRequest {
        filters: vec![Regex::new(&format!("^{workload}/{RUNNER}/")).unwrap()],
        runners: vec![RUNNER.to_owned()],
        workers: 1,
        ..PlanRequest::of(Profile::Smoke)
    };
    let executor = ProcessExecutor::new(interrupt, settings()).unwrap();
    let limits = Limits::of_this_machine();
    let planned = plan::make(&runtime_bench::standard(), &request, limits, &executor).unwrap();
    let cell = planned.subjects().next().expect("a cell").clone();
    (cell, executor.with_probes(&planned.probes))
}

fn request(cell: &CellKey, iterations: u64, scratch: &Path) -> String {
    let request = TrialRequest {
        protocol: PROTOCOL,
        cell: cell.clone(),
        workers: 1,
        pool_threads: 4,
        phase: Phase::Warm,
        block: BlockSize::Iterations(iterations),
        corrupt: false,
        seed: 5,
        scratch: scratch.to_string_lossy().into_owned(),
        load: Vec::new(),
        external: None,
    };
    serde_json::to_string(&ProgramRequest::Trial(Box::new(request))).unwrap()
}

/// System calls of a trial according to `strace -c -f`, and its operations.
fn strace(program: &Path, request: &str, folder: &Path) -> (BTreeMap<String, f64>, f64) {
    let (input, table) = (folder.join("request"), folder.join("table"));
    fs::write(&input, request).unwrap();
    let output = Command::new("strace")
        .args(["-c", "-f", "-o"])
        .arg(&table)
        .arg(program)
        .stdin(fs::File::open(&input).unwrap())
        .output()
        .unwrap();
    let reply: TrialReply = serde_json::from_slice(&output.stdout).unwrap();
    let Outcome::Ok { block } = reply.outcome else { panic!("{reply:?}") };
    let operations = Operations::of(&block).per_iteration * block.iterations as f64;
    let table = fs::read_to_string(&table).unwrap();
    let rows = table.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    let call = |row: Vec<&str>| {
        row.first()?.parse::<f64>().ok()?;
        Some(((*row.last()?).to_owned(), row.get(3)?.parse().ok()?))
    };
    let calls = rows.filter_map(call).filter(|(name, _)| name != "total").collect();
    (calls, operations)
}

/// Calls per operation according to strace, for some pairs of trials.
fn by_strace(program: &Path, cell: &CellKey) -> BTreeMap<String, Vec<f64>> {
    let folder = tempdir().unwrap();
    let mut slopes: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for _ in 0..3 {
        let (short, fewer) = strace(program, &request(cell, 50, folder.path()), folder.path());
        let (long, more) = strace(program, &request(cell, 200, folder.path()), folder.path());
        for (name, count) in long {
            let before = short.get(&name).copied().unwrap_or(0.0);
            slopes.entry(name).or_default().push((count - before) / (more - fewer));
        }
    }
    slopes
}

#[track_caller]
fn is_close(what: &str, ours: f64, theirs: f64) {
    assert!((ours - theirs).abs() <= CLOSE * theirs, "{what}: {ours} and {theirs}");
}

#[test]
fn counts_agree_with_strace_and_with_the_counting_allocator() {
    let has_strace = Command::new("strace").arg("-V").stdout(Stdio::null()).status().is_ok();
    if !has_strace {
        eprintln!("skipped: `strace` not found");
    }
    let program =
        Path::new(env!("CARGO_BIN_EXE_runtime-bench")).with_file_name("runtime-bench-tokio");
    for (workload, calls) in [
        ("tcp-echo", &["sendto", "recvfrom"][..]),
        ("file-read", &["read", "openat"]),
        ("spawn-join", &[]),
    ] {
        let interrupt = Interrupt::default();
        let (cell, executor) = cell(workload, &interrupt);
        let cells = [(&executor, &cell); 2];
        let [evidence, again] = collect(cells, PROCESSES, false, &|_| ()).unwrap();
        // Not every machine has counters of its processor or permits `perf_event_open`.
        let missing = evidence.missing.iter().map(|missing| missing.what.as_str());
        let missing: Vec<&str> =
            missing.filter(|what| !["hardware counters", "migrations"].contains(what)).collect();
        assert!(missing.is_empty(), "{workload}: {missing:?}");
        // Allocations of concurrent file reads in the blocking pool depend on timing.
        if let Some(ours) = steady(&evidence, &Event::Allocation) {
            is_close("allocations", ours, allocations(&executor, &cell));
        } else {
            assert_ne!(workload, "spawn-join", "{evidence:?}");
        }
        if !has_strace {
            continue;
        }
        let theirs = by_strace(&program, &cell.key);
        for name in calls {
            let event = Event::Syscall((*name).to_owned());
            let theirs = median(&theirs[*name]).unwrap();
            is_close(&format!("{workload}: {name}"), of(&evidence, &event), theirs);
            is_close(&format!("{workload}: {name} again"), of(&again, &event), theirs);
        }
        for (name, counts) in &theirs {
            let ours = steady(&evidence, &Event::Syscall(name.clone()));
            if let Some((ours, theirs)) = ours.zip(alike(counts)) {
                is_close(&format!("{workload}: {name}, steady"), ours, theirs);
            }
        }
    }
}

/// The count per operation of an event with the same count in every process.
fn steady(evidence: &Evidence, event: &Event) -> Option<f64> {
    evidence.values(event).and_then(alike)
}

/// The median of similar values.
fn alike(values: &[f64]) -> Option<f64> {
    let median = median(values)?;
    let is_close = |value: &f64| (value - median).abs() <= STEADY * median;
    values.iter().all(is_close).then_some(median)
}

#[track_caller]
fn of(evidence: &Evidence, event: &Event) -> f64 {
    let values = evidence.values(event).unwrap_or_else(|| panic!("no {event}: {evidence:?}"));
    assert_eq!(values.len(), PROCESSES);
    median(values).unwrap()
}

/// Allocations per operation in one long trial.
fn allocations(executor: &ProcessExecutor<'_>, cell: &PlannedCell) -> f64 {
    let block = BlockSize::Iterations(2_000);
    let trial = Trial { cell: &cell.key, phase: cell.phase, block, round: 1, layout: 0 };
    let Outcome::Ok { block } = executor.count(&trial).expect("it counts").outcome else {
        panic!("{} fails", cell.key)
    };
    block.metric("allocations").unwrap() / Operations::of(&block).per_iteration
}

#[test]
fn evidence_is_missing_if_the_trial_dies_while_traced() {
    let interrupt = Interrupt::default();
    let key = CellKey {
        workload: "faults".to_owned(),
        point: Point::new().variant("traced"),
        runner: "threads".to_owned(),
    };
    let route = Route {
        runner: key.runner.clone(),
        program: example("faults"),
        args: vec!["trial".to_owned()],
        worker_variable: None,
        variables: BTreeMap::new(),
        settings: Vec::new(),
        workloads: vec![key.workload.clone()],
        external: None,
    };
    let executor = ProcessExecutor::new(&interrupt, settings()).unwrap().with_routes(vec![route]);
    let cell = PlannedCell { key, role: Role::Subject, phase: Phase::Warm, not_applicable: None };
    let [evidence, _] = collect([(&executor, &cell); 2], PROCESSES, false, &|_| ()).unwrap();
    assert!(of(&evidence, &Event::WallTime) > 0.0);
    let why = |what: &str| {
        let missing = evidence.missing.iter().find(|missing| missing.what == what);
        missing.unwrap_or_else(|| panic!("{:?}", evidence.missing)).why.as_str()
    };
    assert!(why("system calls").contains("it was traced"), "{}", why("system calls"));
    assert!(why("allocations").contains("only built-in runners"), "{}", why("allocations"));
}

#[test]
#[cfg_attr(debug_assertions, ignore = "a debug build does not measure")]
fn bench_stores_evidence_of_every_cell() {
    let folder = tempdir().unwrap();
    let stored = |level: &str| {
        let args = ["bench", "^(tcp-echo/[^/]+/conn.*64B$|spawn-join/[^/]+/tasks)", "--quiet"];
        let args = [&args[..], &["--runners", "tokio,smol", "--profile", "smoke"]].concat();
        // So many that those in which the machine stalls are not missed.
        let args = [&args[..], &["--rounds", "40"]].concat();
        let out = format!("{level}.json");
        let ended =
            run(folder.path(), &[&args[..], &["--evidence", level, "--out", &out]].concat());
        assert!(matches!(ended.code, Some(0 | 3)), "{ended:?}");
        read(&folder.path().join(out)).evidence
    };
    assert_eq!(stored("none"), []);
    let (cheap, full) = (stored("cheap"), stored("full"));
    let cells =
        |all: &[Evidence]| -> Vec<CellKey> { all.iter().map(|one| one.cell.clone()).collect() };
    assert_eq!(cells(&cheap), cells(&full));
    assert!(cells(&cheap).len() >= 4, "two workloads on two runners");
    for one in cheap.iter().chain(&full) {
        for event in [
            Event::WallTime,
            Event::UserTime,
            Event::SystemTime,
            Event::VoluntarySwitch,
            Event::MinorFault,
            Event::UntracedWrite,
        ] {
            let values = one.values(&event).unwrap_or_else(|| panic!("no {event}: {one:?}"));
            assert!(Spread::of(values).is_some(), "{event}: {values:?}");
        }
        let is_own = |count: &Count| matches!(count.event, Event::Runtime(_));
        assert_eq!(one.counts.iter().any(is_own), one.cell.runner == "tokio", "{one:?}");
    }
    let is_call = |count: &Count| matches!(count.event, Event::Syscall(_));
    assert!(cheap.iter().all(|one| !one.counts.iter().any(is_call)));
    for one in &full {
        assert!(one.counts.iter().any(is_call), "{one:?}");
        assert!(one.values(&Event::Allocation).is_some(), "{one:?}");
    }
}

#[test]
fn explain_takes_one_comparison_of_two_runners() {
    let folder = tempdir().unwrap();
    let explain = |args: &[&str]| run(folder.path(), &[&["explain"], args].concat());
    explain(&["^spawn-join/[^/]+/tasks"]).fails_with(2, &["two runners", "tokio, ", "--runners"]);
    explain(&["^(spawn-join|mutex)/", "--runners", "tokio,smol"])
        .fails_with(2, &["one comparison", "spawn-join/tasks=", "mutex"]);
    explain(&["^spawn-join/", "--processes", "4"]).fails_with(2, &["at least 5"]);
    explain(&["^null/", "--runners", "tokio,smol", "--results", "missing.json"])
        .fails_with(2, &["missing.json"]);
}

/// The drawing program is not part of normal builds.
#[track_caller]
fn drew_flame_graphs_or_said_why_not(text: &str, graphs: &Path) {
    let program = Path::new(env!("CARGO_BIN_EXE_runtime-bench")).with_file_name(PROFILES);
    if let Some(why) = text.lines().find(|line| line.starts_with("No flame graphs: ")) {
        assert!(!graphs.exists(), "{why}");
        if !program.is_file() {
            assert!(why.contains(PROFILES) && why.contains("help: cargo build --profile"), "{why}");
        }
        return;
    }
    assert!(text.contains("time per message: smol, tokio, difference"), "{text}");
    for name in ["tokio.svg", "smol.svg", "smol-against-tokio.svg"] {
        assert!(text.contains(name), "{text}");
        let graph = fs::read_to_string(graphs.join(name)).unwrap();
        assert!(graph.len() <= 300_000, "{name} has {} bytes", graph.len());
        // Functions have names; which of them are inlined depends on the build.
        assert!(graph.contains("::"), "{name}");
    }
}

#[test]
#[cfg_attr(debug_assertions, ignore = "a debug build does not measure")]
fn explain_prints_counted_and_missing_evidence() {
    let folder = tempdir().unwrap();
    let args =
        ["explain", "^tcp-echo/[^/]+/conn.*64B$", "--runners", "tokio,smol", "--profile", "smoke"];
    let args = [&args[..], &["--processes", "5", "--quiet"]].concat();
    let ended = run(folder.path(), &[&args[..], &["--profile-stacks", "--out", "graphs"]].concat());
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{ended:?}");
    assert!(ended.stdout.contains("smol against tokio"), "{}", ended.stdout);
    assert!(ended.stdout.contains("Per message: smol, tokio, difference"), "{}", ended.stdout);
    assert!(ended.stdout.lines().count() <= 40, "{}", ended.stdout);
    assert!(!ended.stdout.contains("Not counted: system calls"), "{}", ended.stdout);
    drew_flame_graphs_or_said_why_not(&ended.stdout, &folder.path().join("graphs"));
    // A traced process cannot be traced again.
    let strace = Command::new("strace")
        .args(["-f", "-e", "trace=none", "-o", "/dev/null"])
        .arg(env!("CARGO_BIN_EXE_runtime-bench"))
        .args(&args)
        .current_dir(folder.path())
        .output();
    match strace {
        Ok(output) => {
            let text = String::from_utf8(output.stdout).unwrap();
            assert!(output.status.success(), "{text}");
            assert!(
                text.contains("Not counted: system calls: this system does not permit"),
                "{text}"
            );
        }
        Err(_) => eprintln!("skipped: `strace` not found"),
    }
}
