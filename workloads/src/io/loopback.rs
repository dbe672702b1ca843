//! Connected TCP streams on loopback, with the same socket options for every runner.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};

use socket2::{Domain, Socket, Type};

/// Connections that may wait to be accepted. The default of 128 makes a thousand connects at once
/// take a second.
const BACKLOG: i32 = 4_096;
/// Send and receive buffers: room for a message of every size in the catalogue.
const BUFFER: usize = 64 * 1_024;

/// Connects `count` pairs of streams, `(client, server)`, over a port of their own.
///
/// # Errors
/// When the system refuses a socket, a port or a connection.
pub fn pairs(count: usize) -> io::Result<Vec<(TcpStream, TcpStream)>> {
    let listener = listen(0)?;
    let address = listener.local_addr()?;
    (0..count)
        .map(|_| {
            let client = connect(address)?;
            let (server, _) = listener.accept()?;
            set_options(&Socket::from(server.try_clone()?))?;
            Ok((client, server))
        })
        .collect()
}

/// Listens at a port, or at any free one for 0. What is accepted has the same options.
///
/// # Errors
/// When the system refuses a socket or the port.
pub(crate) fn listen(port: u16) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    set_options(&socket)?;
    socket.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, port)).into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

/// Connects.
///
/// # Errors
/// When the system refuses a socket or the connection.
pub(crate) fn connect(address: SocketAddr) -> io::Result<TcpStream> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    set_options(&socket)?;
    socket.connect(&address.into())?;
    Ok(socket.into())
}

fn set_options(socket: &Socket) -> io::Result<()> {
    socket.set_tcp_nodelay(true)?;
    socket.set_send_buffer_size(BUFFER)?;
    socket.set_recv_buffer_size(BUFFER)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Write};

    #[test]
    fn the_two_ends_of_a_pair_belong_together() {
        for (number, (mut client, mut server)) in pairs(3).unwrap().into_iter().enumerate() {
            client.write_all(&[number as u8]).unwrap();
            let mut byte = [0];
            server.read_exact(&mut byte).unwrap();
            assert_eq!(usize::from(byte[0]), number);
            assert!(client.nodelay().unwrap() && server.nodelay().unwrap());
        }
    }
}
