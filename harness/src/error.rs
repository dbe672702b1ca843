//! Errors of commands, and their exit codes.

use std::process::ExitCode;

use runtime_bench_results::store::StoreError;

use crate::program::ProgramError;

/// Exit code: a wrong output, a crash or a regression.
pub const FAILED: u8 = 1;
/// Exit code: bad usage, or the command could not run.
pub const COULD_NOT_RUN: u8 = 2;
/// Exit code: the A/A control failed, so the results are not trustworthy, or a comparison is
/// inconclusive.
pub const UNTRUSTED: u8 = 3;
/// Exit code: stopped by Ctrl-C or a termination signal.
pub const INTERRUPTED: u8 = 130;

/// Why a command failed: `<what failed>: <why>`, then optionally `help: <what to do>` on a separate line.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The command line is invalid.
    #[error("{0}")]
    Usage(String),
    /// The system refused something.
    #[error("{0}")]
    CouldNotRun(String),
    /// A results file could not be written or read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A trial program cannot be used.
    #[error(transparent)]
    Program(#[from] ProgramError),
    /// The report could not be written.
    #[error(transparent)]
    Report(Box<dyn std::error::Error + Send + Sync>),
    /// Cells gave wrong outputs, crashed or timed out.
    #[error("{0}")]
    Failed(String),
    /// The A/A control failed.
    #[error("{0}")]
    Untrusted(String),
    /// A comparison found a regression or a failure.
    #[error("{0}")]
    Regression(String),
    /// A comparison is inconclusive.
    #[error("{0}")]
    Inconclusive(String),
    /// Interrupted by a signal.
    #[error("{0}")]
    Interrupted(String),
}

impl Error {
    /// A report could not be written, for this reason.
    pub fn report(error: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Report(Box::new(error))
    }

    /// What failed and why, without the help.
    pub fn summary(&self) -> String {
        self.to_string().lines().next().unwrap_or_default().to_owned()
    }

    /// The exit code that tells a script what happened.
    pub fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::Usage(_)
            | Self::CouldNotRun(_)
            | Self::Store(_)
            | Self::Program(_)
            | Self::Report(_) => COULD_NOT_RUN,
            Self::Failed(_) | Self::Regression(_) => FAILED,
            Self::Untrusted(_) | Self::Inconclusive(_) => UNTRUSTED,
            Self::Interrupted(_) => INTERRUPTED,
        })
    }
}
