//! The operations of a runtime whose tasks stay on one thread.
//!
//! Their futures need not be `Send`, and the kernel works in the buffers themselves: a read or a write
//! takes its buffer and gives it back. So they have operations of their own, only
//! those that workloads with an `on_local` use.

use std::future::Future;
use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

/// A runtime of one thread. A value of it is the running instance.
pub trait LocalRuntime: Sized + 'static {
    /// A spawned task. Awaiting it gives its output. What dropping it does differs between runtimes, so
    /// workloads await or detach every task.
    type Task<T: 'static>: Future<Output = T> + 'static;
    /// A connected TCP stream.
    type Tcp: 'static;
    /// A listening TCP socket.
    type Listener: 'static;

    /// Spawns the root task and runs everything until it has ended.
    fn run<F>(&self, root: F) -> F::Output
    where
        F: Future + 'static,
        F::Output: 'static;

    /// The same with a root that is no task.
    fn run_on_caller<F>(&self, root: F) -> F::Output
    where
        F: Future + 'static,
        F::Output: 'static;

    /// Spawns a task, from inside the runtime.
    fn spawn<F>(future: F) -> Self::Task<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static;

    /// Lets a task go on alone.
    fn detach<T: 'static>(task: Self::Task<T>);

    /// Goes to the end of the queue, so that other tasks may run.
    fn yield_now() -> impl Future<Output = ()>;

    /// Waits on the runtime's own timer.
    fn sleep(duration: Duration) -> impl Future<Output = ()>;

    /// Takes over a listening socket.
    fn listener(socket: TcpListener) -> io::Result<Self::Listener>;

    /// Waits for a connection.
    fn accept(listener: &Self::Listener) -> impl Future<Output = io::Result<Self::Tcp>>;

    /// Connects.
    fn connect(address: SocketAddr) -> impl Future<Output = io::Result<Self::Tcp>>;

    /// Takes over a connected stream.
    fn tcp(stream: TcpStream) -> io::Result<Self::Tcp>;

    /// Fills a buffer from a stream, and gives it back.
    fn read_exact(stream: &mut Self::Tcp, buffer: Buffer) -> impl Future<Output = Lent>;

    /// Writes all of a buffer to a stream, and gives it back.
    fn write_all(stream: &mut Self::Tcp, buffer: Buffer) -> impl Future<Output = Lent>;
}

/// Bytes that are lent to the kernel: their number never changes.
pub type Buffer = Box<[u8]>;

/// How an operation ended, and the buffer that was lent to it.
pub type Lent = (io::Result<()>, Buffer);
