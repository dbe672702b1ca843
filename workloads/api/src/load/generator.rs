//! The server's side: starting the generator, and waiting for it.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use super::{Drive, Report, Talk, Target};
use crate::failure::Failure;
use crate::loopback;
use crate::runtime::ExternalThread;

/// Who loads a server.
#[derive(Clone, Debug)]
pub enum Traffic {
    /// The generator, by its command line.
    Generator(Vec<String>),
    /// Whoever comes to this port (0 for any), until the process is stopped.
    External {
        /// Where to listen.
        port: u16,
        /// Is told where the server listens, once it does.
        announce: fn(SocketAddr),
    },
}

impl Default for Traffic {
    /// Nobody: workloads that are no servers never ask.
    fn default() -> Self {
        Self::Generator(Vec::new())
    }
}

impl Traffic {
    /// Listens on loopback with several sockets on one port, in blocking mode.
    ///
    /// # Errors
    /// When the port is taken, or the system refuses.
    pub fn listen(&self, sockets: usize) -> Result<Vec<TcpListener>, Failure> {
        let port = match self {
            Self::Generator(_) => 0,
            Self::External { port, .. } => *port,
        };
        let listen = || {
            let listeners = loopback::listen_together(port, sockets)?;
            if let Self::Generator(_) = self {
                listeners.iter().try_for_each(loopback::close_by_reset)?;
            }
            Ok(listeners)
        };
        listen().map_err(Failure::io("listening on loopback"))
    }
}

/// Those who load a server, on a thread that belongs to no runtime: each drive is a question, and the
/// report its answer.
pub type Clients = ExternalThread<Drive, Result<Report, Failure>>;

/// Starts the clients of a server: a generator is back once all its connections stand.
///
/// # Errors
/// When the generator cannot be started or cannot connect.
pub fn clients(
    traffic: &Traffic,
    address: SocketAddr,
    connections: usize,
    talk: Talk,
) -> Result<Clients, Failure> {
    let mut load = match traffic {
        Traffic::Generator(command) => {
            let target = Target { address, connections, talk };
            Load::Generator(Generator::start(command, &target).map_err(GENERATOR)?)
        }
        Traffic::External { announce, .. } => {
            announce(address);
            Load::External
        }
    };
    ExternalThread::start(move |drive| load.drive(drive)).map_err(Failure::io("starting a thread"))
}

enum Load {
    Generator(Generator),
    External,
}

impl Load {
    /// Loads the server and waits for the report; for clients from outside, without end.
    ///
    /// # Errors
    /// When the generator ended or said something that is no report.
    fn drive(&mut self, drive: Drive) -> Result<Report, Failure> {
        match self {
            Self::Generator(generator) => generator.drive(drive).map_err(GENERATOR),
            Self::External => loop {
                std::thread::park();
            },
        }
    }
}

const GENERATOR: fn(io::Error) -> Failure =
    |source| Failure::Io { what: "the load generator", source };

/// A running generator. Dropping it ends it.
pub(super) struct Generator {
    child: Child,
    /// `None` once it is told to end.
    orders: Option<ChildStdin>,
    reports: BufReader<ChildStdout>,
}

impl Generator {
    fn start(command: &[String], target: &Target) -> io::Result<Self> {
        let (program, arguments) = command
            .split_first()
            .ok_or_else(|| io::Error::other("the request has no command line for it"))?;
        let mut child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let (Some(orders), Some(reports)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(io::Error::other("it has no pipes"));
        };
        let mut generator = Self { child, orders: Some(orders), reports: BufReader::new(reports) };
        let said = generator.order(&serde_json::to_string(target)?)?;
        if said == "ready" { Ok(generator) } else { Err(io::Error::other(said)) }
    }

    fn drive(&mut self, drive: Drive) -> io::Result<Report> {
        let said = self.order(&serde_json::to_string(&drive)?)?;
        Ok(serde_json::from_str(&said)?)
    }

    fn order(&mut self, line: &str) -> io::Result<String> {
        if let Some(orders) = &mut self.orders {
            writeln!(orders, "{line}")?;
        }
        let mut said = String::new();
        if self.reports.read_line(&mut said)? == 0 {
            return Err(io::Error::other("it ended before its report"));
        }
        Ok(said.trim_end().to_owned())
    }
}

impl Drop for Generator {
    fn drop(&mut self) {
        self.orders = None;
        // It ends by itself; there is nobody to tell if not.
        let _ = self.child.wait();
    }
}
