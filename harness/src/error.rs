//! What a command may end with, and its exit code.

use std::process::ExitCode;

use runtime_bench_results::store::StoreError;

use crate::program::ProgramError;

/// Exit code: a wrong answer, a crash or a regression.
pub const FAILED: u8 = 1;
/// Exit code: bad usage, or the run could not be made.
pub const COULD_NOT_RUN: u8 = 2;
/// Exit code: the run's own control failed, so its verdicts are not to be trusted, or a comparison
/// could not decide.
pub const UNTRUSTED: u8 = 3;
/// Exit code: stopped by Ctrl-C or a termination signal.
pub const INTERRUPTED: u8 = 130;

/// Why a command did not end well. The text is one sentence with the way out.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The command line asks for something that is not there.
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
    /// Cells gave wrong answers, crashed or hung.
    #[error("{0}")]
    Failed(String),
    /// Identical code was told apart.
    #[error("{0}")]
    Untrusted(String),
    /// A comparison found something slower than it may be, or failing.
    #[error("{0}")]
    Regression(String),
    /// A comparison could not decide what it was asked to.
    #[error("{0}")]
    Inconclusive(String),
    /// Stopped from outside.
    #[error("{0}")]
    Interrupted(String),
}

impl Error {
    /// A report could not be written, for this reason.
    pub fn report(error: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Report(Box::new(error))
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
