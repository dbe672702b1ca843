//! The ends of a connection of `connect-churn` over TLS.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::churn::{Churned, Params, SIZE};
use super::message::fill;
use runtime_bench_api::prelude::*;
use runtime_bench_api::tls::{Client, Server};

/// A client: opens connections in sequence until there are enough, and announces the end of each.
pub(super) async fn visit_async<R: AsyncRuntime>(
    client: Client,
    params: Params,
    address: SocketAddr,
    next: Arc<AtomicUsize>,
) -> io::Result<Churned> {
    let (mut message, mut echo) = ([0; SIZE], [0; SIZE]);
    let mut seen = Churned::default();
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        if number >= params.connections {
            return Ok(seen);
        }
        fill(&mut message, number, 0);
        let mut stream = client.connect(R::hyper(R::connect(address).await?)).await?;
        stream.write_all(&message).await?;
        stream.read_exact(&mut echo).await?;
        stream.close().await?;
        seen.count(&message, &echo);
    }
}

/// Echoes one message and waits until the client announces the end.
pub(super) async fn serve_async<R: AsyncRuntime>(server: Server, stream: R::Tcp) -> io::Result<()> {
    let mut stream = server.accept(R::hyper(stream)).await?;
    let mut message = [0; SIZE];
    stream.read_exact(&mut message).await?;
    stream.write_all(&message).await?;
    announced(stream.read(&mut [0]).await)
}

/// As [`visit_async`], on a thread.
pub(super) fn visit(
    client: &Client,
    params: Params,
    address: SocketAddr,
    next: &AtomicUsize,
) -> io::Result<Churned> {
    let (mut message, mut echo) = ([0; SIZE], [0; SIZE]);
    let mut seen = Churned::default();
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        if number >= params.connections {
            return Ok(seen);
        }
        fill(&mut message, number, 0);
        let mut stream = client.connect_blocking(TcpStream::connect(address)?)?;
        stream.write_all(&message)?;
        stream.read_exact(&mut echo)?;
        stream.conn.send_close_notify();
        stream.flush()?;
        seen.count(&message, &echo);
    }
}

/// As [`serve_async`], on a thread.
pub(super) fn serve(server: &Server, stream: TcpStream) -> io::Result<()> {
    let mut stream = server.accept_blocking(stream)?;
    let mut message = [0; SIZE];
    stream.read_exact(&mut message)?;
    stream.write_all(&message)?;
    announced(stream.read(&mut [0]))
}

/// Reads one more byte, and expects the announced end of the connection instead.
fn announced(read: io::Result<usize>) -> io::Result<()> {
    match read? {
        0 => Ok(()),
        _ => Err(ErrorKind::InvalidData.into()),
    }
}
