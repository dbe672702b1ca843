//! The two sides of TLS: a server with its certificate, and a client that trusts it.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::ops::DerefMut;
use std::sync::Arc;

use hyper::rt;
use rustls::client::Resumption;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer, ServerName};
use rustls::version::TLS13;
use rustls::{
    ClientConfig, ClientConnection, ConnectionCommon, RootCertStore, ServerConfig,
    ServerConnection, SideData, StreamOwned,
};

use super::stream::Stream;
use crate::failure::Failure;

/// The name in the certificate.
const NAME: &str = "localhost";

/// A server's end of a blocking connection.
pub type BlockingServer = StreamOwned<ServerConnection, TcpStream>;
/// A client's end of a blocking connection.
pub type BlockingClient = StreamOwned<ClientConnection, TcpStream>;

/// A server with its key and certificate.
#[derive(Clone)]
pub struct Server(Arc<ServerConfig>);

impl Server {
    /// A server, and its certificate in DER.
    ///
    /// # Errors
    /// When no key can be created, as on a system without entropy.
    pub fn new() -> Result<(Self, Vec<u8>), Failure> {
        Self::with_provider(ring::default_provider()).map_err(Failure::io("preparing TLS"))
    }

    fn with_provider(provider: CryptoProvider) -> io::Result<(Self, Vec<u8>)> {
        let made = rcgen::generate_simple_self_signed([NAME.to_owned()]);
        let made = made.map_err(io::Error::other)?;
        let key = PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
        let certificate = made.cert.der().clone();
        let config = ServerConfig::builder_with_provider(Arc::new(provider))
            .with_protocol_versions(&[&TLS13])
            .map_err(io::Error::other)?
            .with_no_client_auth()
            .with_single_cert(vec![certificate.clone()], key.into());
        let mut config = config.map_err(io::Error::other)?;
        // Sessions are never resumed.
        config.send_tls13_tickets = 0;
        Ok((Self(Arc::new(config)), certificate.to_vec()))
    }

    /// Performs the handshake with a client.
    ///
    /// # Errors
    /// When the client closes the connection or violates the protocol.
    pub async fn accept<S>(&self, stream: S) -> io::Result<Stream<S>>
    where
        S: rt::Read + rt::Write + Unpin,
    {
        let mut stream = Stream::over(stream, self.connection()?.into());
        stream.shake_hands().await?;
        Ok(stream)
    }

    /// The same on a thread that may block.
    ///
    /// # Errors
    /// As [`Server::accept`].
    pub fn accept_blocking(&self, stream: TcpStream) -> io::Result<BlockingServer> {
        shake_hands(StreamOwned::new(self.connection()?, stream))
    }

    fn connection(&self) -> io::Result<ServerConnection> {
        ServerConnection::new(Arc::clone(&self.0)).map_err(io::Error::other)
    }
}

/// A client of one server.
#[derive(Clone)]
pub struct Client(Arc<ClientConfig>);

impl Client {
    /// A client that trusts a certificate, given in DER.
    ///
    /// # Errors
    /// When it is not a certificate.
    pub fn trusting(certificate: &[u8]) -> io::Result<Self> {
        Self::with_provider(certificate, ring::default_provider())
    }

    fn with_provider(certificate: &[u8], provider: CryptoProvider) -> io::Result<Self> {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from(certificate.to_vec())).map_err(io::Error::other)?;
        let mut config = ClientConfig::builder_with_provider(Arc::new(provider))
            .with_protocol_versions(&[&TLS13])
            .map_err(io::Error::other)?
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.resumption = Resumption::disabled();
        Ok(Self(Arc::new(config)))
    }

    /// Performs the handshake with the server.
    ///
    /// # Errors
    /// When the server closes the connection or violates the protocol, or its certificate is not trusted.
    pub async fn connect<S>(&self, stream: S) -> io::Result<Stream<S>>
    where
        S: rt::Read + rt::Write + Unpin,
    {
        let mut stream = Stream::over(stream, self.connection()?.into());
        stream.shake_hands().await?;
        Ok(stream)
    }

    /// The same on a thread that may block.
    ///
    /// # Errors
    /// As [`Client::connect`].
    pub fn connect_blocking(&self, stream: TcpStream) -> io::Result<BlockingClient> {
        shake_hands(StreamOwned::new(self.connection()?, stream))
    }

    fn connection(&self) -> io::Result<ClientConnection> {
        let name = ServerName::try_from(NAME).map_err(io::Error::other)?;
        ClientConnection::new(Arc::clone(&self.0), name).map_err(io::Error::other)
    }
}

/// A server, and a client that trusts it.
///
/// # Errors
/// As [`Server::new`].
pub fn pair() -> Result<(Server, Client), Failure> {
    let (server, certificate) = Server::new()?;
    let client = Client::trusting(&certificate).map_err(Failure::io("preparing TLS"))?;
    Ok((server, client))
}

fn shake_hands<C, D, S>(mut stream: StreamOwned<C, S>) -> io::Result<StreamOwned<C, S>>
where
    C: DerefMut<Target = ConnectionCommon<D>>,
    D: SideData,
    S: Read + Write,
{
    stream.conn.complete_io(&mut stream.sock)?;
    // Sends the last message of a client's handshake.
    stream.flush()?;
    Ok(stream)
}

#[cfg(test)]
mod tests {
    use std::thread;

    use rustls::crypto::{GetRandomFailed, SecureRandom};

    use super::*;
    use crate::loopback;

    #[derive(Debug)]
    struct NoEntropy;

    impl SecureRandom for NoEntropy {
        fn fill(&self, _: &mut [u8]) -> Result<(), GetRandomFailed> {
            Err(GetRandomFailed)
        }
    }

    #[test]
    fn both_ends_exchange_bytes_until_the_client_says_that_it_ends() {
        let (server, client) = pair().unwrap();
        let (near, far) = loopback::pair().unwrap();
        let serving = thread::spawn(move || {
            let mut stream = server.accept_blocking(far)?;
            let mut message = [0; 5];
            stream.read_exact(&mut message)?;
            stream.write_all(&message)?;
            stream.read(&mut message)
        });
        let mut stream = client.connect_blocking(near).unwrap();
        stream.write_all(b"hello").unwrap();
        let mut echo = [0; 5];
        stream.read_exact(&mut echo).unwrap();
        stream.conn.send_close_notify();
        stream.flush().unwrap();
        assert_eq!(&echo, b"hello");
        assert_eq!(serving.join().unwrap().unwrap(), 0);
    }

    #[test]
    fn client_rejects_the_certificate_of_another_server() {
        let ((server, _), (_, client)) = (pair().unwrap(), pair().unwrap());
        let (near, far) = loopback::pair().unwrap();
        let serving = thread::spawn(move || server.accept_blocking(far).map(drop));
        let refused = client.connect_blocking(near).err().unwrap();
        assert_eq!(refused.kind(), io::ErrorKind::InvalidData, "{refused}");
        assert!(serving.join().unwrap().is_err(), "the server is told");
        assert!(Client::trusting(b"not a certificate").is_err());
    }

    #[test]
    fn missing_entropy_and_a_peer_without_tls_are_errors_with_their_reason() {
        let without = || CryptoProvider { secure_random: &NoEntropy, ..ring::default_provider() };
        let (server, certificate) = Server::with_provider(without()).unwrap();
        let client = Client::with_provider(&certificate, without()).unwrap();
        let (near, _far) = loopback::pair().unwrap();
        let refused = client.connect_blocking(near).err().unwrap().to_string();
        assert!(refused.contains("random"), "{refused}");
        let (mut near, far) = loopback::pair().unwrap();
        near.write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
        let refused = server.accept_blocking(far).err().unwrap();
        assert_eq!(refused.kind(), io::ErrorKind::InvalidData, "{refused}");
    }
}
