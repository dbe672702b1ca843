//! `http-server`: an HTTP/1.1 server with keep-alive connections.

use std::convert::Infallible;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};

use super::reported;
use super::server::{self, Driven, Load, Served};
use runtime_bench_api::load::{ClientForm, Drive, Report, Talk};
use runtime_bench_api::prelude::*;
use runtime_bench_api::tls;
use runtime_bench_api::transport::Transport;

/// Bytes of the body.
const LENGTH: usize = 1_024;
/// Longest head of a request that the blocking server reads.
const LONGEST_HEAD: usize = 8 * 1_024;
const MOST_HEADERS: usize = 64;
/// Longest wait before a reply in ms: less than the timeout of the load generator.
const LONGEST_WAIT: usize = 4_000;

/// Closed-loop latencies, which hide the waiting time behind a stall.
const CLOSED_LOOP: [&MetricDef; 5] = [
    &metric::CLOSED_LOOP_P50,
    &metric::CLOSED_LOOP_P90,
    &metric::CLOSED_LOOP_P99,
    &metric::CLOSED_LOOP_P99_9,
    &metric::CLOSED_LOOP_MAX,
];

/// The workload.
#[derive(Clone, Copy, Debug)]
pub struct HttpServer;

static BODY: [u8; LENGTH] = body();

const fn body() -> [u8; LENGTH] {
    let mut body = [b'\n'; LENGTH];
    let mut place = 0;
    while place < LENGTH - 1 {
        body[place] = b'a' + (place % 26) as u8;
        place += 1;
    }
    body
}

/// The parameters of a point.
#[derive(Clone, Debug)]
pub struct Params {
    load: Load,
    /// Wait before each reply.
    wait: Duration,
    tls: bool,
}

impl FromPoint for Params {
    fn from_point(point: &Point) -> Result<Self, Unsupported> {
        let connections = point.count_in("connections", 1..=10_000)?;
        let messages = point.count_in("requests", 1..=1_000_000)? as u64;
        let wait = Duration::from_millis(point.count_in("wait", 0..=LONGEST_WAIT)? as u64);
        let drive = Drive::Closed { messages };
        let talk = Talk::Http { length: LENGTH, checksum: crc32fast::hash(&BODY) };
        let load = Load {
            connections,
            talk,
            client: ClientForm::of(point)?,
            transport: Transport::Tcp,
            certificate: None,
            warm_up: drive,
            drive,
        };
        Ok(Self { load, wait, tls: tls::requested(point)? })
    }
}

impl Workload for HttpServer {
    type Params = Params;
    type Output = Report;
    const METRICS: &'static [&'static MetricDef] = &[
        &metric::REQUEST_RATE,
        &metric::CPU_PER_REQUEST,
        &metric::IN_FLIGHT,
        &metric::CLIENT_CPU,
        &metric::CLIENT_LATE,
        &metric::CLOSED_LOOP_P50,
        &metric::CLOSED_LOOP_P90,
        &metric::CLOSED_LOOP_P99,
        &metric::CLOSED_LOOP_P99_9,
        &metric::CLOSED_LOOP_MAX,
    ];

    const OPTIONS: &'static [(&'static str, &'static str)] = &[ClientForm::OPTION, tls::OPTION];

    const SERVES: bool = true;

    fn info(&self) -> WorkloadInfo {
        WorkloadInfo {
            name: "http-server".into(),
            title: "HTTP server with keep-alive connections".into(),
            kind: Kind::Io,
            model: "A client in another process keeps connections open and sends the next request \
                    on each as soon as it has received the reply (a closed loop). The server may \
                    wait before it replies, as if for a database."
                .into(),
            check: "Every reply has the expected status, length and checksum.".into(),
            headline: Self::METRICS[0].id.into(),
            headline_phase: Phase::Warm,
            notes: vec![
                "Async runners serve with hyper over the runtime's own sockets. Threads and the \
                 pool use a blocking loop around httparse."
                    .into(),
                "By default, the client is the same for every runner and uses no runtime: one \
                 thread on epoll. If its CPU time (`client-cpu`) approaches one core, the client \
                 limits the rate."
                    .into(),
                "`client=threads` is a blocking thread for each connection, again the same for \
                 every runner. `client=runtime` is a task for each connection, on the runtime of \
                 the server in another process. Rankings differ between these forms: a client with \
                 many connections ready at once sends in bursts."
                    .into(),
                "A closed loop hides the waiting time behind a stall, so these latencies are \
                 labeled `closed-loop`. `echo-latency` measures latency."
                    .into(),
                "The CPU time is the server's.".into(),
                "With `tls=on`, all handshakes are complete before the first request, and the \
                 epoll client needs more of its core for encryption: see `client-cpu`."
                    .into(),
                tls::NOTE.into(),
            ],
        }
    }

    fn points(&self, set: PointSet, _: usize) -> Vec<Point> {
        let point = |connections: u64, requests: u64, wait: u64| {
            Point::new()
                .with("connections", connections, "")
                .with("requests", requests, "")
                .with("wait", wait, "ms")
        };
        match set {
            PointSet::Smoke => {
                let each = [vec![point(2, 3, 0)], other_clients(&point(2, 3, 0))].concat();
                [tls::also(each), vec![point(2, 2, 1)]].concat()
            }
            PointSet::Quick => vec![point(32, 10, 0)],
            PointSet::Full => {
                let sizes = [(1, 200), (64, 20), (1_000, 2)];
                let of =
                    |wait| sizes.map(|(connections, requests)| point(connections, requests, wait));
                let others = other_clients(&point(64, 20, 0));
                let over_tls = tls::also(vec![point(64, 20, 0)]).split_off(1);
                [of(0).to_vec(), of(2).to_vec(), others, over_tls].concat()
            }
        }
    }

    fn requirements(&self, params: &Params, family: Family) -> Result<Requirements, Unsupported> {
        let plain = server::requirements(&params.load, family)?;
        let memory = plain.memory + plain.tasks as u64 * tls::memory(params.tls);
        Ok(Requirements { memory, ..plain })
    }

    fn supports_external(&self, params: &Params) -> Result<(), Unsupported> {
        if params.load.client == ClientForm::Runtime {
            return Err(Unsupported::Family(
                "The runner protocol does not include clients.".to_owned(),
            ));
        }
        tls::supports_external(params.tls)
    }

    fn on_address(
        self,
        Trial { params, setup }: Trial<Params>,
        address: SocketAddr,
    ) -> Result<impl Session<Output = Report>, Failure> {
        Ok(Driven::new(Served::with_clients(&setup, &params.load, address)?, params.load))
    }

    fn verify(&self, _: &Trial<Params>, report: &Report) -> Result<(), String> {
        reported::verify(report)
    }

    fn describe(&self, report: &Report) -> String {
        format!("{} answered", report.answered)
    }

    fn metrics(&self, _: &Trial<Params>, block: &Timed<Report>) -> Vec<Metric> {
        let mut metrics = reported::metrics(block, &metric::REQUEST_RATE, &metric::CPU_PER_REQUEST);
        metrics.extend(reported::percentiles(block, CLOSED_LOOP));
        metrics
    }

    async fn on_async<R: AsyncRuntime>(
        self,
        Trial { params, setup }: Trial<Params>,
    ) -> Result<impl AsyncSession<Output = Report>, Failure> {
        let Params { load, wait, tls: _ } = params;
        #[cfg(feature = "tls")]
        if params.tls {
            let (server, certificate) = tls::Server::new()?;
            let load = Load { certificate: Some(certificate), ..load };
            let handle = move |stream| {
                let server = server.clone();
                async move {
                    // A client that aborts its handshake reports the reason.
                    if let Ok(stream) = server.accept(R::hyper(stream)).await {
                        serve_async::<R, _>(stream, wait).await;
                    }
                }
            };
            return Ok(Driven::new(
                Served::on_async::<R, _, _>(&setup, &load, handle).await?,
                load,
            ));
        }
        let handle = move |stream| serve_async::<R, _>(R::hyper(stream), wait);
        Ok(Driven::new(Served::on_async::<R, _, _>(&setup, &load, handle).await?, load))
    }

    fn on_threads<T: ThreadRuntime>(
        self,
        Trial { params, setup }: Trial<Params>,
    ) -> Result<impl Session<Output = Report>, Failure> {
        let Params { load, wait, tls: _ } = params;
        #[cfg(feature = "tls")]
        if params.tls {
            let (server, certificate) = tls::Server::new()?;
            let load = Load { certificate: Some(certificate), ..load };
            let handle = move |stream: TcpStream| {
                // A client that aborts its handshake reports the reason.
                let _ = server.accept_blocking(stream).and_then(|stream| serve(stream, wait));
            };
            return Ok(Driven::new(Served::on_threads::<T, _>(&setup, &load, handle)?, load));
        }
        let handle = move |stream: TcpStream| {
            // A client that disconnects ends its connection.
            let _ = serve(stream, wait);
        };
        Ok(Driven::new(Served::on_threads::<T, _>(&setup, &load, handle)?, load))
    }
}

/// A point with clients other than the default.
fn other_clients(point: &Point) -> Vec<Point> {
    let (name, _) = ClientForm::OPTION;
    ["threads", "runtime"].map(|form| point.clone().with(name, form, "")).to_vec()
}

async fn serve_async<R, S>(stream: S, wait: Duration)
where
    R: AsyncRuntime,
    S: hyper::rt::Read + hyper::rt::Write + Send + Unpin + 'static,
{
    let answer = move |_: Request<Incoming>| async move {
        if !wait.is_zero() {
            R::sleep(wait).await;
        }
        Ok::<_, Infallible>(Response::new(Full::new(Bytes::from_static(&BODY))))
    };
    // A client that disconnects ends its connection.
    let _ = hyper::server::conn::http1::Builder::new()
        .serve_connection(stream, service_fn(answer))
        .await;
}

/// Answers the requests of a connection until it ends.
fn serve(mut stream: impl Read + Write, wait: Duration) -> io::Result<()> {
    let mut answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {LENGTH}\r\n\r\n").into_bytes();
    answer.extend_from_slice(&BODY);
    let mut come = Vec::with_capacity(LONGEST_HEAD);
    loop {
        let Some(length) = head(&come)? else {
            let mut buffer = [0; 4_096];
            match stream.read(&mut buffer)? {
                0 => return Ok(()),
                read => come.extend_from_slice(&buffer[..read]),
            }
            continue;
        };
        come.drain(..length);
        if !wait.is_zero() {
            thread::sleep(wait);
        }
        stream.write_all(&answer)?;
    }
}

/// The length of the first request once it is complete. Its body must be empty.
fn head(bytes: &[u8]) -> io::Result<Option<usize>> {
    let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let parsed = httparse::Request::new(&mut headers).parse(bytes).map_err(io::Error::other)?;
    match parsed {
        httparse::Status::Complete(length) => Ok(Some(length)),
        httparse::Status::Partial if bytes.len() < LONGEST_HEAD => Ok(None),
        httparse::Status::Partial => Err(io::ErrorKind::InvalidData.into()),
    }
}
