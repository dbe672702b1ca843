//! Embeds the compiler, the profile, the features, the commit and a sum of the source, so that a result
//! names what was measured and executables of one build know each other.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::process::Command;
use std::{env, fs};

/// What the build is made of. A package from elsewhere has only a part of it.
const SOURCE: [&str; 8] =
    ["Cargo.lock", "Cargo.toml", "build.rs", "results", "reports", "runners", "src", "workloads"];

fn main() {
    let rustc = env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    let version = output(Command::new(rustc).arg("--version"));
    println!("cargo::rustc-env=RUNTIME_BENCH_RUSTC={}", version.as_deref().unwrap_or("rustc ?"));
    let setting = |name: &str| env::var(name).unwrap_or_default();
    let profile = format!(
        "{}, opt-level {}, LTO {}, target {}",
        setting("PROFILE"),
        setting("OPT_LEVEL"),
        lto(&setting("PROFILE")),
        setting("TARGET")
    );
    println!("cargo::rustc-env=RUNTIME_BENCH_PROFILE={profile}");
    let features = features();
    println!("cargo::rustc-env=RUNTIME_BENCH_FEATURES={features}");
    let mut sum = DefaultHasher::new();
    (version.as_deref(), &profile, &features).hash(&mut sum);
    for path in SOURCE {
        add(Path::new(path), &mut sum);
    }
    println!("cargo::rustc-env=RUNTIME_BENCH_SOURCE={:016x}", sum.finish());
    // A package from elsewhere has no repository of its own, and then no commit.
    if let Some(commit) = output(Command::new("git").args(["rev-parse", "--short=12", "HEAD"])) {
        let changed = output(Command::new("git").args(["status", "--porcelain", "-uno"]));
        let mark = if changed.is_some_and(|changed| !changed.is_empty()) { "+" } else { "" };
        println!("cargo::rustc-env=RUNTIME_BENCH_COMMIT={commit}{mark}");
    }
    // A worktree keeps its log elsewhere.
    let log = output(Command::new("git").args(["rev-parse", "--git-path", "logs/HEAD"]));
    println!("cargo::rerun-if-changed={}", log.as_deref().unwrap_or(".git/logs/HEAD"));
    for path in SOURCE {
        println!("cargo::rerun-if-changed={path}");
    }
}

/// The features that this package was built with, as cargo tells them: in capitals.
fn features() -> String {
    let names =
        env::vars().filter_map(|(name, _)| Some(name.strip_prefix("CARGO_FEATURE_")?.to_owned()));
    let mut names: Vec<String> = names.map(|name| name.to_lowercase().replace('_', "-")).collect();
    names.sort();
    names.join(",")
}

/// Link-time optimisation, which cargo does not tell a build script: from where it is set.
fn lto(profile: &str) -> String {
    let variable = format!("CARGO_PROFILE_{}_LTO", profile.to_uppercase());
    println!("cargo::rerun-if-env-changed={variable}");
    let manifest = fs::read_to_string("Cargo.toml").unwrap_or_default();
    let section = manifest.split_once(&format!("\n[profile.{profile}]\n")).map(|(_, rest)| rest);
    let mut lines =
        section.into_iter().flat_map(str::lines).take_while(|line| !line.starts_with('['));
    let set = lines.find_map(|line| line.strip_prefix("lto = ")).map(str::to_owned);
    env::var(variable).ok().or(set).unwrap_or_else(|| "by default".to_owned())
}

/// Adds every file below a path to a sum, in the order of their names.
fn add(path: &Path, sum: &mut DefaultHasher) {
    let mut entries: Vec<_> = fs::read_dir(path).into_iter().flatten().flatten().collect();
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        add(&entry.path(), sum);
    }
    if let Ok(bytes) = fs::read(path) {
        (path, bytes).hash(sum);
    }
}

fn output(command: &mut Command) -> Option<String> {
    let output = command.output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}
