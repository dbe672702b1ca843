//! A custom server: it replies to requests for prices, with its own protocol.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use runtime_bench::api::instance::{AsyncSession, Session};
use runtime_bench::api::load::{Report, Talk};
use runtime_bench::api::runtime::{AsyncRuntime, Family, ThreadRuntime};
use runtime_bench::api::workload::{
    Failure, FromPoint, PointSet, Requirements, Timed, Trial, Unsupported, Workload,
};
use runtime_bench::results::catalog::{Kind, WorkloadInfo};
use runtime_bench::results::key::Point;
use runtime_bench::results::metric::{self, MetricDef};
use runtime_bench::results::trial::{Metric, Phase};
use runtime_bench::workloads::io::reported;
use runtime_bench::workloads::io::server::{self, Driven, Load, Served};

/// The request of a client, and the expected reply.
const REQUEST: &[u8] = b"price apple\n";
const REPLY: &[u8] = b"apple 120\n";

/// The server's data.
const PRICES: [(&str, u32); 3] = [("apple", 120), ("pear", 95), ("plum", 310)];

/// The reply to a request.
fn reply(request: &[u8]) -> Vec<u8> {
    let request = String::from_utf8_lossy(request);
    let name = request.trim_end().trim_start_matches("price ");
    match PRICES.iter().find(|(known, _)| *known == name) {
        Some((name, price)) => format!("{name} {price}\n").into_bytes(),
        None => b"unknown\n".to_vec(),
    }
}

#[derive(Clone, Copy)]
pub struct Prices;

/// The parameters of a point.
#[derive(Clone)]
pub struct Params(Load);

impl FromPoint for Params {
    fn from_point(point: &Point) -> Result<Self, Unsupported> {
        let talk = Talk::Exchange { request: REQUEST.to_vec(), reply: REPLY.to_vec() };
        Ok(Self(Load::open(point, talk)?))
    }
}

impl Workload for Prices {
    type Params = Params;
    type Output = Report;
    const METRICS: &'static [&'static MetricDef] = reported::OPEN_LOOP;
    const SERVES: bool = true;

    fn info(&self) -> WorkloadInfo {
        WorkloadInfo {
            name: "prices".into(),
            title: "Requests for prices at a fixed rate".into(),
            kind: Kind::Io,
            model: "Clients in another process request prices on a fixed schedule.".into(),
            check: "Every byte of every reply is compared.".into(),
            headline: Self::METRICS[0].id.into(),
            headline_phase: Phase::Warm,
            notes: Vec::new(),
        }
    }

    fn points(&self, set: PointSet, _: usize) -> Vec<Point> {
        let (rate, milliseconds) = if set == PointSet::Smoke { (1_000, 10) } else { (5_000, 110) };
        let point = Point::new().with("connections", 16, "").with("rate", rate, "messages/s");
        vec![point.with("duration", milliseconds, "ms")]
    }

    fn requirements(&self, params: &Params, family: Family) -> Result<Requirements, Unsupported> {
        server::requirements(&params.0, family)
    }

    fn phases(&self) -> &'static [Phase] {
        &[Phase::Warm]
    }

    fn verify(&self, _: &Trial<Params>, report: &Report) -> Result<(), String> {
        reported::verify(report)
    }

    fn describe(&self, report: &Report) -> String {
        format!("{} answered", report.answered)
    }

    fn metrics(&self, _: &Trial<Params>, block: &Timed<Report>) -> Vec<Metric> {
        let mut metrics = reported::percentiles(block, reported::LATENCIES);
        metrics.extend(reported::metrics(block, &metric::MESSAGE_RATE, &metric::CPU_PER_MESSAGE));
        metrics
    }

    fn histogram(&self, block: &Timed<Report>) -> Option<String> {
        reported::histogram(block)
    }

    async fn on_async<R: AsyncRuntime>(
        self,
        Trial { params: Params(load), setup }: Trial<Params>,
    ) -> Result<impl AsyncSession<Output = Report>, Failure> {
        let served = Served::on_async::<R, _, _>(&setup, &load, serve_async::<R>).await?;
        Ok(Driven::new(served, load))
    }

    fn on_threads<T: ThreadRuntime>(
        self,
        Trial { params: Params(load), setup }: Trial<Params>,
    ) -> Result<impl Session<Output = Report>, Failure> {
        let served = Served::on_threads::<T, _>(&setup, &load, serve)?;
        Ok(Driven::new(served, load))
    }

    fn on_address(
        self,
        Trial { params: Params(load), setup }: Trial<Params>,
        address: SocketAddr,
    ) -> Result<impl Session<Output = Report>, Failure> {
        Ok(Driven::new(Served::with_clients(&setup, &load, address)?, load))
    }
}

/// Serves one connection to its end.
async fn serve_async<R: AsyncRuntime>(mut stream: R::Tcp) {
    let mut request = [0; REQUEST.len()];
    while R::read_exact(&mut stream, &mut request).await.is_ok() {
        if R::write_all(&mut stream, &reply(&request)).await.is_err() {
            return;
        }
    }
}

/// The same on a thread.
fn serve(mut stream: TcpStream) {
    let mut request = [0; REQUEST.len()];
    while stream.read_exact(&mut request).is_ok() {
        if stream.write_all(&reply(&request)).is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expected_reply_is_that_of_the_server() {
        assert_eq!(reply(REQUEST), REPLY);
        assert_eq!(reply(b"price gold\n"), b"unknown\n");
    }
}
