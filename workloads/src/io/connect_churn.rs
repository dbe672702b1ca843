//! `connect-churn`: short-lived connections.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::churn::{Churned, Params, SIZE, ended};
#[cfg(feature = "tls")]
use super::churn_tls;
use super::first_failure::FirstFailure;
use super::message::fill;
use super::{churn_local, churn_threads};
use runtime_bench_api::loopback::{listen, waits_for_sockets};
use runtime_bench_api::prelude::*;
use runtime_bench_api::tls;

/// The workload.
#[derive(Clone, Copy, Debug)]
pub struct ConnectChurn;

impl Workload for ConnectChurn {
    type Params = Params;
    type Output = Churned;
    const METRICS: &'static [&'static MetricDef] =
        &[&metric::CONNECTION_RATE, &metric::CPU_PER_CONNECTION];

    const OPTIONS: &'static [(&'static str, &'static str)] = &[tls::OPTION];

    fn info(&self) -> WorkloadInfo {
        WorkloadInfo {
            name: "connect-churn".into(),
            title: "Short-lived connections".into(),
            kind: Kind::Io,
            model: "Client tasks connect, send 64 bytes, wait for the echo and close, one \
                    connection after another. One task accepts connections on a listener and \
                    spawns a task for each."
                .into(),
            check: "Every byte of every echo is correct, and every server task sees one message \
                    followed by the end of its connection."
                .into(),
            headline: Self::METRICS[0].id.into(),
            headline_phase: Phase::Warm,
            notes: vec![
                "Clients and servers run on the same runtime, so the CPU time covers both. Much \
                 of it is kernel time: a loopback connection takes three packets before its first \
                 byte."
                    .into(),
                "The client closes first. The server's close then resets the connection, so no \
                 connection lingers in the kernel for the next runner."
                    .into(),
                "`threads` starts one thread per accepted connection. The pool serves as many \
                 connections at once as it has free threads."
                    .into(),
                "With `tls=on`, every connection starts with a full handshake, so the rate is \
                 handshakes per second. A client ends a connection with `close_notify`, and the \
                 output is wrong if the server does not receive it."
                    .into(),
                tls::NOTE.into(),
            ],
        }
    }

    fn points(&self, set: PointSet, _: usize) -> Vec<Point> {
        let point = |connections: u64, at_once: u64| {
            Point::new().with("connections", connections, "").with("at-once", at_once, "")
        };
        match set {
            PointSet::Smoke => tls::also(vec![point(4, 2)]),
            PointSet::Quick => vec![point(200, 32)],
            PointSet::Full => [tls::also(vec![point(1_000, 32)]), vec![point(10_000, 32)]].concat(),
        }
    }

    fn requirements(&self, params: &Params, family: Family) -> Result<Requirements, Unsupported> {
        waits_for_sockets(family)?;
        let tasks = 2 * params.at_once + 1;
        most_threads(family, tasks, 1_000)?;
        Ok(Requirements {
            tasks,
            // The clients, the accepting task, and one serving task.
            blocking: params.at_once + 2,
            // A server may see the end of a connection only after its client has opened the next one.
            files: 4 * params.at_once,
            memory: tasks as u64 * (4_096 + tls::memory(params.tls)),
            ..Requirements::default()
        })
    }

    fn verify(&self, trial: &Trial<Params>, churned: &Churned) -> Result<(), String> {
        let all = trial.params.connections;
        let Churned { answered, wrong, served } = *churned;
        if answered == all && wrong == 0 && served == all {
            return Ok(());
        }
        Err(format!(
            "{answered} of {all} connections were answered, {wrong} of them wrongly; {served} were served to the end"
        ))
    }

    fn describe(&self, churned: &Churned) -> String {
        format!("{} answered", churned.answered)
    }

    fn metrics(&self, trial: &Trial<Params>, block: &Timed<Churned>) -> Vec<Metric> {
        let connections = trial.params.connections as f64;
        block.pieces_per_second(connections, &metric::CONNECTION_RATE, &metric::CPU_PER_CONNECTION)
    }

    async fn on_async<R: AsyncRuntime>(
        self,
        Trial { params, .. }: Trial<Params>,
    ) -> Result<impl AsyncSession<Output = Churned>, Failure> {
        let listen = || {
            let listener = listen()?;
            let address = listener.local_addr()?;
            listener.set_nonblocking(true)?;
            let socket = Arc::new(listener.try_clone()?);
            Ok((Arc::new(R::listener(listener)?), socket, address))
        };
        let (listener, socket, address) = listen().map_err(Failure::io("listening on loopback"))?;
        #[cfg(feature = "tls")]
        let tls = params.tls.then(tls::pair).transpose()?;
        Ok(repeat_async(move || {
            let (listener, socket) = (Arc::clone(&listener), Arc::clone(&socket));
            #[cfg(feature = "tls")]
            let tls = tls.clone();
            async move {
                #[cfg(feature = "tls")]
                if let Some((server, client)) = tls {
                    let visit =
                        |next| churn_tls::visit_async::<R>(client.clone(), params, address, next);
                    let serve = |stream| churn_tls::serve_async::<R>(server.clone(), stream);
                    return churn::<R, _, _>(params, &listener, &socket, visit, serve).await;
                }
                let visit = |next| visit_async::<R>(params, address, next);
                churn::<R, _, _>(params, &listener, &socket, visit, serve_async::<R>).await
            }
        }))
    }

    fn supports_external(&self, params: &Params) -> Result<(), Unsupported> {
        tls::supports_external(params.tls)
    }

    fn supports_local(&self, params: &Params) -> Result<(), Unsupported> {
        if params.tls {
            let reason =
                "Its reads fill a buffer of known size; TLS has to read any number of bytes.";
            return Err(Unsupported::Family(reason.to_owned()));
        }
        Ok(())
    }

    async fn on_local<R: LocalRuntime>(
        self,
        Trial { params, .. }: Trial<Params>,
    ) -> Result<impl LocalSession<Output = Churned>, Failure> {
        churn_local::session::<R>(params)
    }

    fn on_threads<T: ThreadRuntime>(
        self,
        Trial { params, .. }: Trial<Params>,
    ) -> Result<impl Session<Output = Churned>, Failure> {
        churn_threads::session::<T>(params)
    }
}

/// One iteration: clients that call `visit` with the number of the next connection, and a task per connection
/// that calls `serve`.
async fn churn<R: AsyncRuntime, V, S>(
    params: Params,
    listener: &R::Listener,
    socket: &Arc<TcpListener>,
    visit: impl Fn(Arc<AtomicUsize>) -> V,
    serve: impl Fn(R::Tcp) -> S,
) -> Result<Churned, Failure>
where
    V: Future<Output = io::Result<Churned>> + Send + 'static,
    S: Future<Output = io::Result<()>> + Send + 'static,
{
    let next = Arc::new(AtomicUsize::new(0));
    let failure = Arc::new(FirstFailure::among_clients_of(socket));
    let clients: Vec<_> = (0..params.at_once)
        .map(|_| {
            let (visit, failure) = (visit(Arc::clone(&next)), Arc::clone(&failure));
            R::spawn(async move { failure.seen(visit.await) })
        })
        .collect();
    let mut servers = Vec::with_capacity(params.connections);
    for _ in 0..params.connections {
        let stream = R::accept(listener).await.map_err(|error| failure.ended(error))?;
        servers.push(R::spawn(serve(stream)));
    }
    let mut all = Churned::default();
    for server in servers {
        all.serve(server.await.is_ok());
    }
    for client in clients {
        all.add(client.await);
    }
    failure.outcome(all)
}

/// A client: opens one connection after another until there are enough.
async fn visit_async<R: AsyncRuntime>(
    params: Params,
    address: SocketAddr,
    next: Arc<AtomicUsize>,
) -> io::Result<Churned> {
    let (mut message, mut echo) = ([0; SIZE], [0; SIZE]);
    let mut seen = Churned::default();
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        if number >= params.connections {
            return Ok(seen);
        }
        fill(&mut message, number, 0);
        let mut stream = R::connect(address).await?;
        R::write_all(&mut stream, &message).await?;
        R::read_exact(&mut stream, &mut echo).await?;
        seen.count(&message, &echo);
    }
}

/// Echoes one message and waits for the end of the connection, so that the client closes first.
async fn serve_async<R: AsyncRuntime>(mut stream: R::Tcp) -> io::Result<()> {
    let mut message = [0; SIZE];
    R::read_exact(&mut stream, &mut message).await?;
    R::write_all(&mut stream, &message).await?;
    ended(R::read_exact(&mut stream, &mut [0]).await)
}
