//! Operations of an async runtime.

use std::future::Future;
use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::thread;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;

use super::channels::{Broadcast, Channels, ChannelsVisitor, Oneshot};
use super::counters::Counters;
use super::locks::{Locks, LocksVisitor};
use super::shutdown::ShutdownRuntime;

/// An asynchronous runtime. A value of this type is the running instance.
pub trait AsyncRuntime: Sized + 'static {
    /// A spawned task. Awaiting it gives its output; if the task panicked, awaiting panics.
    /// Dropping it has a different effect in each runtime, so workloads await or detach every task.
    type Task<T: Send + 'static>: Future<Output = T> + Send + 'static;
    /// A connected TCP stream.
    type Tcp: Send + 'static;
    /// A stream as hyper reads and writes it.
    type Hyper: hyper::rt::Read + hyper::rt::Write + Send + Unpin + 'static;
    /// A listening TCP socket.
    type Listener: Send + Sync + 'static;
    /// An open file.
    type File: Send + 'static;
    /// The runtime's own channels, with a bound, and those for one item.
    type Channels: Channels + Oneshot;
    /// The runtime's own queue for many receivers of every item.
    type Broadcast: Broadcast;
    /// A channel whose receivers see the latest item.
    type Watch: Broadcast;
    /// The runtime's own locks.
    type Locks: Locks;
    /// A runtime of this kind that can be shut down.
    type ShutdownRuntime: ShutdownRuntime;

    /// Builds a second runtime of this kind, from inside this one.
    ///
    /// # Errors
    /// When it cannot be built, or a process can only have one.
    fn new_instance(workers: usize) -> io::Result<Self::ShutdownRuntime>;

    /// Spawns the root task onto the runtime while the caller waits outside, so that the root runs where its
    /// children run.
    fn run<F: Future<Output: Send + 'static> + Send + 'static>(&self, root: F) -> F::Output;

    /// Polls the root task on the calling thread; its children run as usual.
    fn run_on_caller<F>(&self, root: F) -> F::Output
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static;

    /// The runtime's own counters, always in the same order.
    fn counters(&self) -> Counters {
        Counters::new()
    }

    /// Spawns a task, from inside the runtime.
    fn spawn<F>(future: F) -> Self::Task<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static;

    /// Number of accepting tasks, each with its own socket on one port: one, unless workers share no tasks.
    fn acceptors() -> usize {
        1
    }

    /// Spawns a detached task that accepts from socket `number`.
    fn spawn_acceptor(_number: usize, task: impl Future<Output = ()> + Send + 'static) {
        Self::detach(Self::spawn(task));
    }

    /// Detaches a task.
    fn detach<T: Send + 'static>(task: Self::Task<T>);

    /// Waits for a task and returns its output or panic.
    fn outcome<T: Send + 'static>(
        task: Self::Task<T>,
    ) -> impl Future<Output = thread::Result<T>> + Send;

    /// Cancels a task and waits until its future is dropped. Returns its output if it completed first.
    fn cancel<T: Send + 'static>(task: Self::Task<T>) -> impl Future<Output = Option<T>> + Send;

    /// Runs tasks in the runtime's own set of tasks, and returns their outputs as they end. Programs on a runtime
    /// without one collect handles in a `FuturesUnordered`.
    fn run_set<F>(
        tasks: impl Iterator<Item = F> + Send,
    ) -> impl Future<Output = Vec<F::Output>> + Send
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        tasks.map(Self::spawn).collect::<FuturesUnordered<_>>().collect()
    }

    /// Runs blocking or CPU-bound work on the runtime's blocking pool.
    fn offload<T: Send + 'static>(
        work: impl FnOnce() -> T + Send + 'static,
    ) -> impl Future<Output = T> + Send;

    /// Yields to the other tasks in the queue.
    fn yield_now() -> impl Future<Output = ()> + Send;

    /// Waits on the runtime's own timer.
    fn sleep(duration: Duration) -> impl Future<Output = ()> + Send;

    /// Waits for `work` up to a limit; `None` if the limit has passed.
    fn timeout<F: Future + Send>(
        limit: Duration,
        work: F,
    ) -> impl Future<Output = Option<F::Output>> + Send
    where
        F::Output: Send;

    /// Registers a listening socket, which must be in non-blocking mode.
    fn listener(socket: TcpListener) -> io::Result<Self::Listener>;

    /// Waits for a connection.
    fn accept(listener: &Self::Listener) -> impl Future<Output = io::Result<Self::Tcp>> + Send;

    /// Connects.
    fn connect(address: SocketAddr) -> impl Future<Output = io::Result<Self::Tcp>> + Send;

    /// Registers a connected stream, which must be in non-blocking mode.
    fn tcp(stream: TcpStream) -> io::Result<Self::Tcp>;

    /// Wraps a stream for hyper.
    fn hyper(stream: Self::Tcp) -> Self::Hyper;

    /// Fills `buffer` from a stream.
    fn read_exact<'a>(
        stream: &'a mut Self::Tcp,
        buffer: &'a mut [u8],
    ) -> impl Future<Output = io::Result<()>> + Send;

    /// Writes all of `bytes` to a stream.
    fn write_all<'a>(
        stream: &'a mut Self::Tcp,
        bytes: &'a [u8],
    ) -> impl Future<Output = io::Result<()>> + Send;

    /// Opens a file for reading.
    fn open(path: &Path) -> impl Future<Output = io::Result<Self::File>> + Send;

    /// Reads up to a buffer's length from a file; 0 at its end.
    fn read<'a>(
        file: &'a mut Self::File,
        buffer: &'a mut [u8],
    ) -> impl Future<Output = io::Result<usize>> + Send;

    /// Moves to a position of a file, from its start.
    fn seek(file: &mut Self::File, position: u64) -> impl Future<Output = io::Result<()>> + Send;

    /// Reads a whole file at once.
    fn read_whole(path: &Path) -> impl Future<Output = io::Result<Vec<u8>>> + Send;

    /// Creates or truncates a file and writes it, and, if `synced`, waits until it is on the disk.
    fn write_file(
        path: &Path,
        bytes: &[u8],
        synced: bool,
    ) -> impl Future<Output = io::Result<()>> + Send;

    /// Calls a visitor with the named locks; `own` selects the runtime's own. `None` for an unknown name. The
    /// visitor is compiled for every crate of locks: use [`AsyncRuntime::Locks`] if only the runtime's own
    /// are needed.
    fn with_locks<V: LocksVisitor>(name: &str, visitor: V) -> Option<V::Output>;

    /// Calls a visitor with the named channels, bounded or not; `own` selects the runtime's own. `None` for
    /// an unknown name.
    fn with_channels<V: ChannelsVisitor>(
        name: &str,
        bounded: bool,
        visitor: V,
    ) -> Option<V::Output>;

    /// As [`Channels::channel`], with the runtime's own channels.
    fn channel<T: Send + 'static>(capacity: usize) -> (Sender<Self, T>, Receiver<Self, T>) {
        Self::Channels::channel(capacity)
    }

    /// As [`Channels::send`].
    fn send<T: Send + 'static>(
        sender: &Sender<Self, T>,
        item: T,
    ) -> impl Future<Output = bool> + Send {
        Self::Channels::send(sender, item)
    }

    /// As [`Channels::receive`].
    fn receive<T: Send + 'static>(
        receiver: &mut Receiver<Self, T>,
    ) -> impl Future<Output = Option<T>> + Send {
        Self::Channels::receive(receiver)
    }
}

/// The sending half of a runtime's own channel.
pub type Sender<R, T> = <<R as AsyncRuntime>::Channels as Channels>::Sender<T>;
/// The receiving half of a runtime's own channel.
pub type Receiver<R, T> = <<R as AsyncRuntime>::Channels as Channels>::Receiver<T>;
