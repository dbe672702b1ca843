//! A server on a runtime, loaded from another process: code shared by servers, including those of other
//! crates.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use runtime_bench_results::key::{LOAD, ParamError, RATE};

use super::{acceptor, clients, echo};
use runtime_bench_api::load::{self, ClientForm, Clients, Drive, Report, Talk, Target, Traffic};
use runtime_bench_api::loopback::waits_for_sockets;
use runtime_bench_api::prelude::*;
use runtime_bench_api::runtime::ExternalThread;
use runtime_bench_api::transport::{Acceptor, Transport};
use runtime_bench_api::workload::Setup;

/// Memory of the buffers at both ends of a connection, and of its task.
const CONNECTION_ESTIMATE: u64 = 16 * 1_024;
/// Tasks other than those of the connections: one accepts, one waits for the clients.
const OTHER_TASKS: usize = 2;

/// Delay before accepting again after an error: an external client may have disconnected, or the limit of
/// open files may be reached.
const AFTER_REFUSAL: Duration = Duration::from_millis(10);

/// The first scheduled drive is the warm-up of its instance, shorter by this factor,
const WARM_UP_SHARE: u64 = 5;
/// but no longer than this; an iteration above 20 ms warms up an instance.
const LONGEST_WARM_UP_MS: u64 = 25;
/// Bytes of a message of the echo servers.
const ECHO_SIZE: usize = 64;
/// The protocol of the echo servers.
pub(super) const ECHO: Talk = Talk::Echo { size: ECHO_SIZE };

const LISTENER: &str = "preparing a listener";

/// How a server is loaded.
#[derive(Clone, Debug)]
pub struct Load {
    pub(super) connections: usize,
    pub(super) talk: Talk,
    pub(super) client: ClientForm,
    pub(super) transport: Transport,
    /// The server's certificate in DER; `None` without TLS, and until it exists.
    pub(super) certificate: Option<Vec<u8>>,
    /// The first drive of an instance.
    pub(super) warm_up: Drive,
    /// All further drives.
    pub(super) drive: Drive,
}

impl Load {
    /// An open loop on a fixed schedule, by the parameters `connections`, `rate` and `duration` (in ms) of a point.
    ///
    /// # Errors
    /// When a parameter is missing or out of range.
    pub fn open(point: &Point, talk: Talk) -> Result<Self, Unsupported> {
        let connections = point.count_in("connections", 1..=10_000)?;
        let rate = rate(point)?;
        let milliseconds = point.count_in("duration", 10..=60_000)? as u64;
        let first = milliseconds.div_ceil(WARM_UP_SHARE).min(LONGEST_WARM_UP_MS);
        let warm_up = Drive::Open { rate, milliseconds: first };
        let drive = Drive::Open { rate, milliseconds };
        let (client, transport) = (ClientForm::of(point)?, Transport::of(point)?);
        let certificate = None;
        Ok(Self { connections, talk, client, transport, certificate, warm_up, drive })
    }

    /// A closed-loop echo load, which measures capacity.
    ///
    /// # Errors
    /// When a parameter is missing or out of range.
    pub(super) fn of_capacity(point: &Point) -> Result<Self, Unsupported> {
        let connections = point.count_in("connections", 1..=10_000)?;
        let messages = point.count_in("messages", 1..=1_000_000)? as u64;
        let warm_up = Drive::Closed { messages: messages.div_ceil(WARM_UP_SHARE) };
        let (client, transport) = (ClientForm::of(point)?, Transport::of(point)?);
        let drive = Drive::Closed { messages };
        let (talk, certificate) = (ECHO, None);
        Ok(Self { connections, talk, client, transport, certificate, warm_up, drive })
    }

    /// The server at an address, as the clients of this load see it.
    fn target(&self, address: SocketAddr) -> Target {
        let Self { connections, client, transport, .. } = *self;
        let (talk, certificate) = (self.talk.clone(), self.certificate.clone());
        Target { address, connections, talk, client, transport, certificate }
    }

    /// Scheduled time of two drives: the warm-up and one more.
    fn time(&self) -> Duration {
        let of = |drive: Drive| match drive {
            Drive::Open { milliseconds, .. } => Duration::from_millis(milliseconds),
            Drive::Closed { .. } => Duration::ZERO,
        };
        of(self.warm_up) + of(self.drive)
    }

    /// The drive of the next iteration.
    pub(super) fn next(&mut self) -> Drive {
        std::mem::replace(&mut self.warm_up, self.drive)
    }
}

/// Messages per second. If a point only has a share of the capacity, the run calibrates the rate; until then
/// it is planned as 1.
fn rate(point: &Point) -> Result<u64, Unsupported> {
    let rate = point.count_in(RATE, 1..=1_000_000);
    match rate {
        Err(ParamError::Missing(_)) if point.calibrated() => {
            point.count_in(LOAD, 1..=100)?;
            Ok(1)
        }
        rate => Ok(rate? as u64),
    }
}

/// Requirements of a server under this load.
///
/// # Errors
/// On families that cannot wait for sockets, and on systems without the load generator.
pub fn requirements(plan: &Load, family: Family) -> Result<Requirements, Unsupported> {
    load::fits()?;
    plan.client.check(plan.connections, matches!(plan.drive, Drive::Open { .. }))?;
    waits_for_sockets(family)?;
    let tasks = plan.connections + OTHER_TASKS;
    Ok(Requirements {
        tasks,
        blocking: tasks,
        files: plan.connections,
        memory: tasks as u64 * CONNECTION_ESTIMATE,
        time: plan.time(),
        ..Requirements::default()
    })
}

/// A server on the runtime and its clients; `None` in a process that ran the clients.
pub struct Served(Option<Clients>);

impl Served {
    /// Listens, serves each connection in its own task, and starts the clients.
    ///
    /// # Errors
    /// When the server cannot listen or the clients cannot be started.
    pub async fn on_async<R, F, H>(setup: &Setup, plan: &Load, handle: H) -> Result<Self, Failure>
    where
        R: AsyncRuntime,
        F: Future<Output = ()> + Send + 'static,
        H: Fn(R::Tcp) -> F + Clone + Send + 'static,
    {
        if let Traffic::Clients { address, certificate } = &setup.traffic {
            let certificate = certificate.clone();
            clients::on_async::<R>(Target { certificate, ..plan.target(*address) }).await?;
            return Ok(Self(None));
        }
        if let Some((acceptor, address)) = entrance(setup, plan)? {
            acceptor::on_async::<R, _, _>(acceptor, plan.connections, handle)?;
            return Self::with_clients_elsewhere(setup, plan, address).await;
        }
        let sockets = setup.traffic.listen(R::acceptors())?;
        let address = address(&sockets)?;
        for (number, socket) in sockets.into_iter().enumerate() {
            socket.set_nonblocking(true).map_err(Failure::io(LISTENER))?;
            let handle = handle.clone();
            R::spawn_acceptor(number, async move {
                // Created here, because the listener belongs to the runtime of this task.
                let Ok(listener) = R::listener(socket) else { return };
                loop {
                    match R::accept(&listener).await {
                        Ok(stream) => R::detach(R::spawn(handle(stream))),
                        Err(_) => R::sleep(AFTER_REFUSAL).await,
                    }
                }
            });
        }
        Self::with_clients_elsewhere(setup, plan, address).await
    }

    /// Serves echoes on a runtime whose tasks stay on one thread.
    ///
    /// # Errors
    /// As [`Served::on_async`].
    pub(super) async fn echo_on_local<R>(setup: &Setup, plan: &Load) -> Result<Self, Failure>
    where
        R: LocalRuntime,
    {
        if let Some((acceptor, address)) = entrance(setup, plan)? {
            acceptor::echo_on_local::<R>(acceptor, plan.connections, ECHO_SIZE)?;
            return Self::with_clients_elsewhere(setup, plan, address).await;
        }
        let sockets = setup.traffic.listen(R::acceptors())?;
        let address = address(&sockets)?;
        for (number, socket) in sockets.into_iter().enumerate() {
            R::spawn_acceptor(number, move || async move {
                let Ok(listener) = R::listener(socket) else { return };
                loop {
                    match R::accept(&listener).await {
                        Ok(stream) => {
                            R::detach(R::spawn(echo::serve_local::<R>(stream, ECHO_SIZE)));
                        }
                        Err(_) => R::sleep(AFTER_REFUSAL).await,
                    }
                }
            });
        }
        Self::with_clients_elsewhere(setup, plan, address).await
    }

    /// Starts the clients on another thread, because this worker may have to accept: more clients than the
    /// backlog holds would block forever.
    async fn with_clients_elsewhere(
        setup: &Setup,
        plan: &Load,
        address: SocketAddr,
    ) -> Result<Self, Failure> {
        let (setup, plan) = (setup.clone(), plan.clone());
        let start = ExternalThread::start(move |()| Self::with_clients(&setup, &plan, address));
        start.map_err(Failure::io("starting a thread"))?.ask(()).await
    }

    /// Listens, serves each connection on a thread, and starts the clients.
    ///
    /// # Errors
    /// When the server cannot listen or the clients cannot be started.
    pub fn on_threads<T, H>(setup: &Setup, plan: &Load, handle: H) -> Result<Self, Failure>
    where
        T: ThreadRuntime,
        H: Fn(TcpStream) + Clone + Send + 'static,
    {
        if let Traffic::Clients { address, certificate } = &setup.traffic {
            let certificate = certificate.clone();
            clients::on_threads::<T>(&Target { certificate, ..plan.target(*address) })?;
            return Ok(Self(None));
        }
        if let Some((acceptor, address)) = entrance(setup, plan)? {
            acceptor::on_threads::<T, _>(acceptor, plan.connections, handle);
            return Self::with_clients(setup, plan, address);
        }
        let mut sockets = setup.traffic.listen(1)?;
        let address = address(&sockets)?;
        let socket = sockets.swap_remove(0);
        // Dropped tasks keep running.
        drop(T::spawn(move || {
            for stream in socket.incoming() {
                let Ok(stream) = stream else {
                    thread::sleep(AFTER_REFUSAL);
                    continue;
                };
                let handle = handle.clone();
                drop(T::spawn(move || handle(stream)));
            }
        }));
        Self::with_clients(setup, plan, address)
    }

    /// Serves echoes.
    ///
    /// # Errors
    /// As [`Served::on_async`].
    pub(super) async fn echo_on_async<R>(setup: &Setup, plan: &Load) -> Result<Self, Failure>
    where
        R: AsyncRuntime,
    {
        let handle = |stream| echo::serve_async::<R>(stream, ECHO_SIZE);
        Self::on_async::<R, _, _>(setup, plan, handle).await
    }

    /// Serves echoes on threads.
    ///
    /// # Errors
    /// As [`Served::on_threads`].
    pub(super) fn echo_on_threads<T>(setup: &Setup, plan: &Load) -> Result<Self, Failure>
    where
        T: ThreadRuntime,
    {
        Self::on_threads::<T, _>(setup, plan, |stream| echo::serve(stream, ECHO_SIZE))
    }

    /// Starts the clients of a server, which may be another process.
    ///
    /// # Errors
    /// When the clients cannot be started.
    pub fn with_clients(setup: &Setup, plan: &Load, address: SocketAddr) -> Result<Self, Failure> {
        load::clients(&setup.traffic, &plan.target(address)).map(|clients| Self(Some(clients)))
    }

    /// Drives the clients, from a task.
    ///
    /// # Errors
    /// When the generator ended or sent something other than a report.
    pub(super) async fn drive_async(&self, drive: Drive) -> Result<Report, Failure> {
        self.clients()?.ask(drive).await
    }

    /// Drives the clients, on a thread.
    ///
    /// # Errors
    /// As [`Served::drive_async`].
    pub(super) fn drive(&self, drive: Drive) -> Result<Report, Failure> {
        self.clients()?.ask_blocking(drive)
    }

    fn clients(&self) -> Result<&Clients, Failure> {
        self.0.as_ref().ok_or_else(|| Failure::Request("this process has no server".to_owned()))
    }
}

/// The acceptor of connections other than TCP, and its address; `None` for TCP.
fn entrance(setup: &Setup, plan: &Load) -> Result<Option<(Acceptor, SocketAddr)>, Failure> {
    if plan.transport == Transport::Tcp {
        return Ok(None);
    }
    let mut sockets = setup.traffic.listen(1)?;
    let address = address(&sockets)?;
    let acceptor = Acceptor::new(plan.transport, sockets.swap_remove(0));
    Ok(Some((acceptor.map_err(Failure::io(LISTENER))?, address)))
}

fn address(sockets: &[TcpListener]) -> Result<SocketAddr, Failure> {
    let first = sockets.first().ok_or_else(|| Failure::Request("no socket to listen on".into()))?;
    first.local_addr().map_err(Failure::io(LISTENER))
}

/// A session that drives the clients once per iteration; the first drive is the warm-up.
pub struct Driven {
    served: Served,
    plan: Load,
}

impl Driven {
    /// Drives `served` as planned.
    pub fn new(served: Served, plan: Load) -> Self {
        Self { served, plan }
    }
}

impl AsyncSession for Driven {
    type Output = Report;

    async fn iterate(&mut self) -> Result<Report, Failure> {
        self.served.drive_async(self.plan.next()).await
    }
}

impl Session for Driven {
    type Output = Report;

    fn iterate(&mut self) -> Result<Report, Failure> {
        self.served.drive(self.plan.next())
    }
}
