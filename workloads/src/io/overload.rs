//! `overload`: an echo server above its capacity.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

use super::reported;
use super::server::{self, ECHO, Load, Served};
use runtime_bench_api::load::{ClientForm, Drive, Report};
use runtime_bench_api::prelude::*;
use runtime_bench_api::transport::Transport;

/// The workload.
#[derive(Clone, Copy, Debug)]
pub struct Overload;

/// The parameters of a point.
#[derive(Clone, Debug)]
pub struct Params {
    load: Load,
    /// Send rate in percent of the capacity.
    percent: u64,
    milliseconds: u64,
}

/// The client reports of the closed loop and of the overload.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Pressed {
    capacity: Report,
    overload: Report,
}

impl FromPoint for Params {
    fn from_point(point: &Point) -> Result<Self, Unsupported> {
        let connections = point.count_in("connections", 1..=10_000)?;
        let drive = Drive::Closed { messages: point.count_in("messages", 1..=1_000_000)? as u64 };
        Ok(Self {
            load: Load {
                connections,
                talk: ECHO,
                client: ClientForm::Epoll,
                transport: Transport::Tcp,
                certificate: None,
                warm_up: drive,
                drive,
            },
            percent: point.count_in("asked", 1..=1_000)? as u64,
            milliseconds: point.count_in("duration", 1..=60_000)? as u64,
        })
    }
}

impl Params {
    /// The drive that exceeds the capacity just measured.
    fn pressure(&self, capacity: &Report) -> Drive {
        let rate = (rate(capacity) * self.percent as f64 / 100.0).max(1_000.0) as u64;
        Drive::Open { rate, milliseconds: self.milliseconds }
    }
}

/// Replies per second.
fn rate(report: &Report) -> f64 {
    report.answered as f64 / report.wall_ns.max(1) as f64 * 1e9
}

impl Pressed {
    /// Reply rate under overload ÷ capacity.
    fn goodput(&self) -> f64 {
        rate(&self.overload) / rate(&self.capacity)
    }
}

impl Workload for Overload {
    type Params = Params;
    type Output = Pressed;
    const METRICS: &'static [&'static MetricDef] = &[
        &metric::GOODPUT,
        &metric::RECOVERY,
        &metric::MESSAGE_CAPACITY,
        &metric::OVERLOAD_MEAN,
        &metric::CLIENT_CPU_OVERLOAD,
    ];

    const SERVES: bool = true;

    fn info(&self) -> WorkloadInfo {
        WorkloadInfo {
            name: "overload".into(),
            title: "Echo server at 120% load".into(),
            kind: Kind::Io,
            model: "Clients in another process first run a closed loop to find the capacity. They \
                    then send at 120% of it on a fixed schedule and wait until everything is \
                    answered. Goodput is the reply rate under overload divided by the capacity: \
                    below 1, the server loses throughput under overload."
                .into(),
            check: "Every message is answered, and every byte of every reply is compared.".into(),
            headline: Self::METRICS[0].id.into(),
            headline_phase: Phase::Warm,
            notes: vec![
                "Each process calibrates its own rate, so rates are comparable within one run \
                 only."
                    .into(),
                "Queued messages are answered in batches, which cost less per message, so goodput \
                 can exceed 1."
                    .into(),
                "If server and client share cores, the capacity is that of both together.".into(),
            ],
        }
    }

    fn points(&self, set: PointSet, _: usize) -> Vec<Point> {
        let point = |messages: u64, duration: u64| {
            Point::new()
                .with("connections", 16, "")
                .with("messages", messages, "")
                .with("duration", duration, "ms")
                .with("asked", 120, "%")
        };
        match set {
            PointSet::Smoke => vec![point(5, 5)],
            PointSet::Quick => vec![point(50, 30)],
            PointSet::Full => vec![point(2_000, 1_000)],
        }
    }

    fn requirements(&self, params: &Params, family: Family) -> Result<Requirements, Unsupported> {
        server::requirements(&params.load, family)
    }

    fn phases(&self) -> &'static [Phase] {
        &[Phase::Warm]
    }

    fn verify(&self, _: &Trial<Params>, pressed: &Pressed) -> Result<(), String> {
        reported::verify(&pressed.capacity)?;
        reported::verify(&pressed.overload)
    }

    fn describe(&self, pressed: &Pressed) -> String {
        format!("{} and {} answered", pressed.capacity.answered, pressed.overload.answered)
    }

    fn metrics(&self, trial: &Trial<Params>, block: &Timed<Pressed>) -> Vec<Metric> {
        let asked_ns = trial.params.milliseconds as f64 * 1e6;
        let behind = |pressed: &Pressed| (pressed.overload.wall_ns as f64 - asked_ns).max(0.0);
        let client = |pressed: &Pressed| {
            pressed.overload.cpu_ns as f64 / pressed.overload.wall_ns.max(1) as f64
        };
        vec![
            Metric::of(&metric::GOODPUT, block.mean(Pressed::goodput)),
            Metric::of(&metric::RECOVERY, block.mean(behind)),
            Metric::of(&metric::MESSAGE_CAPACITY, block.mean(|one| rate(&one.capacity))),
            Metric::of(&metric::OVERLOAD_MEAN, block.mean(|one| one.overload.mean_ns)),
            Metric::of(&metric::CLIENT_CPU_OVERLOAD, block.mean(client)),
        ]
    }

    fn on_address(
        self,
        Trial { params, setup }: Trial<Params>,
        address: SocketAddr,
    ) -> Result<impl Session<Output = Pressed>, Failure> {
        Ok(Under { served: Served::with_clients(&setup, &params.load, address)?, params })
    }

    async fn on_async<R: AsyncRuntime>(
        self,
        Trial { params, setup }: Trial<Params>,
    ) -> Result<impl AsyncSession<Output = Pressed>, Failure> {
        Ok(Under { served: Served::echo_on_async::<R>(&setup, &params.load).await?, params })
    }

    fn supports_local(&self, _: &Params) -> Result<(), Unsupported> {
        Ok(())
    }

    async fn on_local<R: LocalRuntime>(
        self,
        Trial { params, setup }: Trial<Params>,
    ) -> Result<impl LocalSession<Output = Pressed>, Failure> {
        Ok(Under { served: Served::echo_on_local::<R>(&setup, &params.load).await?, params })
    }

    fn on_threads<T: ThreadRuntime>(
        self,
        Trial { params, setup }: Trial<Params>,
    ) -> Result<impl Session<Output = Pressed>, Failure> {
        Ok(Under { served: Served::echo_on_threads::<T>(&setup, &params.load)?, params })
    }
}

struct Under {
    served: Served,
    params: Params,
}

impl AsyncSession for Under {
    type Output = Pressed;

    async fn iterate(&mut self) -> Result<Pressed, Failure> {
        let capacity = self.served.drive_async(self.params.load.drive).await?;
        let overload = self.served.drive_async(self.params.pressure(&capacity)).await?;
        Ok(Pressed { capacity, overload })
    }
}

impl Session for Under {
    type Output = Pressed;

    fn iterate(&mut self) -> Result<Pressed, Failure> {
        let capacity = self.served.drive(self.params.load.drive)?;
        let overload = self.served.drive(self.params.pressure(&capacity))?;
        Ok(Pressed { capacity, overload })
    }
}
