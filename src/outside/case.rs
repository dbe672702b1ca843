//! A workload on a runner outside of this program, as a plan sees it.

use runtime_bench_api::instance::Instance;
use runtime_bench_api::runtime::Family;
use runtime_bench_api::workload::{Failure, Requirements, Setup, Unsupported};
use runtime_bench_results::catalogue::RunnerInfo;
use runtime_bench_results::key::Point;

use super::describe::Asked;
use crate::registry::{Case, Entry};

/// A workload on a runner that was asked what it can do.
pub(crate) struct OutsideCase<'a> {
    pub(crate) entry: &'a Entry,
    pub(crate) asked: &'a Asked,
}

impl Case for OutsideCase<'_> {
    fn runner(&self, _: usize, _: usize) -> RunnerInfo {
        self.asked.info.clone()
    }

    /// How it runs tasks is its own affair; a task of it is taken to occupy what a future does.
    fn family(&self) -> Family {
        Family::Async
    }

    fn tasks_block(&self) -> bool {
        false
    }

    fn requirements(&self, point: &Point) -> Result<Requirements, Unsupported> {
        let needs = self.entry.requirements(point, self.family())?;
        self.entry.supports_external(point)?;
        match self.asked.refusal(&self.entry.info.name, point) {
            Some(reason) => Err(Unsupported::Family(reason)),
            None => Ok(needs),
        }
    }

    fn environment(&self, _: usize) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    fn start(&self, _: Setup) -> Result<Box<dyn Instance>, Failure> {
        let name = &self.asked.info.name;
        Err(Failure::Request(format!("{name} runs in a process of its own only")))
    }
}
