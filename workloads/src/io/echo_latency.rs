//! `echo-latency`: an echo server under messages that come on a schedule.

use runtime_bench_results::catalogue::{Kind, WorkloadInfo};
use runtime_bench_results::key::Point;
use runtime_bench_results::trial::{Age, Metric, metric};

use super::echo;
use super::server::{self, Driven, Served, Shape};
use crate::instance::{AsyncSession, Session};
use crate::load::{Drive, Report, Talk};
use crate::runtime::{AsyncRuntime, Family, ThreadRuntime};
use crate::workload::{Failure, Needs, PointSet, Setup, Timed, Unfit, Workload};

/// Bytes of a message.
const SIZE: usize = 64;
/// The first drive of an instance is its warm-up, and this much shorter.
const WARM_UP_SHARE: u64 = 5;

/// The workload.
#[derive(Clone, Copy, Debug)]
pub struct EchoLatency;

fn shape(point: &Point) -> Result<Shape, Unfit> {
    let connections = point.count_in("connections", 1..=10_000)?;
    let rate = point.count_in("rate", 1..=1_000_000)? as u64;
    let milliseconds = point.count_in("duration", 10..=60_000)? as u64;
    Ok(Shape {
        connections,
        talk: Talk::Echo { size: SIZE },
        warm_up: Drive::Open { rate, milliseconds: milliseconds.div_ceil(WARM_UP_SHARE) },
        drive: Drive::Open { rate, milliseconds },
    })
}

impl Workload for EchoLatency {
    type Answer = Report;

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
            headline: metric::P99.into(),
            headline_age: Age::Young,
            notes: vec![
                "The client is the same for every runner and no runtime: one thread on epoll. Where \
                 it shares cores with the server, its own wake-ups are part of each latency, alike \
                 for all."
                    .into(),
                "The shorter profiles drive each instance for 110 ms, the sweep for a second.".into(),
                "Percentiles that the sample count does not support are not shown.".into(),
                "CPU time is the server's.".into(),
            ],
        }
    }

    fn points(&self, set: PointSet, _: usize) -> Vec<Point> {
        let point = |rate: u64, duration: u64| {
            Point::new()
                .with("connections", 16, "")
                .with("rate", rate, "messages/s")
                .with("duration", duration, "ms")
        };
        match set {
            PointSet::Smoke => vec![point(1_000, 10)],
            PointSet::Quick => vec![point(5_000, 110)],
            PointSet::Full => [1_000, 5_000, 20_000].map(|rate| point(rate, 1_000)).to_vec(),
        }
    }

    fn needs(&self, point: &Point, family: Family) -> Result<Needs, Unfit> {
        server::needs(&shape(point)?, family)
    }

    fn ages(&self) -> &'static [Age] {
        &[Age::Young]
    }

    fn verify(&self, _: &Setup, report: &Report) -> Result<(), String> {
        server::verify(report)
    }

    fn describe(&self, report: &Report) -> String {
        format!("{} answered", report.answered)
    }

    fn metrics(&self, _: &Setup, block: &Timed<Report>) -> Vec<Metric> {
        let mut metrics = server::percentiles(block, Metric::lower);
        metrics.extend(server::metrics(block, "message"));
        metrics
    }

    fn histogram(&self, block: &Timed<Report>) -> Option<String> {
        server::histogram(block)
    }

    fn serves(&self) -> bool {
        true
    }

    async fn on_async<R: AsyncRuntime>(
        self,
        setup: Setup,
    ) -> Result<impl AsyncSession<Answer = Report>, Failure> {
        let shape = shape(&setup.point)?;
        let handle = |stream| echo::serve_async::<R>(stream, SIZE);
        Ok(Driven::new(Served::on_async::<R, _, _>(&setup, &shape, handle).await?, shape))
    }

    fn on_threads<T: ThreadRuntime>(
        self,
        setup: Setup,
    ) -> Result<impl Session<Answer = Report>, Failure> {
        let shape = shape(&setup.point)?;
        let handle = |stream| echo::serve(stream, SIZE);
        Ok(Driven::new(Served::on_threads::<T, _>(&setup, &shape, handle)?, shape))
    }
}
