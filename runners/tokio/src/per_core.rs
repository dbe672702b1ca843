//! `tokio-per-core`: one current-thread runtime per worker; they share only a port.

use std::{future, io, thread};

use runtime_bench_api::dyn_workload::DynWorkload;
use runtime_bench_api::instance::{Instance, on_async};
use runtime_bench_api::runtime::Family;
use runtime_bench_api::workload::{Failure, Requirements, Setup, Workload};
use runtime_bench_results::catalog::{Class, RunnerInfo};
use runtime_bench_results::key::Point;

use super::current_thread::runtime;
use super::{Blocking, OTHERS, Tokio, settings};
use runtime_bench_api::runner::{PER_CORE_NOTE, Runner, Setting, packages, servers_only};

/// tokio's current-thread scheduler, one per worker.
#[derive(Clone, Copy, Debug)]
pub struct PerCore;

impl Runner for PerCore {
    fn name(&self) -> &'static str {
        "tokio-per-core"
    }

    fn info(&self, workers: usize, _: usize) -> RunnerInfo {
        RunnerInfo {
            discontinued: None,
            name: self.name().to_owned(),
            title: "tokio, one runtime per core".into(),
            class: Class::MultiThread,
            configuration: format!(
                "{workers} current-thread runtimes, each on its own thread with a socket on the same port \
                 (SO_REUSEPORT)"
            ),
            packages: packages(&["tokio", "mio"]),
            notes: vec![PER_CORE_NOTE.into()],
        }
    }

    fn family(&self) -> Family {
        Family::Async
    }

    fn settings(&self) -> Vec<Setting> {
        settings::of_both("31")
    }

    fn refuses(&self, workload: &dyn DynWorkload, _: &Point, _: &Requirements) -> Option<String> {
        servers_only(workload)
    }

    fn start<W: Workload>(&self, workload: W, setup: Setup) -> Result<Box<dyn Instance>, Failure> {
        // Avoids compiling code for workloads that are always rejected.
        if !W::SERVES {
            return Err(Failure::no_session());
        }
        on_async(&start, workload, setup)
    }
}

/// Starts the other runtimes and returns the first.
fn start(setup: &Setup) -> io::Result<Tokio<Blocking>> {
    let mut others = Vec::new();
    for worker in 1..setup.workers {
        let runtime = runtime(&setup.settings)?;
        others.push(runtime.handle().clone());
        thread::Builder::new()
            .name(format!("tokio-{worker}"))
            .spawn(move || runtime.block_on(future::pending::<()>()))?;
    }
    // Only tests build a second instance in one process.
    let _ = OTHERS.set(others);
    runtime(&setup.settings).map(Tokio::new)
}
