//! `connect-churn` on threads.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};

use super::churn::{Churned, Params, SIZE, ended};
#[cfg(feature = "tls")]
use super::churn_tls;
use super::first_failure::FirstFailure;
use super::message::fill;
use runtime_bench_api::loopback::listen;
use runtime_bench_api::prelude::*;
#[cfg(feature = "tls")]
use runtime_bench_api::tls;

/// Listens, and opens the connections of each iteration.
///
/// # Errors
/// When the system refuses a socket or a port.
pub(super) fn session<T: ThreadRuntime>(
    params: Params,
) -> Result<impl Session<Output = Churned>, Failure> {
    let refused = Failure::io("listening on loopback");
    let listener = Arc::new(listen().map_err(&refused)?);
    let address = listener.local_addr().map_err(&refused)?;
    #[cfg(feature = "tls")]
    let tls = params.tls.then(tls::pair).transpose()?;
    Ok(repeat(move || {
        #[cfg(feature = "tls")]
        if let Some((server, client)) = tls.clone() {
            let visit = move |next: &_| churn_tls::visit(&client, params, address, next);
            let serve = move |stream| churn_tls::serve(&server, stream);
            return churn::<T>(params, &listener, visit, serve);
        }
        churn::<T>(params, &listener, move |next| visit(params, address, next), serve)
    }))
}

/// One iteration: clients that call `visit` with the number of the next connection, and a task per connection
/// that calls `serve`.
fn churn<T: ThreadRuntime>(
    params: Params,
    listener: &Arc<TcpListener>,
    visit: impl Fn(&AtomicUsize) -> io::Result<Churned> + Clone + Send + 'static,
    serve: impl Fn(TcpStream) -> io::Result<()> + Clone + Send + 'static,
) -> Result<Churned, Failure> {
    let next = Arc::new(AtomicUsize::new(0));
    let failure = Arc::new(FirstFailure::among_clients_of(listener));
    let clients: Vec<_> = (0..params.at_once)
        .map(|_| {
            let (next, failure, visit) = (Arc::clone(&next), Arc::clone(&failure), visit.clone());
            T::spawn(move || failure.seen(visit(&next)))
        })
        .collect();
    // Each thread reports its end here, instead of keeping ten thousand handles.
    let (end, ends) = mpsc::channel();
    for _ in 0..params.connections {
        let (stream, _) = listener.accept().map_err(|error| failure.ended(error))?;
        let (end, serve) = (end.clone(), serve.clone());
        drop(T::spawn(move || end.send(serve(stream).is_ok())));
    }
    drop(end);
    let served = ends.into_iter().filter(|served| *served).count();
    let mut all = Churned { served, ..Churned::default() };
    for client in clients {
        all.add(T::join(client));
    }
    failure.outcome(all)
}

/// A client: opens one connection after another until there are enough.
fn visit(params: Params, address: SocketAddr, next: &AtomicUsize) -> io::Result<Churned> {
    let (mut message, mut echo) = ([0; SIZE], [0; SIZE]);
    let mut seen = Churned::default();
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        if number >= params.connections {
            return Ok(seen);
        }
        fill(&mut message, number, 0);
        let mut stream = TcpStream::connect(address)?;
        stream.write_all(&message)?;
        stream.read_exact(&mut echo)?;
        seen.count(&message, &echo);
    }
}

/// Echoes one message and waits for the end of the connection, so that the client closes first.
fn serve(mut stream: TcpStream) -> io::Result<()> {
    let mut message = [0; SIZE];
    stream.read_exact(&mut message)?;
    stream.write_all(&message)?;
    ended(stream.read_exact(&mut [0]))
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use runtime_bench_api::runtime::ShutdownThreads;
    use std::thread::{self, JoinHandle};

    /// One thread per task.
    struct Threads;

    impl ThreadRuntime for Threads {
        type Task<T: Send + 'static> = JoinHandle<T>;
        type ShutdownRuntime = Self;

        fn new_instance(_: usize) -> io::Result<Self> {
            Ok(Self)
        }

        fn run<T: Send + 'static, F: FnOnce() -> T + Send + 'static>(&self, root: F) -> T {
            root()
        }

        fn spawn<T: Send + 'static, F: FnOnce() -> T + Send + 'static>(job: F) -> JoinHandle<T> {
            thread::spawn(job)
        }

        fn outcome<T: Send + 'static>(task: JoinHandle<T>) -> thread::Result<T> {
            task.join()
        }
    }

    impl ShutdownThreads for Threads {
        fn spawn(&mut self, task: impl FnOnce() + Send + 'static) {
            thread::spawn(task);
        }

        fn shut_down(self) {}
    }

    #[test]
    fn failing_client_ends_the_iteration() {
        let params = Params { connections: 8, at_once: 2, tls: false };
        let listener = Arc::new(listen().unwrap());
        let churn = |address| {
            let visit = move |next: &_| visit(params, address, next);
            churn::<Threads>(params, &listener, visit, serve)
        };
        let all = churn(listener.local_addr().unwrap()).unwrap();
        assert_eq!(all, Churned { answered: 8, wrong: 0, served: 8 });
        let unused = listen().unwrap().local_addr().unwrap();
        let failed = churn(unused).unwrap_err().to_string();
        assert!(failed.contains("client of the listener: Connection refused"), "{failed}");
    }
}
