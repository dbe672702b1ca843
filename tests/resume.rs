//! Runs that are stopped or killed and then resumed, through the real binary. For `cargo test --release`.

mod common;

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::Stdio;
use std::thread::sleep;
use std::time::{Duration, Instant};

use common::running::{files, nothing_runs_in, processes_in, read, results, signal, started};
use common::{Ended, command, run};
use runtime_bench_results::run::Run;
use tempfile::tempdir;

/// Some comparisons, whose rounds take about a second in total.
const PLAN: [&str; 8] = [
    "bench",
    "^(spawn-join|null|mutex|yield)/",
    "--runners",
    "smol,tokio,threads",
    "--profile",
    "smoke",
    "--seed",
    "7",
];

/// Every cell and round of a run, each once.
fn measured(run: &Run) -> BTreeSet<(usize, u32)> {
    let counted = run.trials.iter().filter(|trial| trial.round > 0);
    let all: Vec<(usize, u32)> = counted.map(|trial| (trial.cell, trial.round)).collect();
    let once: BTreeSet<(usize, u32)> = all.iter().copied().collect();
    assert_eq!(once.len(), all.len(), "a trial was made twice");
    once
}

/// Every cell that runs, in every round of its comparison.
fn planned(run: &Run) -> BTreeSet<(usize, u32)> {
    let cells = run.header.plan.cells.iter().enumerate();
    let able = cells.filter(|(_, cell)| cell.not_applicable.is_none());
    let rounds =
        |group: String| run.schedules.iter().find(|one| one.group == group).unwrap().rounds;
    able.flat_map(|(id, cell)| (1..=rounds(cell.key.group())).map(move |round| (id, round)))
        .collect()
}

fn resume(folder: &Path) -> Ended {
    run(folder, &["bench", "--resume"])
}

#[test]
#[cfg_attr(debug_assertions, ignore = "a debug build does not measure")]
fn killed_run_resumes_with_same_plan_and_no_duplicate_rounds() {
    let folder = tempdir().unwrap();
    let mut child = started(folder.path(), &PLAN);
    child.kill().unwrap();
    child.wait().unwrap();
    nothing_runs_in(folder.path());
    let lines = files(&results(folder.path()), ".jsonl").remove(0);
    let before = read(&lines);
    assert_eq!(before.end, None);
    let ended = resume(folder.path());
    assert!(matches!(ended.code, Some(0 | 3)), "{ended:?}");
    assert!(ended.stderr.contains("resuming") && ended.stderr.contains("seed 7"), "{ended:?}");
    let whole = read(&results(folder.path()).join("latest.json"));
    assert_eq!(whole.header, before.header);
    assert_eq!(whole.trials[..before.trials.len()], before.trials[..], "nothing is lost");
    assert_eq!(measured(&whole), planned(&whole));
    assert_eq!((whole.breaks.len(), whole.breaks[0].trials), (1, before.trials.len()));
    assert!(whole.end.is_some_and(|end| !end.interrupted));
    assert!(ended.stdout.contains("The run was stopped and resumed 1 time"), "{}", ended.stdout);
    let page = folder.path().join("target/runtime-bench/report/index.html");
    assert!(fs::read_to_string(page).unwrap().contains("resumed 1 time"));
    resume(folder.path()).fails_with(2, &["it is complete", "without --resume"]);
}

/// `KILLS=100` runs more of them, as `scripts/kills` does.
#[test]
#[cfg_attr(debug_assertions, ignore = "a debug build does not measure")]
fn kills_at_any_moment_lose_no_trial_and_leave_no_process_and_no_folder() {
    let kills: u32 = env::var("KILLS").map_or(5, |kills| kills.parse().expect("a number"));
    let mut rng = fastrand::Rng::new();
    println!("seed {}", rng.get_seed());
    let temporary = tempdir().unwrap();
    let command = |folder: &Path, args: &[&str]| {
        let mut command = command(folder);
        command.args(args).env("TMPDIR", temporary.path());
        command
    };
    let mut folder = tempdir().unwrap();
    let mut kept = 0;
    for kill in 0..kills {
        let lines = files(&results(folder.path()), ".jsonl").pop();
        let args = if lines.is_some() { &["bench", "--resume"] } else { &PLAN[..] };
        let mut child = command(folder.path(), args).stderr(Stdio::piped()).spawn().unwrap();
        sleep(Duration::from_millis(rng.u64(1..600)));
        let name = ["-KILL", "-TERM", "-INT", "-KILL"][rng.usize(..4)];
        // The run may already have finished.
        let _ = std::process::Command::new("kill").args([name, &child.id().to_string()]).status();
        child.wait().unwrap();
        nothing_runs_in(folder.path());
        let mut said = String::new();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        assert!(!said.contains("panicked"), "{said}");
        // If it was killed before the first line was complete, there is no run yet.
        let Some(lines) = files(&results(folder.path()), ".jsonl").pop() else { continue };
        if !fs::read_to_string(&lines).unwrap().contains('\n') {
            fs::remove_file(&lines).unwrap();
            continue;
        }
        let run = read(&lines);
        assert!(run.trials.len() >= kept, "kill {kill}: {} trials of {kept}", run.trials.len());
        kept = run.trials.len();
        if run.end.is_some_and(|end| !end.interrupted) {
            assert_eq!(measured(&run), planned(&run));
            (folder, kept) = (tempdir().unwrap(), 0);
        }
    }
    let args = if kept > 0 { &["bench", "--resume"] } else { &PLAN[..] };
    let finished = Ended::of(command(folder.path(), args).output().unwrap());
    assert!(matches!(finished.code, Some(0 | 3)), "{finished:?}");
    let left = fs::read_dir(temporary.path()).unwrap().flatten().map(|entry| entry.file_name());
    let left: Vec<_> = left.filter(|name| !name.to_string_lossy().ends_with(".lock")).collect();
    assert!(left.is_empty(), "temporary folders: {left:?}");
    let whole = read(&results(folder.path()).join("latest.json"));
    assert_eq!(measured(&whole), planned(&whole));
    nothing_runs_in(folder.path());
}

/// The runner never exits on its own, and ignores its input.
#[test]
#[cfg_attr(debug_assertions, ignore = "a debug build does not measure")]
fn killed_harness_leaves_no_external_runner() {
    let folder = tempdir().unwrap();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/external/runner.py");
    let declared =
        format!("[[runner]]\nname = \"hangs\"\ncommand = [\"python3\", {script:?}, \"hang\"]\n");
    fs::write(folder.path().join("runners.toml"), declared).unwrap();
    let args = ["bench", "^null", "--runners", "hangs", "--quiet"];
    let mut child = command(folder.path()).args(args).spawn().unwrap();
    // It replies to the first request; at the second, it hangs below its adapter process.
    let hangs = || {
        let processes = processes_in(folder.path());
        ["\0trial", "runner.py"].iter().all(|part| processes.iter().any(|line| line.contains(part)))
    };
    let patience = Instant::now() + Duration::from_secs(60);
    while !hangs() {
        assert!(Instant::now() < patience, "{:?}", processes_in(folder.path()));
        sleep(Duration::from_millis(5));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    nothing_runs_in(folder.path());
}

/// The time of day jumps back an hour in the middle of a run, which must not use it for timing.
#[test]
#[cfg_attr(debug_assertions, ignore = "a debug build does not measure")]
fn clock_jumps_do_not_affect_a_run() {
    let library = ["x86_64", "aarch64"]
        .map(|machine| format!("/usr/lib/{machine}-linux-gnu/faketime/libfaketime.so.1"));
    let Some(library) = library.iter().find(|path| Path::new(path).exists()) else {
        println!("skipped: libfaketime not found");
        return;
    };
    let folder = tempdir().unwrap();
    let offset = folder.path().join("offset");
    fs::write(&offset, "-864000").unwrap();
    let mut child = command(folder.path());
    child
        .args([&PLAN[..], &["--budget", "2s"]].concat())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    child.env("LD_PRELOAD", library).env("FAKETIME_TIMESTAMP_FILE", &offset);
    child.env("FAKETIME_NO_CACHE", "1").env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    let mut child = child.spawn().unwrap();
    let mut jumps = ["+3600", "-7200", "-864000"].into_iter().cycle();
    while child.try_wait().unwrap().is_none() {
        fs::write(&offset, jumps.next().unwrap()).unwrap();
        sleep(Duration::from_millis(150));
    }
    assert!(matches!(child.wait().unwrap().code(), Some(0 | 3)));
    let run = read(&results(folder.path()).join("latest.json"));
    assert_eq!(measured(&run), planned(&run));
    let began = humantime::parse_rfc3339(&run.header.started).unwrap();
    let off = began.elapsed().unwrap_or_else(|error| error.duration());
    assert!(off > Duration::from_secs(3_000), "its clock was no other: {off:?}");
    let starts: Vec<f64> = run.trials.iter().map(|trial| trial.at_s).collect();
    assert!(
        starts.is_sorted() && run.trials.iter().all(|trial| (0.0..60.0).contains(&trial.cost_s))
    );
    assert_eq!(run.stalls.iter().filter(|stall| stall.until_s - stall.at_s > 100.0).count(), 0);
    assert!(run.end.unwrap().elapsed_s < 600.0);
}

#[test]
#[cfg_attr(debug_assertions, ignore = "a debug build does not measure")]
fn resumed_run_replaces_its_interrupted_document() {
    let folder = tempdir().unwrap();
    let args = [&PLAN[..], &["--out", "mine.json"]].concat();
    let mut child = started(folder.path(), &args);
    let start = Instant::now();
    signal(child.id(), "-TERM");
    assert_eq!(child.wait().unwrap().code(), Some(130));
    // A second on an idle machine.
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
    nothing_runs_in(folder.path());
    let mine = folder.path().join("mine.json");
    assert!(read(&mine).end.unwrap().interrupted);
    let lines = files(folder.path(), ".jsonl").remove(0);
    let again = ["bench", "--resume", lines.to_str().unwrap(), "--out", "mine.json", "--quiet"];
    let ended = run(folder.path(), &again);
    assert!(matches!(ended.code, Some(0 | 3)), "{ended:?}");
    let whole = read(&mine);
    assert_eq!(measured(&whole), planned(&whole));
    assert!(!whole.end.unwrap().interrupted);
}

#[test]
#[cfg_attr(debug_assertions, ignore = "a debug build does not measure")]
fn second_run_in_a_folder_is_rejected() {
    let folder = tempdir().unwrap();
    let mut child = started(folder.path(), &[&PLAN[..], &["--budget", "60s"]].concat());
    let busy = format!("another run is in progress (process {})", child.id());
    for args in [&PLAN[..], &["bench", "--resume"]] {
        run(folder.path(), args).fails_with(2, &[&busy, "wait for it to finish"]);
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let ended = run(folder.path(), &[&PLAN[..], &["--quiet"]].concat());
    assert!(matches!(ended.code, Some(0 | 3)), "the dead hold nothing: {ended:?}");
}

#[test]
#[cfg_attr(debug_assertions, ignore = "a debug build does not measure")]
fn resume_rejects_unresumable_runs_with_reason() {
    let folder = tempdir().unwrap();
    resume(folder.path()).fails_with(2, &["cannot resume: ", "without --resume"]);
    run(folder.path(), &["bench", "--resume", "gone.jsonl"]).fails_with(2, &["gone.jsonl"]);
    for more in [["--seed", "3"], ["--profile", "quick"], ["--shard", "1/2"]] {
        let ended = run(folder.path(), &[&["bench", "--resume"], &more[..]].concat());
        ended.fails_with(2, &["cannot be used with", more[0]]);
    }
    let mut child = started(folder.path(), &PLAN);
    child.kill().unwrap();
    child.wait().unwrap();
    let lines = files(&results(folder.path()), ".jsonl").remove(0);
    let text = fs::read_to_string(&lines).unwrap();
    let changed = |from: &str, to: &str, words: &[&str]| {
        assert!(text.contains(from), "{from}");
        fs::write(&lines, text.replacen(from, to, 1)).unwrap();
        let as_written = fs::read(&lines).unwrap();
        resume(folder.path()).fails_with(2, words);
        assert_eq!(fs::read(&lines).unwrap(), as_written, "a rejected resume changes nothing");
    };
    changed("\"version\":\"", "\"version\":\"9", &["another build", "use that build"]);
    changed("\"cores\":", "\"cores\":9", &["another machine", "logical processors"]);
    changed("results/2", "results/9", &["results/9"]);
    fs::write(&lines, &text[..text.len() / 3]).unwrap();
    let ended = resume(folder.path());
    assert!(matches!(ended.code, Some(0 | 2 | 3)), "{ended:?}");
}
