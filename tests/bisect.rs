//! `scripts/bisect`, with a fake comparison.
#![cfg(unix)]

mod common;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use common::Ended;
use tempfile::tempdir;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/bisect");

/// Bisects releases 1 to 9; `verdict` is the body of a shell function of the versions `$base` and `$head`.
/// Returns the output, and the comparisons.
fn bisect(verdict: &str) -> (Ended, Vec<String>) {
    let folder = tempdir().unwrap();
    let (script, compare) = (folder.path().join("bisect"), folder.path().join("ci-compare"));
    fs::copy(SCRIPT, &script).unwrap();
    let fake = format!(
        "#!/usr/bin/env bash\nbase=${{3#d=}} head=${{5#d=}}\necho \"$base $head\" >>log\n[ \"$1 $2 $4 $6 $7\" = 'HEAD \
         --base-dep --dep -- only' ] || exit 2\n{verdict}\n"
    );
    fs::write(&compare, fake).unwrap();
    fs::set_permissions(&compare, fs::Permissions::from_mode(0o755)).unwrap();
    let mut command = Command::new(Path::new(&script));
    command.arg("d").args((1..=9).map(|version| version.to_string())).args(["--", "only"]);
    let ended = Ended::of(command.current_dir(folder.path()).output().expect("bash is there"));
    let log = fs::read_to_string(folder.path().join("log")).unwrap();
    (ended, log.lines().map(str::to_owned).collect())
}

#[test]
fn bisect_finds_every_first_slow_release() {
    for slow in 2..=9 {
        let (ended, steps) =
            bisect(&format!("[ $head -lt {slow} ] || [ $base -ge {slow} ] || exit 1"));
        assert_eq!(ended.code, Some(0), "{ended:?}");
        let found = format!("d {slow} is the first release that is slower; {} is not\n", slow - 1);
        assert_eq!(ended.stdout, found);
        assert!(steps.len() <= 5 && steps[0] == "1 9", "{steps:?}");
    }
}

#[test]
fn bisect_skips_releases_that_cannot_be_built() {
    let (ended, _) = bisect("case $head in 4 | 5) exit 2 ;; esac; [ $head -lt 7 ] || exit 1");
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(
        ended.stdout.contains("d 7 is the first release that is slower; 6 is not"),
        "{ended:?}"
    );
    assert!(ended.stderr.contains("d 5: could not be built"), "{ended:?}");
}

#[test]
fn bisect_says_why_nothing_is_found() {
    bisect("exit 0").0.fails_with(3, &["d 9 is not proven slower than 1", "--budget"]);
    bisect("exit 2").0.fails_with(2, &["cannot measure d 9"]);
    let (ended, steps) = bisect("exit 3");
    ended.fails_with(3, &["too noisy", "idle"]);
    assert_eq!(steps, ["1 9", "1 9"], "measured once more");
    let (ended, _) = bisect("[ $base = 1 ] && [ $head -ge 6 ] && exit 1; exit 0");
    ended.fails_with(3, &["d 6 is slower than 1, but not proven slower than 5"]);
}

#[test]
fn bisect_without_two_versions_prints_its_usage() {
    let ended = Ended::of(Command::new(SCRIPT).args(["tokio", "1.50.0"]).output().unwrap());
    ended.fails_with(2, &["scripts/bisect NAME VERSION VERSION"]);
}
