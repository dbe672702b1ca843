//! A client's end of a connection, with or without TLS.

use std::io::{self, Read, Write};
use std::net::TcpStream;

use super::Target;
#[cfg(feature = "tls")]
use crate::tls;

/// A client's end of a connection.
pub enum Wire {
    /// Without TLS.
    Plain(TcpStream),
    /// After its handshake.
    #[cfg(feature = "tls")]
    Tls(Box<tls::BlockingClient>),
}

impl Wire {
    /// Connects all clients of a server, in blocking mode. Over TLS, the handshakes follow in sequence once
    /// all are connected, because a server may have to accept all of them first.
    ///
    /// # Errors
    /// When the system refuses a connection, or a handshake fails.
    pub fn connect(target: &Target) -> io::Result<Vec<Self>> {
        let connect = |_| target.transport.connect(target.address);
        let streams = (0..target.connections).map(connect).collect::<io::Result<Vec<_>>>()?;
        match &target.certificate {
            None => Ok(streams.into_iter().map(Self::Plain).collect()),
            Some(certificate) => Self::shake_hands(streams, certificate),
        }
    }

    #[cfg(feature = "tls")]
    fn shake_hands(streams: Vec<TcpStream>, certificate: &[u8]) -> io::Result<Vec<Self>> {
        let client = tls::Client::trusting(certificate)?;
        let shake_hands = |stream: TcpStream| {
            stream.set_read_timeout(Some(super::PATIENCE))?;
            let shaken = client.connect_blocking(stream);
            let shaken = shaken.map_err(|error| {
                let reason = match error.kind() {
                    io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => "timed out".to_owned(),
                    _ => error.to_string(),
                };
                io::Error::new(error.kind(), format!("TLS handshake: {reason}"))
            })?;
            shaken.sock.set_read_timeout(None)?;
            Ok(Self::Tls(Box::new(shaken)))
        };
        streams.into_iter().map(shake_hands).collect()
    }

    #[cfg(not(feature = "tls"))]
    fn shake_hands(_: Vec<TcpStream>, _: &[u8]) -> io::Result<Vec<Self>> {
        Err(io::Error::other("this load generator was built without --features tls"))
    }

    /// The underlying socket.
    pub fn socket(&self) -> &TcpStream {
        match self {
            Self::Plain(stream) => stream,
            #[cfg(feature = "tls")]
            Self::Tls(stream) => &stream.sock,
        }
    }

    /// Whether encrypted bytes wait for room in the socket.
    pub(super) fn holds_back(&self) -> bool {
        match self {
            Self::Plain(_) => false,
            #[cfg(feature = "tls")]
            Self::Tls(stream) => stream.conn.wants_write(),
        }
    }
}

impl Read for Wire {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.read(buffer),
            #[cfg(feature = "tls")]
            Self::Tls(stream) => stream.read(buffer),
        }
    }
}

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.write(bytes),
            #[cfg(feature = "tls")]
            Self::Tls(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(stream) => stream.flush(),
            #[cfg(feature = "tls")]
            Self::Tls(stream) => stream.flush(),
        }
    }
}
