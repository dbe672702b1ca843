//! Operations of a runtime whose tasks stay on one thread.
//!
//! Futures need not be `Send`, and the kernel accesses buffers directly: reads and writes take ownership of
//! their buffer and return it. Only the operations that workloads with an `on_local` use are included.

use std::future::Future;
use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use super::counters::Counters;

/// A runtime of one thread, or several of them that share no tasks. A value of this type is the running
/// instance.
pub trait LocalRuntime: Sized + 'static {
    /// A spawned task. Awaiting it gives its output. Dropping it has a different effect in each runtime, so
    /// workloads await or detach every task.
    type Task<T: 'static>: Future<Output = T> + 'static;
    /// A connected TCP stream.
    type Tcp: 'static;
    /// A listening TCP socket.
    type Listener: 'static;

    /// Spawns the root task and runs until it has ended.
    fn run<F: Future<Output: 'static> + 'static>(&self, root: F) -> F::Output;

    /// The same with a root that is not spawned.
    fn run_on_caller<F: Future<Output: 'static> + 'static>(&self, root: F) -> F::Output;

    /// The runtime's own counters, always in the same order.
    fn counters(&self) -> Counters {
        Counters::new()
    }

    /// Spawns a task, from inside the runtime.
    fn spawn<F: Future<Output: 'static> + 'static>(future: F) -> Self::Task<F::Output>;

    /// Detaches a task.
    fn detach<T: 'static>(task: Self::Task<T>);

    /// As [`super::AsyncRuntime::acceptors`]: one, unless there are several such runtimes.
    fn acceptors() -> usize {
        1
    }

    /// Starts a task on runtime `number` and detaches it. Its future is made there.
    fn spawn_acceptor<F>(_number: usize, start: impl FnOnce() -> F + Send + 'static)
    where
        F: Future<Output = ()> + 'static,
    {
        Self::detach(Self::spawn(start()));
    }

    /// Yields to the other tasks in the queue.
    fn yield_now() -> impl Future<Output = ()>;

    /// Waits on the runtime's own timer.
    fn sleep(duration: Duration) -> impl Future<Output = ()>;

    /// Registers a listening socket.
    fn listener(socket: TcpListener) -> io::Result<Self::Listener>;

    /// Waits for a connection.
    fn accept(listener: &Self::Listener) -> impl Future<Output = io::Result<Self::Tcp>>;

    /// Connects.
    fn connect(address: SocketAddr) -> impl Future<Output = io::Result<Self::Tcp>>;

    /// Registers a connected stream.
    fn tcp(stream: TcpStream) -> io::Result<Self::Tcp>;

    /// Fills a buffer from a stream and returns it.
    fn read_exact(stream: &mut Self::Tcp, buffer: Buffer) -> impl Future<Output = Lent>;

    /// Writes a whole buffer to a stream and returns it.
    fn write_all(stream: &mut Self::Tcp, buffer: Buffer) -> impl Future<Output = Lent>;
}

/// A buffer of fixed size that is lent to the kernel.
pub type Buffer = Box<[u8]>;

/// The result of an operation, and the buffer that was lent to it.
pub type Lent = (io::Result<()>, Buffer);
