//! `request-reply`: a task that replies to the requests of many others.

use std::sync::mpsc;
use std::time::{Duration, Instant};

use runtime_bench_results::catalog::{Kind, WorkloadInfo};
use runtime_bench_results::key::Point;
use runtime_bench_results::metric::{self, MetricDef};
use runtime_bench_results::trial::{Metric, Phase};
use serde::{Deserialize, Serialize};

use super::latencies::percentiles;
use runtime_bench_api::instance::{AsyncSession, Session, repeat, repeat_async};
use runtime_bench_api::runtime::{AsyncRuntime, Family, Oneshot, ThreadRuntime};
use runtime_bench_api::workload::{
    Failure, FromPoint, PointSet, Requirements, Timed, Trial, Unsupported, Workload, most_threads,
};

/// Maximum number of requests that wait for the actor: more than enough to keep it busy.
const CAPACITY: usize = 32;
/// Above this, one OS thread per client is no longer realistic.
const MOST_THREADS: usize = 1_000;

/// The workload.
#[derive(Clone, Copy, Debug)]
pub struct RequestReply;

/// The parameters of a point.
#[derive(Clone, Copy, Debug)]
pub struct Params {
    clients: usize,
    /// Requests of each client.
    requests: usize,
}

impl FromPoint for Params {
    fn from_point(point: &Point) -> Result<Self, Unsupported> {
        let clients = point.count_in("clients", 1..=100_000)?;
        Ok(Self { clients, requests: point.count_in("requests", 1..=1_000_000)? })
    }
}

impl Params {
    fn total(self) -> u64 {
        self.clients as u64 * self.requests as u64
    }

    /// The requests of one client; clients share no numbers.
    fn of_client(self, client: usize) -> std::ops::Range<u64> {
        let requests = self.requests as u64;
        client as u64 * requests..(client as u64 + 1) * requests
    }
}

/// What the clients received, and what the actor did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct Replies {
    right: u64,
    wrong: u64,
    /// The actor's state at the end: the sum of all requests.
    sum: u64,
    /// Time from just before a request is sent until its reply arrives.
    latencies_ns: Vec<u64>,
}

impl Replies {
    fn expecting(replies: u64) -> Self {
        Self { latencies_ns: Vec::with_capacity(replies as usize), ..Self::default() }
    }

    fn take(&mut self, request: u64, reply: u64, took: Duration) {
        let right = reply == answer(request);
        self.right += u64::from(right);
        self.wrong += u64::from(!right);
        self.latencies_ns.push(u64::try_from(took.as_nanos()).unwrap_or(u64::MAX));
    }

    fn add(&mut self, mut other: Self) {
        self.right += other.right;
        self.wrong += other.wrong;
        self.latencies_ns.append(&mut other.latencies_ns);
    }
}

/// The reply to a request.
fn answer(request: u64) -> u64 {
    request.wrapping_add(1)
}

impl Workload for RequestReply {
    type Params = Params;
    type Output = Replies;
    const METRICS: &'static [&'static MetricDef] = &[
        &metric::REQUEST_RATE,
        &metric::CPU_PER_REQUEST,
        &metric::CLOSED_LOOP_P50,
        &metric::CLOSED_LOOP_P99,
    ];

    const BY_NAME: bool = true;

    fn info(&self) -> WorkloadInfo {
        WorkloadInfo {
            name: "request-reply".into(),
            title: "Actor that replies to many clients".into(),
            kind: Kind::Concurrency,
            model: "One task, the actor, owns some state and takes requests from a bounded \
                    channel. Each client task sends a request together with a channel for the \
                    reply, waits for the reply, and sends the next request."
                .into(),
            check: "Every reply is the request plus one, and the actor's state is the sum of all \
                    requests."
                .into(),
            headline: Self::METRICS[0].id.into(),
            headline_phase: Phase::Warm,
            notes: vec![
                "The channels are the runtime's own: tokio's mpsc and oneshot, or async-channel \
                 with a capacity of 1 for the reply, in the version that smol or async-std \
                 re-exports. Threads and the pool use the standard library's in the same way."
                    .into(),
                "Clients read the clock twice per request. Latencies are those of a closed loop \
                 and are labeled as such."
                    .into(),
            ],
        }
    }

    fn points(&self, set: PointSet, _: usize) -> Vec<Point> {
        let point = |clients: u64, requests: u64| {
            Point::new().with("clients", clients, "").with("requests", requests, "")
        };
        match set {
            PointSet::Smoke => vec![point(3, 5)],
            PointSet::Quick => vec![point(32, 50)],
            PointSet::Full => vec![point(1, 1_000), point(32, 500), point(500, 50)],
        }
    }

    fn requirements(&self, params: &Params, family: Family) -> Result<Requirements, Unsupported> {
        if family == Family::DataParallel {
            return Err(Unsupported::Family(
                "Would deadlock: a waiting client holds a worker that the actor needs.".to_owned(),
            ));
        }
        let tasks = params.clients + 1;
        most_threads(family, tasks, MOST_THREADS)?;
        Ok(Requirements {
            tasks,
            blocking: tasks,
            memory: tasks as u64 * 1_024 + params.total() * 8,
            ..Requirements::default()
        })
    }

    fn tasks_block(&self) -> bool {
        true
    }

    fn verify(&self, trial: &Trial<Params>, replies: &Replies) -> Result<(), String> {
        let total = trial.params.total();
        let sum = total * total.saturating_sub(1) / 2;
        let Replies { right, wrong, .. } = *replies;
        if right == total && wrong == 0 && replies.sum == sum {
            return Ok(());
        }
        Err(format!(
            "{right} of {total} replies are correct, {wrong} wrong; the actor's sum is {}, \
             expected {sum}",
            replies.sum
        ))
    }

    fn describe(&self, replies: &Replies) -> String {
        format!("{} replies, sum {}", replies.right, replies.sum)
    }

    fn metrics(&self, trial: &Trial<Params>, block: &Timed<Replies>) -> Vec<Metric> {
        let requests = trial.params.total() as f64;
        let mut metrics = vec![
            Metric::of(&metric::REQUEST_RATE, requests / block.wall_ns() * 1e9),
            Metric::of(&metric::CPU_PER_REQUEST, block.cpu_ns() / requests),
        ];
        let latencies = block.outputs.iter().flat_map(|replies| &replies.latencies_ns);
        let defs = [&metric::CLOSED_LOOP_P50, &metric::CLOSED_LOOP_P99];
        metrics.extend(percentiles(latencies.copied().collect(), defs));
        metrics
    }

    async fn on_async<R: AsyncRuntime>(
        self,
        Trial { params, .. }: Trial<Params>,
    ) -> Result<impl AsyncSession<Output = Replies>, Failure> {
        Ok(repeat_async(move || async move { Ok(reply_to_tasks::<R>(params).await) }))
    }

    fn on_threads<T: ThreadRuntime>(
        self,
        Trial { params, .. }: Trial<Params>,
    ) -> Result<impl Session<Output = Replies>, Failure> {
        Ok(repeat(move || Ok(reply_to_threads::<T>(params))))
    }
}

/// The sender of a reply.
type Reply<R> = <<R as AsyncRuntime>::Channels as Oneshot>::Once<u64>;

async fn reply_to_tasks<R: AsyncRuntime>(params: Params) -> Replies {
    let (sender, mut receiver) = R::channel::<(u64, Reply<R>)>(CAPACITY);
    let actor = R::spawn(async move {
        let mut sum = 0_u64;
        while let Some((request, reply)) = R::receive(&mut receiver).await {
            sum = sum.wrapping_add(request);
            R::Channels::fulfill(reply, answer(request));
        }
        sum
    });
    let clients: Vec<_> = (0..params.clients)
        .map(|client| {
            let sender = sender.clone();
            R::spawn(async move {
                let mut replies = Replies::expecting(params.requests as u64);
                for request in params.of_client(client) {
                    let start = Instant::now();
                    let (answer, pending) = R::Channels::oneshot::<u64>();
                    if !R::send(&sender, (request, answer)).await {
                        break;
                    }
                    let Some(reply) = pending.await else { break };
                    replies.take(request, reply, start.elapsed());
                }
                replies
            })
        })
        .collect();
    drop(sender);
    let mut all = Replies::expecting(params.total());
    for client in clients {
        all.add(client.await);
    }
    all.sum = actor.await;
    all
}

fn reply_to_threads<T: ThreadRuntime>(params: Params) -> Replies {
    let (sender, receiver) = mpsc::sync_channel::<(u64, mpsc::SyncSender<u64>)>(CAPACITY);
    let actor = T::spawn(move || {
        let mut sum = 0_u64;
        for (request, reply) in receiver {
            sum = sum.wrapping_add(request);
            // A client that has ended is missing from the output.
            let _ = reply.send(answer(request));
        }
        sum
    });
    let clients: Vec<_> = (0..params.clients)
        .map(|client| {
            let sender = sender.clone();
            T::spawn(move || {
                let mut replies = Replies::expecting(params.requests as u64);
                for request in params.of_client(client) {
                    let start = Instant::now();
                    let (answer, pending) = mpsc::sync_channel(1);
                    let sent = sender.send((request, answer)).is_ok();
                    let Some(reply) = pending.recv().ok().filter(|_| sent) else { break };
                    replies.take(request, reply, start.elapsed());
                }
                replies
            })
        })
        .collect();
    drop(sender);
    let mut all = Replies::expecting(params.total());
    for client in clients {
        all.add(T::join(client));
    }
    all.sum = T::join(actor);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_share_no_requests_and_wrong_replies_are_counted() {
        let params = Params { clients: 3, requests: 4 };
        let all: Vec<u64> = (0..3).flat_map(|client| params.of_client(client)).collect();
        assert_eq!(all, (0..12).collect::<Vec<_>>());
        let mut replies = Replies::default();
        replies.take(7, 8, Duration::ZERO);
        replies.take(7, 7, Duration::ZERO);
        assert_eq!((replies.right, replies.wrong), (1, 1));
    }
}
