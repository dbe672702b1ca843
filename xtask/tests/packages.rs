//! What is published: every package holds what it needs and nothing else, and says truly which compiler it
//! takes.

use std::fs;
use std::process::Command;

use serde_json::Value;

/// The packages, and what one of them may hold beside licences, readme, manifests and `src`.
const PACKAGES: [(&str, &[&str]); 5] = [
    ("runtime-bench-results", &["schema/", "tests/", "SCHEMA.md"]),
    ("runtime-bench-workloads", &[]),
    ("runtime-bench-runners", &["build.rs", "tests/"]),
    ("runtime-bench-reports", &["examples/", "tests/"]),
    (
        "runtime-bench",
        &[
            "build.rs",
            "benches/",
            "examples/",
            "docs/runner-protocol.md",
            "docs/recipes/",
            "METHODOLOGY.md",
            "CHANGELOG.md",
        ],
    ),
];

fn cargo(args: &[&str]) -> String {
    let output = Command::new(env!("CARGO"))
        .args(args)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "cargo {args:?}: {told}");
    String::from_utf8(output.stdout).expect("cargo prints text")
}

/// The manifests of everything that is built on this kind of machine.
fn manifests() -> Vec<Value> {
    let told = Command::new(env!("CARGO")).args(["-vV"]).output().expect("cargo runs").stdout;
    let told = String::from_utf8(told).expect("cargo prints text");
    let host = told.lines().find_map(|line| line.strip_prefix("host: ")).expect("it has a host");
    let metadata = cargo(&[
        "metadata",
        "--format-version",
        "1",
        "--offline",
        "--locked",
        "--filter-platform",
        host,
    ]);
    let mut metadata: Value = serde_json::from_str(&metadata).expect("cargo prints JSON");
    serde_json::from_value(metadata["packages"].take()).expect("they are a list")
}

fn version(text: &str) -> Vec<u32> {
    let mut numbers: Vec<u32> =
        text.split('.').map(|number| number.parse().expect("a number")).collect();
    numbers.resize(3, 0);
    numbers
}

#[test]
fn a_package_holds_what_it_needs_and_nothing_else() {
    for (package, more) in PACKAGES {
        let list = cargo(&["package", "--list", "--allow-dirty", "--offline", "-p", package]);
        let files: Vec<&str> = list.lines().collect();
        for needed in ["LICENSE-MIT", "LICENSE-APACHE", "README.md", "Cargo.toml", "src/lib.rs"] {
            assert!(files.contains(&needed), "{package} has no {needed}");
        }
        let always = [
            "src/",
            "LICENSE-MIT",
            "LICENSE-APACHE",
            "README.md",
            "Cargo.",
            ".cargo_vcs_info.json",
        ];
        for file in files {
            let fits = |known: &&str| file.starts_with(*known);
            assert!(always.iter().chain(more).any(fits), "{package} holds {file}");
        }
    }
}

#[test]
fn every_package_says_what_it_is_and_asks_for_versions() {
    for manifest in manifests().iter().filter(|manifest| manifest["source"].is_null()) {
        let name = &manifest["name"];
        for field in ["description", "license", "readme", "rust_version"] {
            assert!(manifest[field].is_string(), "{name} has no {field}");
        }
        for dependency in manifest["dependencies"].as_array().expect("a list") {
            assert_ne!(dependency["req"], "*", "{name} takes any {}", dependency["name"]);
        }
    }
}

#[test]
fn no_dependency_takes_a_newer_compiler_than_is_declared() {
    let manifests = manifests();
    let of = |manifest: &Value| manifest["rust_version"].as_str().map(version);
    let ours = manifests.iter().find(|manifest| manifest["name"] == "runtime-bench").and_then(of);
    let declared = ours.expect("it is declared");
    for manifest in &manifests {
        let needed = of(manifest).unwrap_or_default();
        assert!(needed <= declared, "{} takes {needed:?}", manifest["name"]);
    }
}

#[test]
fn the_changelog_tells_of_this_version() {
    let changelog = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/CHANGELOG.md"))
        .expect("it can be read");
    let heading = concat!("## [", env!("CARGO_PKG_VERSION"), "] - ");
    let released = changelog.lines().find_map(|line| line.strip_prefix(heading));
    let released = released.expect("a heading with the version");
    let day =
        |text: &str| text.len() == 10 && text.bytes().filter(|byte| *byte == b'-').count() == 2;
    assert!(released == "Unreleased" || day(released), "{released}");
}
