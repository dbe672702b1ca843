//! `tokio-per-core`: one current-thread runtime per worker; they share only a port.

use std::future::Future;
use std::sync::OnceLock;
use std::{future, io, thread};

use runtime_bench_api::dyn_workload::DynWorkload;
use runtime_bench_api::instance::{Instance, on_async};
use runtime_bench_api::runtime::Family;
use runtime_bench_api::workload::{Failure, Requirements, Setup, Workload};
use runtime_bench_results::catalog::{Class, RunnerInfo};
use runtime_bench_results::key::Point;
use runtime_bench_results::setting::Settings;
use tokio::runtime::{Builder, Handle, Runtime};

use super::{Blocking, Form, Tokio, settings};
use runtime_bench_api::runner::{PER_CORE_NOTE, Runner, Setting, packages, servers_only};

/// The runtimes other than the first. A static, because a process holds one instance.
static OTHERS: OnceLock<Vec<Handle>> = OnceLock::new();

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
        let Setup { workers, settings, .. } = setup.clone();
        on_async(&|| start(workers, &settings).map(Tokio::<Divided>::new), workload, setup)
    }
}

fn runtime(settings: &Settings) -> io::Result<Runtime> {
    settings::set(Builder::new_current_thread().enable_all(), settings).build()
}

/// Starts the other runtimes and returns the first.
fn start(workers: usize, settings: &Settings) -> io::Result<Runtime> {
    let mut others = Vec::new();
    for worker in 1..workers {
        let runtime = runtime(settings)?;
        others.push(runtime.handle().clone());
        thread::Builder::new()
            .name(format!("tokio-{worker}"))
            .spawn(move || runtime.block_on(future::pending::<()>()))?;
    }
    // Only tests build a second instance in one process.
    let _ = OTHERS.set(others);
    runtime(settings)
}

/// Tasks stay on the runtime that they were spawned on.
struct Divided;

impl Form for Divided {
    fn offload<T: Send + 'static>(
        work: impl FnOnce() -> T + Send + 'static,
    ) -> impl Future<Output = T> + Send {
        Blocking::offload(work)
    }

    fn acceptors() -> usize {
        1 + OTHERS.get().map_or(0, Vec::len)
    }

    fn spawn_acceptor(number: usize, task: impl Future<Output = ()> + Send + 'static) {
        let other = OTHERS.get().and_then(|others| others.get(number.checked_sub(1)?));
        match other {
            Some(runtime) => drop(runtime.spawn(task)),
            None => drop(tokio::spawn(task)),
        }
    }

    fn others() -> &'static [Handle] {
        OTHERS.get().map_or(&[][..], Vec::as_slice)
    }
}
