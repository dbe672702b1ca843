//! The manifests keep data flowing one way, and only the runners name a runtime.

use std::fs;
use std::path::Path;
use std::str::FromStr;

use cargo_metadata::{DependencyKind, MetadataCommand, Package};
use proc_macro2::{TokenStream, TokenTree};

/// The runtimes under test, and their crates.
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

/// The allowed dependencies of the packages of each layer, without the prefix `runtime-bench-`.
const LAYERS: [(&str, &[&str]); 11] = [
    ("results", &[]),
    ("fixtures", &["results"]),
    ("stats", &["results"]),
    ("analysis", &["results", "stats"]),
    ("reports", &["results", "analysis"]),
    ("profiles", &["results", "analysis"]),
    ("api", &["results"]),
    ("workloads", &["results", "api"]),
    ("catalog", &["results", "api", "workloads"]),
    ("harness", &["results", "analysis", "api"]),
    (RUNNERS, &["results", "api", "catalog", "sync"]),
];

/// The layer of every package in the folder of this name.
const RUNNERS: &str = "runners";

/// The folder in which the root package may name one: its trial programs.
const PROGRAMS: &str = "src/programs";

fn packages() -> Vec<Package> {
    MetadataCommand::new().no_deps().exec().expect("cargo metadata").packages
}

fn is_runner(package: &Package) -> bool {
    package.manifest_path.components().any(|part| part.as_str() == RUNNERS)
}

/// The dependencies of a package, without development dependencies.
fn dependencies(package: &Package) -> impl Iterator<Item = &str> {
    let normal = package.dependencies.iter().filter(|one| one.kind == DependencyKind::Normal);
    normal.map(|one| one.name.as_str())
}

#[test]
fn packages_depend_on_lower_layers_only() {
    for package in packages() {
        let Some(name) = package.name.strip_prefix("runtime-bench-") else { continue };
        let layer = if is_runner(&package) { RUNNERS } else { name };
        let (_, allowed) = LAYERS.iter().find(|(known, _)| *known == layer).expect("a layer");
        let ours = dependencies(&package).filter_map(|name| name.strip_prefix("runtime-bench-"));
        for dependency in ours {
            assert!(allowed.contains(&dependency), "{name} depends on {dependency}");
        }
    }
}

#[test]
fn manifests_outside_of_the_runners_do_not_name_a_runtime() {
    for package in packages().iter().filter(|package| !is_runner(package)) {
        let named: Vec<&str> =
            dependencies(package).filter(|name| RUNTIMES.contains(name)).collect();
        assert!(named.is_empty(), "{} depends on {named:?}", package.name);
    }
}

/// Calls `check` with every Rust source below a folder.
fn sources(folder: &Path, check: &mut impl FnMut(&Path, &str)) {
    for entry in fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, check);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            check(&path, &fs::read_to_string(&path).expect("a readable source"));
        }
    }
}

/// The first path among some tokens that begins with one of these names.
fn path_of(tokens: TokenStream, names: &[String]) -> Option<&String> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let is_colon = |at: Option<usize>| {
        at.and_then(|at| tokens.get(at)).is_some_and(|token| token.to_string() == ":")
    };
    tokens.iter().enumerate().find_map(|(at, token)| match token {
        TokenTree::Group(group) => path_of(group.stream(), names),
        TokenTree::Ident(ident) if !is_colon(at.checked_sub(1)) && is_colon(Some(at + 1)) => {
            let is_path = is_colon(Some(at + 2));
            names.iter().find(|name| is_path && ident == name.as_str())
        }
        _ => None,
    })
}

#[test]
fn sources_outside_of_the_runners_do_not_name_a_runtime() {
    let packages = packages();
    let (runners, others): (Vec<_>, Vec<_>) = packages.iter().partition(|one| is_runner(one));
    let names = RUNTIMES.into_iter().chain(runners.iter().map(|package| package.name.as_str()));
    let names: Vec<String> = names.map(|name| name.replace('-', "_")).collect();
    for package in others {
        let folder = package.manifest_path.parent().expect("a folder").join("src");
        sources(folder.as_std_path(), &mut |path, text| {
            let tokens = TokenStream::from_str(text).expect("Rust tokens");
            let found = path_of(tokens, &names);
            let is_program = path.parent().is_some_and(|folder| folder.ends_with(PROGRAMS));
            assert!(found.is_none() || is_program, "{} names {found:?}", path.display());
        });
    }
}
