//! `echo-latency`: an echo server at a fixed message rate.

use std::net::SocketAddr;

use runtime_bench_results::key::RATE;

use super::reported;
use super::server::{self, Driven, ECHO, Load, Served};
use runtime_bench_api::load::{ClientForm, Report};
use runtime_bench_api::prelude::*;
use runtime_bench_api::transport::Transport;

/// The variant in which clients wait for each reply. It measures capacity and does not appear in reports,
/// because its latencies are those of a closed loop.
const CAPACITY: &str = "capacity";

/// The workload.
#[derive(Clone, Copy, Debug)]
pub struct EchoLatency;

fn point(rate: u64, milliseconds: u64) -> Point {
    Point::new().with("connections", 16, "").with(RATE, rate, "messages/s").with(
        "duration",
        milliseconds,
        "ms",
    )
}

fn over(transport: &str, point: Point) -> Point {
    point.with(Transport::OPTION.0, transport, "")
}

impl FromPoint for Load {
    fn from_point(point: &Point) -> Result<Self, Unsupported> {
        match point.variant.as_deref() {
            None => Load::open(point, ECHO),
            Some(CAPACITY) => Load::of_capacity(point),
            Some(_) => Err(Unsupported::variant(&[CAPACITY])),
        }
    }
}

impl Workload for EchoLatency {
    type Params = Load;
    type Output = Report;
    const METRICS: &'static [&'static MetricDef] = reported::OPEN_LOOP;

    const OPTIONS: &'static [(&'static str, &'static str)] =
        &[ClientForm::OPTION, Transport::OPTION];

    const SERVES: bool = true;

    fn info(&self) -> WorkloadInfo {
        WorkloadInfo {
            name: "echo-latency".into(),
            title: "Echo latency at a fixed rate".into(),
            kind: Kind::Io,
            model: "A client in another process sends messages on a fixed schedule over \
                    established connections, regardless of how fast the server replies (an open \
                    loop). Latency is measured from the scheduled send time."
                .into(),
            check: "Every message is answered, and every byte of every reply is compared.".into(),
            headline: Self::METRICS[0].id.into(),
            headline_phase: Phase::Warm,
            notes: vec![
                "The client is the same for every runner and uses no runtime: one thread on \
                 epoll, or with `client=threads` a blocking thread for each connection, which \
                 sends late while it waits for a reply. If it shares cores with the server, its \
                 own wake-ups add to every latency, equally for all runners."
                    .into(),
                "Each instance is loaded for 110 ms. Processes differ more from each other than \
                 the latencies within one process, so many short runs reveal more about the p90 \
                 than a few long ones. With `--points full`, the load lasts one second."
                    .into(),
                "With `--rate auto`, rates are shares of the closed-loop rate of the slowest \
                 runner, so all runners get the same rate. Such rates are comparable within one \
                 run only."
                    .into(),
                "With `transport=unix` or `transport=udp`, a thread accepts the connections before \
                 anything is timed; with UDP, each connection has its own sockets. A lost datagram \
                 is a message without a reply, which fails the trial."
                    .into(),
                "Percentiles with too few messages per process are omitted.".into(),
                "The CPU time is the server's.".into(),
            ],
        }
    }

    fn supports_external(&self, load: &Load) -> Result<(), Unsupported> {
        load.transport.supports_external()
    }

    fn points(&self, set: PointSet, _: usize) -> Vec<Point> {
        match set {
            PointSet::Smoke => {
                let others = ["unix", "udp"].map(|transport| over(transport, point(1_000, 10)));
                [point(1_000, 10)].into_iter().chain(others).collect()
            }
            PointSet::Quick => vec![point(5_000, 110)],
            PointSet::Full => {
                let others = ["unix", "udp"].map(|transport| over(transport, point(5_000, 1_000)));
                [1_000, 5_000, 20_000]
                    .map(|rate| point(rate, 1_000))
                    .into_iter()
                    .chain(others)
                    .collect()
            }
        }
    }

    fn capacity(&self, point: &Point) -> Option<Point> {
        let connections = point.count("connections").ok()? as u64;
        let milliseconds = point.count("duration").ok()? as u64;
        let mut capacity = Point::new().variant(CAPACITY).with("connections", connections, "");
        let options = Self::OPTIONS.iter().map(|(option, _)| *option).collect::<Vec<_>>();
        let own = point.params.iter().filter(|param| options.contains(&param.name.as_str()));
        capacity.params.extend(own.cloned());
        // A message takes far less than a millisecond, so this drive is shorter than the one it calibrates.
        Some(capacity.with("messages", milliseconds, ""))
    }

    fn requirements(&self, load: &Load, family: Family) -> Result<Requirements, Unsupported> {
        server::requirements(load, family)
    }

    fn phases(&self) -> &'static [Phase] {
        &[Phase::Warm]
    }

    fn on_address(
        self,
        Trial { params: load, setup }: Trial<Load>,
        address: SocketAddr,
    ) -> Result<impl Session<Output = Report>, Failure> {
        Ok(Driven::new(Served::with_clients(&setup, &load, address)?, load))
    }

    fn verify(&self, _: &Trial<Load>, report: &Report) -> Result<(), String> {
        reported::verify(report)
    }

    fn describe(&self, report: &Report) -> String {
        format!("{} answered", report.answered)
    }

    fn metrics(&self, _: &Trial<Load>, block: &Timed<Report>) -> Vec<Metric> {
        let mut metrics = reported::percentiles(block, reported::LATENCIES);
        metrics.extend(reported::metrics(block, &metric::MESSAGE_RATE, &metric::CPU_PER_MESSAGE));
        metrics
    }

    fn histogram(&self, block: &Timed<Report>) -> Option<String> {
        reported::histogram(block)
    }

    async fn on_async<R: AsyncRuntime>(
        self,
        Trial { params: load, setup }: Trial<Load>,
    ) -> Result<impl AsyncSession<Output = Report>, Failure> {
        Ok(Driven::new(Served::echo_on_async::<R>(&setup, &load).await?, load))
    }

    fn supports_local(&self, _: &Load) -> Result<(), Unsupported> {
        Ok(())
    }

    async fn on_local<R: LocalRuntime>(
        self,
        Trial { params: load, setup }: Trial<Load>,
    ) -> Result<impl LocalSession<Output = Report>, Failure> {
        Ok(Driven::new(Served::echo_on_local::<R>(&setup, &load).await?, load))
    }

    fn on_threads<T: ThreadRuntime>(
        self,
        Trial { params: load, setup }: Trial<Load>,
    ) -> Result<impl Session<Output = Report>, Failure> {
        Ok(Driven::new(Served::echo_on_threads::<T>(&setup, &load)?, load))
    }
}
