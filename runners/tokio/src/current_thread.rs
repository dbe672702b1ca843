//! `tokio-current-thread`: everything on the thread that waits.

use std::io;

use runtime_bench_api::dyn_workload::DynWorkload;
use runtime_bench_api::instance::{Instance, on_async};
use runtime_bench_api::runtime::Family;
use runtime_bench_api::workload::{Failure, Requirements, Setup, Workload};
use runtime_bench_results::catalog::{Class, RunnerInfo};
use runtime_bench_results::key::Point;
use runtime_bench_results::setting::Settings;
use tokio::runtime::{Builder, Runtime};

use super::{Blocking, Tokio, settings};
use runtime_bench_api::runner::{Runner, Setting, packages};

/// tokio's scheduler for one thread.
#[derive(Clone, Copy, Debug)]
pub struct CurrentThread;

impl Runner for CurrentThread {
    fn name(&self) -> &'static str {
        "tokio-current-thread"
    }

    fn info(&self, _: usize, _: usize) -> RunnerInfo {
        RunnerInfo {
            discontinued: None,
            name: self.name().to_owned(),
            title: "tokio, current thread".into(),
            class: Class::SingleThread,
            configuration: "current-thread scheduler, enable_all".into(),
            packages: packages(&["tokio", "mio"]),
            notes: vec![
                "Always uses one thread.".into(),
                "File operations run on tokio's blocking pool.".into(),
            ],
        }
    }

    fn family(&self) -> Family {
        Family::Async
    }

    fn settings(&self) -> Vec<Setting> {
        settings::of_both("31")
    }

    fn refuses(&self, _: &dyn DynWorkload, point: &Point, _: &Requirements) -> Option<String> {
        let reason = "It has one thread: the number of workers cannot be set.";
        point.workers().map(|_| reason.to_owned())
    }

    fn start<W: Workload>(&self, workload: W, setup: Setup) -> Result<Box<dyn Instance>, Failure> {
        // It has one, regardless of the others.
        on_async(&start, workload, Setup { workers: 1, ..setup })
    }
}

fn start(setup: &Setup) -> io::Result<Tokio<Blocking>> {
    runtime(&setup.settings).map(Tokio::new)
}

/// Builds the runtime.
pub(crate) fn runtime(settings: &Settings) -> io::Result<Runtime> {
    settings::set(Builder::new_current_thread().enable_all(), settings).build()
}
