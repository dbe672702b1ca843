//! The transport of connections: TCP, Unix sockets or UDP.
//!
//! All of them use TCP's stream type, so that every runtime makes the same system calls on each kind.
//! A UDP socket is connected to its peer: a write sends a datagram, and a read receives one.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use runtime_bench_results::key::Point;
use serde::{Deserialize, Serialize};
use socket2::{Domain, SockAddr, SockRef, Socket, Type};

use crate::failure::{Failure, Unsupported};
use crate::loopback;

/// Clients connect within this time.
const PATIENCE: Duration = Duration::from_secs(5);
/// A datagram that finds no room is lost, so there is room for the messages of a short stall.
const DATAGRAMS: usize = 1 << 20;

/// The transport of connections.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Transport {
    /// TCP over loopback.
    #[default]
    Tcp,
    /// Unix sockets.
    Unix,
    /// UDP over loopback.
    Udp,
}

impl Transport {
    /// The parameter and its default, for [`crate::workload::Workload::OPTIONS`].
    pub const OPTION: (&'static str, &'static str) = ("transport", "tcp");

    /// The transport that a point selects.
    ///
    /// # Errors
    /// When it is unknown, or this system has no such sockets.
    pub fn of(point: &Point) -> Result<Self, Unsupported> {
        match point.value(Self::OPTION.0).map(ToString::to_string).as_deref() {
            None | Some("tcp") => Ok(Self::Tcp),
            Some("unix") if cfg!(unix) => Ok(Self::Unix),
            Some("udp") if cfg!(unix) => Ok(Self::Udp),
            Some("unix" | "udp") => {
                Err(Unsupported::Point("This transport requires a Unix system.".to_owned()))
            }
            Some(_) => {
                Err(Unsupported::Point("`transport` must be one of tcp, unix, udp".to_owned()))
            }
        }
    }

    /// Rejects transports that the protocol of external runners does not support.
    ///
    /// # Errors
    /// For all but TCP.
    pub fn supports_external(self) -> Result<(), Unsupported> {
        if self == Self::Tcp {
            return Ok(());
        }
        Err(Unsupported::Family("The runner protocol supports only TCP.".to_owned()))
    }

    /// Connects this many pairs of streams, `(client, server)`.
    ///
    /// # Errors
    /// When the system refuses a socket, a port or a connection.
    pub fn pairs(self, count: usize) -> Result<Vec<(TcpStream, TcpStream)>, Failure> {
        let pairs = match self {
            Self::Tcp => loopback::pairs(count),
            Self::Unix => (0..count).map(|_| unix_pair()).collect(),
            Self::Udp => (0..count).map(|_| udp_pair()).collect(),
        };
        pairs.map_err(Failure::io("connecting pairs of sockets"))
    }

    /// Connects to an [`Acceptor`], or to any server where this is TCP.
    ///
    /// # Errors
    /// When the system refuses a socket or the connection.
    pub fn connect(self, address: SocketAddr) -> io::Result<TcpStream> {
        match self {
            Self::Tcp => loopback::connect(address),
            Self::Unix => {
                let socket = unix_socket()?;
                socket.connect(&unix_name(address)?)?;
                Ok(socket.into())
            }
            Self::Udp => {
                let meeting = loopback::connect(address)?;
                Ok(met(meeting)?.into())
            }
        }
    }
}

/// Accepts connections other than TCP. Clients find it by the port of its TCP socket, and both ends of a UDP
/// connection exchange their ports over that socket.
pub struct Acceptor {
    meeting: TcpListener,
    unix: Option<Socket>,
}

impl Acceptor {
    /// Accepts at the port of a TCP socket.
    ///
    /// # Errors
    /// When the system refuses a socket.
    pub fn new(transport: Transport, meeting: TcpListener) -> io::Result<Self> {
        let unix = match transport {
            Transport::Unix => {
                let socket = unix_socket()?;
                socket.bind(&unix_name(meeting.local_addr()?)?)?;
                socket.listen(loopback::BACKLOG)?;
                socket.set_read_timeout(Some(PATIENCE))?;
                Some(socket)
            }
            Transport::Tcp | Transport::Udp => None,
        };
        SockRef::from(&meeting).set_read_timeout(Some(PATIENCE))?;
        Ok(Self { meeting, unix })
    }

    /// Waits for a client.
    ///
    /// # Errors
    /// When none comes in time, or it ends at once.
    pub fn accept(&self) -> io::Result<TcpStream> {
        if let Some(unix) = &self.unix {
            let (accepted, _) = unix.accept()?;
            accepted.set_read_timeout(None)?;
            loopback::set_buffers(&accepted)?;
            return Ok(accepted.into());
        }
        let (meeting, _) = self.meeting.accept()?;
        Ok(met(meeting)?.into())
    }
}

fn unix_pair() -> io::Result<(TcpStream, TcpStream)> {
    #[cfg(unix)]
    {
        let (client, server) = Socket::pair(Domain::UNIX, Type::STREAM, None)?;
        for socket in [&client, &server] {
            loopback::set_buffers(socket)?;
        }
        Ok((client.into(), server.into()))
    }
    #[cfg(not(unix))]
    Err(io::ErrorKind::Unsupported.into())
}

fn udp_pair() -> io::Result<(TcpStream, TcpStream)> {
    let (client, server) = (datagrams()?, datagrams()?);
    client.connect(&server.local_addr()?)?;
    server.connect(&client.local_addr()?)?;
    Ok((client.into(), server.into()))
}

/// A UDP socket that is connected to that of the other end, which sends its port over `meeting`.
fn met(mut meeting: TcpStream) -> io::Result<Socket> {
    let socket = datagrams()?;
    meeting.write_all(&port_of(&socket)?)?;
    let mut port = [0; 2];
    meeting.read_exact(&mut port)?;
    socket.connect(&local(u16::from_be_bytes(port)))?;
    Ok(socket)
}

fn unix_socket() -> io::Result<Socket> {
    let socket = Socket::new(Domain::UNIX, Type::STREAM, None)?;
    loopback::set_buffers(&socket)?;
    Ok(socket)
}

/// The name of the Unix socket that belongs to a TCP port, in Linux's abstract namespace, which leaves no file.
fn unix_name(address: SocketAddr) -> io::Result<SockAddr> {
    SockAddr::unix(format!("\0runtime-bench-{}", address.port()))
}

/// A UDP socket on a new port.
fn datagrams() -> io::Result<Socket> {
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, None)?;
    socket.set_send_buffer_size(DATAGRAMS)?;
    socket.set_recv_buffer_size(DATAGRAMS)?;
    socket.bind(&local(0))?;
    Ok(socket)
}

fn local(port: u16) -> SockAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, port)).into()
}

fn port_of(socket: &Socket) -> io::Result<[u8; 2]> {
    let address = socket.local_addr()?.as_socket();
    address
        .map(|own| own.port().to_be_bytes())
        .ok_or_else(|| io::ErrorKind::AddrNotAvailable.into())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::thread;

    use super::*;

    const ALL: [Transport; 3] = [Transport::Tcp, Transport::Unix, Transport::Udp];

    fn exchange((mut client, mut server): (TcpStream, TcpStream), byte: u8) {
        let mut read = [0];
        client.write_all(&[byte]).unwrap();
        server.read_exact(&mut read).unwrap();
        assert_eq!(read, [byte]);
        server.write_all(&[byte + 1]).unwrap();
        client.read_exact(&mut read).unwrap();
        assert_eq!(read, [byte + 1]);
    }

    #[test]
    fn both_ends_of_every_pair_are_connected() {
        for transport in ALL {
            for (pair, byte) in transport.pairs(3).unwrap().into_iter().zip(0..) {
                exchange(pair, byte);
            }
        }
    }

    #[test]
    fn clients_of_an_acceptor_are_connected_in_order() {
        for transport in [Transport::Unix, Transport::Udp] {
            let meeting = loopback::listen().unwrap();
            let address = meeting.local_addr().unwrap();
            let acceptor = Acceptor::new(transport, meeting).unwrap();
            let connecting = thread::spawn(move || {
                (0..3).map(|_| transport.connect(address).unwrap()).collect::<Vec<_>>()
            });
            let servers: Vec<_> = (0..3).map(|_| acceptor.accept().unwrap()).collect();
            for (pair, byte) in connecting.join().unwrap().into_iter().zip(servers).zip(0..) {
                exchange(pair, byte);
            }
        }
    }
}
