//! A run during which the machine becomes busy. It runs alone, because other tests would also be load.

mod common;

use std::fs;
use std::process::Command;
use std::time::Duration;

use common::running::{read, results, signal, started};
use runtime_bench_analysis::analysis::analyze;
use tempfile::tempdir;

/// Load from the start is not a change, so the test asserts nothing on a loaded machine.
#[cfg(target_os = "linux")]
#[test]
#[cfg_attr(debug_assertions, ignore = "a debug build does not measure")]
fn load_rising_during_a_run_is_reported() {
    let folder = tempdir().unwrap();
    let args = ["bench", "^(yield|mutex)/", "--runners", "smol,tokio", "--rounds", "10000"];
    let mut child = started(folder.path(), &args);
    std::thread::sleep(Duration::from_secs(5));
    let spin = || Command::new("sh").args(["-c", "while :; do :; done"]).spawn().unwrap();
    let mut spinning = [spin(), spin(), spin()];
    std::thread::sleep(Duration::from_secs(6));
    signal(child.id(), "-INT");
    child.wait().unwrap();
    for process in &mut spinning {
        process.kill().unwrap();
        process.wait().unwrap();
    }
    let run = read(&results(folder.path()).join("latest.json"));
    let early = run.noise.iter().filter(|window| window.until_s < 4.0);
    let early: Vec<f64> = early.filter_map(|window| window.foreign_cores).collect();
    if early.iter().any(|cores| *cores > 0.3) {
        println!("not asked: other programs kept {early:?} cores busy");
        return;
    }
    let analysis = analyze(&run);
    let change = analysis.load_change.expect("the load rose");
    assert!(change.after >= change.before + 0.5 && change.at_s > 3.0, "{change:?}");
    let loaded: usize = analysis.groups.iter().map(|group| group.noise.loaded).sum();
    assert!(loaded > 0, "trials beside it are marked");
    let page = fs::read_to_string(folder.path().join("target/runtime-bench/report/index.html"));
    assert!(page.unwrap().contains(" cores from "));
}
