//! Correct and faulty external runners, through the real binary. They are written in Python:
//! `tests/external/runner.py`.
#![cfg(unix)]

mod common;

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use common::running::{nothing_runs_in, processes_in, signal};
use common::{Ended, command, run};
use tempfile::tempdir;

const RUNNER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/external/runner.py");

/// A runners file in a folder, with a runner for each behavior.
fn declare(folder: &Path, ways: &[&str]) {
    let declared = ways.iter().map(|how| {
        format!(
            "[[runner]]\nname = \"{how}\"\ntitle = \"<b>{how}</b>\"\nmemory-mib = 300\n\
             command = [\"python3\", \"{RUNNER}\", \"{how}\"]\n"
        )
    });
    fs::write(folder.join("runners.toml"), declared.collect::<String>()).unwrap();
}

fn verified(folder: &Path, runner: &str, more: &[&str]) -> Ended {
    run(folder, &[&["verify", "--profile", "smoke", "--runners", runner], more].concat())
}

#[test]
fn external_runner_is_verified_and_declares_unsupported_cells() {
    let folder = tempdir().unwrap();
    declare(folder.path(), &["well"]);
    let ended = verified(folder.path(), "tokio,well", &["null|^spawn-join|echo-latency|rwlock"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let has = |text: &str| assert!(ended.stdout.contains(text), "no `{text}` in {}", ended.stdout);
    has("ok      spawn-join/well/tasks=20  190\n");
    has("ok      spawn-join/tokio/tasks=20  190\n");
    has("ok      null/well/-");
    has("ok      echo-latency/well/connections=16,rate=1000messages/s,duration=10ms  2 answered\n");
    has("n/a     rwlock/well/");
    has(": the test's runner does not do it\n");
}

#[test]
fn external_runner_faults_are_single_error_rows() {
    let wrongs = [
        ("wrong", "wrong output: the tasks add up to 7"),
        ("form", "invalid output of iteration 0"),
        ("negative", "wall time of iteration 0: -5 ns"),
        ("zero", "wall time of iteration 0: 0 ns"),
        ("future", "elapsed"),
        ("noise", "`<b>Loading</b> the model`; standard output is reserved for the protocol"),
        ("crash", "ended without a reply (exit status: 3)"),
        ("older", "the runner speaks protocol 1, but this harness speaks protocol 2"),
        ("newer", "the runner speaks protocol 3, but this harness speaks protocol 2"),
        ("short", "but the reply has 0"),
        ("eats", "over the limit of 300 MiB"),
        ("flood", "the reply is longer than"),
    ];
    let folder = tempdir().unwrap();
    declare(folder.path(), &wrongs.map(|(how, _)| how));
    for (how, words) in wrongs {
        let ended = verified(folder.path(), how, &["^spawn-join/[a-z]+/tasks"]);
        assert_eq!(ended.code, Some(1), "{how}: {ended:?}");
        let failed: Vec<&str> =
            ended.stdout.lines().filter(|line| line.starts_with("FAILED")).collect();
        assert!(failed.len() == 1 && failed[0].contains(words), "{how}: {ended:?}");
    }
    let crashed = verified(folder.path(), "crash", &["^spawn-join/[a-z]+/tasks"]);
    assert!(crashed.stdout.contains("out of luck"), "{crashed:?}");
}

#[test]
fn hanging_external_runner_is_killed_at_the_limit() {
    let folder = tempdir().unwrap();
    declare(folder.path(), &["hang"]);
    let start = Instant::now();
    let more = ["--trial-limit", "1s", "^spawn-join/[a-z]+/tasks"];
    let ended = verified(folder.path(), "hang", &more);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.stdout.contains("timed out: no reply within 1 s"), "{ended:?}");
    assert!(start.elapsed() < Duration::from_secs(60), "{:?}", start.elapsed());
}

#[test]
fn end_of_external_runner_counts_although_its_child_holds_the_output() {
    let folder = tempdir().unwrap();
    declare(folder.path(), &["exits", "unfinished"]);
    let words = [
        // A busy machine may take a second to start it.
        ("exits", "20s", "ended without a reply (exit status: 1)"),
        ("unfinished", "5s", "does not end with a newline: no reply within 5 s"),
    ];
    for (how, limit, words) in words {
        let ended =
            verified(folder.path(), how, &["--trial-limit", limit, "^spawn-join/[a-z]+/tasks"]);
        assert_eq!(ended.code, Some(1), "{ended:?}");
        assert!(ended.stdout.contains(words), "{ended:?}");
    }
    nothing_runs_in(folder.path());
}

#[test]
fn control_characters_of_external_runner_do_not_reach_the_terminal() {
    let folder = tempdir().unwrap();
    declare(folder.path(), &["escapes"]);
    let ended = verified(folder.path(), "escapes", &["^spawn-join/[a-z]+/tasks"]);
    let checked = run(
        folder.path(),
        &["check-runner", "^spawn-join/[a-z]+/tasks", "--", "python3", RUNNER, "escapes"],
    );
    for ended in [ended, checked] {
        assert!(ended.stdout.contains("red"), "{ended:?}");
        let raw = |c: char| c.is_control() && c != '\n';
        assert!(!ended.stdout.contains(raw) && !ended.stderr.contains(raw), "{ended:?}");
    }
}

/// Runners that misbehave in `describe`.
#[test]
fn probe_of_external_runner_is_contained() {
    let folder = tempdir().unwrap();
    let scripts = ["sleep 600 & exit 1", "kill 0", "kill -9 0", "setsid sleep 600 & exit 1"];
    for script in scripts {
        let declared =
            format!("[[runner]]\nname = \"harms\"\ncommand = [\"sh\", \"-c\", {script:?}]\n");
        fs::write(folder.path().join("runners.toml"), declared).unwrap();
        let start = Instant::now();
        let listed = run(folder.path(), &["list", "null", "--runners", "harms"]);
        assert_eq!(listed.code, Some(0), "{script}: {listed:?}");
        let verified = verified(folder.path(), "harms", &["null"]);
        assert_eq!(verified.code, Some(1), "{script}: {verified:?}");
        assert!(
            verified.stdout.contains("the runner ended without a reply"),
            "{script}: {verified:?}"
        );
        assert!(start.elapsed() < Duration::from_secs(25), "{script}: {:?}", start.elapsed());
        nothing_runs_in(folder.path());
    }
}

#[test]
fn ctrl_c_stops_the_probe_of_an_external_runner() {
    let folder = tempdir().unwrap();
    let declared = "[[runner]]\nname = \"hangs\"\ncommand = [\"sleep\", \"600\"]\n";
    fs::write(folder.path().join("runners.toml"), declared).unwrap();
    for (args, name) in [
        (&["bench", "null", "--runners", "hangs"][..], "-INT"),
        (&["verify", "null", "--runners", "hangs"], "-TERM"),
        (&["check-runner", "null", "--", "sleep", "600"], "-INT"),
        (&["list", "null", "--runners", "hangs"], "-INT"),
    ] {
        let mut child = command(folder.path())
            .args(args)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let patience = Instant::now() + Duration::from_secs(30);
        while !processes_in(folder.path()).iter().any(|line| line.contains("sleep")) {
            assert!(Instant::now() < patience, "{args:?} does not ask it");
            thread::sleep(Duration::from_millis(20));
        }
        let start = Instant::now();
        signal(child.id(), name);
        let status = child.wait().unwrap();
        // `list` does not catch signals.
        assert!(matches!(status.code(), Some(130) | None), "{args:?}: {status}");
        assert!(start.elapsed() < Duration::from_secs(5), "{args:?}: {:?}", start.elapsed());
        nothing_runs_in(folder.path());
    }
}

#[test]
fn check_runner_reports_processes_left_behind() {
    let folder = tempdir().unwrap();
    let check = |how: &str| {
        let mut check = command(folder.path());
        check.args(["check-runner", "^null", "--", "python3", RUNNER, how]);
        Ended::of(check.env("ORPHANS", folder.path().join("orphans")).output().unwrap())
    };
    let clean = check("well");
    assert!(clean.stdout.contains("ok      leaves no process behind\n"), "{clean:?}");
    for how in ["orphan", "daemon"] {
        let ended = check(how);
        assert!(ended.stdout.contains("FAILED  leaves no process behind: processes"), "{ended:?}");
    }
    nothing_runs_in(folder.path());
}

#[test]
fn processes_left_by_external_runner_are_killed() {
    let folder = tempdir().unwrap();
    declare(folder.path(), &["orphan", "daemon"]);
    let orphans = folder.path().join("orphans");
    let args = ["verify", "--profile", "smoke", "--runners", "orphan,daemon", "null|^spawn-join"];
    let output = command(folder.path()).args(args).env("ORPHANS", &orphans).output().unwrap();
    let ended = Ended::of(output);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let orphans = fs::read_to_string(orphans).unwrap();
    assert!(orphans.lines().count() >= 4, "{orphans}");
    for orphan in orphans.lines() {
        let stat = format!("/proc/{orphan}/stat");
        let gone = || fs::read_to_string(&stat).map_or(true, |stat| stat.contains(") Z "));
        let ended = (0..100).any(|_| {
            thread::sleep(Duration::from_millis(10));
            gone()
        });
        assert!(ended, "{orphan} is alive");
    }
}

#[test]
fn external_server_must_report_ready() {
    let folder = tempdir().unwrap();
    declare(folder.path(), &["measures"]);
    let ended = verified(folder.path(), "measures", &["echo-latency"]);
    assert!(ended.stdout.contains("must reply `ready` with its address"), "{ended:?}");
}

#[test]
fn missing_interpreter_makes_cells_na() {
    let folder = tempdir().unwrap();
    let file =
        "[[runner]]\nname = \"absent\"\ncommand = [\"no-such-python\"]\nhint = \"get one\"\n";
    fs::write(folder.path().join("runners.toml"), file).unwrap();
    let ended = verified(folder.path(), "tokio,absent", &["null"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.stdout.contains("n/a     null/absent/-: `no-such-python` not found: get one"));
}

#[test]
fn invalid_runners_file_is_rejected_with_its_fault() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("other.toml");
    let refused = |text: &str, words: &[&str]| {
        fs::write(&file, text).unwrap();
        run(folder.path(), &["list", "null", "--runners-file", "other.toml"]).fails_with(2, words);
    };
    let named = |name: &str| format!("[[runner]]\nname = \"{name}\"\ncommand = [\"sh\"]\n");
    refused("[[runner", &["other.toml"]);
    refused(&named("../../etc/x"), &["other.toml", "invalid runner name"]);
    refused(&named("tokio"), &["tokio", "a built-in runner has this name"]);
    refused(&(named("a") + &named("a")), &["duplicate runner name `a`"]);
    let missing = run(folder.path(), &["list", "null", "--runners-file", "nowhere.toml"]);
    missing.fails_with(2, &["nowhere.toml"]);
}

#[test]
fn check_runner_reports_passes_and_failures() {
    let folder = tempdir().unwrap();
    let check = |how: &str| {
        let filter = "null|^spawn-join|echo-latency";
        run(folder.path(), &["check-runner", filter, "--", "python3", RUNNER, how])
    };
    let well = check("well");
    let has = |text: &str| assert!(well.stdout.contains(text), "no `{text}` in {}", well.stdout);
    has("ok      describes itself\n        one thread; python 3\n");
    has("ok      rejects another protocol version with a message\n");
    has("ok      exits when its standard input closes\n");
    has("ok      spawn-join/runner/tasks=20  190\n");
    // The test's runner ignores phases, and accepts unknown workloads.
    has("FAILED  spawn-join/runner/tasks=20, startup: 50 iterations after 20: startup must");
    has("FAILED  rejects an unknown workload with a message");
    assert_eq!(well.code, Some(1), "{well:?}");
    let noise = check("noise");
    assert!(noise.stdout.contains("standard output is reserved for the protocol"), "{noise:?}");
    let absent = run(folder.path(), &["check-runner", "--", "no-such-runner"]);
    absent.fails_with(2, &["`no-such-runner` not found"]);
}
