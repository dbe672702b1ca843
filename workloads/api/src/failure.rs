//! Why a cell does not run, and why a trial fails.

use std::io;

use runtime_bench_results::key::ParamError;

/// Why a workload cannot run at a point on a family of runners.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsupported {
    /// This runner or its whole family cannot run the point.
    #[error("{0}")]
    Family(String),
    /// No runner can: the point itself is invalid.
    #[error("{0}")]
    Point(String),
}

impl From<ParamError> for Unsupported {
    fn from(error: ParamError) -> Self {
        Self::Point(error.to_string())
    }
}

/// Why a trial failed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// An output was wrong.
    #[error("{0}")]
    WrongOutput(String),
    /// The operating system refused an operation.
    #[error("{what}: {source}")]
    Io {
        /// The operation.
        what: &'static str,
        /// The error of the operating system.
        source: io::Error,
    },
    /// The request is invalid.
    #[error("{0}")]
    Request(String),
}

impl Failure {
    /// The workload does not run on this family of runners.
    pub fn no_session() -> Self {
        Self::Request("the workload does not run on this family of runners".to_owned())
    }

    /// Names the operation that the operating system refused.
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
