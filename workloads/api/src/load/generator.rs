//! The server's side: starts the generator and waits for its reports.

use std::env;
use std::ffi::{OsStr, OsString};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, Stdio};

use runtime_bench_results::program::{ClientRequest, ProgramRequest};
use runtime_bench_results::trial::TrialRequest;

use super::{ClientForm, Drive, Report, Target};
use crate::failure::Failure;
use crate::loopback;
use crate::runtime::ExternalThread;

/// The source of the load of a server.
#[derive(Clone, Debug)]
pub enum Traffic {
    /// A load generator that a trial starts.
    Generator(Generators),
    /// External clients of this port (0 for any), until the process is stopped.
    External {
        /// Port to listen on.
        port: u16,
        /// Called with the address once the server listens.
        announce: fn(SocketAddr),
    },
    /// No load: this process runs the clients of a server.
    Clients {
        /// The address of the server.
        address: SocketAddr,
        /// Its certificate in DER; `None` without TLS.
        certificate: Option<Vec<u8>>,
    },
}

/// The load generators of a trial.
#[derive(Clone, Debug, Default)]
pub struct Generators {
    /// The command line of the harness's generator.
    command: Vec<String>,
    /// The request that makes this program run as a generator.
    clients: Option<ClientRequest>,
    /// Environment variables of the trial that are not passed on to a generator.
    unset: Vec<&'static str>,
}

impl Generators {
    /// The load generators of a requested trial.
    pub fn of(request: &TrialRequest) -> Self {
        let clients = ClientRequest {
            protocol: request.protocol,
            cell: request.cell.clone(),
            workers: request.workers,
            pool_threads: request.pool_threads,
            port: 0,
            certificate: None,
        };
        Self { command: request.load.clone(), clients: Some(clients), unset: Vec::new() }
    }

    /// Starts the generator with clients of the requested form.
    fn start(&self, target: &Target) -> io::Result<Generator> {
        if target.client == ClientForm::Runtime {
            let port = target.address.port();
            let certificate = target.certificate.clone();
            let request = self.clients.clone();
            let request = request.map(|clients| ClientRequest { port, certificate, ..clients });
            let request = request.ok_or_else(|| io::Error::other("the trial has no request"))?;
            let program = env::current_exe()?.into_os_string();
            let command: Vec<OsString> =
                [program].into_iter().chain(env::args_os().skip(1)).collect();
            let request = ProgramRequest::Clients(request);
            return Generator::start(&command, &self.unset, &serde_json::to_string(&request)?);
        }
        Generator::start(&self.command, &self.unset, &serde_json::to_string(target)?)
    }
}

impl Default for Traffic {
    /// No load: only servers use it.
    fn default() -> Self {
        Self::Generator(Generators::default())
    }
}

impl Traffic {
    /// The same, without passing these environment variables of the trial on to the generator.
    #[must_use]
    pub fn without(mut self, variables: impl IntoIterator<Item = &'static str>) -> Self {
        if let Self::Generator(generators) = &mut self {
            generators.unset.extend(variables);
        }
        self
    }

    /// Listens on loopback with several sockets on one port, in blocking mode.
    ///
    /// # Errors
    /// When the port is in use, or the system refuses a socket.
    pub fn listen(&self, sockets: usize) -> Result<Vec<TcpListener>, Failure> {
        let port = match self {
            Self::Generator(_) | Self::Clients { .. } => 0,
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

/// The clients of a server, on a thread outside the runtime: each request is a drive, each reply its report.
pub type Clients = ExternalThread<Drive, Result<Report, Failure>>;

/// Starts the clients of a server. A generator returns once all its connections are established.
///
/// # Errors
/// When the generator cannot be started or cannot connect.
pub fn clients(traffic: &Traffic, target: &Target) -> Result<Clients, Failure> {
    let mut load = match traffic {
        Traffic::Generator(generators) => {
            Load::Generator(generators.start(target).map_err(GENERATOR)?)
        }
        Traffic::External { announce, .. } => {
            announce(target.address);
            Load::External
        }
        Traffic::Clients { .. } => {
            return Err(Failure::Request("a client process cannot start clients".to_owned()));
        }
    };
    ExternalThread::start(move |drive| load.drive(drive)).map_err(Failure::io("starting a thread"))
}

enum Load {
    Generator(Generator),
    External,
}

impl Load {
    /// Loads the server and waits for the report; never returns for external clients.
    ///
    /// # Errors
    /// When the generator ended or sent something other than a report.
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

/// Maximum number of bytes read from a generator's standard error.
const MOST_ERRORS: u64 = 64 << 10;

/// A running generator. Dropping it ends the process.
pub(super) struct Generator {
    child: Child,
    /// `None` once the generator was told to end.
    orders: Option<ChildStdin>,
    reports: BufReader<ChildStdout>,
    errors: ChildStderr,
}

impl Generator {
    /// Starts a program, which replies to the first line with `ready`.
    fn start(command: &[impl AsRef<OsStr>], unset: &[&str], line: &str) -> io::Result<Self> {
        let (program, arguments) = command
            .split_first()
            .ok_or_else(|| io::Error::other("missing command line in the request"))?;
        let mut command = Command::new(program);
        for name in unset {
            command.env_remove(name);
        }
        let mut child = command
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let (Some(orders), Some(reports), Some(errors)) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err(io::Error::other("missing pipes"));
        };
        let reports = BufReader::new(reports);
        let mut generator = Self { child, orders: Some(orders), reports, errors };
        let said = generator.order(line)?;
        if said == "ready" { Ok(generator) } else { Err(io::Error::other(said)) }
    }

    fn drive(&mut self, drive: Drive) -> io::Result<Report> {
        let said = self.order(&serde_json::to_string(&drive)?)?;
        Ok(serde_json::from_str(&said)?)
    }

    fn order(&mut self, line: &str) -> io::Result<String> {
        if let Some(orders) = &mut self.orders {
            // A generator that has exited reports why.
            let _ = writeln!(orders, "{line}");
        }
        let mut said = String::new();
        if self.reports.read_line(&mut said)? == 0 {
            return Err(self.exited());
        }
        Ok(said.trim_end().to_owned())
    }

    /// Why there is no report: the last line of its errors.
    fn exited(&mut self) -> io::Error {
        let mut errors = Vec::new();
        // What was read before a failure is enough.
        let _ = self.errors.by_ref().take(MOST_ERRORS).read_to_end(&mut errors);
        let errors = String::from_utf8_lossy(&errors);
        let mut lines = errors.lines().rev().map(str::trim);
        let last = lines.find(|line| !line.is_empty() && !line.starts_with("note: "));
        let last = last.map(|line| format!(": {}", line.trim_start_matches("error: ")));
        io::Error::other(format!("exited before its report{}", last.unwrap_or_default()))
    }
}

impl Drop for Generator {
    fn drop(&mut self) {
        self.orders = None;
        // The generator exits when its input closes.
        let _ = self.child.wait();
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn exited_generator_is_quoted() {
        let start = |script: &str| {
            let command = ["sh", "-c", script].map(str::to_owned);
            Generator::start(&command, &[], "a target").err().map(|error| error.to_string())
        };
        let refused =
            start("echo a warning >&2; echo 'error: cannot connect: refused' >&2; exit 2");
        assert_eq!(refused.as_deref(), Some("exited before its report: cannot connect: refused"));
        assert_eq!(start("exit 2").as_deref(), Some("exited before its report"));
        assert_eq!(start("read target; echo ready; cat"), None);
    }
}
