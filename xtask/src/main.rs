//! Facts about the workspace and its lock file, for the scripts.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use cargo_metadata::MetadataCommand;
use serde::Deserialize;

const USAGE: &str = "\
cargo xtask locked TREE NAME     each `VERSION path|registry` of a package in TREE/Cargo.lock
cargo xtask version FOLDER NAME  the version of the package NAME of the workspace in FOLDER
cargo xtask rust-version         the oldest Rust that this workspace supports";

type Answer = Result<String, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let answer = match arguments.as_slice() {
        ["locked", tree, name] => locked(Path::new(tree), name),
        ["version", folder, name] => version(Path::new(folder), name),
        ["rust-version"] => rust_version(),
        _ => Err(USAGE.into()),
    };
    match answer {
        Ok(text) => {
            println!("{text}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

#[derive(Deserialize)]
struct LockFile {
    package: Vec<LockedPackage>,
}

#[derive(Deserialize)]
struct LockedPackage {
    name: String,
    version: String,
    source: Option<String>,
}

/// Reads the lock file itself: `cargo metadata` would fetch every package of it.
fn locked(tree: &Path, name: &str) -> Answer {
    let path = tree.join("Cargo.lock");
    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let lock: LockFile = toml::from_str(&text)?;
    let found = lock.package.iter().filter(|package| package.name == name).map(|package| {
        let source = if package.source.is_some() { "registry" } else { "path" };
        format!("{} {source}", package.version)
    });
    let found: Vec<String> = found.collect();
    if found.is_empty() {
        return Err(format!("`{name}` is not a dependency of runtime-bench").into());
    }
    Ok(found.join("\n"))
}

fn version(folder: &Path, name: &str) -> Answer {
    let manifest = folder.join("Cargo.toml");
    let metadata = MetadataCommand::new().manifest_path(&manifest).no_deps().exec()?;
    let package = metadata.packages.into_iter().find(|package| *package.name == name);
    let package = package.ok_or_else(|| format!("{} has no package `{name}`", folder.display()))?;
    Ok(package.version.to_string())
}

fn rust_version() -> Answer {
    let metadata = MetadataCommand::new().no_deps().exec()?;
    let declared = metadata.packages.iter().find_map(|package| package.rust_version.clone());
    let declared = declared.ok_or("no package declares a rust-version")?;
    Ok(format!("{}.{}", declared.major, declared.minor))
}
