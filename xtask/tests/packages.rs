//! Checks published packages: each contains only the files that it needs, and declares the compiler that it
//! requires.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use cargo_metadata::{MetadataCommand, Package};

/// Files that some packages may contain besides licenses, readme, manifests and `src`.
const MORE: [(&str, &[&str]); 6] = [
    ("runtime-bench-results", &["schema/", "SCHEMA.md"]),
    ("runtime-bench-analysis", &["schema/", "tests/"]),
    ("runtime-bench-catalog", &["tests/"]),
    ("runtime-bench-io-uring", &["tests/"]),
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

/// The root of the workspace.
const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// All packages that are built on this kind of machine.
fn packages() -> Vec<Package> {
    let told = Command::new(env!("CARGO")).args(["-vV"]).output().expect("cargo runs").stdout;
    let told = String::from_utf8(told).expect("cargo prints text");
    let host = told.lines().find_map(|line| line.strip_prefix("host: ")).expect("it has a host");
    let options = ["--offline", "--locked", "--filter-platform", host].map(str::to_owned);
    MetadataCommand::new().other_options(options).exec().expect("cargo metadata").packages
}

fn is_published(package: &Package) -> bool {
    package.publish.as_ref().is_none_or(|registries| !registries.is_empty())
}

#[test]
fn package_contains_only_the_files_that_it_needs() {
    let packages = packages();
    for package in
        packages.iter().filter(|package| package.source.is_none() && is_published(package))
    {
        let package = package.name.as_str();
        let more = MORE.iter().find(|(name, _)| *name == package).map_or(&[][..], |(_, more)| more);
        let output = Command::new(env!("CARGO"))
            .args(["package", "--list", "--allow-dirty", "--offline", "-p", package])
            .current_dir(ROOT)
            .output()
            .expect("cargo runs");
        let list = String::from_utf8(output.stdout).expect("cargo prints text");
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
fn packages_have_descriptions_and_pinned_dependencies() {
    for package in packages().iter().filter(|package| package.source.is_none()) {
        let name = &package.name;
        assert!(package.description.is_some(), "{name} has no description");
        assert!(package.license.is_some(), "{name} has no license");
        assert!(package.rust_version.is_some(), "{name} has no rust-version");
        assert!(package.readme.is_some() || !is_published(package), "{name} has no readme");
        for dependency in &package.dependencies {
            let any = dependency.req.comparators.is_empty();
            assert!(!any, "{name} takes any {}", dependency.name);
        }
    }
}

#[test]
fn dependencies_support_the_declared_rust_version() {
    let packages = packages();
    let ours = packages.iter().find(|package| *package.name == "runtime-bench");
    let declared = ours.and_then(|package| package.rust_version.clone()).expect("it is declared");
    for package in &packages {
        let fits = package.rust_version.as_ref().is_none_or(|needed| *needed <= declared);
        assert!(fits, "{} takes {:?}", package.name, package.rust_version);
    }
}

/// Otherwise `cargo build`, `cargo bench` and the tests would each rebuild such a package and its users.
#[test]
fn packages_have_the_same_features_in_builds_and_in_tests() {
    let tree = |edges: &str| {
        let output = Command::new(env!("CARGO"))
            .args(["tree", "--offline", "--locked", "-p", "runtime-bench", "-e", edges])
            .args(["--prefix", "none", "-f", "{p} {f}"])
            .current_dir(ROOT)
            .output()
            .expect("cargo runs");
        let text = String::from_utf8(output.stdout).expect("cargo prints text");
        let lines = text.lines().map(|line| line.trim_end_matches(" (*)").to_owned());
        lines.collect::<BTreeSet<String>>()
    };
    let (built, tested) = (tree("no-dev"), tree("all"));
    assert!(built.len() > 50, "{built:?}");
    let twice: Vec<&String> = built.difference(&tested).collect();
    assert!(twice.is_empty(), "{twice:?}");
}

#[test]
fn changelog_has_this_version() {
    let changelog = fs::read_to_string(format!("{ROOT}/CHANGELOG.md")).expect("it can be read");
    let heading = concat!("## [", env!("CARGO_PKG_VERSION"), "] - ");
    let released = changelog.lines().find_map(|line| line.strip_prefix(heading));
    let released = released.expect("a heading with the version");
    let day =
        |text: &str| text.len() == 10 && text.bytes().filter(|byte| *byte == b'-').count() == 2;
    assert!(released == "Unreleased" || day(released), "{released}");
}
