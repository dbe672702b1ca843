//! `async-std`: the global runtime, sized by an environment variable.

mod channels;

use std::future::Future;
use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::time::Duration;
use std::{env, io, thread};

use async_std::fs::File;
use async_std::io::SeekFrom;
use async_std::io::prelude::{ReadExt, SeekExt, WriteExt};
use async_std::net::{TcpListener, TcpStream};
use async_std::task::{self, JoinHandle};
use futures_lite::FutureExt;
#[cfg(feature = "catalog")]
use runtime_bench_api::cells::Cells;
use runtime_bench_api::dyn_workload::DynWorkload;
use runtime_bench_api::instance::{Instance, on_async};
use runtime_bench_api::runtime::{AsyncRuntime, ChannelsVisitor, Family, LocksVisitor, NoShutdown};
use runtime_bench_api::workload::{Failure, Requirements, Setup, Workload};
use runtime_bench_results::catalog::{Class, RunnerInfo};
use runtime_bench_results::key::Point;
use smol_hyper::rt::FuturesIo;

use runtime_bench_api::runner::{Runner, Setting, packages};
use runtime_bench_api::runtime::map_future;
use runtime_bench_sync::{broadcasts, locks};

/// The variable that sets the size of async-std's pool; there is no other way.
const THREADS: &str = "ASYNC_STD_THREAD_COUNT";

/// async-std on its global runtime.
#[derive(Clone, Copy, Debug)]
pub struct AsyncStd;

impl Runner for AsyncStd {
    fn name(&self) -> &'static str {
        "async-std"
    }

    fn info(&self, workers: usize, _: usize) -> RunnerInfo {
        RunnerInfo {
            discontinued: Some(
                "discontinued by its maintainers in March 2025; they recommend smol".to_owned(),
            ),
            name: self.name().to_owned(),
            title: "async-std".into(),
            class: Class::MultiThread,
            configuration: format!("global runtime, {workers} worker threads set by {THREADS}"),
            packages: packages(&["async-std", "async-executor", "async-io", "async-channel"]),
            notes: vec![
                "Discontinued (RUSTSEC-2025-0052); the authors recommend smol. Measured because programs \
                 still use it."
                    .into(),
                "Shares its executor and reactor crates with smol, so expect near ties."
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

    fn worker_variable(&self) -> Option<&'static str> {
        Some(THREADS)
    }

    fn refuses(&self, _: &dyn DynWorkload, _: &Point, needs: &Requirements) -> Option<String> {
        let reason = "The runtime is global and cannot be shut down.";
        needs.shuts_down.then(|| reason.to_owned())
    }

    fn start<W: Workload>(&self, workload: W, setup: Setup) -> Result<Box<dyn Instance>, Failure> {
        on_async(&running, workload, setup)
    }
}

fn running(setup: &Setup) -> io::Result<Runtime> {
    let workers = setup.workers.to_string();
    if env::var(THREADS).as_deref() == Ok(workers.as_str()) {
        return Ok(Runtime);
    }
    let why = format!("async-std trials require {THREADS}={workers} in the environment");
    Err(io::Error::other(why))
}

/// Every workload on async-std.
#[cfg(feature = "catalog")]
pub fn cells() -> Cells {
    Cells::default().with(AsyncStd, runtime_bench_catalog::each)
}

/// The global runtime; its first task starts it.
struct Runtime;

impl AsyncRuntime for Runtime {
    type Task<T: Send + 'static> = JoinHandle<T>;
    type Tcp = TcpStream;
    type Hyper = FuturesIo<TcpStream>;
    type Listener = TcpListener;
    type File = File;
    type Channels = channels::AsyncStd;
    type Broadcast = broadcasts::AsyncBroadcast;
    type Watch = broadcasts::Watch;
    type Locks = locks::AsyncLock;
    type ShutdownRuntime = NoShutdown;

    fn new_instance(_: usize) -> io::Result<NoShutdown> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn run<F: Future<Output: Send + 'static> + Send + 'static>(&self, root: F) -> F::Output {
        task::block_on(task::spawn(root))
    }

    fn run_on_caller<F>(&self, root: F) -> F::Output
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        task::block_on(root)
    }

    fn spawn<F>(future: F) -> JoinHandle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        task::spawn(future)
    }

    fn detach<T: Send + 'static>(task: JoinHandle<T>) {
        drop(task);
    }

    fn outcome<T: Send + 'static>(
        task: JoinHandle<T>,
    ) -> impl Future<Output = thread::Result<T>> + Send {
        AssertUnwindSafe(task).catch_unwind()
    }

    fn cancel<T: Send + 'static>(task: JoinHandle<T>) -> impl Future<Output = Option<T>> + Send {
        task.cancel()
    }

    fn offload<T: Send + 'static>(
        work: impl FnOnce() -> T + Send + 'static,
    ) -> impl Future<Output = T> + Send {
        task::spawn_blocking(work)
    }

    fn yield_now() -> impl Future<Output = ()> + Send {
        task::yield_now()
    }

    fn sleep(duration: Duration) -> impl Future<Output = ()> + Send {
        task::sleep(duration)
    }

    fn timeout<F: Future + Send>(
        limit: Duration,
        work: F,
    ) -> impl Future<Output = Option<F::Output>> + Send
    where
        F::Output: Send,
    {
        map_future(async_std::future::timeout(limit, work), Result::ok)
    }

    fn listener(socket: std::net::TcpListener) -> io::Result<TcpListener> {
        Ok(TcpListener::from(socket))
    }

    async fn accept(listener: &TcpListener) -> io::Result<TcpStream> {
        Ok(listener.accept().await?.0)
    }

    fn connect(address: SocketAddr) -> impl Future<Output = io::Result<TcpStream>> + Send {
        TcpStream::connect(address)
    }

    fn tcp(stream: std::net::TcpStream) -> io::Result<TcpStream> {
        Ok(TcpStream::from(stream))
    }

    fn hyper(stream: TcpStream) -> FuturesIo<TcpStream> {
        FuturesIo::new(stream)
    }

    fn read_exact<'a>(
        stream: &'a mut TcpStream,
        buffer: &'a mut [u8],
    ) -> impl Future<Output = io::Result<()>> + Send {
        ReadExt::read_exact(stream, buffer)
    }

    fn write_all<'a>(
        stream: &'a mut TcpStream,
        bytes: &'a [u8],
    ) -> impl Future<Output = io::Result<()>> + Send {
        WriteExt::write_all(stream, bytes)
    }

    fn open(path: &Path) -> impl Future<Output = io::Result<File>> + Send {
        File::open(path)
    }

    fn read<'a>(
        file: &'a mut File,
        buffer: &'a mut [u8],
    ) -> impl Future<Output = io::Result<usize>> + Send {
        ReadExt::read(file, buffer)
    }

    fn seek(file: &mut File, position: u64) -> impl Future<Output = io::Result<()>> + Send {
        map_future(SeekExt::seek(file, SeekFrom::Start(position)), |at| at.map(|_| ()))
    }

    fn read_whole(path: &Path) -> impl Future<Output = io::Result<Vec<u8>>> + Send {
        async_std::fs::read(path)
    }

    async fn write_file(path: &Path, bytes: &[u8], synced: bool) -> io::Result<()> {
        let mut file = File::create(path).await?;
        WriteExt::write_all(&mut file, bytes).await?;
        // Waits for the last write in any case.
        if synced { file.sync_all().await } else { WriteExt::flush(&mut file).await }
    }

    fn with_locks<V: LocksVisitor>(name: &str, visitor: V) -> Option<V::Output> {
        locks::by_name::<locks::AsyncLock, V>(name, visitor)
    }

    fn with_channels<V: ChannelsVisitor>(
        name: &str,
        bounded: bool,
        visitor: V,
    ) -> Option<V::Output> {
        use channels::{AsyncStd, AsyncStdUnbounded};
        runtime_bench_sync::channels::by_name::<AsyncStd, AsyncStdUnbounded, V>(
            name, bounded, visitor,
        )
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn roots_run_in_the_requested_place() {
        runtime_bench_sync::placement::check(&super::Runtime);
    }

    #[cfg(feature = "catalog")]
    #[test]
    fn short_connections_are_served() {
        runtime_bench_workloads::check::connections(&super::Runtime);
    }
}
