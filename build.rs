//! Embeds the compiler, the profile, the features, the commit and the lock file's versions, so that a result
//! names the measured build. Only the command line contains this; the trial programs do not depend on it.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let rustc = env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    let version = output(Command::new(rustc).arg("--version"));
    println!("cargo::rustc-env=RUNTIME_BENCH_RUSTC={}", version.as_deref().unwrap_or("rustc ?"));
    let setting = |name: &str| env::var(name).unwrap_or_default();
    let profile = format!("{}, target {}", setting("PROFILE"), setting("TARGET"));
    println!("cargo::rustc-env=RUNTIME_BENCH_PROFILE={profile}");
    println!("cargo::rustc-env=RUNTIME_BENCH_FEATURES={}", features());
    if setting("PROFILE") == "release" && setting("CARGO_CFG_TARGET_OS") == "linux" {
        // Symbols are a third of these executables, which are never sampled.
        for program in ["runtime-bench", "runtime-bench-counting"] {
            println!("cargo::rustc-link-arg-bin={program}=-Wl,--strip-all");
        }
    }
    let lock = lockfile();
    // The repository whose lock file this is: of this crate, or of the one that uses it.
    if let Some(folder) = lock.as_deref().and_then(Path::parent) {
        commit(folder);
    }
}

/// The features that this package was built with; cargo passes them in capitals.
fn features() -> String {
    let names =
        env::vars().filter_map(|(name, _)| Some(name.strip_prefix("CARGO_FEATURE_")?.to_owned()));
    let mut names: Vec<String> = names.map(|name| name.to_lowercase().replace('_', "-")).collect();
    names.sort();
    names.join(",")
}

/// A package without its own repository has no commit.
fn commit(folder: &Path) {
    let git = |args: &[&str]| output(Command::new("git").arg("-C").arg(folder).args(args));
    let Some(commit) = git(&["rev-parse", "--short=12", "HEAD"]) else { return };
    let changed = git(&["status", "--porcelain", "-uno"]);
    let mark = if changed.is_some_and(|changed| !changed.is_empty()) { "+" } else { "" };
    println!("cargo::rustc-env=RUNTIME_BENCH_COMMIT={commit}{mark}");
    // A worktree keeps its log elsewhere.
    let log = git(&["rev-parse", "--git-path", "logs/HEAD"]);
    let log = folder.join(log.as_deref().unwrap_or(".git/logs/HEAD"));
    println!("cargo::rerun-if-changed={}", log.display());
}

/// Writes the packages of the lock file with their versions; returns its path. In this repository it is next
/// to the manifest; a crate that uses this one as a library has its own lock file above its target folder, or
/// `scripts/ci-compare` names it.
fn lockfile() -> Option<PathBuf> {
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    let own = Path::new("Cargo.lock");
    let above =
        || out.ancestors().map(|folder| folder.join("Cargo.lock")).find(|lock| lock.is_file());
    let in_repository = Path::new("workloads").is_dir() && own.is_file();
    println!("cargo::rerun-if-env-changed=RUNTIME_BENCH_LOCKFILE");
    let named = env::var_os("RUNTIME_BENCH_LOCKFILE").map(PathBuf::from);
    let beside = || in_repository.then(|| own.to_owned());
    let lock = named.filter(|lock| lock.is_file()).or_else(beside).or_else(above);
    let mut table = String::from("const LOCKFILE: &[(&str, &str)] = &[\n");
    if let Some(lock) = &lock {
        println!("cargo::rerun-if-changed={}", lock.display());
        let text = fs::read_to_string(lock).unwrap_or_default();
        for package in text.split("[[package]]").skip(1) {
            let value = |name: &str| {
                let line = package.lines().find_map(|line| line.strip_prefix(name));
                line.map(|value| value.trim_matches('"'))
            };
            if let (Some(name), Some(version)) = (value("name = "), value("version = ")) {
                writeln!(table, "    ({name:?}, {version:?}),").expect("a string takes any text");
            }
        }
    }
    table.push_str("];\n");
    fs::write(out.join("lockfile.rs"), table).expect("OUT_DIR is writable");
    lock
}

fn output(command: &mut Command) -> Option<String> {
    let output = command.output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}
