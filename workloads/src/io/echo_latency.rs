//! `echo-latency`: an echo server under messages that come on a schedule.

use std::net::SocketAddr;

use runtime_bench_results::catalogue::{Kind, WorkloadInfo};
use runtime_bench_results::key::{Point, RATE};
use runtime_bench_results::metric::{self, MetricDef};
use runtime_bench_results::trial::{Metric, Phase};

use super::reported;
use super::server::{self, Driven, Load, Served};
use runtime_bench_api::instance::{AsyncSession, LocalSession, Session};
use runtime_bench_api::load::Report;
use runtime_bench_api::runtime::{AsyncRuntime, Family, LocalRuntime, ThreadRuntime};
use runtime_bench_api::workload::{
    Failure, FromPoint, PointSet, Requirements, Timed, Trial, Unsupported, Workload,
};

/// The variant in which clients wait for each answer. It tells what a server can do, and is no row of a
/// report: its latencies are those of a closed loop.
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

impl FromPoint for Load {
    fn from_point(point: &Point) -> Result<Self, Unsupported> {
        match point.variant.as_deref() {
            None => Load::of_echo_schedule(point),
            Some(CAPACITY) => Load::of_capacity(point),
            Some(other) => {
                Err(Unsupported::Point(format!("there is no variant `{other}` of echo-latency")))
            }
        }
    }
}

impl Workload for EchoLatency {
    type Params = Load;
    type Output = Report;
    const METRICS: &'static [&'static MetricDef] = reported::OPEN_LOOP;

    const SERVES: bool = true;

    fn info(&self) -> WorkloadInfo {
        WorkloadInfo {
            name: "echo-latency".into(),
            title: "Latency of an echo server under a steady rate".into(),
            kind: Kind::Io,
            model: "A client in another process sends messages on a schedule, whatever the server \
                    does (an open loop), over connections that stand. Latency counts from the moment \
                    when a message was to be sent."
                .into(),
            check: "Every message is answered, and every byte of every answer is compared.".into(),
            headline: Self::METRICS[0].id.into(),
            headline_phase: Phase::Warm,
            notes: vec![
                "The client is the same for every runner and no runtime: one thread on epoll. Where \
                 it shares cores with the server, its own wake-ups are part of each latency, alike \
                 for all."
                    .into(),
                "Each instance is driven for 110 ms: processes differ more than the latencies of one, so many \
                 short drives say more of its p90 than a few long ones. `--points full` drives for a second."
                    .into(),
                "With `--rate auto` rates are shares of what the slowest runner of the run does in a \
                 closed loop, so that all have the same; they mean something within that run only."
                    .into(),
                "Percentiles that the messages of one process do not support are not shown.".into(),
                "CPU time is the server's.".into(),
            ],
        }
    }

    fn points(&self, set: PointSet, _: usize) -> Vec<Point> {
        match set {
            PointSet::Smoke => vec![point(1_000, 10)],
            PointSet::Quick => vec![point(5_000, 110)],
            PointSet::Full => [1_000, 5_000, 20_000].map(|rate| point(rate, 1_000)).to_vec(),
        }
    }

    fn capacity(&self, point: &Point) -> Option<Point> {
        let connections = point.count("connections").ok()? as u64;
        let milliseconds = point.count("duration").ok()? as u64;
        let capacity = Point::new().variant(CAPACITY).with("connections", connections, "");
        // One takes far less than a millisecond, so this is shorter than the drive that it is for.
        Some(capacity.with("messages", milliseconds, ""))
    }

    fn requirements(&self, load: &Load, family: Family) -> Result<Requirements, Unsupported> {
        server::requirements(load, family)
    }

    fn ages(&self) -> &'static [Phase] {
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
