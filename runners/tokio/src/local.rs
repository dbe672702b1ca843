//! `tokio-local`: tokio's runtime for tasks that stay on one thread.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use runtime_bench_api::dyn_workload::DynWorkload;
use runtime_bench_api::instance::{Instance, on_local};
use runtime_bench_api::runner::{Runner, Setting, packages};
use runtime_bench_api::runtime::{Buffer, Counters, Family, Lent, LocalRuntime};
use runtime_bench_api::workload::{Failure, Requirements, Setup, Workload};
use runtime_bench_results::catalog::{Class, RunnerInfo};
use runtime_bench_results::key::Point;
use runtime_bench_results::setting::Settings;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{self, Builder, LocalOptions};

use super::{Task, runtime_counters, settings};

/// tokio's `LocalRuntime`.
#[derive(Clone, Copy, Debug)]
pub struct Local;

impl Runner for Local {
    fn name(&self) -> &'static str {
        "tokio-local"
    }

    fn info(&self, _: usize, _: usize) -> RunnerInfo {
        RunnerInfo {
            discontinued: None,
            name: self.name().to_owned(),
            title: "tokio, local".into(),
            class: Class::SingleThread,
            configuration: "LocalRuntime, enable_all, tasks spawned with spawn_local".into(),
            packages: packages(&["tokio", "mio"]),
            notes: vec![
                "Always uses one thread; its tasks need not be `Send`.".into(),
                "Reads and writes take a buffer and return it, as in the other runners whose tasks \
                 stay on one thread."
                    .into(),
            ],
        }
    }

    fn family(&self) -> Family {
        Family::Async
    }

    fn settings(&self) -> Vec<Setting> {
        settings::of_both("31")
    }

    fn refuses(
        &self,
        workload: &dyn DynWorkload,
        point: &Point,
        _: &Requirements,
    ) -> Option<String> {
        if let Err(unsupported) = workload.supports_local(point) {
            return Some(unsupported.to_string());
        }
        let reason = "It has one thread: the number of workers cannot be set.";
        point.workers().map(|_| reason.to_owned())
    }

    fn start<W: Workload>(&self, workload: W, setup: Setup) -> Result<Box<dyn Instance>, Failure> {
        let build = |setup: &Setup| build(&setup.settings).map(Runtime);
        on_local(&build, workload, Setup { workers: 1, ..setup })
    }
}

fn build(settings: &Settings) -> io::Result<runtime::LocalRuntime> {
    let mut builder = Builder::new_current_thread();
    settings::set(builder.enable_all(), settings).build_local(LocalOptions::default())
}

/// A running `LocalRuntime`.
struct Runtime(runtime::LocalRuntime);

impl LocalRuntime for Runtime {
    type Task<T: 'static> = Task<T>;
    type Tcp = TcpStream;
    type Listener = TcpListener;

    fn run<F>(&self, root: F) -> F::Output
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        self.0.block_on(Task(self.0.spawn_local(root)))
    }

    fn run_on_caller<F>(&self, root: F) -> F::Output
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        self.0.block_on(root)
    }

    #[cfg(target_has_atomic = "64")]
    fn counters(&self) -> Counters {
        runtime_counters([self.0.handle().metrics()].into_iter())
    }

    fn spawn<F>(future: F) -> Task<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        Task(tokio::task::spawn_local(future))
    }

    fn detach<T: 'static>(task: Task<T>) {
        drop(task);
    }

    fn yield_now() -> impl Future<Output = ()> {
        tokio::task::yield_now()
    }

    fn sleep(duration: Duration) -> impl Future<Output = ()> {
        tokio::time::sleep(duration)
    }

    fn listener(socket: std::net::TcpListener) -> io::Result<TcpListener> {
        socket.set_nonblocking(true)?;
        TcpListener::from_std(socket)
    }

    async fn accept(listener: &TcpListener) -> io::Result<TcpStream> {
        Ok(listener.accept().await?.0)
    }

    fn connect(address: SocketAddr) -> impl Future<Output = io::Result<TcpStream>> {
        TcpStream::connect(address)
    }

    fn tcp(stream: std::net::TcpStream) -> io::Result<TcpStream> {
        stream.set_nonblocking(true)?;
        TcpStream::from_std(stream)
    }

    async fn read_exact(stream: &mut TcpStream, mut buffer: Buffer) -> Lent {
        let read = AsyncReadExt::read_exact(stream, &mut buffer).await;
        (read.map(|_| ()), buffer)
    }

    async fn write_all(stream: &mut TcpStream, buffer: Buffer) -> Lent {
        (AsyncWriteExt::write_all(stream, &buffer).await, buffer)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::net;
    use std::rc::Rc;

    use super::*;

    #[test]
    fn tasks_share_data_of_one_thread_and_streams_return_their_buffers() {
        let runtime = Runtime(build(&Settings::default()).unwrap());
        let shared = Rc::new(7);
        assert_eq!(runtime.run(async move { Runtime::spawn(async move { *shared }).await }), 7);
        let socket = net::TcpListener::bind("127.0.0.1:0").unwrap();
        let mut client = net::TcpStream::connect(socket.local_addr().unwrap()).unwrap();
        client.write_all(b"abc").unwrap();
        drop(client);
        let (first, rest) = runtime.run(async move {
            let listener = Runtime::listener(socket).unwrap();
            let mut stream = Runtime::accept(&listener).await.unwrap();
            let (read, first) = Runtime::read_exact(&mut stream, vec![0; 2].into()).await;
            read.unwrap();
            // Only one of the two requested bytes is left.
            (first, Runtime::read_exact(&mut stream, vec![0; 2].into()).await.0)
        });
        assert_eq!(&*first, b"ab");
        assert_eq!(rest.unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
    }
}
