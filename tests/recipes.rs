//! Every command of `docs/recipes`, in a clone like a user's. Stand-ins (`tests/recipes`) replace slow parts:
//! builds use existing executables, and runs get little time. For `cargo test --release`.
#![cfg(unix)]

mod common;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::Ended;
use common::bench_target::BENCH_TARGET;
use common::own_bench::OWN_BENCH;
use tempfile::{TempDir, tempdir};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// A clone with a remote, in a separate folder.
struct Checkout {
    folder: TempDir,
}

impl Checkout {
    fn new() -> Self {
        let folder = tempdir().unwrap();
        let checkout = Self { folder };
        checkout.does(&format!(
            "git -C '{ROOT}' ls-files -z --recurse-submodules | (cd '{ROOT}' && xargs -0 tar -cf -) | tar -xf -
             git init --quiet --initial-branch=main .
             git config user.name nobody && git config user.email nobody@localhost
             git add --all && git commit --quiet -m 'as it stands'
             git init --quiet --bare ../origin.git
             git remote add origin ../origin.git && git push --quiet --set-upstream origin main"
        ));
        checkout
    }

    fn path(&self) -> PathBuf {
        let path = self.folder.path().join("runtime-bench");
        fs::create_dir_all(&path).unwrap();
        path
    }

    /// Runs a script in the clone, which must succeed; returns its output.
    #[track_caller]
    fn does(&self, script: &str) -> String {
        let shims = Path::new(ROOT).join("tests/recipes");
        let path = format!("{}:{}", shims.display(), env::var("PATH").unwrap());
        let mut command = Command::new("bash");
        command.args(["-euo", "pipefail", "-c", script]).current_dir(self.path());
        command.env_remove("CARGO_TARGET_DIR").env_remove("CRITERION_HOME");
        command.env_remove("GITHUB_STEP_SUMMARY").env_remove("GITHUB_ACTIONS");
        command.env("PATH", path).env("SHIMS", &shims).env("LOG", self.folder.path().join("log"));
        command.env("REAL", env!("CARGO_BIN_EXE_runtime-bench")).env("BENCH", &*BENCH_TARGET);
        command.env("OWN_BENCH", &*OWN_BENCH).env("CARGO", env!("CARGO"));
        command.env("GIT", which("git")).env("TOKIO", source_of("tokio"));
        let ended = Ended::of(command.output().expect("bash is there"));
        assert_eq!(ended.code, Some(0), "{script}\n{}{}", ended.stdout, ended.stderr);
        ended.stdout
    }

    /// Follows a recipe, and returns the output of its commands.
    #[track_caller]
    fn follows(&self, recipe: &str) -> String {
        let text = fs::read_to_string(Path::new(ROOT).join("docs/recipes").join(recipe)).unwrap();
        let steps = steps(&text);
        assert!(!steps.is_empty(), "{recipe} has no commands");
        let mut said = String::new();
        for step in steps {
            match step {
                Step::File(name, content) => fs::write(self.path().join(name), content).unwrap(),
                Step::Run(script) => said += &self.does(&script),
            }
        }
        said
    }
}

/// An executable part of a recipe.
#[derive(Debug)]
enum Step {
    File(String, String),
    Run(String),
}

/// `sh` blocks are run; a block below `<!-- file: NAME -->` is that file, and `<!-- before: COMMAND -->` is a
/// manual step of the reader.
fn steps(text: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut lines = text.lines();
    let mut file = None;
    while let Some(line) = lines.next() {
        let comment = line.strip_prefix("<!-- ").and_then(|line| line.strip_suffix(" -->"));
        if let Some(comment) = comment {
            match comment.split_once(": ") {
                Some(("file", name)) => file = Some(name.to_owned()),
                Some(("before", command)) => steps.push(Step::Run(command.to_owned())),
                _ => panic!("{line}"),
            }
        } else if let Some(language) = line.strip_prefix("```") {
            let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            let block = block.join("\n") + "\n";
            match (file.take(), language) {
                (Some(name), _) => steps.push(Step::File(name, block)),
                (None, "sh") => steps.push(Step::Run(block)),
                (None, _) => {}
            }
        }
    }
    steps
}

fn which(program: &str) -> PathBuf {
    let path = env::var_os("PATH").unwrap();
    env::split_paths(&path).map(|folder| folder.join(program)).find(|path| path.is_file()).unwrap()
}

/// The folder of a dependency's source in cargo's cache.
fn source_of(package: &str) -> PathBuf {
    let mut command = Command::new(env!("CARGO"));
    command.args(["metadata", "--format-version", "1", "--locked", "--offline"]).current_dir(ROOT);
    let output = command.output().expect("cargo runs");
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).expect("its metadata");
    let packages = metadata["packages"].as_array().unwrap();
    let found = packages.iter().find(|found| found["name"] == package).unwrap();
    Path::new(found["manifest_path"].as_str().unwrap()).parent().unwrap().to_path_buf()
}

#[test]
fn every_recipe_is_tested_and_indexed() {
    let folder = Path::new(ROOT).join("docs/recipes");
    let index = fs::read_to_string(folder.join("README.md")).unwrap();
    let own = fs::read_to_string(Path::new(ROOT).join("tests/recipes.rs")).unwrap();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let name = entry.file_name().into_string().unwrap();
        if name != "README.md" {
            assert!(index.contains(&format!("]({name})")), "{name} is not in the index");
            assert!(own.contains(&format!("follows(\"{name}\")")), "{name} is not followed");
        }
    }
}

#[test]
#[cfg_attr(debug_assertions, ignore = "a debug build does not measure")]
fn benchmark_at_home() {
    let checkout = Checkout::new();
    let said = checkout.follows("benchmark-at-home.md");
    for words in ["parallel capacity", "tcp-echo", "criterion:", "site/index.html"] {
        assert!(said.contains(words), "no `{words}` in: {said}");
    }
    assert!(said.contains("The run was stopped and resumed 1 time"), "{said}");
    assert_eq!(fs::read_dir(checkout.path().join("kept")).unwrap().count(), 1);
}

#[test]
#[cfg_attr(debug_assertions, ignore = "a debug build does not measure")]
fn own_crate() {
    let checkout = Checkout::new();
    let said = checkout.follows("own-crate.md");
    let log = fs::read_to_string(checkout.folder.path().join("log")).unwrap();
    assert!(!log.contains("layouts"), "the executable runs its own trials: {log}");
    for words in ["Collatz sequences", "ok      prices/tokio/", "0 failed"] {
        assert!(said.contains(words), "no `{words}` in: {said}");
    }
}

#[test]
#[cfg_attr(debug_assertions, ignore = "a debug build does not measure")]
fn exports() {
    let checkout = Checkout::new();
    let said = checkout.follows("exports.md");
    assert!(said.contains("runtime_bench_wall_seconds{workload=\"spawn-join\""), "{said}");
    for name in ["benchmarks.json", "bmf.json", "runtime_bench.prom", "results.csv"] {
        assert!(checkout.path().join(name).metadata().unwrap().len() > 100, "{name}");
    }
}

#[test]
#[cfg_attr(debug_assertions, ignore = "a debug build does not measure")]
fn bisect() {
    let checkout = Checkout::new();
    checkout.follows("bisect.md");
    let built = fs::read_to_string(checkout.folder.path().join("log")).unwrap();
    for version in ["1.50.0", "1.52.0", "1.51.1"] {
        assert!(built.contains(&format!("tokio --precise {version}")), "{version}: {built}");
    }
    assert!(checkout.path().join("ab/index.html").exists());
}

#[test]
#[cfg_attr(debug_assertions, ignore = "a debug build does not measure")]
fn test_a_tokio_patch() {
    let checkout = Checkout::new();
    let said = checkout.follows("test-a-tokio-patch.md");
    assert!(said.contains("tokio = ") && said.contains("ping-pong/tokio"), "{said}");
    let log = fs::read_to_string(checkout.folder.path().join("log")).unwrap();
    let linked = log.lines().filter(|line| *line == "runtime-bench layouts --layouts 4").count();
    assert_eq!(linked, 3 * 2, "three comparisons of two builds in three more layouts");
}

#[test]
#[cfg_attr(debug_assertions, ignore = "a debug build does not measure")]
fn gate_a_pull_request() {
    let checkout = Checkout::new();
    let said = checkout.follows("gate-a-pull-request.md");
    assert!(said.contains("ping-pong/smol"), "{said}");
    for file in ["summary.md", "junit.xml", "base.json", "head.json"] {
        assert!(checkout.path().join(file).is_file(), "{file}");
    }
}

#[test]
#[cfg_attr(debug_assertions, ignore = "a debug build does not measure")]
fn publish_a_site() {
    let checkout = Checkout::new();
    checkout.follows("publish-a-site.md");
    let page = checkout.does("git --git-dir ../origin.git show gh-pages:index.html");
    assert!(page.contains("ping-pong"), "the site is on the remote");
    for page in ["public/index.html", "one-file/index.html", "site/index.html"] {
        assert!(checkout.path().join(page).is_file(), "{page}");
    }
}

#[test]
#[cfg_attr(debug_assertions, ignore = "a debug build does not measure")]
fn a_runner_in_another_language() {
    if Command::new("node").arg("--version").output().is_err() {
        println!("skipped: `node` not found");
        return;
    }
    let checkout = Checkout::new();
    let said = checkout.follows("runner-in-another-language.md");
    assert!(said.contains("checks passed, 0 failed"), "{said}");
    assert!(said.contains("external, never ranked"), "{said}");
}
