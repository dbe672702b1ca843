//! Why a cell does not run, and why a trial fails.

use std::io;

use runtime_bench_results::key::ParamError;

/// Why a workload cannot run at a point on a family of runners.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsupported {
    /// This runner or its whole family cannot do it, for this reason.
    #[error("{0}")]
    Family(String),
    /// Nobody can: the point itself makes no sense.
    #[error("{0}")]
    Point(String),
}

impl From<ParamError> for Unsupported {
    fn from(error: ParamError) -> Self {
        Self::Point(error.to_string())
    }
}

/// Why a trial has no figure.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The answer was not the expected one.
    #[error("{0}")]
    WrongOutput(String),
    /// Something that the trial needs was refused.
    #[error("{what}: {source}")]
    Io {
        /// What was being done.
        what: &'static str,
        /// The operating system's answer.
        source: io::Error,
    },
    /// The request asks for something that cannot be.
    #[error("{0}")]
    Request(String),
}

impl Failure {
    /// The workload has no session on this family of runners.
    pub fn no_session() -> Self {
        Self::Request("the workload does not run on this family of runners".to_owned())
    }

    /// Says what was being done when the operating system refused.
    pub fn io(what: &'static str) -> impl Fn(io::Error) -> Self {
        move |source| Self::Io { what, source }
    }
}

impl From<ParamError> for Failure {
    fn from(error: ParamError) -> Self {
        Self::Request(error.to_string())
    }
}

impl From<Unsupported> for Failure {
    fn from(unsupported: Unsupported) -> Self {
        Self::Request(unsupported.to_string())
    }
}
