//! Untrusted input: non-UTF-8 arguments, and files and processes that try to control a terminal.
#![cfg(unix)]

mod common;

use std::ffi::{OsStr, OsString};
use std::fs::{self, OpenOptions};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use common::{Ended, command, run};
use runtime_bench_fixtures::empty;
use tempfile::tempdir;

/// A name with a byte that is invalid in UTF-8.
fn no_text(name: &str) -> OsString {
    OsStr::from_bytes(&[name.as_bytes(), b"\xff"].concat()).to_os_string()
}

fn ended(folder: &Path, args: &[&OsStr]) -> Ended {
    Ended::of(command(folder).args(args).output().unwrap())
}

#[test]
fn non_utf8_arguments_are_paths_or_rejected() {
    let folder = tempdir().unwrap();
    let odd = no_text("odd");
    let none: [&[&str]; 12] = [
        &[],
        &["bench"],
        &["bench", "--runners"],
        &["bench", "--workers"],
        &["bench", "--profile"],
        &["bench", "--param"],
        &["bench", "--budget"],
        &["list", "--filter"],
        &["doctor", "--runner"],
        &["serve"],
        &["check-runner", "--"],
        &["completions"],
    ];
    for before in none {
        let args: Vec<&OsStr> = before.iter().map(OsStr::new).chain([odd.as_os_str()]).collect();
        ended(folder.path(), &args).fails_with(2, &["error: "]);
    }
    let paths: [&[&str]; 6] = [
        &["report"],
        &["compare"],
        &["merge"],
        &["list", "--runners-file"],
        &["bench", "--runners-file"],
        &["ab", "--base", "/dev/null", "--head"],
    ];
    for before in paths {
        let args: Vec<&OsStr> = before.iter().map(OsStr::new).chain([odd.as_os_str()]).collect();
        ended(folder.path(), &args).fails_with(2, &["error: ", "odd\u{fffd}"]);
    }
    let out = ["bench", "null", "--dry-run", "--out"].map(OsStr::new);
    let planned = ended(folder.path(), &[&out[..], &[&odd]].concat());
    assert_eq!(planned.code, Some(0), "{planned:?}");
}

#[test]
fn non_utf8_file_names_are_supported() {
    let folder = tempdir().unwrap();
    let (results, site) = (no_text("results"), no_text("site"));
    let run = serde_json::to_string(&empty("a", 1)).unwrap();
    fs::write(folder.path().join(&results), run).unwrap();
    let args = ["report".as_ref(), results.as_os_str(), "--out".as_ref(), &site];
    let reported = ended(folder.path(), &args);
    assert_eq!(reported.code, Some(0), "{reported:?}");
    assert!(reported.stdout.contains("site\u{fffd}/index.html"), "{reported:?}");
    assert!(folder.path().join(&site).join("index.html").is_file());
    let pages = ended(folder.path(), &["man".as_ref(), "--out".as_ref(), &no_text("man")]);
    assert_eq!(pages.code, Some(0), "{pages:?}");
    assert!(folder.path().join(no_text("man")).join("runtime-bench.1").is_file());
}

#[test]
fn non_utf8_temporary_folder_is_rejected() {
    let folder = tempdir().unwrap();
    let odd = folder.path().join(no_text("tmp"));
    fs::create_dir(&odd).unwrap();
    let mut verify = command(folder.path());
    verify.args(["verify", "null/smol", "--profile", "smoke"]).env("TMPDIR", &odd);
    Ended::of(verify.output().unwrap()).fails_with(2, &["not UTF-8", "set TMPDIR"]);
}

#[test]
fn runner_output_is_sanitized() {
    let folder = tempdir().unwrap();
    // Red, a title, the text direction; `\u` is JSON's.
    let hostile = r"\u001b[31mred\u001b]0;title\u0007\u202eback\u009b";
    let (error, silent) = (
        format!(r#"{{"protocol":2,"status":"error","kind":"setup","message":"{hostile}"}}"#),
        "\u{1b}[2Jno reply".to_owned(),
    );
    for says in [error, silent] {
        fs::write(folder.path().join("said"), says).unwrap();
        let told = run(folder.path(), &["check-runner", "null", "--", "cat", "said"]);
        assert_eq!(told.code, Some(1), "{told:?}");
        for text in [&told.stdout, &told.stderr] {
            let is_control = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
            assert!(!text.contains(is_control), "{text:?}");
        }
        assert!(told.stdout.contains("\u{fffd}["), "it says what it was told: {told:?}");
    }
}

#[test]
fn declaration_errors_are_sanitized() {
    let folder = tempdir().unwrap();
    let declared = "[[runner]]\nname = \"\\u001b[31m\\u009b\"\ncommand = [\"sh\"]\n";
    for text in [declared, "\"\u{9b}31m\u{202e}\" = 1", "\u{1b}[31m"] {
        fs::write(folder.path().join("runners.toml"), text).unwrap();
        let told = run(folder.path(), &["list"]);
        told.fails_with(2, &["runners.toml"]);
        let is_control = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
        assert!(!told.stderr.contains(is_control), "{:?}", told.stderr);
    }
}

#[test]
fn full_stderr_does_not_change_the_exit_code() {
    let folder = tempdir().unwrap();
    for args in [["report", "gone.json"], ["list", "no-such-cell"]] {
        let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
        let status = command(folder.path()).args(args).stderr(full).status().unwrap();
        assert_eq!(status.code(), Some(2), "{args:?}");
    }
}
