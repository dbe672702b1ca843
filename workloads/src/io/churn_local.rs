//! `connect-churn` on runtimes whose tasks stay on one thread and whose I/O takes ownership of buffers.

use std::cell::Cell;
use std::io;
use std::mem;
use std::net::{SocketAddr, TcpListener};
use std::rc::Rc;
use std::sync::Arc;

use super::churn::{Churned, Params, SIZE, ended};
use super::first_failure::FirstFailure;
use super::message::fill;
use runtime_bench_api::loopback::listen;
use runtime_bench_api::prelude::*;
use runtime_bench_api::runtime::Buffer;

/// Listens, and opens the connections of each iteration.
///
/// # Errors
/// When the system refuses a socket or a port.
pub(super) fn session<R: LocalRuntime>(
    params: Params,
) -> Result<impl LocalSession<Output = Churned>, Failure> {
    let listen = || {
        let listener = listen()?;
        let address = listener.local_addr()?;
        let socket = Arc::new(listener.try_clone()?);
        Ok((Rc::new(R::listener(listener)?), socket, address))
    };
    let (listener, socket, address) = listen().map_err(Failure::io("listening on loopback"))?;
    Ok(repeat_local(move || {
        let (listener, socket) = (Rc::clone(&listener), Arc::clone(&socket));
        async move { churn::<R>(params, &listener, &socket, address).await }
    }))
}

async fn churn<R: LocalRuntime>(
    params: Params,
    listener: &R::Listener,
    socket: &Arc<TcpListener>,
    address: SocketAddr,
) -> Result<Churned, Failure> {
    let next = Rc::new(Cell::new(0));
    let failure = Rc::new(FirstFailure::among_clients_of(socket));
    let clients: Vec<_> = (0..params.at_once)
        .map(|_| {
            let (next, failure) = (Rc::clone(&next), Rc::clone(&failure));
            R::spawn(async move { failure.seen(visit::<R>(params, address, &next).await) })
        })
        .collect();
    let mut servers = Vec::with_capacity(params.connections);
    for _ in 0..params.connections {
        let stream = R::accept(listener).await.map_err(|error| failure.ended(error))?;
        servers.push(R::spawn(serve::<R>(stream)));
    }
    let mut all = Churned::default();
    for server in servers {
        all.serve(server.await.is_ok());
    }
    for client in clients {
        all.add(client.await);
    }
    failure.outcome(all)
}

/// A client: opens one connection after another until there are enough.
async fn visit<R: LocalRuntime>(
    params: Params,
    address: SocketAddr,
    next: &Cell<usize>,
) -> io::Result<Churned> {
    let empty: Buffer = [0; SIZE].into();
    let (mut message, mut echo) = (empty.clone(), empty);
    let mut seen = Churned::default();
    loop {
        let number = next.replace(next.get() + 1);
        if number >= params.connections {
            return Ok(seen);
        }
        fill(&mut message, number, 0);
        let mut stream = R::connect(address).await?;
        let (written, sent) = R::write_all(&mut stream, mem::take(&mut message)).await;
        message = sent;
        written?;
        let (read, filled) = R::read_exact(&mut stream, mem::take(&mut echo)).await;
        echo = filled;
        read?;
        seen.count(&message, &echo);
    }
}

/// Echoes one message and waits for the end of the connection, so that the client closes first.
async fn serve<R: LocalRuntime>(mut stream: R::Tcp) -> io::Result<()> {
    let (read, message) = R::read_exact(&mut stream, [0; SIZE].into()).await;
    read?;
    R::write_all(&mut stream, message).await.0?;
    ended(R::read_exact(&mut stream, [0].into()).await.0)
}
