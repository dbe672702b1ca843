//! `broadcast`: one sender, and many receivers that each get every item.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use runtime_bench_results::catalog::{Kind, WorkloadInfo};
use runtime_bench_results::key::Point;
use runtime_bench_results::metric::{self, MetricDef};
use runtime_bench_results::trial::{Metric, Phase};
use serde::{Deserialize, Serialize};

use runtime_bench_api::instance::{AsyncSession, Either};
use runtime_bench_api::runtime::{AsyncRuntime, Broadcast, Family, Receiver, Sender};
use runtime_bench_api::workload::{
    Failure, FromPoint, PointSet, Requirements, Timed, Trial, Unsupported, Workload,
};

const QUEUE: &str = "queue";
const LATEST: &str = "latest";

/// The workload.
#[derive(Clone, Copy, Debug)]
pub struct Broadcasts;

/// The parameters of a point.
#[derive(Clone, Copy, Debug)]
pub struct Params {
    /// Whether receivers get only the latest item.
    latest: bool,
    receivers: usize,
    bursts: usize,
    /// Items that are sent before the sender waits for all receivers.
    burst: usize,
}

impl FromPoint for Params {
    fn from_point(point: &Point) -> Result<Self, Unsupported> {
        let latest = match point.variant.as_deref() {
            Some(QUEUE) => false,
            Some(LATEST) => true,
            _ => return Err(Unsupported::variant(&[QUEUE, LATEST])),
        };
        Ok(Self {
            latest,
            receivers: point.count_in("receivers", 1..=100_000)?,
            bursts: point.count_in("bursts", 1..=1_000_000)?,
            // Of several items that are sent at once, only the last one would be received.
            burst: point.count_in("burst", 1..=if latest { 1 } else { 10_000 })?,
        })
    }
}

impl Params {
    fn deliveries(self) -> u64 {
        (self.receivers * self.bursts * self.burst) as u64
    }
}

/// What the receivers got.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct Heard {
    delivered: u64,
    /// Items that are not the one after the previous item.
    wrong: u64,
}

impl Workload for Broadcasts {
    type Params = Params;
    type Output = Heard;
    const METRICS: &'static [&'static MetricDef] =
        &[&metric::PER_DELIVERY, &metric::CPU_PER_DELIVERY];

    const BY_NAME: bool = true;

    fn info(&self) -> WorkloadInfo {
        WorkloadInfo {
            name: "broadcast".into(),
            title: "Broadcast to many receivers".into(),
            kind: Kind::Concurrency,
            model: "One task sends numbered items in bursts, and every receiver gets every item. \
                    The sender waits until all receivers have a burst before it sends the next \
                    one. In `queue`, receivers take items in order from a queue; in `latest`, they \
                    see the current item when it changes."
                .into(),
            check: "Every receiver gets every item once, in order.".into(),
            headline: Self::METRICS[0].id.into(),
            headline_phase: Phase::Warm,
            notes: vec![
                "`queue` is tokio's broadcast on tokio and async-broadcast on smol and async-std. \
                 `latest` is tokio's watch on every runner."
                    .into(),
                "No receiver lags behind, because the queue holds a burst. tokio's broadcast \
                 would drop items, and async-broadcast would make the sender wait."
                    .into(),
                "The last receiver of a burst wakes the sender, so the result includes one hop per \
                 burst. Receivers exist before timing starts."
                    .into(),
            ],
        }
    }

    fn points(&self, set: PointSet, _: usize) -> Vec<Point> {
        let point = |variant: &str, receivers: u64, bursts: u64, burst: u64| {
            Point::new()
                .variant(variant)
                .with("receivers", receivers, "")
                .with("bursts", bursts, "")
                .with("burst", burst, "")
        };
        match set {
            PointSet::Smoke => vec![point(QUEUE, 3, 2, 2), point(LATEST, 3, 2, 1)],
            PointSet::Quick => vec![point(QUEUE, 64, 20, 1)],
            PointSet::Full => {
                let sizes = [(1, 1_000), (16, 100), (64, 20), (1_000, 5)];
                let of =
                    |variant| sizes.map(|(receivers, bursts)| point(variant, receivers, bursts, 1));
                [of(QUEUE).to_vec(), of(LATEST).to_vec(), vec![point(QUEUE, 64, 5, 16)]].concat()
            }
        }
    }

    fn requirements(&self, params: &Params, family: Family) -> Result<Requirements, Unsupported> {
        if family != Family::Async {
            return Err(Unsupported::Family(
                "The standard library has no channel with several receivers.".to_owned(),
            ));
        }
        let tasks = params.receivers;
        Ok(Requirements { tasks, memory: tasks as u64 * 1_024, ..Requirements::default() })
    }

    fn verify(&self, trial: &Trial<Params>, heard: &Heard) -> Result<(), String> {
        let expected = trial.params.deliveries();
        if heard.delivered == expected && heard.wrong == 0 {
            return Ok(());
        }
        let Heard { delivered, wrong } = heard;
        Err(format!("{delivered} items were delivered, expected {expected}; {wrong} out of order"))
    }

    fn describe(&self, heard: &Heard) -> String {
        format!("{} delivered", heard.delivered)
    }

    fn metrics(&self, trial: &Trial<Params>, block: &Timed<Heard>) -> Vec<Metric> {
        let deliveries = trial.params.deliveries() as f64;
        vec![
            Metric::of(&metric::PER_DELIVERY, block.wall_ns() / deliveries),
            Metric::of(&metric::CPU_PER_DELIVERY, block.cpu_ns() / deliveries),
        ]
    }

    async fn on_async<R: AsyncRuntime>(
        self,
        Trial { params, .. }: Trial<Params>,
    ) -> Result<impl AsyncSession<Output = Heard>, Failure> {
        Ok(if params.latest {
            Either::Left(Audience::<R, R::Watch>::gather(params))
        } else {
            Either::Right(Audience::<R, R::Broadcast>::gather(params))
        })
    }
}

/// Counts shared by all receivers.
#[derive(Default)]
struct Tally {
    /// Bursts received, summed over all receivers.
    bursts: AtomicU64,
    wrong: AtomicU64,
}

/// Receivers that wait, and their sender. Each receiver ends when the channel closes.
struct Audience<R: AsyncRuntime, B: Broadcast> {
    params: Params,
    sender: B::Sender,
    /// The next item.
    next: u64,
    tally: Arc<Tally>,
    /// Gets an item when all receivers have a burst.
    heard: Receiver<R, ()>,
}

impl<R: AsyncRuntime, B: Broadcast> Audience<R, B> {
    fn gather(params: Params) -> Self {
        let (sender, receivers) = B::channel(params.burst, params.receivers);
        let (hear, heard) = R::channel(1);
        let tally = Arc::new(Tally::default());
        for receiver in receivers {
            R::detach(R::spawn(listen::<R, B>(params, receiver, Arc::clone(&tally), hear.clone())));
        }
        Self { params, sender, next: 1, tally, heard }
    }
}

impl<R: AsyncRuntime, B: Broadcast> AsyncSession for Audience<R, B> {
    type Output = Heard;

    async fn iterate(&mut self) -> Result<Heard, Failure> {
        let before = self.tally.bursts.load(Ordering::Relaxed);
        for _ in 0..self.params.bursts {
            for _ in 0..self.params.burst {
                B::send(&self.sender, self.next).await;
                self.next += 1;
            }
            let ended = || Failure::WrongOutput("every receiver has ended".to_owned());
            R::receive(&mut self.heard).await.ok_or_else(ended)?;
        }
        let bursts = self.tally.bursts.load(Ordering::Relaxed) - before;
        let delivered = bursts * self.params.burst as u64;
        Ok(Heard { delivered, wrong: self.tally.wrong.load(Ordering::Relaxed) })
    }
}

/// A receiver: counts bursts, and tells the sender when it is the last one to get a burst.
async fn listen<R: AsyncRuntime, B: Broadcast>(
    Params { receivers, burst, .. }: Params,
    mut receiver: B::Receiver,
    tally: Arc<Tally>,
    hear: Sender<R, ()>,
) {
    let mut expected = 1;
    while let Some(item) = B::receive(&mut receiver).await {
        if item != expected {
            tally.wrong.fetch_add(1, Ordering::Relaxed);
        }
        expected = item + 1;
        if !item.is_multiple_of(burst as u64) {
            continue;
        }
        let bursts = tally.bursts.fetch_add(1, Ordering::AcqRel) + 1;
        if bursts.is_multiple_of(receivers as u64) && !R::send(&hear, ()).await {
            return;
        }
    }
}
