//! `smol-global`: smol as it comes, on its global executor.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::{io, thread};

use runtime_bench_results::catalogue::{Class, RunnerInfo};
use runtime_bench_results::key::Point;
use runtime_bench_workloads::instance::{Instance, on_async};
use runtime_bench_workloads::runtime::{Family, Immortal};
use runtime_bench_workloads::workload::{Failure, Needs, Setup, Workload};
use smol::Task;
use smol::future::FutureExt;

use crate::Runner;
use crate::async_io::{Execute, OnAsyncIo};
use crate::locked::versions;

/// smol with its defaults.
#[derive(Clone, Copy, Debug)]
pub struct SmolGlobal;

impl Runner for SmolGlobal {
    fn info(&self, _: usize, _: usize) -> RunnerInfo {
        RunnerInfo {
            name: "smol-global".into(),
            title: "smol, global executor".into(),
            class: Class::SingleThread,
            configuration: "smol::spawn with its default of one thread (no SMOL_THREADS)".into(),
            packages: versions(&["smol", "async-executor", "async-io", "async-channel"]),
            notes: vec![
                "The defaults of smol; the runner `smol` is the same with as many threads as the other \
                 runners have workers. The defaults of the other runtimes are as many threads as cores."
                    .into(),
            ],
        }
    }

    fn family(&self) -> Family {
        Family::Async
    }

    fn refuses<W: Workload>(&self, _: &W, point: &Point, needs: &Needs) -> Option<String> {
        if needs.shuts_down {
            return Some(
                "its executor is global and ends with the process: nothing shuts it down".into(),
            );
        }
        let reason = "it has one thread by default, so there is no number of workers to set";
        point.workers().map(|_| reason.to_owned())
    }

    fn start<W: Workload>(&self, workload: W, setup: Setup) -> Result<Box<dyn Instance>, Failure> {
        // It has one, whatever the others have.
        on_async(|| Ok(OnAsyncIo(Global)), workload, Setup { workers: 1, ..setup })
    }
}

/// The global executor; its first task starts it.
struct Global;

impl Execute for Global {
    type Task<T: Send + 'static> = Task<T>;
    type Mortal = Immortal;

    fn another(_: usize) -> io::Result<Immortal> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn run<F>(&self, root: F) -> F::Output
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        smol::block_on(smol::spawn(root))
    }

    fn run_on_caller<F>(&self, root: F) -> F::Output
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        smol::block_on(root)
    }

    fn spawn<F>(future: F) -> Task<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
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
    fn roots_run_where_they_should() {
        crate::placement::check(&super::OnAsyncIo(super::Global));
    }
}
