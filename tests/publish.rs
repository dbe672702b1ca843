//! `scripts/publish`, with the real binary; no figure here was measured.
#![cfg(unix)]

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use common::Ended;
use runtime_bench_fixtures::empty;
use runtime_bench_results::store;
use tempfile::{TempDir, tempdir};

/// A folder with the results files `one` and `two`.
fn two_runs() -> TempDir {
    let folder = tempdir().unwrap();
    for (id, day) in [("one", 1), ("two", 2)] {
        store::keep(&empty(id, day), folder.path()).unwrap();
    }
    folder
}

/// Runs the script in a folder.
fn publish(folder: &Path, args: &[&str]) -> Ended {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/publish");
    let mut command = Command::new("bash");
    command.arg(script).args(args).current_dir(folder);
    command.env("RUNTIME_BENCH", env!("CARGO_BIN_EXE_runtime-bench"));
    command.env_remove("CARGO_TARGET_DIR");
    Ended::of(command.output().expect("bash is there"))
}

#[track_caller]
fn publishes(folder: &Path, args: &[&str]) -> String {
    let ended = publish(folder, args);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    ended.stdout
}

/// The output of a successful git command.
#[track_caller]
fn git(folder: &Path, args: &[&str]) -> String {
    let mut command = Command::new("git");
    command.args(["-c", "user.name=nobody", "-c", "user.email=nobody@localhost"]).args(args);
    let ended = Ended::of(command.current_dir(folder).output().expect("git is there"));
    assert_eq!(ended.code, Some(0), "{args:?}: {ended:?}");
    ended.stdout
}

/// A repository with one commit on `main`.
fn repository() -> TempDir {
    let folder = two_runs();
    git(folder.path(), &["init", "--quiet", "--initial-branch=main"]);
    git(folder.path(), &["config", "user.name", "nobody"]);
    git(folder.path(), &["config", "user.email", "nobody@localhost"]);
    fs::write(folder.path().join(".gitignore"), "*.gz\n*.json\n").unwrap();
    git(folder.path(), &["add", ".gitignore"]);
    git(folder.path(), &["commit", "--quiet", "-m", "begin"]);
    folder
}

/// Every file below a folder with its content.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let (path, name) = (entry.path(), entry.file_name().into_string().unwrap());
        if path.is_dir() {
            found.extend(
                files(&path).into_iter().map(|(below, bytes)| (format!("{name}/{below}"), bytes)),
            );
        } else {
            found.insert(name, fs::read(path).unwrap());
        }
    }
    found
}

#[test]
fn published_folder_keeps_runs_and_is_reproducible() {
    let folder = two_runs();
    let here = folder.path();
    let said = publishes(here, &["--to", "site", "one.json.gz"]);
    assert!(said.trim_end().ends_with("site/index.html"), "{said}");
    let site = here.join("site");
    fs::write(site.join("CNAME"), "example.org\n").unwrap();
    fs::write(site.join("stale.html"), "of a workload that is gone").unwrap();
    publishes(here, &["--to", "site", "two.json.gz"]);
    let first = files(&site);
    for name in ["index.html", ".nojekyll", "CNAME", "results/one.json.gz", "results/two.json.gz"] {
        assert!(first.contains_key(name), "no {name} in {:?}", first.keys());
    }
    assert!(!first.contains_key("stale.html"));
    assert!(String::from_utf8_lossy(&first["data.json"]).contains("\"id\":\"two\""));
    let picture = "content=\"https://example.org/preview.png\"";
    assert!(String::from_utf8_lossy(&first["index.html"]).contains(picture));
    publishes(here, &["--to", "site", "one.json.gz", "two.json.gz"]);
    assert!(files(&site) == first, "nothing changed");
    let left: Vec<String> =
        files(here).into_keys().filter(|name| !name.starts_with("site/")).collect();
    assert_eq!(left, ["one.json.gz", "two.json.gz"], "nothing is left beside the site");
}

#[test]
fn publish_rejects_foreign_folders_and_fails_atomically() {
    let folder = two_runs();
    let here = folder.path();
    fs::create_dir(here.join("mine")).unwrap();
    fs::write(here.join("mine/thesis.txt"), "years of work").unwrap();
    let refused = publish(here, &["--to", "mine", "one.json.gz"]);
    refused
        .fails_with(2, &["mine: this script did not create it", "choose an empty or a new folder"]);
    publishes(here, &["--to", "site", "one.json.gz"]);
    let before = files(here);
    fs::write(here.join("broken.json"), "{").unwrap();
    let failed = publish(here, &["--to", "site", "two.json.gz", "broken.json"]);
    failed.fails_with(2, &["broken.json: not a valid results file", "nothing was published"]);
    fs::remove_file(here.join("broken.json")).unwrap();
    assert!(files(here) == before, "as it was");
    publish(here, &["--to", "site", "--branch", "b"]).fails_with(2, &["--to and --branch"]);
    publish(here, &["--too", "site"]).fails_with(2, &["unknown option: --too", "--help"]);
    publish(here, &["--branch", "b", "one.json.gz"]).fails_with(2, &["not a git repository"]);
}

#[test]
fn publish_commits_only_changes() {
    let folder = repository();
    let here = folder.path();
    let said = publishes(here, &["--branch", "pages", "one.json.gz"]);
    assert!(said.contains("git push origin pages"), "{said}");
    publishes(here, &["--branch", "pages", "two.json.gz"]);
    let tip = git(here, &["rev-parse", "pages"]);
    publishes(here, &["--branch", "pages", "two.json.gz"]);
    assert_eq!(git(here, &["rev-parse", "pages"]), tip);
    assert_eq!(git(here, &["rev-list", "--count", "pages"]), "2\n");
    let names = git(here, &["ls-tree", "-r", "--name-only", "pages"]);
    for name in
        ["index.html", ".nojekyll", "data.json", "results/one.json.gz", "results/two.json.gz"]
    {
        assert!(names.lines().any(|line| line == name), "no {name} in {names}");
    }
    assert_eq!(git(here, &["status", "--porcelain"]), "", "the caller's files are as they were");
    assert_eq!(git(here, &["branch", "--show-current"]), "main\n");
    publish(here, &["--branch", "main", "one.json.gz"])
        .fails_with(2, &["branch main", "checked out"]);
    git(here, &["branch", "other"]);
    let refused = publish(here, &["--branch", "other", "one.json.gz"]);
    refused.fails_with(2, &["branch other: this script did not create it"]);
}

#[test]
fn publish_continues_a_remote_branch() {
    let origin = repository();
    publishes(origin.path(), &["--branch", "pages", "one.json.gz"]);
    let folder = two_runs();
    let clone = folder.path().join("clone");
    git(folder.path(), &["clone", "--quiet", origin.path().to_str().unwrap(), "clone"]);
    git(&clone, &["config", "user.name", "nobody"]);
    git(&clone, &["config", "user.email", "nobody@localhost"]);
    publishes(&clone, &["--branch", "pages", "../two.json.gz"]);
    assert_eq!(git(&clone, &["rev-list", "--count", "pages"]), "2\n");
    let kept = git(&clone, &["ls-tree", "--name-only", "pages", "results/"]);
    assert_eq!(kept, "results/one.json.gz\nresults/two.json.gz\n");
}
