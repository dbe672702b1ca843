//! `smol`: an executor of its own, on threads of its own, as smol's documentation advises.

use std::future::Future;
use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use std::{future, io, thread};

use runtime_bench_results::catalogue::{Class, RunnerInfo};
use runtime_bench_workloads::instance::{Instance, on_async};
use runtime_bench_workloads::runtime::{AsyncRuntime, Family, LocksVisitor};
use runtime_bench_workloads::workload::{Failure, Setup, Workload};
use smol::channel;
use smol::fs::File;
use smol::future::FutureExt;
use smol::io::{AsyncReadExt, AsyncWriteExt};
use smol::net::{TcpListener, TcpStream};
use smol::{Executor, Task, Timer};
use smol_hyper::rt::FuturesIo;

use crate::locked::versions;
use crate::{Runner, locks};

/// The executor. A process holds one instance, so it can be a static, as users write it.
static EXECUTOR: Executor<'static> = Executor::new();

/// smol with its own executor.
#[derive(Clone, Copy, Debug)]
pub struct Smol;

impl Runner for Smol {
    fn info(&self, workers: usize, _: usize) -> RunnerInfo {
        RunnerInfo {
            name: "smol".into(),
            title: "smol".into(),
            class: Class::MultiThread,
            configuration: format!("an Executor of its own on {workers} threads"),
            packages: versions(&["smol", "async-executor", "async-io", "async-channel"]),
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
        on_async(|| Running::start(workers), workload, setup)
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

impl AsyncRuntime for Running {
    type Task<T: Send + 'static> = Task<T>;
    type Tcp = TcpStream;
    type Hyper = FuturesIo<TcpStream>;
    type Listener = TcpListener;
    type File = File;
    type Sender<T: Send + 'static> = channel::Sender<T>;
    type Receiver<T: Send + 'static> = channel::Receiver<T>;

    fn run<F>(&self, root: F) -> F::Output
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        smol::block_on(EXECUTOR.spawn(root))
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

    fn offload<T: Send + 'static>(
        work: impl FnOnce() -> T + Send + 'static,
    ) -> impl Future<Output = T> + Send {
        smol::unblock(work)
    }

    fn yield_now() -> impl Future<Output = ()> + Send {
        smol::future::yield_now()
    }

    fn sleep(duration: Duration) -> impl Future<Output = ()> + Send {
        Sleep(Timer::after(duration))
    }

    fn timeout<F: Future + Send>(
        limit: Duration,
        work: F,
    ) -> impl Future<Output = Option<F::Output>> + Send
    where
        F::Output: Send,
    {
        let expired = async move {
            Timer::after(limit).await;
            None
        };
        smol::future::or(async move { Some(work.await) }, expired)
    }

    fn listener(socket: std::net::TcpListener) -> io::Result<TcpListener> {
        TcpListener::try_from(socket)
    }

    async fn accept(listener: &TcpListener) -> io::Result<TcpStream> {
        Ok(listener.accept().await?.0)
    }

    fn connect(address: SocketAddr) -> impl Future<Output = io::Result<TcpStream>> + Send {
        TcpStream::connect(address)
    }

    fn tcp(stream: std::net::TcpStream) -> io::Result<TcpStream> {
        TcpStream::try_from(stream)
    }

    fn hyper(stream: TcpStream) -> FuturesIo<TcpStream> {
        FuturesIo::new(stream)
    }

    async fn read_exact(stream: &mut TcpStream, buffer: &mut [u8]) -> io::Result<()> {
        AsyncReadExt::read_exact(stream, buffer).await
    }

    async fn write_all(stream: &mut TcpStream, bytes: &[u8]) -> io::Result<()> {
        AsyncWriteExt::write_all(stream, bytes).await
    }

    fn open(path: &Path) -> impl Future<Output = io::Result<File>> + Send {
        File::open(path)
    }

    async fn read(file: &mut File, buffer: &mut [u8]) -> io::Result<usize> {
        AsyncReadExt::read(file, buffer).await
    }

    fn read_whole(path: &Path) -> impl Future<Output = io::Result<Vec<u8>>> + Send {
        smol::fs::read(path)
    }

    fn with_locks<V: LocksVisitor>(name: &str, visitor: V) -> Option<V::Output> {
        locks::by_name(if name == "own" { "async-lock" } else { name }, visitor)
    }

    fn channel<T: Send + 'static>(
        capacity: Option<usize>,
    ) -> (channel::Sender<T>, channel::Receiver<T>) {
        capacity.map_or_else(channel::unbounded, channel::bounded)
    }

    async fn send<T: Send + 'static>(sender: &channel::Sender<T>, item: T) -> bool {
        sender.send(item).await.is_ok()
    }

    async fn receive<T: Send + 'static>(receiver: &mut channel::Receiver<T>) -> Option<T> {
        receiver.recv().await.ok()
    }
}

/// A timer without its result. An asynchronous function would keep the duration as well, which adds
/// a tenth to a sleeping task.
struct Sleep(Timer);

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        Pin::new(&mut self.0).poll(context).map(|_| ())
    }
}
