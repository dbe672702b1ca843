//! The manifests keep data flowing one way: workloads → runners → harness → results → reports.

use cargo_metadata::{DependencyKind, MetadataCommand, Package};

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

fn packages() -> Vec<Package> {
    MetadataCommand::new().no_deps().exec().expect("cargo metadata").packages
}

/// What a package depends on when it is built for use.
fn dependencies(package: &Package) -> impl Iterator<Item = &str> {
    let normal = package.dependencies.iter().filter(|one| one.kind == DependencyKind::Normal);
    normal.map(|one| one.name.as_str())
}

#[test]
fn each_layer_knows_only_those_before_it() {
    let packages = packages();
    let ours = |name: &str| -> Vec<&str> {
        let package = packages.iter().find(|one| *one.name == name).expect("a package");
        dependencies(package).filter_map(|name| name.strip_prefix("runtime-bench-")).collect()
    };
    assert_eq!(ours("runtime-bench-results"), Vec::<&str>::new());
    assert_eq!(ours("runtime-bench-workloads"), ["results"]);
    assert_eq!(ours("runtime-bench-runners"), ["results", "workloads"]);
    assert_eq!(ours("runtime-bench-reports"), ["results"]);
}

#[test]
fn only_the_runners_name_a_runtime() {
    for package in packages() {
        let named: Vec<&str> =
            dependencies(&package).filter(|name| RUNTIMES.contains(name)).collect();
        let runs = *package.name == "runtime-bench-runners";
        assert_eq!(!named.is_empty(), runs, "{}: {named:?}", package.name);
    }
}
