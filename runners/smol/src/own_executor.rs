//! `smol`: a dedicated executor on dedicated threads, as smol's documentation recommends.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::{future, io, thread};

use runtime_bench_api::instance::{Instance, on_async};
use runtime_bench_api::runtime::{Family, ShutdownRuntime};
use runtime_bench_api::workload::{Failure, Setup, Workload};
use runtime_bench_results::catalog::{Class, RunnerInfo};
use smol::channel::{Sender, unbounded};
use smol::future::FutureExt;
use smol::{Executor, Task};

use crate::async_io::{Execute, OnAsyncIo};
use runtime_bench_api::runner::{Runner, Setting, packages};

/// The executor. A process holds one instance, so it can be a static, as in most programs.
static EXECUTOR: Executor<'static> = Executor::new();

/// smol with its own executor.
#[derive(Clone, Copy, Debug)]
pub struct Smol;

impl Runner for Smol {
    fn name(&self) -> &'static str {
        "smol"
    }

    fn info(&self, workers: usize, _: usize) -> RunnerInfo {
        RunnerInfo {
            discontinued: None,
            name: self.name().to_owned(),
            title: "smol".into(),
            class: Class::MultiThread,
            configuration: format!("its own Executor, {workers} threads"),
            packages: packages(&["smol", "async-executor", "async-io", "async-channel"]),
            notes: vec![
                "smol's global executor has one thread by default; this one has as many as the other \
                 runners."
                    .into(),
                "An additional thread drives the reactor when no worker does.".into(),
            ],
        }
    }

    fn family(&self) -> Family {
        Family::Async
    }

    fn settings(&self) -> Vec<Setting> {
        vec![Setting::blocking_threads()]
    }

    fn start<W: Workload>(&self, workload: W, setup: Setup) -> Result<Box<dyn Instance>, Failure> {
        on_async(&start, workload, setup)
    }
}

fn start(setup: &Setup) -> io::Result<OnAsyncIo<Running>> {
    Running::start(setup.workers).map(OnAsyncIo)
}

/// The executor, once threads run it.
struct Running;

impl Running {
    fn start(workers: usize) -> io::Result<Self> {
        for worker in 0..workers {
            thread::Builder::new()
                .name(format!("smol-{worker}"))
                .spawn(|| smol::block_on(EXECUTOR.run(future::pending::<()>())))?;
        }
        Ok(Self)
    }
}

impl Execute for Running {
    type Task<T: Send + 'static> = Task<T>;
    type ShutdownRuntime = Second;

    fn new_instance(workers: usize) -> io::Result<Second> {
        Second::start(workers)
    }

    fn run<F: Future<Output: Send + 'static> + Send + 'static>(&self, root: F) -> F::Output {
        smol::block_on(EXECUTOR.spawn(root))
    }

    fn run_on_caller<F>(&self, root: F) -> F::Output
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        smol::block_on(root)
    }

    fn spawn<F: Future<Output: Send + 'static> + Send + 'static>(future: F) -> Task<F::Output> {
        EXECUTOR.spawn(future)
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

/// A second executor. Its threads run it until they are told to stop.
struct Second {
    executor: Arc<Executor<'static>>,
    /// Dropped to stop them.
    running: Sender<()>,
    threads: Vec<JoinHandle<()>>,
}

impl Second {
    fn start(workers: usize) -> io::Result<Self> {
        let executor = Arc::new(Executor::new());
        let (running, stopped) = unbounded::<()>();
        let start = |worker| {
            let (executor, stopped) = (Arc::clone(&executor), stopped.clone());
            let run = move || {
                // Nothing is sent; the thread exits when the channel is closed.
                let _ = smol::block_on(executor.run(stopped.recv()));
            };
            thread::Builder::new().name(format!("second-{worker}")).spawn(run)
        };
        let threads = (0..workers).map(start).collect::<io::Result<_>>()?;
        Ok(Self { executor, running, threads })
    }
}

impl ShutdownRuntime for Second {
    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.executor.spawn(task).detach();
    }

    fn wait(&self, work: impl Future<Output = ()> + Send) {
        smol::block_on(work);
    }

    fn shut_down(self) {
        let Self { executor, running, threads } = self;
        drop(running);
        for thread in threads {
            // A panic of a task has been printed where it happened.
            let _ = thread.join();
        }
        drop(executor);
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn roots_run_in_the_requested_place() {
        runtime_bench_sync::placement::check(&super::OnAsyncIo(super::Running::start(2).unwrap()));
    }

    #[cfg(feature = "catalog")]
    #[test]
    fn short_connections_are_served() {
        let running = super::OnAsyncIo(super::Running::start(2).unwrap());
        runtime_bench_workloads::check::connections(&running);
    }
}
