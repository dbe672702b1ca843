//! `compio`: a completion-based runtime on one thread.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::OnceLock;
use std::task::{Context, Poll};
use std::time::Duration;

use compio::BufResult;
use compio::io::{AsyncReadExt, AsyncWriteExt};
use compio::net::{TcpListener, TcpStream};
use compio::runtime::{self, JoinHandle, ResumeUnwind};
use runtime_bench_api::dyn_workload::DynWorkload;
use runtime_bench_api::instance::{Instance, on_local};
use runtime_bench_api::runtime::{Buffer, Family, Lent, LocalRuntime};
use runtime_bench_api::workload::{Failure, Requirements, Setup, Workload};
use runtime_bench_results::catalogue::{Class, RunnerInfo};
use runtime_bench_results::key::Point;

use crate::{refusal, without_io_uring};
use runtime_bench_api::runner::{Runner, packages};
use runtime_bench_api::runtime::map_future;

/// compio on `io_uring`.
#[derive(Clone, Copy, Debug)]
pub struct Compio;

impl Runner for Compio {
    fn name(&self) -> &'static str {
        "compio"
    }

    fn info(&self, _: usize, _: usize) -> RunnerInfo {
        RunnerInfo {
            discontinued: None,
            name: self.name().to_owned(),
            title: "compio".into(),
            class: Class::SingleThread,
            configuration: "one thread on io_uring, default settings".into(),
            packages: packages(&["compio", "compio-runtime", "compio-driver"]),
            notes: vec![
                "Always uses one thread; to use more cores, compio starts one runtime per core."
                    .into(),
                "Reads and writes take ownership of their buffer and return it.".into(),
            ],
        }
    }

    fn family(&self) -> Family {
        Family::Async
    }

    fn refuses(
        &self,
        workload: &dyn DynWorkload,
        point: &Point,
        _: &Requirements,
    ) -> Option<String> {
        static PROBED: OnceLock<Option<String>> = OnceLock::new();
        let probe = || PROBED.get_or_init(|| without_io_uring(runtime::Runtime::new())).clone();
        refusal(workload, point).or_else(probe)
    }

    fn start<W: Workload>(&self, workload: W, setup: Setup) -> Result<Box<dyn Instance>, Failure> {
        let build = || runtime::Runtime::new().map(Runtime);
        on_local(&build, workload, Setup { workers: 1, ..setup })
    }
}

/// A running compio.
struct Runtime(runtime::Runtime);

impl LocalRuntime for Runtime {
    type Task<T: 'static> = Task<T>;
    type Tcp = TcpStream;
    type Listener = TcpListener;

    fn run<F: Future<Output: 'static> + 'static>(&self, root: F) -> F::Output {
        self.0.block_on(Task(self.0.spawn(root)))
    }

    fn run_on_caller<F: Future<Output: 'static> + 'static>(&self, root: F) -> F::Output {
        self.0.block_on(root)
    }

    fn spawn<F: Future<Output: 'static> + 'static>(future: F) -> Task<F::Output> {
        Task(runtime::spawn(future))
    }

    fn detach<T: 'static>(task: Task<T>) {
        task.0.detach();
    }

    fn yield_now() -> impl Future<Output = ()> {
        futures_lite::future::yield_now()
    }

    fn sleep(duration: Duration) -> impl Future<Output = ()> {
        compio::time::sleep(duration)
    }

    fn listener(socket: std::net::TcpListener) -> io::Result<TcpListener> {
        TcpListener::from_std(socket)
    }

    fn accept(listener: &TcpListener) -> impl Future<Output = io::Result<TcpStream>> {
        map_future(listener.accept(), |accepted| accepted.map(|(stream, _)| stream))
    }

    fn connect(address: SocketAddr) -> impl Future<Output = io::Result<TcpStream>> {
        TcpStream::connect(address)
    }

    fn tcp(stream: std::net::TcpStream) -> io::Result<TcpStream> {
        TcpStream::from_std(stream)
    }

    fn read_exact(stream: &mut TcpStream, buffer: Buffer) -> impl Future<Output = Lent> {
        map_future(AsyncReadExt::read_exact(stream, buffer), |BufResult(read, buffer)| {
            (read, buffer)
        })
    }

    fn write_all(stream: &mut TcpStream, buffer: Buffer) -> impl Future<Output = Lent> {
        map_future(AsyncWriteExt::write_all(stream, buffer), |BufResult(sent, buffer)| {
            (sent, buffer)
        })
    }
}

/// A join handle that propagates the panic of its task.
struct Task<T>(JoinHandle<T>);

impl<T> Future for Task<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        Pin::new(&mut self.0)
            .poll(context)
            .map(|joined| joined.resume_unwind().expect("no awaited task is cancelled"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn implements_the_local_runtime_operations() {
        match runtime::Runtime::new() {
            Ok(built) => crate::tests::check(&Runtime(built)),
            Err(error) => eprintln!("skipped: no io_uring: {error}"),
        }
    }
}
