//! `futures-pool`: the executor of the futures crate, with smol's timers, sockets and files.

use std::future::Future;
use std::io;
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::pin::Pin;
use std::sync::OnceLock;
use std::task::{Context, Poll};
use std::thread;

use futures::FutureExt;
use futures::channel::oneshot::{self, Receiver};
use futures::executor::{self, ThreadPoolBuilder};
use futures::future::{AbortHandle, abortable};
use runtime_bench_api::dyn_workload::DynWorkload;
use runtime_bench_api::instance::{Instance, on_async};
use runtime_bench_api::runtime::{Family, NoShutdown};
use runtime_bench_api::workload::{Failure, Requirements, Setup, Workload};
use runtime_bench_results::catalog::{Class, RunnerInfo};
use runtime_bench_results::key::Point;

use crate::async_io::{Execute, OnAsyncIo};
use runtime_bench_api::runner::{Runner, Setting, packages};

/// The pool. A process holds one instance, so it can be a static.
static POOL: OnceLock<executor::ThreadPool> = OnceLock::new();

/// The thread pool of futures.
#[derive(Clone, Copy, Debug)]
pub struct FuturesPool;

impl Runner for FuturesPool {
    fn name(&self) -> &'static str {
        "futures-pool"
    }

    fn info(&self, workers: usize, _: usize) -> RunnerInfo {
        RunnerInfo {
            discontinued: None,
            name: self.name().to_owned(),
            title: "futures::executor::ThreadPool".into(),
            class: Class::MultiThread,
            configuration: format!("ThreadPool with {workers} threads; async-io, async-channel"),
            packages: packages(&["futures-executor", "async-io", "async-channel"]),
            notes: vec![
                "smol with a different executor, which has a single queue.".into(),
                "The single thread of async-io drives timers and sockets.".into(),
                "Tasks return their output over a oneshot channel; an AbortHandle cancels them."
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

    fn refuses(&self, _: &dyn DynWorkload, _: &Point, needs: &Requirements) -> Option<String> {
        let reason = "Dropping the pool ends its threads but not its waiting tasks.";
        needs.shuts_down.then(|| reason.to_owned())
    }

    fn start<W: Workload>(&self, workload: W, setup: Setup) -> Result<Box<dyn Instance>, Failure> {
        let build = |setup: &Setup| Running::start(setup.workers).map(OnAsyncIo);
        on_async(&build, workload, setup)
    }
}

/// The pool, once it runs.
struct Running;

impl Running {
    fn start(workers: usize) -> io::Result<Self> {
        let pool = ThreadPoolBuilder::new().pool_size(workers).create()?;
        let fresh = POOL.set(pool).map(|()| Self);
        fresh.map_err(|_| io::Error::other("a process holds one pool"))
    }
}

impl Execute for Running {
    type Task<T: Send + 'static> = Task<T>;
    type ShutdownRuntime = NoShutdown;

    fn new_instance(_: usize) -> io::Result<NoShutdown> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn run<F: Future<Output: Send + 'static> + Send + 'static>(&self, root: F) -> F::Output {
        executor::block_on(Self::spawn(root))
    }

    fn run_on_caller<F>(&self, root: F) -> F::Output
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        executor::block_on(root)
    }

    fn spawn<F: Future<Output: Send + 'static> + Send + 'static>(future: F) -> Task<F::Output> {
        let (sender, output) = oneshot::channel();
        let (future, abort) = abortable(AssertUnwindSafe(future).catch_unwind());
        POOL.get().expect("tasks are spawned once the pool runs").spawn_ok(async move {
            // A separate statement: the future is dropped before the sender.
            let ended = future.await;
            if let Ok(ended) = ended {
                // The receiver of a detached task is gone.
                let _ = sender.send(ended);
            }
        });
        Task { output, abort }
    }

    fn detach<T: Send + 'static>(task: Task<T>) {
        drop(task);
    }

    async fn outcome<T: Send + 'static>(task: Task<T>) -> thread::Result<T> {
        // Nothing aborts a task that is waited for.
        task.output.await.unwrap_or_else(|lost| Err(Box::new(lost)))
    }

    async fn cancel<T: Send + 'static>(task: Task<T>) -> Option<T> {
        task.abort.abort();
        task.output.await.ok()?.ok()
    }
}

/// A task of the pool; awaiting it propagates a panic.
struct Task<T> {
    output: Receiver<thread::Result<T>>,
    abort: AbortHandle,
}

impl<T> Future for Task<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        Pin::new(&mut self.output).poll(context).map(|ended| {
            let ended = ended.unwrap_or_else(|lost| Err(Box::new(lost)));
            ended.unwrap_or_else(|panic| resume_unwind(panic))
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    struct Guard(Arc<AtomicBool>);

    impl Drop for Guard {
        fn drop(&mut self) {
            self.0.store(true, Ordering::SeqCst);
        }
    }

    #[test]
    fn roots_run_in_the_requested_place_and_canceled_tasks_are_dropped() {
        let running = OnAsyncIo(Running::start(2).unwrap());
        runtime_bench_sync::placement::check(&running);
        let gone = Arc::new(AtomicBool::new(false));
        let guard = Guard(Arc::clone(&gone));
        let task = Running::spawn(async move {
            let _guard = guard;
            std::future::pending::<()>().await;
        });
        assert_eq!(executor::block_on(Running::cancel(task)), None);
        assert!(gone.load(Ordering::SeqCst));
        let task = Running::spawn(async { panic!("on purpose") });
        assert!(executor::block_on(Running::outcome::<()>(task)).is_err());
    }
}
