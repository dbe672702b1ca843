//! Runs the real binary in a separate folder.
#![allow(dead_code, reason = "each test file uses its part of this")]

pub(crate) mod bench_target;
pub(crate) mod own_bench;
pub(crate) mod running;

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The binary, in `folder`, with results under `folder/target`.
pub(crate) fn command(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_runtime-bench"));
    command
        .current_dir(folder)
        .env_remove("CARGO_TARGET_DIR")
        .env_remove("CRITERION_HOME")
        .stdin(Stdio::null());
    command
}

/// Runs the binary to its end.
pub(crate) fn run(folder: &Path, args: &[&str]) -> Ended {
    Ended::of(command(folder).args(args).output().expect("the binary starts"))
}

/// Checks that the program succeeded, with all of these words on standard output and nothing on standard
/// error.
#[track_caller]
pub(crate) fn passes(ended: &Ended, words: &[&str]) {
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{ended:?}");
    for word in words {
        assert!(ended.stdout.contains(word), "no `{word}` in:\n{}", ended.stdout);
    }
}

/// The output and exit code of a program.
#[derive(Debug)]
pub(crate) struct Ended {
    /// Exit code.
    pub(crate) code: Option<i32>,
    /// Standard output.
    pub(crate) stdout: String,
    /// Standard error.
    pub(crate) stderr: String,
}

impl Ended {
    /// Converts the output of a process.
    pub(crate) fn of(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).expect("text"),
            stderr: String::from_utf8(output.stderr).expect("text"),
        }
    }

    /// Checks that the program ended with this code and with one message that contains all of these words.
    #[track_caller]
    pub(crate) fn fails_with(&self, code: i32, words: &[&str]) {
        assert_eq!(self.code, Some(code), "{self:?}");
        for word in words {
            assert!(self.stderr.contains(word), "no `{word}` in: {}", self.stderr);
        }
        // A trial may panic, which prints its message.
        let mut own = self.stderr.lines().filter(|line| !line.starts_with("failed: "));
        assert!(own.all(|line| !line.contains("panicked")), "{}", self.stderr);
    }
}

/// A program that cargo built next to the binary.
pub(crate) fn example(name: &str) -> PathBuf {
    let binary = Path::new(env!("CARGO_BIN_EXE_runtime-bench"));
    binary.parent().expect("a folder").join("examples").join(name)
}
