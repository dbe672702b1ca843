//! Link layouts of real trial programs. For `cargo test --release`.

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use common::run;
use runtime_bench_results::store;
use tempfile::tempdir;

/// The runners that link fastest.
const PROGRAMS: [&str; 2] = ["runtime-bench-rayon", "runtime-bench-threads"];

#[test]
#[cfg_attr(debug_assertions, ignore = "a debug build does not measure")]
fn long_profile_measures_different_layouts_or_explains_why_not() {
    let release = Path::new(env!("CARGO_BIN_EXE_runtime-bench")).parent().unwrap();
    let bytes = || PROGRAMS.map(|name| fs::read(release.join(name)).unwrap());
    let before = bytes();
    let folder = tempdir().unwrap();
    let args = ["bench", "^cpu-batch/", "--runners", "rayon,threads", "--profile", "standard"];
    let ended = run(folder.path(), &[&args[..], &["--rounds", "20"]].concat());
    assert!(matches!(ended.code, Some(0 | 3)), "{ended:?}");
    assert!(bytes() == before, "linking changed the programs themselves");
    let measured = store::read(&folder.path().join("target/runtime-bench/results/latest.json"));
    let header = measured.unwrap().header;
    let programs = &header.environment.programs;
    if header.plan.layouts == 1 {
        assert!(ended.stderr.contains("cannot link other layouts: "), "{ended:?}");
        assert!(ended.stdout.contains("One link layout: "), "{ended:?}");
        assert_eq!(programs.len(), PROGRAMS.len());
        return;
    }
    assert_eq!(header.plan.layouts, 4);
    assert!(ended.stdout.contains("4 link layouts."), "{ended:?}");
    for program in PROGRAMS {
        let of = |(name, _): &(&String, &String)| name.ends_with(program);
        let hashes: BTreeSet<&String> = programs.iter().filter(of).map(|(_, hash)| hash).collect();
        assert_eq!(hashes.len(), 4, "{programs:?}");
    }
}
