//! `smol-global`: smol with its default settings, on its global executor.

use std::future::Future;
use std::io;
use std::panic::AssertUnwindSafe;
use std::thread;

use runtime_bench_api::dyn_workload::DynWorkload;
use runtime_bench_api::instance::{Instance, on_async};
use runtime_bench_api::runtime::{Family, NoShutdown};
use runtime_bench_api::workload::{Failure, Requirements, Setup, Workload};
use runtime_bench_results::catalog::{Class, RunnerInfo};
use runtime_bench_results::key::Point;
use smol::Task;
use smol::future::FutureExt;

use crate::async_io::{Execute, OnAsyncIo};
use runtime_bench_api::runner::{Runner, Setting, packages};

/// smol with its default settings: tasks go to its global executor.
#[derive(Clone, Copy, Debug)]
pub struct SmolGlobal;

impl Runner for SmolGlobal {
    fn name(&self) -> &'static str {
        "smol-global"
    }

    fn info(&self, _: usize, _: usize) -> RunnerInfo {
        RunnerInfo {
            discontinued: None,
            name: self.name().to_owned(),
            title: "smol, default settings".into(),
            class: Class::SingleThread,
            configuration: "smol::spawn on the global executor, which has one thread by default".into(),
            packages: packages(&["smol", "async-executor", "async-io", "async-channel"]),
            notes: vec![
                "Always uses one worker, the default unless `SMOL_THREADS` is set. The runner `smol` has \
                 as many workers as the others."
                    .into(),
            ],
        }
    }

    fn family(&self) -> Family {
        Family::Async
    }

    fn settings(&self) -> Vec<Setting> {
        vec![Setting::blocking_threads()]
    }

    fn refuses(&self, _: &dyn DynWorkload, point: &Point, needs: &Requirements) -> Option<String> {
        if needs.shuts_down {
            return Some("The executor is global and cannot be shut down.".to_owned());
        }
        let reason = "It uses smol's default of one thread: the number of workers cannot be set.";
        point.workers().map(|_| reason.to_owned())
    }

    fn start<W: Workload>(&self, workload: W, setup: Setup) -> Result<Box<dyn Instance>, Failure> {
        on_async(&|_| Ok(OnAsyncIo(Global)), workload, Setup { workers: 1, ..setup })
    }
}

/// The global executor; its first task starts it.
struct Global;

impl Execute for Global {
    type Task<T: Send + 'static> = Task<T>;
    type ShutdownRuntime = NoShutdown;

    fn new_instance(_: usize) -> io::Result<NoShutdown> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn run<F: Future<Output: Send + 'static> + Send + 'static>(&self, root: F) -> F::Output {
        smol::block_on(smol::spawn(root))
    }

    fn run_on_caller<F>(&self, root: F) -> F::Output
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        smol::block_on(root)
    }

    fn spawn<F: Future<Output: Send + 'static> + Send + 'static>(future: F) -> Task<F::Output> {
        smol::spawn(future)
    }

    fn detach<T: Send + 'static>(task: Task<T>) {
        task.detach();
    }

    fn outcome<T: Send + 'static>(task: Task<T>) -> impl Future<Output = thread::Result<T>> + Send {
        AssertUnwindSafe(task).catch_unwind()
    }

    fn cancel<T: Send + 'static>(task: Task<T>) -> impl Future<Output = Option<T>> + Send {
        task.cancel()
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn roots_run_in_the_requested_place() {
        runtime_bench_sync::placement::check(&super::OnAsyncIo(super::Global));
    }

    #[cfg(feature = "catalog")]
    #[test]
    fn short_connections_are_served() {
        runtime_bench_workloads::check::connections(&super::OnAsyncIo(super::Global));
    }
}
