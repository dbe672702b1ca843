//! Embeds the versions of the lock file, so that a result names what it measured.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs};

use serde::Deserialize;

/// The part of a lock file that is of interest.
#[derive(Deserialize)]
struct Lock {
    #[serde(rename = "package")]
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
}

fn main() {
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    let manifest = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    // In this repository the lock file of the workspace, wherever the target folder is. A crate that
    // uses this one as a library has its own above its target folder.
    let workspace = manifest.parent().filter(|folder| folder.join("workloads").is_dir());
    let own = workspace.map(|folder| folder.join("Cargo.lock")).filter(|lock| lock.is_file());
    let lock = own.or_else(|| [out.as_path(), manifest.as_path()].into_iter().find_map(lock_above));
    let mut table = String::from("pub(crate) const LOCKED: &[(&str, &str)] = &[\n");
    if let Some(lock) = lock {
        println!("cargo::rerun-if-changed={}", lock.display());
        let text = fs::read_to_string(&lock).expect("Cargo.lock is readable");
        let lock: Lock = toml::from_str(&text).expect("Cargo.lock names packages with versions");
        for Package { name, version } in &lock.packages {
            writeln!(table, "    ({name:?}, {version:?}),").expect("a string takes any text");
        }
    }
    table.push_str("];\n");
    fs::write(out.join("locked.rs"), table).expect("OUT_DIR is writable");
    println!("cargo::rerun-if-changed=build.rs");
}

fn lock_above(folder: &Path) -> Option<PathBuf> {
    folder.ancestors().map(|folder| folder.join("Cargo.lock")).find(|lock| lock.is_file())
}
