//! Embeds the compiler, the profile and the commit, so that a result names what was measured.

use std::env;
use std::process::Command;

fn main() {
    let rustc = env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    let version = output(Command::new(rustc).arg("--version"));
    println!("cargo::rustc-env=RUNTIME_BENCH_RUSTC={}", version.as_deref().unwrap_or("rustc ?"));
    let setting = |name: &str| env::var(name).unwrap_or_default();
    println!(
        "cargo::rustc-env=RUNTIME_BENCH_PROFILE={}, opt-level {}, target {}",
        setting("PROFILE"),
        setting("OPT_LEVEL"),
        setting("TARGET")
    );
    // A package from elsewhere has no repository of its own, and then no commit.
    if let Some(commit) = output(Command::new("git").args(["rev-parse", "--short=12", "HEAD"])) {
        let changed = output(Command::new("git").args(["status", "--porcelain", "-uno"]));
        let mark = if changed.is_some_and(|changed| !changed.is_empty()) { "+" } else { "" };
        println!("cargo::rustc-env=RUNTIME_BENCH_COMMIT={commit}{mark}");
    }
    // A worktree keeps its log elsewhere.
    let log = output(Command::new("git").args(["rev-parse", "--git-path", "logs/HEAD"]));
    println!("cargo::rerun-if-changed={}", log.as_deref().unwrap_or(".git/logs/HEAD"));
    for path in ["Cargo.lock", "build.rs", "results", "reports", "runners", "src", "workloads"] {
        println!("cargo::rerun-if-changed={path}");
    }
}

fn output(command: &mut Command) -> Option<String> {
    let output = command.output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}
