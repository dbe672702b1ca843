//! `bounded-queue`: several producers, one consumer, a channel of limited capacity.

use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::mpsc;

use serde::Deserialize;

use super::shared::{channel, check_family, unknown};
use runtime_bench_api::prelude::*;
use runtime_bench_api::runtime::{Channels, ChannelsVisitor, OWN};

/// The workload.
#[derive(Clone, Copy, Debug)]
pub struct BoundedQueue;

/// What the consumer saw.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Received {
    /// Distinct items received.
    distinct: usize,
    sum: u64,
    /// Items received more than once or never sent.
    repeated: u64,
}

/// The consumer's record of received items.
struct Delivery {
    seen: Vec<bool>,
    received: Received,
}

impl Delivery {
    fn expecting(items: usize) -> Self {
        Self { seen: vec![false; items], received: Received::default() }
    }

    fn take(&mut self, item: usize) {
        self.received.sum += item as u64;
        match self.seen.get_mut(item) {
            Some(seen) if !*seen => {
                *seen = true;
                self.received.distinct += 1;
            }
            _ => self.received.repeated += 1,
        }
    }
}

/// The parameters of a point.
#[derive(Clone, Copy, Debug)]
pub struct Params {
    producers: usize,
    items: usize,
    /// `None` is unbounded.
    capacity: Option<usize>,
    channel: &'static str,
}

impl FromPoint for Params {
    fn from_point(point: &Point) -> Result<Self, Unsupported> {
        let unbounded = point.params.iter().any(|param| param.to_string() == "capacity=unbounded");
        Ok(Self {
            producers: point.count_in("producers", 1..=100_000)?,
            items: point.count_in("items", 1..=1_000_000_000)?,
            channel: channel(point)?,
            capacity: if unbounded {
                None
            } else {
                Some(point.count_in("capacity", 1..=1_000_000)?)
            },
        })
    }
}

impl Params {
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
        &[&metric::ITEM_THROUGHPUT, &metric::CPU_PER_ITEM];

    fn info(&self) -> WorkloadInfo {
        WorkloadInfo {
            name: "bounded-queue".into(),
            title: "Bounded queue: many producers, one consumer".into(),
            kind: Kind::Concurrency,
            model: "Producer tasks send numbered items to one consumer task over a channel of \
                    limited capacity. An iteration ends when the consumer has received all items."
                .into(),
            check: "Every item arrives exactly once, and the sum is correct.".into(),
            headline: Self::METRICS[0].id.into(),
            headline_phase: Phase::Warm,
            notes: vec![
                "`channel=own` is the runtime's own channel: tokio's mpsc, async-channel in the \
                 version that async-std or smol re-exports, or the standard library's channel for \
                 threads, the pool and rayon. The sweep runs tokio's and smol's channels on every \
                 async runner."
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
        match set {
            PointSet::Smoke => [OWN, "async-channel"]
                .map(|channel| point(1, 50).with("capacity", 4, "").with("channel", channel, ""))
                .to_vec(),
            PointSet::Quick => vec![bounded(1_000, 100, OWN)],
            PointSet::Full => vec![
                bounded(10_000, 1, OWN),
                bounded(10_000, 100, OWN),
                bounded(10_000, 100, "tokio"),
                bounded(10_000, 100, "async-channel"),
                point(8, 10_000).with("capacity", "unbounded", "").with("channel", OWN, ""),
            ],
        }
    }

    fn requirements(&self, params: &Params, family: Family) -> Result<Requirements, Unsupported> {
        check_family("channel", params.channel, family)?;
        // Producers wait for capacity and the consumer for items.
        let tasks = params.producers + 1;
        Ok(Requirements {
            tasks,
            blocking: tasks,
            memory: params.total() as u64 * 64,
            ..Requirements::default()
        })
    }

    fn tasks_block(&self) -> bool {
        true
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
        block.pieces_per_second(items, &metric::ITEM_THROUGHPUT, &metric::CPU_PER_ITEM)
    }

    async fn on_async<R: AsyncRuntime>(
        self,
        Trial { params, .. }: Trial<Params>,
    ) -> Result<impl AsyncSession<Output = Received>, Failure> {
        Ok(repeat_async(move || {
            let received = R::with_channels(
                params.channel,
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
            let consumer = T::spawn(move || consume(&receiver, params.total()));
            producers.into_iter().for_each(T::join);
            Ok(T::join(consumer))
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
                move || consume(&receiver, params.total()),
            );
            Ok(delivery)
        }))
    }
}

/// One iteration with the channels of one crate. The future is boxed once per iteration, because the crate is
/// chosen at run time.
struct Iteration<R>(Params, PhantomData<fn() -> R>);

impl<R: AsyncRuntime> ChannelsVisitor for Iteration<R> {
    type Output = Pin<Box<dyn Future<Output = Received> + Send>>;

    fn visit<C: Channels>(self) -> Self::Output {
        Box::pin(pass_on::<R, C>(self.0))
    }
}

async fn pass_on<R: AsyncRuntime, C: Channels>(params: Params) -> Received {
    let (sender, mut receiver) = C::channel::<usize>(params.capacity.unwrap_or(usize::MAX));
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
    let consumer = R::spawn(async move {
        let mut delivery = Delivery::expecting(params.total());
        while let Some(item) = C::receive(&mut receiver).await {
            delivery.take(item);
        }
        delivery.received
    });
    for producer in producers {
        producer.await;
    }
    consumer.await
}

fn consume(receiver: &mpsc::Receiver<usize>, total: usize) -> Received {
    let mut delivery = Delivery::expecting(total);
    for item in receiver {
        delivery.take(item);
    }
    delivery.received
}

/// A sender of the standard library, which has two types.
#[derive(Clone)]
enum Sender {
    Bounded(mpsc::SyncSender<usize>),
    Unbounded(mpsc::Sender<usize>),
}

impl Sender {
    fn channel(capacity: Option<usize>) -> (Self, mpsc::Receiver<usize>) {
        if let Some(capacity) = capacity {
            let (sender, receiver) = mpsc::sync_channel(capacity);
            (Self::Bounded(sender), receiver)
        } else {
            let (sender, receiver) = mpsc::channel();
            (Self::Unbounded(sender), receiver)
        }
    }

    fn send_all(self, mut items: impl Iterator<Item = usize>) {
        // A send fails only if the consumer is gone; the consumer's output then shows the failure.
        let _ = match self {
            Self::Bounded(sender) => items.try_for_each(|item| sender.send(item)),
            Self::Unbounded(sender) => items.try_for_each(|item| sender.send(item)),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lost_and_repeated_items_are_detected() {
        let mut delivery = Delivery::expecting(3);
        for item in [0, 1, 1] {
            delivery.take(item);
        }
        assert_eq!(delivery.received, Received { distinct: 2, sum: 2, repeated: 1 });
        delivery.take(99);
        assert_eq!(delivery.received.repeated, 2);
    }
}
