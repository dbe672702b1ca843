//! Both ends of an echo connection.

use std::io::{self, Read, Write};
use std::mem;
use std::net::TcpStream;

use serde::{Deserialize, Serialize};

use super::message::fill;
use runtime_bench_api::runtime::{AsyncRuntime, Buffer, LocalRuntime};

/// The echoes that the clients of one iteration received.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct Echoed {
    /// Echoes.
    pub(super) messages: usize,
    /// Echoes that differ from the message.
    pub(super) wrong: usize,
}

impl Echoed {
    /// Adds the counts of another client.
    pub(super) fn add(&mut self, other: Self) {
        self.messages += other.messages;
        self.wrong += other.wrong;
    }

    fn count(&mut self, sent: &[u8], echo: &[u8]) {
        self.messages += 1;
        self.wrong += usize::from(sent != echo);
    }
}

/// The messages of a client to each of its connections, and the buffer for an echo.
struct Buffers {
    messages: Vec<Vec<u8>>,
    echo: Vec<u8>,
}

impl Buffers {
    fn new(connections: usize, size: usize) -> Self {
        Self { messages: vec![vec![0; size]; connections], echo: vec![0; size] }
    }
}

/// Repeatedly sends a message on each connection of a client, then waits for the echoes. `first` is the
/// number of the first connection.
pub(super) async fn talk_async<R: AsyncRuntime>(
    connections: &mut [R::Tcp],
    first: usize,
    messages: usize,
    size: usize,
) -> io::Result<Echoed> {
    let mut buffers = Buffers::new(connections.len(), size);
    let mut echoed = Echoed::default();
    for number in 0..messages {
        for (at, connection) in connections.iter_mut().enumerate() {
            fill(&mut buffers.messages[at], first + at, number);
            R::write_all(connection, &buffers.messages[at]).await?;
        }
        for (connection, message) in connections.iter_mut().zip(&buffers.messages) {
            R::read_exact(connection, &mut buffers.echo).await?;
            echoed.count(message, &buffers.echo);
        }
    }
    Ok(echoed)
}

/// The same for I/O that takes ownership of its buffers.
pub(super) async fn talk_local<R: LocalRuntime>(
    connections: &mut [R::Tcp],
    first: usize,
    messages: usize,
    size: usize,
) -> io::Result<Echoed> {
    let empty: Buffer = vec![0; size].into();
    let mut sent = vec![empty.clone(); connections.len()];
    let mut echo = empty;
    let mut echoed = Echoed::default();
    for number in 0..messages {
        for (at, connection) in connections.iter_mut().enumerate() {
            fill(&mut sent[at], first + at, number);
            let (written, message) = R::write_all(connection, mem::take(&mut sent[at])).await;
            sent[at] = message;
            written?;
        }
        for (connection, message) in connections.iter_mut().zip(&sent) {
            let (read, filled) = R::read_exact(connection, echo).await;
            echo = filled;
            read?;
            echoed.count(message, &echo);
        }
    }
    Ok(echoed)
}

/// The same on a thread.
pub(super) fn talk(
    connections: &mut [TcpStream],
    first: usize,
    messages: usize,
    size: usize,
) -> io::Result<Echoed> {
    let mut buffers = Buffers::new(connections.len(), size);
    let mut echoed = Echoed::default();
    for number in 0..messages {
        for (at, connection) in connections.iter_mut().enumerate() {
            fill(&mut buffers.messages[at], first + at, number);
            connection.write_all(&buffers.messages[at])?;
        }
        for (connection, message) in connections.iter_mut().zip(&buffers.messages) {
            connection.read_exact(&mut buffers.echo)?;
            echoed.count(message, &buffers.echo);
        }
    }
    Ok(echoed)
}

/// Echoes messages of a size until the connection ends.
pub(super) async fn serve_async<R: AsyncRuntime>(mut server: R::Tcp, size: usize) {
    let mut message = vec![0; size];
    while R::read_exact(&mut server, &mut message).await.is_ok() {
        if R::write_all(&mut server, &message).await.is_err() {
            return;
        }
    }
}

/// Echoes messages of a size until the connection ends.
pub(super) async fn serve_local<R: LocalRuntime>(mut server: R::Tcp, size: usize) {
    let mut message: Buffer = vec![0; size].into();
    loop {
        let (read, filled) = R::read_exact(&mut server, message).await;
        if read.is_err() {
            return;
        }
        let (written, sent) = R::write_all(&mut server, filled).await;
        if written.is_err() {
            return;
        }
        message = sent;
    }
}

/// Echoes messages of a size until the connection ends.
pub(super) fn serve(mut server: TcpStream, size: usize) {
    let mut message = vec![0; size];
    while server.read_exact(&mut message).is_ok() {
        if server.write_all(&message).is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_echoes_are_counted() {
        let mut echoed = Echoed::default();
        echoed.count(b"a", b"b");
        echoed.count(b"a", b"a");
        assert_eq!(echoed, Echoed { messages: 2, wrong: 1 });
    }
}
