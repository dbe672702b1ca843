//! The runners of tokio: its schedulers, and its ways to offload and to serve.

mod current_thread;
#[cfg(feature = "tokio-local")]
mod local;
mod multi_thread;
mod per_core;
mod settings;
mod with_rayon;

pub use current_thread::CurrentThread;
#[cfg(feature = "tokio-local")]
pub use local::Local;
pub use multi_thread::MultiThread;
pub use per_core::PerCore;
pub use with_rayon::WithRayon;

use std::future::Future;
use std::io::SeekFrom;
use std::marker::PhantomData;
use std::net::SocketAddr;
use std::panic::resume_unwind;
use std::path::Path;
use std::pin::Pin;
use std::sync::OnceLock;
use std::task::{Context, Poll};
use std::time::Duration;
use std::{io, thread};

use hyper_util::rt::TokioIo;
#[cfg(feature = "catalog")]
use runtime_bench_api::cells::Cells;
use runtime_bench_api::runtime::{
    AsyncRuntime, ChannelsVisitor, Counters, LocksVisitor, ShutdownRuntime,
};
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncSeekExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Handle, Runtime, RuntimeFlavor, RuntimeMetrics};
use tokio::task::{JoinError, JoinHandle, JoinSet};

use runtime_bench_api::runtime::map_future;
use runtime_bench_sync::{broadcasts, channels, locks};

/// Every workload on every runner of tokio.
#[cfg(feature = "catalog")]
pub fn cells() -> Cells {
    let cells = Cells::default()
        .with(MultiThread, runtime_bench_catalog::each)
        .with(CurrentThread, runtime_bench_catalog::each)
        .with(WithRayon, runtime_bench_catalog::each)
        .with(PerCore, runtime_bench_catalog::each);
    #[cfg(feature = "tokio-local")]
    let cells = cells.with(Local, runtime_bench_catalog::each);
    cells
}

/// A running tokio runtime that offloads work by `O`.
///
/// Tasks are the same on every scheduler, and so is this type: a workload is compiled once for all of them.
struct Tokio<O> {
    runtime: Runtime,
    offload: PhantomData<O>,
}

impl<O> Tokio<O> {
    fn new(runtime: Runtime) -> Self {
        Self { runtime, offload: PhantomData }
    }
}

/// The runtimes other than that of the root, if each core has one. A static, because a process holds
/// one instance.
static OTHERS: OnceLock<Vec<Handle>> = OnceLock::new();

fn others() -> &'static [Handle] {
    OTHERS.get().map_or(&[], Vec::as_slice)
}

/// A way to offload work.
trait Offload: 'static {
    /// As [`AsyncRuntime::offload`].
    fn offload<T: Send + 'static>(
        work: impl FnOnce() -> T + Send + 'static,
    ) -> impl Future<Output = T> + Send;
}

/// Offloads to tokio's own pool of blocking threads.
struct Blocking;

impl Offload for Blocking {
    fn offload<T: Send + 'static>(
        work: impl FnOnce() -> T + Send + 'static,
    ) -> impl Future<Output = T> + Send {
        Task(tokio::task::spawn_blocking(work))
    }
}

impl<O: Offload> AsyncRuntime for Tokio<O> {
    type Task<T: Send + 'static> = Task<T>;
    type Tcp = TcpStream;
    type Hyper = TokioIo<TcpStream>;
    type Listener = TcpListener;
    type File = File;
    type Channels = channels::Tokio;
    type Broadcast = broadcasts::Tokio;
    type Watch = broadcasts::Watch;
    type Locks = locks::Tokio;
    type ShutdownRuntime = Second;

    fn new_instance(workers: usize) -> io::Result<Second> {
        // Both schedulers share this code; the running one knows its flavor.
        let mut builder = match Handle::current().runtime_flavor() {
            RuntimeFlavor::CurrentThread => Builder::new_current_thread(),
            _ => Builder::new_multi_thread(),
        };
        builder.worker_threads(workers).enable_all().build().map(Second)
    }

    fn run<F: Future<Output: Send + 'static> + Send + 'static>(&self, root: F) -> F::Output {
        self.runtime.block_on(Task(self.runtime.spawn(root)))
    }

    fn run_on_caller<F>(&self, root: F) -> F::Output
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        self.runtime.block_on(root)
    }

    #[cfg(target_has_atomic = "64")]
    fn counters(&self) -> Counters {
        let runtimes = [self.runtime.handle()].into_iter().chain(others());
        runtime_counters(runtimes.map(Handle::metrics))
    }

    fn spawn<F: Future<Output: Send + 'static> + Send + 'static>(future: F) -> Task<F::Output> {
        Task(tokio::spawn(future))
    }

    fn acceptors() -> usize {
        1 + others().len()
    }

    fn spawn_acceptor(number: usize, task: impl Future<Output = ()> + Send + 'static) {
        match number.checked_sub(1).and_then(|other| others().get(other)) {
            Some(runtime) => drop(runtime.spawn(task)),
            None => drop(tokio::spawn(task)),
        }
    }

    fn detach<T: Send + 'static>(task: Task<T>) {
        drop(task);
    }

    async fn outcome<T: Send + 'static>(task: Task<T>) -> thread::Result<T> {
        // No awaited task is aborted, so an error is a panic.
        task.0.await.map_err(JoinError::into_panic)
    }

    async fn cancel<T: Send + 'static>(task: Task<T>) -> Option<T> {
        task.0.abort();
        task.0.await.ok()
    }

    fn run_set<F>(
        tasks: impl Iterator<Item = F> + Send,
    ) -> impl Future<Output = Vec<F::Output>> + Send
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        tasks.collect::<JoinSet<_>>().join_all()
    }

    fn offload<T: Send + 'static>(
        work: impl FnOnce() -> T + Send + 'static,
    ) -> impl Future<Output = T> + Send {
        O::offload(work)
    }

    fn yield_now() -> impl Future<Output = ()> + Send {
        tokio::task::yield_now()
    }

    fn sleep(duration: Duration) -> impl Future<Output = ()> + Send {
        tokio::time::sleep(duration)
    }

    fn timeout<F: Future + Send>(
        limit: Duration,
        work: F,
    ) -> impl Future<Output = Option<F::Output>> + Send
    where
        F::Output: Send,
    {
        map_future(tokio::time::timeout(limit, work), Result::ok)
    }

    fn listener(socket: std::net::TcpListener) -> io::Result<TcpListener> {
        TcpListener::from_std(socket)
    }

    async fn accept(listener: &TcpListener) -> io::Result<TcpStream> {
        Ok(listener.accept().await?.0)
    }

    fn connect(address: SocketAddr) -> impl Future<Output = io::Result<TcpStream>> + Send {
        TcpStream::connect(address)
    }

    fn tcp(stream: std::net::TcpStream) -> io::Result<TcpStream> {
        TcpStream::from_std(stream)
    }

    fn hyper(stream: TcpStream) -> TokioIo<TcpStream> {
        TokioIo::new(stream)
    }

    fn read_exact<'a>(
        stream: &'a mut TcpStream,
        buffer: &'a mut [u8],
    ) -> impl Future<Output = io::Result<()>> + Send {
        map_future(AsyncReadExt::read_exact(stream, buffer), |read| read.map(|_| ()))
    }

    fn write_all<'a>(
        stream: &'a mut TcpStream,
        bytes: &'a [u8],
    ) -> impl Future<Output = io::Result<()>> + Send {
        AsyncWriteExt::write_all(stream, bytes)
    }

    fn open(path: &Path) -> impl Future<Output = io::Result<File>> + Send {
        File::open(path)
    }

    fn read<'a>(
        file: &'a mut File,
        buffer: &'a mut [u8],
    ) -> impl Future<Output = io::Result<usize>> + Send {
        AsyncReadExt::read(file, buffer)
    }

    fn seek(file: &mut File, position: u64) -> impl Future<Output = io::Result<()>> + Send {
        map_future(AsyncSeekExt::seek(file, SeekFrom::Start(position)), |at| at.map(|_| ()))
    }

    fn read_whole(path: &Path) -> impl Future<Output = io::Result<Vec<u8>>> + Send {
        tokio::fs::read(path)
    }

    async fn write_file(path: &Path, bytes: &[u8], synced: bool) -> io::Result<()> {
        let mut file = File::create(path).await?;
        AsyncWriteExt::write_all(&mut file, bytes).await?;
        // Waits for the last write in any case.
        if synced { file.sync_all().await } else { AsyncWriteExt::flush(&mut file).await }
    }

    fn with_locks<V: LocksVisitor>(name: &str, visitor: V) -> Option<V::Output> {
        locks::by_name::<locks::Tokio, V>(name, visitor)
    }

    fn with_channels<V: ChannelsVisitor>(
        name: &str,
        bounded: bool,
        visitor: V,
    ) -> Option<V::Output> {
        channels::by_name::<channels::Tokio, channels::TokioUnbounded, V>(name, bounded, visitor)
    }
}

/// tokio's stable metrics, summed over workers.
#[cfg(target_has_atomic = "64")]
fn runtime_counters(runtimes: impl Iterator<Item = RuntimeMetrics>) -> Counters {
    let (mut parks, mut busy) = (0, Duration::ZERO);
    for metrics in runtimes {
        for worker in 0..metrics.num_workers() {
            parks += metrics.worker_park_count(worker);
            busy += metrics.worker_total_busy_duration(worker);
        }
    }
    vec![("worker parks", parks), ("worker busy time", busy.as_nanos() as u64)]
}

/// A second runtime.
struct Second(Runtime);

impl ShutdownRuntime for Second {
    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        drop(self.0.spawn(task));
    }

    fn wait(&self, work: impl Future<Output = ()> + Send) {
        self.0.block_on(work);
    }

    fn shut_down(self) {
        // Dropping the runtime waits for its workers, which drop their tasks.
        drop(self.0);
    }
}

/// A join handle that propagates the panic of its task.
struct Task<T>(JoinHandle<T>);

impl<T> Future for Task<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        Pin::new(&mut self.0).poll(context).map(|joined| {
            // No awaited task is aborted, so an error is a panic.
            joined.unwrap_or_else(|error| resume_unwind(error.into_panic()))
        })
    }
}
