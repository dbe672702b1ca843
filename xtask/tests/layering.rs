//! The manifests keep data flowing one way: workloads → runners → harness → results → reports.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

/// The runtimes under test, and the crates that they are made of.
const RUNTIMES: [&str; 10] = [
    "tokio",
    "async-std",
    "smol",
    "rayon",
    "compio",
    "monoio",
    "async-executor",
    "async-io",
    "futures",
    "mio",
];

/// The packages of the workspace and what each depends on when it is built for use.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo prints JSON");
    let name = |value: &Value| value["name"].as_str().unwrap_or_default().to_owned();
    let of = |package: &Value| {
        let all = package["dependencies"].as_array().cloned().unwrap_or_default();
        all.iter().filter(|dependency| dependency["kind"].is_null()).map(name).collect()
    };
    let packages = metadata["packages"].as_array().expect("packages");
    packages.iter().map(|package| (name(package), of(package))).collect()
}

#[test]
fn each_layer_knows_only_those_before_it() {
    let dependencies = dependencies();
    let ours = |package: &str| -> Vec<&str> {
        let all = &dependencies[package];
        all.iter().filter_map(|name| name.strip_prefix("runtime-bench-")).collect()
    };
    assert_eq!(ours("runtime-bench-results"), Vec::<&str>::new());
    assert_eq!(ours("runtime-bench-workloads"), ["results"]);
    assert_eq!(ours("runtime-bench-runners"), ["results", "workloads"]);
    assert_eq!(ours("runtime-bench-reports"), ["results"]);
}

#[test]
fn only_the_runners_name_a_runtime() {
    for (package, dependencies) in dependencies() {
        let named: Vec<&&str> =
            RUNTIMES.iter().filter(|name| dependencies.contains(**name)).collect();
        assert_eq!(named.is_empty(), package != "runtime-bench-runners", "{package}: {named:?}");
    }
}
