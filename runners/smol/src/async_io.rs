//! The operations of async-io and related smol crates, on any executor.

use std::future::Future;
use std::net::SocketAddr;
use std::path::Path;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use std::{io, thread};

use runtime_bench_api::runtime::{
    AsyncRuntime, ChannelsVisitor, LocksVisitor, ShutdownRuntime, map_future,
};
use smol::Timer;
use smol::fs::File;
use smol::io::{AsyncReadExt, AsyncSeekExt, AsyncWriteExt, SeekFrom};
use smol::net::{TcpListener, TcpStream};
use smol_hyper::rt::FuturesIo;

use runtime_bench_sync::{broadcasts, channels, locks};

/// An executor of tasks. A value of it is the running instance.
pub(crate) trait Execute: Sized + 'static {
    /// As [`AsyncRuntime::Task`].
    type Task<T: Send + 'static>: Future<Output = T> + Send + 'static;
    /// As [`AsyncRuntime::ShutdownRuntime`].
    type ShutdownRuntime: ShutdownRuntime;

    /// As [`AsyncRuntime::new_instance`].
    fn new_instance(workers: usize) -> io::Result<Self::ShutdownRuntime>;

    /// As [`AsyncRuntime::run`].
    fn run<F: Future<Output: Send + 'static> + Send + 'static>(&self, root: F) -> F::Output;

    /// As [`AsyncRuntime::run_on_caller`].
    fn run_on_caller<F>(&self, root: F) -> F::Output
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static;

    /// As [`AsyncRuntime::spawn`].
    fn spawn<F>(future: F) -> Self::Task<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static;

    /// As [`AsyncRuntime::detach`].
    fn detach<T: Send + 'static>(task: Self::Task<T>);

    /// As [`AsyncRuntime::outcome`].
    fn outcome<T: Send + 'static>(
        task: Self::Task<T>,
    ) -> impl Future<Output = thread::Result<T>> + Send;

    /// As [`AsyncRuntime::cancel`].
    fn cancel<T: Send + 'static>(task: Self::Task<T>) -> impl Future<Output = Option<T>> + Send;
}

/// An executor with the timers, sockets, files and channels of smol's crates.
pub(crate) struct OnAsyncIo<E>(pub(crate) E);

impl<E: Execute> AsyncRuntime for OnAsyncIo<E> {
    type Task<T: Send + 'static> = E::Task<T>;
    type Tcp = TcpStream;
    type Hyper = FuturesIo<TcpStream>;
    type Listener = TcpListener;
    type File = File;
    type Channels = channels::AsyncChannel;
    type Broadcast = broadcasts::AsyncBroadcast;
    type Watch = broadcasts::Watch;
    type Locks = locks::AsyncLock;
    type ShutdownRuntime = E::ShutdownRuntime;

    fn new_instance(workers: usize) -> io::Result<E::ShutdownRuntime> {
        E::new_instance(workers)
    }

    fn run<F: Future<Output: Send + 'static> + Send + 'static>(&self, root: F) -> F::Output {
        self.0.run(root)
    }

    fn run_on_caller<F>(&self, root: F) -> F::Output
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        self.0.run_on_caller(root)
    }

    fn spawn<F: Future<Output: Send + 'static> + Send + 'static>(future: F) -> E::Task<F::Output> {
        E::spawn(future)
    }

    fn detach<T: Send + 'static>(task: E::Task<T>) {
        E::detach(task);
    }

    fn outcome<T: Send + 'static>(
        task: E::Task<T>,
    ) -> impl Future<Output = thread::Result<T>> + Send {
        E::outcome(task)
    }

    fn cancel<T: Send + 'static>(task: E::Task<T>) -> impl Future<Output = Option<T>> + Send {
        E::cancel(task)
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

    fn read_exact<'a>(
        stream: &'a mut TcpStream,
        buffer: &'a mut [u8],
    ) -> impl Future<Output = io::Result<()>> + Send {
        AsyncReadExt::read_exact(stream, buffer)
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
        smol::fs::read(path)
    }

    async fn write_file(path: &Path, bytes: &[u8], synced: bool) -> io::Result<()> {
        let mut file = File::create(path).await?;
        AsyncWriteExt::write_all(&mut file, bytes).await?;
        // Waits for the last write in any case.
        if synced { file.sync_all().await } else { AsyncWriteExt::flush(&mut file).await }
    }

    fn with_locks<V: LocksVisitor>(name: &str, visitor: V) -> Option<V::Output> {
        locks::by_name::<locks::AsyncLock, V>(name, visitor)
    }

    fn with_channels<V: ChannelsVisitor>(
        name: &str,
        bounded: bool,
        visitor: V,
    ) -> Option<V::Output> {
        channels::by_name::<channels::AsyncChannel, channels::AsyncChannelUnbounded, V>(
            name, bounded, visitor,
        )
    }
}

/// A timer whose result is dropped. An async function would also store the duration, which adds 10% to a
/// sleeping task.
struct Sleep(Timer);

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        Pin::new(&mut self.0).poll(context).map(|_| ())
    }
}
