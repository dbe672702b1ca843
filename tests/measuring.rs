//! Whole runs through the real binary. A debug build does not measure, so these tests need `cargo test
//! --release`. Nothing here depends on how fast the machine is.

mod common;

use std::fs;
use std::io::Read;
use std::path::Path;
use std::time::Duration;

use common::run;
use common::running::{files, nothing_runs_in, read, results, signal, started, started_by};
use runtime_bench_analysis::analysis::{Status, analyze};
use runtime_bench_results::catalog::Class;
use runtime_bench_results::key::CellKey;
use runtime_bench_results::noise::NoiseWindow;
use runtime_bench_results::trial::Outcome;
use tempfile::tempdir;

const SMALL: [&str; 7] = [
    "bench",
    "spawn-join/(smol|threads|rayon)|null",
    "--runners",
    "smol,threads,rayon",
    "--profile",
    "smoke",
    "--quiet",
];

#[test]
#[cfg_attr(debug_assertions, ignore = "a debug build does not measure")]
fn bench_measures_every_cell_and_writes_results_and_report() {
    let folder = tempdir().unwrap();
    // Twice as many as are required, because rounds in which the machine stalled are dropped.
    let ended = run(folder.path(), &[&SMALL[..], &["--rounds", "30"]].concat());
    assert!(matches!(ended.code, Some(0 | 3)), "{ended:?}");
    let run = read(&results(folder.path()).join("latest.json"));
    let analysis = analyze(&run);
    assert_eq!(analysis.groups.len(), 2);
    for row in analysis.groups.iter().flat_map(|group| &group.rows) {
        assert_eq!(row.status, Status::Measured, "{}", row.key);
        assert!(row.samples >= 15, "{}", row.samples);
        // Counted once, by an executable that is not timed; a spawned task is allocated.
        let counted = row.metric("allocations").expect("allocations are counted");
        assert_eq!(counted.samples, 1, "{}", row.key);
        let spawns = row.key.workload == "spawn-join";
        assert_eq!(counted.value >= 3.0, spawns, "{}: {}", row.key, counted.value);
        assert!(row.metric("wall").is_some() && row.metric("cpu").is_some());
        assert!(row.comparison.is_some() || row.key.runner == "smol");
    }
    assert!(analysis.groups.iter().all(|group| group.control.is_some()));
    let end = run.end.unwrap();
    assert_eq!(end.control, Some(analysis.noise));
    assert_eq!(end.trusted, Some(ended.code == Some(0)));
    // More than a hundred processes take longer than one window.
    let mut windows = run.noise.iter().filter(|window| window.foreign_cores.is_some());
    assert!(windows.clone().count() > 0);
    assert!(windows.all(|window| window.until_s - window.at_s > 0.099));
    if run.header.plan.workers > 1 {
        let probe = run.noise.iter().find_map(NoiseWindow::free_share).unwrap();
        assert!(probe > 0.0 && probe <= 1.0, "{probe}");
    }
    let page = fs::read_to_string(folder.path().join("target/runtime-bench/report/index.html"));
    assert!(page.unwrap().contains("spawn-join"));
}

#[test]
#[cfg_attr(debug_assertions, ignore = "a debug build does not measure")]
fn workers_parameter_sets_runtime_workers() {
    let folder = tempdir().unwrap();
    let cells = ["bench", "null", "--runners", "tokio,async-std,rayon"];
    let ended = run(folder.path(), &[&cells[..], &["--param", "workers=1,3", "--quiet"]].concat());
    assert!(matches!(ended.code, Some(0 | 3)), "{ended:?}");
    let run = read(&results(folder.path()).join("latest.json"));
    let threads = |runner: &str, workers: usize| {
        let is = |key: &CellKey| key.runner == runner && key.point.workers() == Some(workers);
        let cells = &run.header.plan.cells;
        let trial = run.trials.iter().find(|trial| is(&cells[trial.cell].key)).unwrap();
        let Outcome::Ok { block } = &trial.outcome else { panic!("{trial:?}") };
        block.metric("threads").unwrap()
    };
    for runner in ["tokio", "async-std", "rayon"] {
        let difference = threads(runner, 3) - threads(runner, 1);
        assert!((difference - 2.0).abs() < 1e-9, "{runner}: {difference}");
    }
}

#[test]
#[cfg_attr(debug_assertions, ignore = "a debug build does not measure")]
fn results_are_never_overwritten() {
    let folder = tempdir().unwrap();
    fs::write(folder.path().join("mine.json"), "precious").unwrap();
    let ended = run(folder.path(), &[&SMALL[..], &["--out", "mine.json"]].concat());
    ended.fails_with(2, &["mine.json: it already exists"]);
    assert_eq!(fs::read_to_string(folder.path().join("mine.json")).unwrap(), "precious");
    let ended = run(folder.path(), &[&SMALL[..], &["--out", "other.json"]].concat());
    assert!(matches!(ended.code, Some(0 | 3)), "{ended:?}");
    assert!(folder.path().join("other.json").exists());
}

#[test]
#[cfg_attr(debug_assertions, ignore = "a debug build does not measure")]
fn all_files_of_a_run_follow_its_name() {
    let folder = tempdir().unwrap();
    // Even root cannot create anything below a file.
    fs::write(folder.path().join("target"), "a file").unwrap();
    let ended = run(folder.path(), &[&SMALL[..], &["--out", "elsewhere/mine.json.gz"]].concat());
    assert!(matches!(ended.code, Some(0 | 3)), "{ended:?}");
    let place = folder.path().join("elsewhere");
    assert_eq!(fs::read(place.join("mine.json.gz")).unwrap()[..2], [0x1f, 0x8b]);
    let measured = read(&place.join("mine.json.gz"));
    assert_eq!(read(&place.join(format!("{}.jsonl", measured.header.id))), measured);
    assert!(place.join("mine-report/index.html").exists());
}

#[test]
#[cfg_attr(debug_assertions, ignore = "a debug build does not measure")]
fn measurement_beside_another_is_recorded_with_a_warning() {
    let (first, second) = (tempdir().unwrap(), tempdir().unwrap());
    let mut child = started(first.path(), &LONG);
    let ended = run(second.path(), &SMALL[..6]);
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(matches!(ended.code, Some(0 | 3)), "{ended:?}");
    assert!(ended.stderr.contains("warning: another measurement by this user"), "{ended:?}");
    assert!(read(&results(second.path()).join("latest.json")).header.environment.beside);
}

#[test]
#[cfg_attr(debug_assertions, ignore = "a debug build does not measure")]
fn unwritable_folder_is_named() {
    let folder = tempdir().unwrap();
    // Even root cannot create anything below a file.
    fs::write(folder.path().join("target"), "a file").unwrap();
    run(folder.path(), &SMALL).fails_with(2, &["target/runtime-bench/results", "cannot create"]);
}

#[test]
#[cfg_attr(debug_assertions, ignore = "a debug build does not measure")]
fn full_disk_ends_the_run_and_keeps_finished_trials() {
    let folder = tempdir().unwrap();
    // A limit on file sizes stands in for a full disk; its signal is ignored.
    let script = "trap '' XFSZ; ulimit -f 40; exec \"$0\" \"$@\"";
    let ended = std::process::Command::new("bash")
        .current_dir(folder.path())
        .env_remove("CARGO_TARGET_DIR")
        .args(["-c", script, env!("CARGO_BIN_EXE_runtime-bench")])
        .args(SMALL)
        .output()
        .unwrap();
    let ended = common::Ended::of(ended);
    ended.fails_with(2, &["cannot append the finished trial", "File too large"]);
    let lines = files(&results(folder.path()), ".jsonl").remove(0);
    assert!(!read(&lines).trials.is_empty());
}

/// A long run.
const LONG: [&str; 6] =
    ["bench", "spawn-join/(smol|tokio)/", "--runners", "smol,tokio", "--rounds", "2000"];

#[test]
#[cfg_attr(debug_assertions, ignore = "a debug build does not measure")]
fn suspended_run_records_a_stall() {
    let folder = tempdir().unwrap();
    let mut child = started(folder.path(), &LONG);
    signal(child.id(), "-STOP");
    std::thread::sleep(Duration::from_millis(600));
    signal(child.id(), "-CONT");
    signal(child.id(), "-INT");
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let run = read(&results(folder.path()).join("latest.json"));
    assert!(run.stalls.iter().any(|stall| stall.until_s - stall.at_s > 0.5), "{:?}", run.stalls);
}

#[test]
#[cfg_attr(debug_assertions, ignore = "a debug build does not measure")]
fn dumb_terminal_gets_plain_lines() {
    if std::process::Command::new("script").arg("--version").output().is_err() {
        println!("skipped: `script` not found");
        return;
    }
    let folder = tempdir().unwrap();
    let program = env!("CARGO_BIN_EXE_runtime-bench");
    let command = format!("{program} '{}'", SMALL[..6].join("' '"));
    let mut script = std::process::Command::new("script");
    script.args(["-qec", &command, "/dev/null"]);
    script.current_dir(folder.path()).env_remove("CARGO_TARGET_DIR").env("TERM", "dumb");
    let ended = common::Ended::of(script.output().unwrap());
    assert!(ended.stdout.contains(" left"), "{ended:?}");
    assert!(!ended.stdout.contains('\u{1b}'), "{ended:?}");
}

/// Starts a run like `nohup`.
#[test]
#[cfg_attr(debug_assertions, ignore = "a debug build does not measure")]
fn signal_ignored_at_the_start_stays_ignored() {
    let folder = tempdir().unwrap();
    let mut command = std::process::Command::new("sh");
    command.args(["-c", "trap '' HUP; exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_runtime-bench")]);
    let mut child = started_by(command.current_dir(folder.path()).args(LONG), folder.path());
    signal(child.id(), "-HUP");
    std::thread::sleep(Duration::from_secs(1));
    assert!(child.try_wait().unwrap().is_none(), "it goes on");
    signal(child.id(), "-INT");
    assert_eq!(child.wait().unwrap().code(), Some(130));
}

#[test]
#[cfg_attr(debug_assertions, ignore = "a debug build does not measure")]
fn ctrl_c_keeps_finished_trials_and_leaves_no_child() {
    let folder = tempdir().unwrap();
    let mut child = started(folder.path(), &LONG);
    let process = child.id();
    signal(process, "-INT");
    let status = child.wait().unwrap();
    let mut stderr = String::new();
    child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    assert_eq!(status.code(), Some(130), "{stderr}");
    assert!(stderr.contains("interrupted; the finished trials are in"), "{stderr}");
    assert!(stderr.contains("resume with `runtime-bench bench --resume`"), "{stderr}");
    let run = read(&results(folder.path()).join("latest.json"));
    assert!(run.end.unwrap().interrupted && run.trials.len() >= 15);
    let children = format!("/proc/{process}/task/{process}/children");
    assert!(!Path::new(&children).exists());
    nothing_runs_in(folder.path());
}

#[test]
#[cfg_attr(debug_assertions, ignore = "a debug build does not measure")]
fn doctor_reports_findings_and_writes_no_results() {
    let folder = tempdir().unwrap();
    // A busy machine needs more than 4 s for 13 rounds.
    let args = ["doctor", "--budget", "8s", "--quiet", "--runner", "smol"];
    let ended = run(folder.path(), &args);
    assert!(matches!(ended.code, Some(0 | 3)), "{ended:?}");
    for words in ["smol against itself", "tcp-echo/", "parallel capacity", "load before"] {
        assert!(ended.stdout.contains(words), "no `{words}` in: {}", ended.stdout);
    }
    let ended = run(folder.path(), &[&args[..], &["--format", "json"]].concat());
    let found: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
    let floors = found["floors"].as_array().unwrap();
    assert_eq!(floors.len(), 3);
    let explained = |floor: &serde_json::Value| {
        floor["half_width"].is_number() && floor["rounds"].as_u64() >= Some(13)
            || floor["reason"].is_string()
    };
    assert!(floors.iter().all(explained), "{found}");
    let troubles = found["troubles"].as_array().unwrap();
    assert_eq!(ended.code, Some(if troubles.is_empty() { 0 } else { 3 }), "{ended:?}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
#[cfg_attr(debug_assertions, ignore = "a debug build does not measure")]
fn doctor_rejects_unknown_runner() {
    let folder = tempdir().unwrap();
    let ended = run(folder.path(), &["doctor", "--runner", "nobody"]);
    ended.fails_with(2, &["unknown runner `nobody`"]);
}

/// A runner in another language is measured in the same rounds, and shown but not ranked.
#[cfg(unix)]
#[test]
#[cfg_attr(debug_assertions, ignore = "a debug build does not measure")]
fn external_runner_is_shown_as_reference_row() {
    let folder = tempdir().unwrap();
    let runner = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/external/runner.py");
    let declared = format!(
        "[[runner]]\nname = \"other\"\ntitle = \"<i>Other</i>\"\ncommand = [\"python3\", \"{runner}\", \"well\"]\n\
         [[runner]]\nname = \"lies\"\ncommand = [\"python3\", \"{runner}\", \"noise\"]\n"
    );
    fs::write(folder.path().join("runners.toml"), declared).unwrap();
    let args = ["bench", "^spawn-join/[a-z-]+/tasks", "--runners", "tokio,smol,other,lies"];
    let ended = run(folder.path(), &[&args[..], &["--budget", "3s"]].concat());
    // One of them failed, and the run continued.
    assert_eq!(ended.code, Some(1), "{ended:?}");
    let run = read(&files(&results(folder.path()), ".json")[0]);
    let other = run.runner("other").unwrap();
    assert_eq!(other.class, Class::Reference);
    assert_eq!(other.packages["python"], "3");
    let of = |name: &str| {
        let cell = run.header.plan.cells.iter().position(|cell| cell.key.runner == name).unwrap();
        run.trials.iter().filter(|trial| trial.cell == cell).collect::<Vec<_>>()
    };
    let rounds = |name: &str| of(name).iter().filter(|trial| trial.round > 0).count();
    // It has a separate number of rounds, which may be lower.
    assert!((6..=rounds("smol")).contains(&rounds("other")), "{}", rounds("other"));
    assert_eq!(of("lies").len(), 1);
    let page = folder.path().join("target/runtime-bench/report/w/spawn-join.html");
    let page = fs::read_to_string(page).unwrap();
    assert!(page.to_lowercase().contains("external"), "no mark");
    assert!(!page.contains("<i>Other</i>") && !page.contains("<b>Loading"), "not escaped");
    assert!(page.contains("&lt;b&gt;Loading"), "the reason is shown");
}
