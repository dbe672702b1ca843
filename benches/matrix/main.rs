//! `cargo bench`: starts `runtime-bench` with the options of a criterion bench target, and passes its samples
//! to criterion, which only this program contains.

mod replay;

use std::env;
use std::ffi::OsString;
use std::process::{Command, ExitCode};

/// The argument that makes this program replay a results file.
const REPLAY: &str = "criterion-replay";

fn main() -> ExitCode {
    let args: Vec<OsString> = env::args_os().skip(1).collect();
    if args.first().is_some_and(|first| first == REPLAY) {
        return report(replay::run(&args[1..]));
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_runtime-bench"));
    command.arg("cargo-bench").args(args);
    if let Ok(this) = env::current_exe() {
        command.env("RUNTIME_BENCH_CRITERION", this);
    }
    report(become_(command).map_err(|error| format!("cannot start runtime-bench: {error}")))
}

fn report(result: Result<ExitCode, String>) -> ExitCode {
    result.unwrap_or_else(|error| {
        eprintln!("error: {error}");
        ExitCode::from(2)
    })
}

/// Replaces this process, so that signals reach only the command.
#[cfg(unix)]
fn become_(mut command: Command) -> std::io::Result<ExitCode> {
    use std::os::unix::process::CommandExt;
    Err(command.exec())
}

#[cfg(not(unix))]
fn become_(mut command: Command) -> std::io::Result<ExitCode> {
    let code = command.status()?.code().and_then(|code| u8::try_from(code).ok());
    Ok(ExitCode::from(code.unwrap_or(2)))
}
