//! Both ends of connections whose clients are in another process.

use std::io;
use std::net::{Shutdown, TcpStream};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use socket2::SockRef;

use runtime_bench_api::load::{self, ClientForm, Clients, Talk, Target};
#[cfg(feature = "tls")]
use runtime_bench_api::tls;
use runtime_bench_api::transport::Transport;
use runtime_bench_api::workload::{Failure, Setup};

/// Interval of the checks whether the clients are connected.
const LOOK: Duration = Duration::from_millis(1);

/// Both ends of all connections.
pub(super) struct Ends {
    /// Ready once they are connected; over TLS, once the handshakes are complete.
    pub(super) clients: JoinHandle<Result<Clients, Failure>>,
    pub(super) servers: Vec<TcpStream>,
    #[cfg(feature = "tls")]
    pub(super) tls: Option<tls::Server>,
}

impl Ends {
    /// Connects clients that send echoes of a size.
    ///
    /// # Errors
    /// When the system refuses a socket, no key can be created, or the clients cannot connect.
    pub(super) fn connect(
        setup: &Setup,
        connections: usize,
        size: usize,
        over_tls: bool,
    ) -> Result<Self, Failure> {
        let mut listeners = setup.traffic.listen(1)?;
        let listener = listeners.swap_remove(0);
        let refused = Failure::io("preparing a listener");
        let address = listener.local_addr().map_err(&refused)?;
        let (talk, client) = (Talk::Echo { size }, ClientForm::Epoll);
        let transport = Transport::Tcp;
        #[cfg(feature = "tls")]
        let (tls, certificate) = over_tls.then(tls::Server::new).transpose()?.unzip();
        #[cfg(not(feature = "tls"))]
        let certificate = None;
        let target = Target { address, connections, talk, client, transport, certificate };
        let (traffic, failed) = (setup.traffic.clone(), listener.try_clone().map_err(&refused)?);
        let clients = thread::spawn(move || {
            let clients = load::clients(&traffic, &target);
            if clients.is_err() {
                // Their connections will never come. If this fails, the time limit of the trial ends the wait.
                let _ = SockRef::from(&failed).shutdown(Shutdown::Both);
            }
            clients
        });
        // Accepts while the clients connect, because there are more than the backlog holds.
        let servers = listener.incoming().take(connections).collect::<io::Result<Vec<TcpStream>>>();
        let servers = match servers {
            Ok(servers) => servers,
            Err(error) => {
                ready(clients)?;
                return Err(Failure::io("accepting")(error));
            }
        };
        while !over_tls && !clients.is_finished() {
            thread::sleep(LOOK);
        }
        Ok(Self {
            clients,
            servers,
            #[cfg(feature = "tls")]
            tls,
        })
    }
}

/// Waits until the clients are ready.
///
/// # Errors
/// When they cannot connect, or a handshake fails.
pub(super) fn ready(clients: JoinHandle<Result<Clients, Failure>>) -> Result<Clients, Failure> {
    let failed = |_| Err(Failure::Request("the thread of the clients failed".to_owned()));
    clients.join().unwrap_or_else(failed)
}
