//! `bounded-queue`: several producers, one or more consumers, a channel of limited capacity.

use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::{Arc, Mutex};

use super::delivery::{Delivery, Received, Sender, Shared, consume};
use super::shared::{built, built_points, channel, check_family, unknown};
use runtime_bench_api::cells::left_out;
use runtime_bench_api::prelude::*;
use runtime_bench_api::runtime::{Channels, ChannelsVisitor, OWN};

/// The parameter with the number of consumers.
const CONSUMERS: &str = "consumers";
/// The parameter with the number of items that a consumer takes at once.
const BATCH: &str = "batch";

/// The meaning of `own` with several consumers.
const OWN_OF_MANY: &str = "async-channel";

/// The workload.
#[derive(Clone, Copy, Debug)]
pub struct BoundedQueue;

/// The parameters of a point.
#[derive(Clone, Copy, Debug)]
pub struct Params {
    producers: usize,
    items: usize,
    consumers: usize,
    /// Maximum number of items that a consumer takes at once.
    batch: usize,
    /// `None` is unbounded.
    capacity: Option<usize>,
    channel: &'static str,
}

impl FromPoint for Params {
    fn from_point(point: &Point) -> Result<Self, Unsupported> {
        let unbounded = point.params.iter().any(|param| param.to_string() == "capacity=unbounded");
        let option = |name: &str| match point.value(name) {
            Some(_) => point.count_in(name, 1..=10_000),
            None => Ok(1),
        };
        let consumers = option(CONSUMERS)?;
        let channel = match channel(point)? {
            "tokio" if consumers > 1 => {
                return Err(Unsupported::Point("tokio's mpsc has one receiver.".to_owned()));
            }
            channel => channel,
        };
        Ok(Self {
            consumers,
            batch: option(BATCH)?,
            producers: point.count_in("producers", 1..=100_000)?,
            items: point.count_in("items", 1..=1_000_000_000)?,
            channel,
            capacity: if unbounded {
                None
            } else {
                Some(point.count_in("capacity", 1..=1_000_000)?)
            },
        })
    }
}

impl Params {
    /// The crate whose channels async tasks use.
    fn crate_of_channels(self) -> &'static str {
        match (self.channel, self.consumers) {
            (OWN, 2..) => OWN_OF_MANY,
            (channel, _) => channel,
        }
    }

    fn total(self) -> usize {
        self.producers * self.items
    }

    /// The items of one producer; producers share no items.
    fn of_producer(self, producer: usize) -> std::ops::Range<usize> {
        producer * self.items..(producer + 1) * self.items
    }
}

impl Workload for BoundedQueue {
    type Params = Params;
    type Output = Received;
    const METRICS: &'static [&'static MetricDef] =
        &[&metric::ITEM_THROUGHPUT, &metric::CPU_PER_ITEM, &metric::CONSUMER_BALANCE];

    const OPTIONS: &'static [(&'static str, &'static str)] = &[(CONSUMERS, "1"), (BATCH, "1")];

    fn info(&self) -> WorkloadInfo {
        WorkloadInfo {
            name: "bounded-queue".into(),
            title: "Bounded queue with many producers".into(),
            kind: Kind::Concurrency,
            model: "Producer tasks send numbered items to one consumer task, or to `consumers` \
                    of them, over a channel of limited capacity. Each item goes to one consumer. \
                    An iteration ends when all items are received."
                .into(),
            check: "Every item arrives exactly once, and the sum is correct.".into(),
            headline: Self::METRICS[0].id.into(),
            headline_phase: Phase::Warm,
            notes: vec![
                "`channel=own` is the runtime's own channel: tokio's mpsc, async-channel in the \
                 version that async-std or smol re-exports, or the standard library's channel for \
                 threads, the pool and rayon. With `--features all-workloads`, the sweep runs tokio's and \
                 smol's channels on every async runner."
                    .into(),
                "With several consumers, `own` is async-channel on every async runner, as tokio's \
                 documentation recommends: its mpsc has one receiver. Threads share the standard \
                 library's receiver behind a mutex. `consumer-balance` is the number of items that \
                 the slowest consumer received ÷ that of the fastest."
                    .into(),
                "With `batch`, a consumer takes up to that many available items at once: with \
                 tokio's `recv_many`, and otherwise with `try_recv` after the first item. \
                 Several consumers need `--features all-workloads`, and `channel=flume` and \
                 `channel=kanal` need `--features channel-crates`."
                    .into(),
            ],
        }
    }

    fn points(&self, set: PointSet, _: usize) -> Vec<Point> {
        let point = |producers: u64, items: u64| {
            Point::new().with("producers", producers, "").with("items", items, "")
        };
        let bounded = |items, capacity: u64, channel: &str| {
            point(8, items).with("capacity", capacity, "").with("channel", channel, "")
        };
        let points = match set {
            PointSet::Smoke => [OWN, "async-channel"]
                .map(|channel| point(1, 50).with("capacity", 4, "").with("channel", channel, ""))
                .into_iter()
                .chain([
                    bounded(20, 4, OWN).with(CONSUMERS, 3, ""),
                    bounded(20, 4, OWN).with(BATCH, 3, ""),
                ])
                .collect(),
            PointSet::Quick => vec![bounded(1_000, 100, OWN)],
            PointSet::Full => vec![
                bounded(10_000, 1, OWN),
                bounded(10_000, 100, OWN),
                bounded(10_000, 100, "tokio"),
                bounded(10_000, 100, "async-channel"),
                point(8, 10_000).with("capacity", "unbounded", "").with("channel", OWN, ""),
                bounded(10_000, 100, OWN).with(CONSUMERS, 8, ""),
                bounded(10_000, 100, OWN).with(BATCH, 100, ""),
            ],
        };
        built_points::<Params>(points)
    }

    fn requirements(&self, params: &Params, family: Family) -> Result<Requirements, Unsupported> {
        check_family("channel", params.channel, family)?;
        if family == Family::Async && built(params.crate_of_channels()).is_err() {
            return Err(Unsupported::Family(left_out("all-workloads")));
        }
        if family == Family::DataParallel && params.consumers > 1 {
            return Err(Unsupported::Family(
                "Would deadlock: consumers that wait hold the workers of the producers.".to_owned(),
            ));
        }
        // Producers wait for capacity and consumers for items.
        let tasks = params.producers + params.consumers;
        Ok(Requirements {
            tasks,
            blocking: tasks,
            memory: params.total() as u64 * (63 + params.consumers as u64),
            ..Requirements::default()
        })
    }

    fn tasks_block(&self) -> bool {
        true
    }

    fn supports_external(&self, params: &Params) -> Result<(), Unsupported> {
        if params.consumers > 1 || params.batch > 1 {
            let reason = "The runner protocol has one consumer, which takes one item at a time.";
            return Err(Unsupported::Family(reason.to_owned()));
        }
        Ok(())
    }

    fn verify(&self, trial: &Trial<Params>, received: &Received) -> Result<(), String> {
        let total = trial.params.total();
        let missing = total.saturating_sub(received.distinct);
        let expected = total as u64 * (total as u64).saturating_sub(1) / 2;
        if missing == 0 && received.repeated == 0 && received.sum == expected {
            return Ok(());
        }
        Err(format!(
            "{missing} of {total} items never arrived, {} were repeated or unknown; sum {}, expected {expected}",
            received.repeated, received.sum
        ))
    }

    fn describe(&self, received: &Received) -> String {
        format!("{} items, sum {}", received.distinct, received.sum)
    }

    fn metrics(&self, trial: &Trial<Params>, block: &Timed<Received>) -> Vec<Metric> {
        let items = trial.params.total() as f64;
        let (rate, cpu) = (&metric::ITEM_THROUGHPUT, &metric::CPU_PER_ITEM);
        let mut metrics = block.pieces_per_second(items, rate, cpu);
        if trial.params.consumers > 1 {
            let balance = block.mean(|one| one.fewest as f64 / one.most.max(1) as f64);
            metrics.push(Metric::of(&metric::CONSUMER_BALANCE, balance));
        }
        metrics
    }

    async fn on_async<R: AsyncRuntime>(
        self,
        Trial { params, .. }: Trial<Params>,
    ) -> Result<impl AsyncSession<Output = Received>, Failure> {
        Ok(repeat_async(move || {
            let received = R::with_channels(
                params.crate_of_channels(),
                params.capacity.is_some(),
                Iteration::<R>(params, PhantomData),
            );
            async move { Ok(received.ok_or_else(|| unknown("channel"))?.await) }
        }))
    }

    fn on_threads<T: ThreadRuntime>(
        self,
        Trial { params, .. }: Trial<Params>,
    ) -> Result<impl Session<Output = Received>, Failure> {
        Ok(repeat(move || {
            let (sender, receiver) = Sender::channel(params.capacity);
            let producers: Vec<_> = (0..params.producers)
                .map(|producer| {
                    let sender = sender.clone();
                    T::spawn(move || sender.send_all(params.of_producer(producer)))
                })
                .collect();
            drop(sender);
            let consumers: Vec<_> = if params.consumers == 1 && params.batch == 1 {
                vec![T::spawn(move || consume(receiver, params.total()))]
            } else {
                let receiver = Arc::new(Mutex::new(receiver));
                let consumer = |_| {
                    let receiver = Arc::clone(&receiver);
                    T::spawn(move || Shared(&receiver).consume(params.total(), params.batch))
                };
                (0..params.consumers).map(consumer).collect()
            };
            producers.into_iter().for_each(T::join);
            Ok(Delivery::merged(consumers.into_iter().map(T::join).collect()))
        }))
    }

    fn on_data_parallel<D: DataParallel>(
        self,
        Trial { params, .. }: Trial<Params>,
    ) -> Result<impl Session<Output = Received>, Failure> {
        Ok(repeat(move || {
            let (sender, receiver) = Sender::channel(params.capacity);
            let ((), delivery) = D::join(
                move || {
                    D::spawn_each(params.producers, |producer| {
                        sender.clone().send_all(params.of_producer(producer));
                    });
                },
                move || match params.batch {
                    1 => consume(receiver, params.total()),
                    batch => Shared(&Mutex::new(receiver)).consume(params.total(), batch),
                },
            );
            Ok(Delivery::merged(vec![delivery]))
        }))
    }
}

/// One iteration with the channels of one crate. The future is boxed once per iteration, because the crate is
/// chosen at run time.
struct Iteration<R>(Params, PhantomData<fn() -> R>);

impl<R: AsyncRuntime> ChannelsVisitor for Iteration<R> {
    type Output = Pin<Box<dyn Future<Output = Received> + Send>>;
    const UNBOUNDED: bool = true;

    fn visit<C: Channels>(self) -> Self::Output {
        Box::pin(pass_on::<R, C>(self.0))
    }
}

async fn pass_on<R: AsyncRuntime, C: Channels>(params: Params) -> Received {
    let (sender, receiver) = C::channel::<usize>(params.capacity.unwrap_or(usize::MAX));
    let others = (1..params.consumers).filter_map(|_| C::another(&receiver));
    let receivers: Vec<_> = others.collect::<Vec<_>>().into_iter().chain([receiver]).collect();
    let producers: Vec<_> = (0..params.producers)
        .map(|producer| {
            let sender = sender.clone();
            R::spawn(async move {
                for item in params.of_producer(producer) {
                    if !C::send(&sender, item).await {
                        return;
                    }
                }
            })
        })
        .collect();
    drop(sender);
    let consume = |mut receiver: C::Receiver<usize>| {
        R::spawn(async move {
            let mut delivery = Delivery::expecting(params.total());
            if params.batch == 1 {
                while let Some(item) = C::receive(&mut receiver).await {
                    delivery.take(item);
                }
                return delivery;
            }
            let mut items = Vec::with_capacity(params.batch);
            while C::receive_many(&mut receiver, &mut items, params.batch).await > 0 {
                items.drain(..).for_each(|item| delivery.take(item));
            }
            delivery
        })
    };
    let consumers: Vec<_> = receivers.into_iter().map(consume).collect();
    for producer in producers {
        producer.await;
    }
    let mut deliveries = Vec::with_capacity(consumers.len());
    for consumer in consumers {
        deliveries.push(consumer.await);
    }
    Delivery::merged(deliveries)
}
