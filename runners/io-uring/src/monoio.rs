//! `monoio`: an `io_uring` runtime on one thread.

use std::cell::RefCell;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::OnceLock;
use std::time::Duration;

use monoio::io::{AsyncReadRentExt, AsyncWriteRentExt};
use monoio::net::{TcpListener, TcpStream};
use monoio::task::JoinHandle;
use monoio::time::TimeDriver;
use monoio::{IoUringDriver, RuntimeBuilder};
use runtime_bench_api::dyn_workload::DynWorkload;
use runtime_bench_api::instance::{Instance, on_local};
use runtime_bench_api::runtime::{Buffer, Family, Lent, LocalRuntime};
use runtime_bench_api::workload::{Failure, Requirements, Setup, Workload};
use runtime_bench_results::catalog::{Class, RunnerInfo};
use runtime_bench_results::key::Point;

use crate::{refusal, without_io_uring};
use runtime_bench_api::runner::{Runner, packages};
use runtime_bench_api::runtime::map_future;

/// monoio on `io_uring`.
#[derive(Clone, Copy, Debug)]
pub struct Monoio;

impl Runner for Monoio {
    fn name(&self) -> &'static str {
        "monoio"
    }

    fn info(&self, _: usize, _: usize) -> RunnerInfo {
        RunnerInfo {
            discontinued: None,
            name: self.name().to_owned(),
            title: "monoio".into(),
            class: Class::SingleThread,
            configuration: "one thread on io_uring, timers enabled, default settings".into(),
            packages: packages(&["monoio"]),
            notes: vec![
                "Always uses one thread; to use more cores, monoio starts one runtime per core."
                    .into(),
                "Reads and writes take ownership of their buffer and return it.".into(),
                "Built with the feature `sync`, which allows other threads to wake a task.".into(),
                "Timers tick once per millisecond and round up.".into(),
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
        needs: &Requirements,
    ) -> Option<String> {
        static PROBED: OnceLock<Option<String>> = OnceLock::new();
        let steps_back = || {
            let reason =
                "In monoio 0.2.4, a task that yields runs again at once, before any other task.";
            needs.yields.then(|| reason.to_owned())
        };
        let probe = || PROBED.get_or_init(|| without_io_uring(build())).clone();
        refusal(workload, point).or_else(steps_back).or_else(probe)
    }

    fn start<W: Workload>(&self, workload: W, setup: Setup) -> Result<Box<dyn Instance>, Failure> {
        on_local(&|_| build(), workload, Setup { workers: 1, ..setup })
    }
}

/// A running monoio; borrowed mutably while it runs.
struct Runtime(RefCell<monoio::Runtime<TimeDriver<IoUringDriver>>>);

fn build() -> io::Result<Runtime> {
    let runtime = RuntimeBuilder::<IoUringDriver>::new().enable_timer().build();
    runtime.map(|runtime| Runtime(RefCell::new(runtime)))
}

impl LocalRuntime for Runtime {
    type Task<T: 'static> = JoinHandle<T>;
    type Tcp = TcpStream;
    type Listener = TcpListener;

    fn run<F: Future<Output: 'static> + 'static>(&self, root: F) -> F::Output {
        self.run_on_caller(async { monoio::spawn(root).await })
    }

    fn run_on_caller<F: Future<Output: 'static> + 'static>(&self, root: F) -> F::Output {
        self.0.borrow_mut().block_on(root)
    }

    fn spawn<F: Future<Output: 'static> + 'static>(future: F) -> JoinHandle<F::Output> {
        monoio::spawn(future)
    }

    fn detach<T: 'static>(task: JoinHandle<T>) {
        drop(task);
    }

    fn yield_now() -> impl Future<Output = ()> {
        futures_lite::future::yield_now()
    }

    fn sleep(duration: Duration) -> impl Future<Output = ()> {
        monoio::time::sleep(duration)
    }

    fn listener(socket: std::net::TcpListener) -> io::Result<TcpListener> {
        TcpListener::from_std(socket)
    }

    fn accept(listener: &TcpListener) -> impl Future<Output = io::Result<TcpStream>> {
        map_future(listener.accept(), |accepted| accepted.map(|(stream, _)| stream))
    }

    fn connect(address: SocketAddr) -> impl Future<Output = io::Result<TcpStream>> {
        TcpStream::connect_addr(address)
    }

    fn tcp(stream: std::net::TcpStream) -> io::Result<TcpStream> {
        TcpStream::from_std(stream)
    }

    fn read_exact(stream: &mut TcpStream, buffer: Buffer) -> impl Future<Output = Lent> {
        map_future(stream.read_exact(buffer), |(read, buffer)| (read.map(|_| ()), buffer))
    }

    fn write_all(stream: &mut TcpStream, buffer: Buffer) -> impl Future<Output = Lent> {
        map_future(stream.write_all(buffer), |(sent, buffer)| (sent.map(|_| ()), buffer))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn implements_the_local_runtime_operations() {
        match build() {
            Ok(built) => crate::tests::check(&built),
            Err(error) => eprintln!("skipped: no io_uring: {error}"),
        }
    }
}
