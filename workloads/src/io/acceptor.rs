//! Servers whose clients use a transport other than TCP.
//!
//! An OS thread accepts them before anything is timed, because runtimes accept only TCP. From then on, the
//! runtime owns the connections.

use std::future::Future;
use std::io;
use std::net::TcpStream;

use super::echo;
use runtime_bench_api::loopback::hand_over;
use runtime_bench_api::prelude::*;
use runtime_bench_api::runtime::ExternalThread;
use runtime_bench_api::transport::Acceptor;

/// A thread that accepts a client whenever it is asked.
fn accepting(acceptor: Acceptor) -> Result<ExternalThread<(), io::Result<TcpStream>>, Failure> {
    ExternalThread::start(move |()| acceptor.accept()).map_err(Failure::io("starting a thread"))
}

/// Serves each of `connections` in its own task. A client that fails to connect reports this to the trial
/// itself.
///
/// # Errors
/// When the system refuses a thread.
pub(super) fn on_async<R, F, H>(
    acceptor: Acceptor,
    connections: usize,
    handle: H,
) -> Result<(), Failure>
where
    R: AsyncRuntime,
    F: Future<Output = ()> + Send + 'static,
    H: Fn(R::Tcp) -> F + Clone + Send + 'static,
{
    let accepting = accepting(acceptor)?;
    R::detach(R::spawn(async move {
        for number in 0..connections {
            let Ok(stream) = accepting.ask(()).await else { return };
            let handle = handle.clone();
            R::spawn_acceptor(number % R::acceptors(), async move {
                // Registered here, because it belongs to the runtime of this task.
                if let Ok(stream) = hand_over::<R>(stream) {
                    handle(stream).await;
                }
            });
        }
    }));
    Ok(())
}

/// Serves echoes of a size on a runtime whose tasks stay on one thread.
///
/// # Errors
/// When the system refuses a thread.
pub(super) fn echo_on_local<R: LocalRuntime>(
    acceptor: Acceptor,
    connections: usize,
    size: usize,
) -> Result<(), Failure> {
    let accepting = accepting(acceptor)?;
    R::detach(R::spawn(async move {
        for number in 0..connections {
            let Ok(stream) = accepting.ask(()).await else { return };
            R::spawn_acceptor(number % R::acceptors(), move || async move {
                if let Ok(stream) = R::tcp(stream) {
                    echo::serve_local::<R>(stream, size).await;
                }
            });
        }
    }));
    Ok(())
}

/// Serves each of `connections` on a thread.
pub(super) fn on_threads<T, H>(acceptor: Acceptor, connections: usize, handle: H)
where
    T: ThreadRuntime,
    H: Fn(TcpStream) + Clone + Send + 'static,
{
    // Dropped tasks keep running.
    drop(T::spawn(move || {
        for stream in (0..connections).map_while(|_| acceptor.accept().ok()) {
            let handle = handle.clone();
            drop(T::spawn(move || handle(stream)));
        }
    }));
}
