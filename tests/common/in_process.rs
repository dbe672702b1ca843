//! Probes without processes: every runner of this build, in the test's own process.

use runtime_bench::api::trial::probe_reply;
use runtime_bench::harness::executor::{Executor, Finished, Trial};
use runtime_bench::harness::process::watch::Watch;
use runtime_bench::harness::program::{Program, ProgramError, TrialError};
use runtime_bench::harness::registry::Registry;
use runtime_bench::results::program::{ProbeReply, ProbeRequest};

#[path = "../../src/programs/all.rs"]
mod all;

/// Every workload and every runner of this build.
pub(crate) fn registry() -> Registry {
    runtime_bench::catalog().with_cells(all::cells())
}

/// Answers probes about the cells of a registry, and does not run trials.
pub(crate) struct InProcess<'a>(pub(crate) &'a Registry);

impl Executor for InProcess<'_> {
    fn program(&self, name: &str) -> Result<Program, ProgramError> {
        Ok(Program { path: name.into(), args: Vec::new() })
    }

    fn probe(&self, _: &Program, request: &ProbeRequest) -> Result<ProbeReply, TrialError> {
        Ok(probe_reply(self.0.cells().probe(request)))
    }

    fn watched(&self, _: &Trial<'_>, _: &mut dyn Watch) -> Option<Finished> {
        None
    }

    fn count(&self, _: &Trial<'_>) -> Option<Finished> {
        None
    }
}
