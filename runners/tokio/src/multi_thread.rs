//! `tokio`: the multi-thread scheduler.

use std::io;

use runtime_bench_api::instance::{Instance, on_async};
use runtime_bench_api::runtime::Family;
use runtime_bench_api::workload::{Failure, Setup, Workload};
use runtime_bench_results::catalog::{Class, RunnerInfo};
use tokio::runtime::Builder;

use super::{Blocking, Tokio, settings};
use runtime_bench_api::runner::{Runner, Setting, packages};

/// tokio's work-stealing scheduler.
#[derive(Clone, Copy, Debug)]
pub struct MultiThread;

impl Runner for MultiThread {
    fn name(&self) -> &'static str {
        "tokio"
    }

    fn info(&self, workers: usize, _: usize) -> RunnerInfo {
        RunnerInfo {
            discontinued: None,
            name: self.name().to_owned(),
            title: "tokio, multi-thread".into(),
            class: Class::MultiThread,
            configuration: format!("multi-thread scheduler, {workers} worker threads, enable_all"),
            packages: packages(&["tokio", "mio"]),
            notes: vec!["File operations run on tokio's blocking pool.".into()],
        }
    }

    fn family(&self) -> Family {
        Family::Async
    }

    fn settings(&self) -> Vec<Setting> {
        settings::of_multi_thread()
    }

    fn start<W: Workload>(&self, workload: W, setup: Setup) -> Result<Box<dyn Instance>, Failure> {
        on_async(&start::<Blocking>, workload, setup)
    }
}

/// Builds the runtime.
pub(crate) fn start<O>(setup: &Setup) -> io::Result<Tokio<O>> {
    let mut builder = Builder::new_multi_thread();
    let builder = builder.worker_threads(setup.workers).enable_all();
    settings::set(builder, &setup.settings).build().map(Tokio::new)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use runtime_bench_api::runtime::{AsyncRuntime, since};

    use super::*;

    #[test]
    fn roots_run_in_the_requested_place() {
        let runtime = Builder::new_multi_thread().worker_threads(2).build();
        runtime_bench_sync::placement::check(&Tokio::<Blocking>::new(runtime.unwrap()));
    }

    #[cfg(feature = "catalog")]
    #[test]
    fn short_connections_are_served() {
        let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build();
        runtime_bench_workloads::check::connections(&Tokio::<Blocking>::new(runtime.unwrap()));
    }

    #[cfg(target_has_atomic = "64")]
    #[test]
    fn workers_that_wait_are_counted() {
        let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let runtime = Tokio::<Blocking>::new(runtime.unwrap());
        let before = runtime.counters();
        runtime.run(async { tokio::time::sleep(Duration::from_millis(2)).await });
        let counted = since(runtime.counters(), &before);
        let of = |wanted| counted.iter().find(|(name, _)| *name == wanted).unwrap().1;
        assert!(of("worker parks") > 0 && of("worker busy time") > 0, "{counted:?}");
    }
}
