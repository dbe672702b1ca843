//! TCP on loopback, with the same socket options for every runner.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::time::Duration;
use std::{io, iter};

use socket2::{Domain, SockRef, Socket, Type};

use crate::failure::{Failure, Unsupported};
use crate::runtime::{AsyncRuntime, Family};

/// Backlog of pending connections. With the default of 128, a thousand concurrent connects take a second.
pub(crate) const BACKLOG: i32 = 4_096;
/// Send and receive buffers: room for a message of every size in the catalog.
const BUFFER: usize = 64 * 1_024;

/// Connects `count` pairs of streams, `(client, server)`, over a new port.
///
/// # Errors
/// When the system refuses a socket, a port or a connection.
pub fn pairs(count: usize) -> io::Result<Vec<(TcpStream, TcpStream)>> {
    let listener = listen()?;
    (0..count).map(|_| pair_over(&listener)).collect()
}

/// Connects one pair of streams, `(client, server)`, over a new port.
pub fn pair() -> io::Result<(TcpStream, TcpStream)> {
    pair_over(&listen()?)
}

fn pair_over(listener: &TcpListener) -> io::Result<(TcpStream, TcpStream)> {
    let client = connect(listener.local_addr()?)?;
    let (server, _) = listener.accept()?;
    set_options(&Socket::from(server.try_clone()?))?;
    Ok((client, server))
}

/// Listens on a new port of loopback. On Linux, accepted streams inherit the options.
///
/// An accepted stream closes with a reset, which ends both sides at once and leaves nothing in the kernel
/// (`TIME_WAIT`) for the next runner. Bytes in flight would be lost, so the client reads all of them and
/// closes first.
///
/// # Errors
/// When the system refuses a socket or a port.
pub fn listen() -> io::Result<TcpListener> {
    let listener = listen_at(0, false)?;
    close_by_reset(&listener)?;
    Ok(listener)
}

/// Makes accepted streams close with a reset.
pub fn close_by_reset(listener: &TcpListener) -> io::Result<()> {
    SockRef::from(listener).set_linger(Some(Duration::ZERO))
}

/// Listens with several sockets on one port of loopback; 0 selects a free port. Accepted streams have the
/// same options and close normally.
///
/// # Errors
/// When the system refuses a socket or the port.
pub fn listen_together(port: u16, sockets: usize) -> io::Result<Vec<TcpListener>> {
    let shared = sockets > 1;
    if shared && port != 0 {
        // A shared port could also be shared with another server, which would silently take half of the
        // clients. An exclusive socket is refused if the port is in use.
        drop(listen_at(port, false)?);
    }
    let first = listen_at(port, shared)?;
    let port = first.local_addr()?.port();
    let others = (1..sockets).map(|_| listen_at(port, shared));
    iter::once(Ok(first)).chain(others).collect()
}

fn listen_at(port: u16, shared: bool) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    set_options(&socket)?;
    #[cfg(unix)]
    {
        socket.set_reuse_port(shared)?;
        // As in std: connections of a stopped server (`TIME_WAIT`) do not block its port.
        socket.set_reuse_address(port != 0)?;
    }
    #[cfg(not(unix))]
    if shared {
        return Err(io::ErrorKind::Unsupported.into());
    }
    socket.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, port)).into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

/// Connects.
///
/// # Errors
/// When the system refuses a socket or the connection.
pub fn connect(address: SocketAddr) -> io::Result<TcpStream> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    set_options(&socket)?;
    socket.connect(&address.into())?;
    Ok(socket.into())
}

fn set_options(socket: &Socket) -> io::Result<()> {
    socket.set_tcp_nodelay(true)?;
    set_buffers(socket)
}

pub(crate) fn set_buffers(socket: &Socket) -> io::Result<()> {
    socket.set_send_buffer_size(BUFFER)?;
    socket.set_recv_buffer_size(BUFFER)
}

/// Hands a connected stream to the runtime.
pub fn hand_over<R: AsyncRuntime>(stream: TcpStream) -> Result<R::Tcp, Failure> {
    stream
        .set_nonblocking(true)
        .and_then(|()| R::tcp(stream))
        .map_err(Failure::io("handing a connection to the runtime"))
}

/// Rejects pools for computing, where every waiting task holds a worker.
pub fn waits_for_sockets(family: Family) -> Result<(), Unsupported> {
    if family == Family::DataParallel {
        return Err(Unsupported::Family(
            "Would deadlock: tasks that wait for a socket block a worker.".to_owned(),
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Write};

    #[test]
    fn accepted_streams_inherit_the_options() {
        let listener = listen().unwrap();
        let _client = connect(listener.local_addr().unwrap()).unwrap();
        let server = Socket::from(listener.accept().unwrap().0);
        assert!(server.tcp_nodelay().unwrap());
        assert_eq!(server.linger().unwrap(), Some(Duration::ZERO));
        assert!(server.recv_buffer_size().unwrap() >= BUFFER);
    }

    #[cfg(unix)]
    #[test]
    fn requested_port_belongs_to_one_server() {
        let first = listen_together(0, 2).unwrap();
        let port = first[0].local_addr().unwrap().port();
        let refused = listen_together(port, 2).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::AddrInUse);
        drop(first);
        assert_eq!(listen_together(port, 2).unwrap().len(), 2);
    }

    #[test]
    fn both_ends_of_a_pair_are_connected() {
        let all = pairs(3).unwrap();
        assert!(
            all.iter()
                .all(|(client, server)| client.nodelay().unwrap() && server.nodelay().unwrap())
        );
        for (number, (mut client, mut server)) in all.into_iter().enumerate() {
            client.write_all(&[number as u8]).unwrap();
            let mut byte = [0];
            server.read_exact(&mut byte).unwrap();
            assert_eq!(usize::from(byte[0]), number);
        }
    }
}
