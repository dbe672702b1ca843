//! `smol`: an executor of its own, on threads of its own, as smol's documentation advises.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::{future, io, thread};

use runtime_bench_api::instance::{Instance, on_async};
use runtime_bench_api::runtime::{Family, ShutdownRuntime};
use runtime_bench_api::workload::{Failure, Setup, Workload};
use runtime_bench_results::catalogue::{Class, RunnerInfo};
use smol::channel::{Sender, unbounded};
use smol::future::FutureExt;
use smol::{Executor, Task};

use crate::async_io::{Execute, OnAsyncIo};
use runtime_bench_api::runner::{Runner, packages};

/// The executor. A process holds one instance, so it can be a static, as users write it.
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
            configuration: format!("an Executor of its own on {workers} threads"),
            packages: packages(&["smol", "async-executor", "async-io", "async-channel"]),
            notes: vec![
                "smol's global executor would have one thread; this one has as many as the other \
                 runners."
                    .into(),
                "A further thread drives the reactor when no worker does.".into(),
            ],
        }
    }

    fn family(&self) -> Family {
        Family::Async
    }

    fn start<W: Workload>(&self, workload: W, setup: Setup) -> Result<Box<dyn Instance>, Failure> {
        let workers = setup.workers;
        on_async(&|| Running::start(workers).map(OnAsyncIo), workload, setup)
    }
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
    type ShutdownRuntime = Beside;

    fn new_instance(workers: usize) -> io::Result<Beside> {
        Beside::start(workers)
    }

    fn run<F>(&self, root: F) -> F::Output
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        smol::block_on(EXECUTOR.spawn(root))
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

/// An executor beside [`EXECUTOR`], with threads that run it until they are told to stop.
struct Beside {
    executor: Arc<Executor<'static>>,
    /// Dropped when they are to stop.
    running: Sender<()>,
    threads: Vec<JoinHandle<()>>,
}

impl Beside {
    fn start(workers: usize) -> io::Result<Self> {
        let executor = Arc::new(Executor::new());
        let (running, stopped) = unbounded::<()>();
        let start = |worker| {
            let (executor, stopped) = (Arc::clone(&executor), stopped.clone());
            let run = move || {
                // Nobody sends anything: it ends when the channel does.
                let _ = smol::block_on(executor.run(stopped.recv()));
            };
            thread::Builder::new().name(format!("beside-{worker}")).spawn(run)
        };
        let threads = (0..workers).map(start).collect::<io::Result<_>>()?;
        Ok(Self { executor, running, threads })
    }
}

impl ShutdownRuntime for Beside {
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
    fn roots_run_where_they_should() {
        runtime_bench_sync::placement::check(&super::OnAsyncIo(super::Running::start(2).unwrap()));
    }
}
