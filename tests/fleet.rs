//! A fleet on one machine: eight shards contain exactly the cells of one run.

#![cfg(unix)]

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use common::running::{files, nothing_runs_in, read, started_by};
use common::{Ended, run};
use runtime_bench_analysis::analysis::{Status, analyze};
use runtime_bench_fixtures::empty;
use runtime_bench_results::listing::Listing;
use runtime_bench_results::run::Run;
use runtime_bench_results::store;
use tempfile::tempdir;

/// Cheap workloads, one for each of eight machines.
const SMALL: [&str; 7] = [
    "^(null|spawn-join|yield|ping-pong|mutex|rwlock|bounded-queue|brigade)/",
    "--runners",
    "smol,threads",
    "--profile",
    "smoke",
    "--seed",
    "5",
];

fn listed(folder: &Path, args: &[&str]) -> Vec<String> {
    let list = ["list", "--format", "json", "--points", "full"];
    let ended = run(folder, &[&list[..], args].concat());
    let listing: Listing =
        serde_json::from_str(&ended.stdout).unwrap_or_else(|_| panic!("{ended:?}"));
    let cells: Vec<String> = listing.cells.into_iter().map(|cell| cell.name).collect();
    let workloads: BTreeSet<String> = listing.workloads.into_iter().map(|info| info.name).collect();
    let used = cells.iter().map(|name| name.split('/').next().unwrap().to_owned());
    assert_eq!(used.collect::<BTreeSet<_>>(), workloads);
    cells
}

#[test]
fn shards_list_the_cells_of_one_run() {
    let folder = tempdir().unwrap();
    let mut whole = listed(folder.path(), &[]);
    let shard = |index| format!("{index}/8");
    let shards = (1..=8).map(shard);
    let mut all: Vec<String> = shards
        .flat_map(|shard| listed(folder.path(), &["--shard", &shard, "--seed", "5"]))
        .collect();
    whole.sort();
    all.sort();
    assert_eq!(all, whole);
}

#[test]
fn shard_requires_seed_and_rejects_auto_rate() {
    let folder = tempdir().unwrap();
    let fails = |args: &[&str], words: &[&str]| {
        run(folder.path(), &[&["bench", "--dry-run"], args].concat()).fails_with(2, words);
    };
    fails(&["--shard", "2/8"], &["--shard 2/8 needs a --seed", "the same"]);
    let seeded = |shard| ["--shard", shard, "--seed", "1"];
    fails(&seeded("9/8"), &["between 1 and N"]);
    fails(&seeded("2"), &["I/N"]);
    fails(&[&["null"], &seeded("1/2")[..]].concat(), &["--shard 1/2", "run here (1)"]);
    let rate = ["echo-latency", "--rate", "auto"];
    fails(&[&rate[..], &seeded("1/1")].concat(), &["with --rate auto", "--param rate=N"]);
    let ended = run(folder.path(), &[&["bench", "--dry-run"], &seeded("2/8")[..]].concat());
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.stdout.starts_with("shard 2 of 8: "), "{}", ended.stdout);
}

#[test]
fn merge_rejects_files_that_are_not_shards() {
    let folder = tempdir().unwrap();
    store::keep(&empty("one", 1), folder.path()).unwrap();
    let whole = run(folder.path(), &["merge", "one.json.gz"]);
    whole.fails_with(2, &["one.json.gz: it is a whole run, not a shard", "`runtime-bench report`"]);
    run(folder.path(), &["merge", "gone.json"]).fails_with(2, &["gone.json", "cannot read"]);
    run(folder.path(), &["merge"]).fails_with(2, &["FILE"]);
}

/// Names of the cells with figures, and of those without.
fn cells(run: &Run) -> BTreeSet<(String, &'static str)> {
    let analysis = analyze(run);
    let rows = analysis.groups.iter().flat_map(|group| &group.rows);
    rows.map(|row| (row.key.to_string(), row.status.word())).collect()
}

#[test]
#[cfg_attr(debug_assertions, ignore = "a debug build does not measure")]
fn merged_shards_equal_one_run() {
    let folder = tempdir().unwrap();
    let here = folder.path();
    let bench = |out: &str, more: &[&str]| {
        let args = [&["bench", "--quiet", "--out", out], &SMALL[..], more].concat();
        let ended = run(here, &args);
        assert!(matches!(ended.code, Some(0 | 3)), "{ended:?}");
    };
    bench("whole.json", &[]);
    let read = |name: &str| read(&here.join(name));
    let whole = read("whole.json");
    let names: Vec<String> = (1..=8).map(|index| format!("shard-{index}.json")).collect();
    for (name, index) in names.iter().zip(1..) {
        bench(name, &["--shard", &format!("{index}/8")]);
        let own = analyze(&read(name));
        for row in own.groups.iter().flat_map(|group| &group.rows) {
            let whole = matches!(row.status, Status::Measured | Status::NotApplicable(_));
            assert!(whole, "{}: {:?}", row.key, row.status);
        }
    }
    let files: Vec<&str> = names.iter().map(String::as_str).collect();
    let missing = run(here, &[&["merge"], &files[1..]].concat());
    missing.fails_with(2, &["missing shards 1 of 8", "--partial"]);
    let ended = run(here, &[&["merge", "--out", "merged.json"], &files[..]].concat());
    assert_eq!(
        (ended.code, ended.stdout.as_str()),
        (Some(0), "results: merged.json\n"),
        "{ended:?}"
    );
    let merged = read("merged.json");
    assert_eq!(cells(&merged), cells(&whole));
    assert_eq!(merged.header.plan, whole.header.plan);
    assert_eq!(merged.shards.len(), 8);
    let analysis = analyze(&merged);
    for name in files {
        for group in analyze(&read(name)).groups {
            assert!(analysis.groups.contains(&group), "{}", group.name);
        }
    }
    let again = run(here, &["merge", "--out", "merged.json", "shard-1.json", "--partial"]);
    again.fails_with(2, &["merged.json: it already exists"]);
    let report = run(here, &["report", "merged.json", "--out", "site"]);
    assert_eq!(report.code, Some(0), "{report:?}");
    let shard = |index: usize| {
        let shard = format!("{index}/2");
        let by = ["--seed", "5", "--durations", "merged.json", "--shard", &shard];
        listed(here, &[&SMALL[..5], &by[..]].concat())
    };
    let [mut all, other] = [1, 2].map(shard);
    assert!(!all.is_empty() && !other.is_empty());
    all.extend(other);
    all.sort();
    let mut planned = listed(here, &SMALL);
    planned.sort();
    assert_eq!(all, planned);
}

/// Starts the script of the cluster jobs for one of two shards.
fn script(folder: &Path, program: &str, index: &str) -> Command {
    let mut script = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/fleet/shard"));
    script.args([index, "2", "shards", "^(spawn-join|mutex|yield|null)/"]).args(&SMALL[1..]);
    script.current_dir(folder).env("RUNTIME_BENCH", program).env_remove("CARGO_TARGET_DIR");
    script
}

#[test]
#[cfg_attr(debug_assertions, ignore = "a debug build does not measure")]
fn failed_shard_is_resumed_by_the_same_call() {
    let folder = tempdir().unwrap();
    let here = folder.path();
    let shard = |index: &str| {
        let mut script = script(here, env!("CARGO_BIN_EXE_runtime-bench"), index);
        script.env("PREFLIGHT", "no");
        script
    };
    let unfinished = here.join("shards/shard-1.unfinished");
    let mut first = started_by(shard("1").process_group(0), &unfinished);
    let group = format!("-{}", first.id());
    assert!(Command::new("kill").args(["-KILL", "--", &group]).status().unwrap().success());
    first.wait().unwrap();
    nothing_runs_in(here);
    let before = read(&files(&unfinished, ".jsonl")[0]).trials.len();
    for index in ["1", "2", "1"] {
        let ended = Ended::of(shard(index).output().unwrap());
        assert_eq!(ended.code, Some(0), "{ended:?}");
    }
    let merged =
        run(here, &["merge", "--out", "all.json", "shards/shard-1.json", "shards/shard-2.json"]);
    assert_eq!(merged.code, Some(0), "{merged:?}");
    let merged = read(&here.join("all.json"));
    assert_eq!(merged.shards[0].breaks[0].trials, before, "nothing is lost");
    assert_eq!(fs::read_dir(here.join("shards")).unwrap().count(), 2);
}

#[test]
fn noisy_machine_does_not_measure_shards() {
    let folder = tempdir().unwrap();
    let noisy = folder.path().join("noisy");
    fs::write(&noisy, "#!/bin/sh\n[ \"$1\" = doctor ] && exit 3\ntouch measured\n").unwrap();
    fs::set_permissions(&noisy, fs::Permissions::from_mode(0o755)).unwrap();
    let ended = script(folder.path(), noisy.to_str().unwrap(), "1").output().unwrap();
    assert_eq!(ended.status.code(), Some(3), "{ended:?}");
    assert!(!folder.path().join("measured").exists() && !folder.path().join("shards").exists());
}
