//! `ping-pong`: pairs of tasks that wait for each other's messages.

use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::mpsc;

use serde::{Deserialize, Serialize};

use super::shared::{built_points, channel, check_family, unknown};
use runtime_bench_api::prelude::*;
use runtime_bench_api::runtime::{Channels, ChannelsVisitor, OWN};

/// Capacity of a channel: each side waits for the other anyway.
const CAPACITY: usize = 1;

/// The workload.
#[derive(Clone, Copy, Debug)]
pub struct PingPong;

/// The replies that the first tasks received.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct Rally {
    /// Correct replies.
    right: u64,
    /// Wrong or missing replies.
    wrong: u64,
}

impl Rally {
    /// The expected reply is the message plus one.
    fn note(&mut self, question: u64, answer: Option<u64>) {
        if answer == Some(question + 1) {
            self.right += 1;
        } else {
            self.wrong += 1;
        }
    }

    fn add(&mut self, other: Self) {
        self.right += other.right;
        self.wrong += other.wrong;
    }
}

/// The parameters of a point.
#[derive(Clone, Copy, Debug)]
pub struct Params {
    pairs: usize,
    rounds: u64,
    channel: &'static str,
}

impl FromPoint for Params {
    fn from_point(point: &Point) -> Result<Self, Unsupported> {
        let pairs = point.count_in("pairs", 1..=100_000)?;
        Ok(Self {
            pairs,
            rounds: point.count_in("rounds", 1..=1_000_000_000)? as u64,
            channel: channel(point)?,
        })
    }
}

impl Params {
    fn total(self) -> u64 {
        self.pairs as u64 * self.rounds
    }

    /// The numbers that a pair sends; pairs share no numbers.
    fn questions(self, pair: usize) -> std::ops::Range<u64> {
        let first = pair as u64 * self.rounds;
        first..first + self.rounds
    }
}

impl Workload for PingPong {
    type Params = Params;
    type Output = Rally;
    const METRICS: &'static [&'static MetricDef] = &[&metric::PER_HOP, &metric::CPU_PER_HOP];

    fn info(&self) -> WorkloadInfo {
        WorkloadInfo {
            name: "ping-pong".into(),
            title: "Pairs of tasks that exchange messages".into(),
            kind: Kind::Concurrency,
            model: "Each pair of tasks has a channel in each direction. One task sends a number \
                    and waits; the other replies with the next number. Nothing is computed or \
                    queued, so this measures waking the other side."
                .into(),
            check: "Every reply is the number that follows the one sent.".into(),
            headline: Self::METRICS[0].id.into(),
            headline_phase: Phase::Warm,
            notes: vec![
                "A hop is one message; a round is two. Channels hold one message. `channel=own` \
                 is the runner's own channel: tokio's mpsc, async-channel, or the standard \
                 library's for threads. With `--features all-workloads`, the sweep runs tokio's and \
                 smol's channels on every async runner."
                    .into(),
            ],
        }
    }

    fn points(&self, set: PointSet, _: usize) -> Vec<Point> {
        let point = |pairs: u64, rounds: u64, channel: &str| {
            let point = Point::new().with("pairs", pairs, "").with("rounds", rounds, "");
            point.with("channel", channel, "")
        };
        let points = match set {
            PointSet::Smoke => [OWN, "async-channel"].map(|channel| point(2, 5, channel)).to_vec(),
            PointSet::Quick => vec![point(16, 50, OWN)],
            PointSet::Full => vec![
                point(1, 1_000, OWN),
                point(16, 1_000, OWN),
                point(16, 1_000, "tokio"),
                point(16, 1_000, "async-channel"),
                point(100, 1_000, OWN),
            ],
        };
        built_points::<Params>(points)
    }

    fn requirements(&self, params: &Params, family: Family) -> Result<Requirements, Unsupported> {
        let tasks = 2 * params.pairs;
        if family == Family::DataParallel {
            return Err(Unsupported::Family(
                "Would deadlock: a waiting task holds a worker that its partner needs.".to_owned(),
            ));
        }
        check_family("channel", params.channel, family)?;
        most_threads(family, tasks, 1_000)?;
        Ok(Requirements { blocking: tasks, ..Requirements::of_tasks(tasks) })
    }

    fn tasks_block(&self) -> bool {
        true
    }

    fn verify(&self, trial: &Trial<Params>, rally: &Rally) -> Result<(), String> {
        let rounds = trial.params.total();
        let Rally { right, wrong } = rally;
        ensure(*rally == (Rally { right: rounds, wrong: 0 }), || {
            format!("{right} correct and {wrong} wrong replies, expected {rounds} correct")
        })
    }

    fn describe(&self, rally: &Rally) -> String {
        format!("{} correct replies", rally.right)
    }

    fn metrics(&self, trial: &Trial<Params>, block: &Timed<Rally>) -> Vec<Metric> {
        block.per_piece(2.0 * trial.params.total() as f64, &metric::PER_HOP, &metric::CPU_PER_HOP)
    }

    async fn on_async<R: AsyncRuntime>(
        self,
        Trial { params, .. }: Trial<Params>,
    ) -> Result<impl AsyncSession<Output = Rally>, Failure> {
        Ok(repeat_async(move || {
            let rally = R::with_channels(params.channel, true, Iteration::<R>(params, PhantomData));
            async move { Ok(rally.ok_or_else(|| unknown("channel"))?.await) }
        }))
    }

    fn on_threads<T: ThreadRuntime>(
        self,
        Trial { params, .. }: Trial<Params>,
    ) -> Result<impl Session<Output = Rally>, Failure> {
        Ok(repeat(move || {
            let pairs: Vec<_> = (0..params.pairs)
                .map(|pair| {
                    let (ask, asked) = mpsc::sync_channel::<u64>(CAPACITY);
                    let (answer, answered) = mpsc::sync_channel::<u64>(CAPACITY);
                    let partner = T::spawn(move || {
                        for question in asked {
                            if answer.send(question + 1).is_err() {
                                return;
                            }
                        }
                    });
                    let server = T::spawn(move || {
                        let mut rally = Rally::default();
                        for question in params.questions(pair) {
                            // Without a partner there is no reply, which is recorded.
                            let _ = ask.send(question);
                            rally.note(question, answered.recv().ok());
                        }
                        rally
                    });
                    (server, partner)
                })
                .collect();
            let mut all = Rally::default();
            for (server, partner) in pairs {
                all.add(T::join(server));
                T::join(partner);
            }
            Ok(all)
        }))
    }
}

/// One iteration with the channels of one crate. The future is boxed once per iteration, because the crate is
/// chosen at run time.
struct Iteration<R>(Params, PhantomData<fn() -> R>);

impl<R: AsyncRuntime> ChannelsVisitor for Iteration<R> {
    type Output = Pin<Box<dyn Future<Output = Rally> + Send>>;

    fn visit<C: Channels>(self) -> Self::Output {
        Box::pin(play::<R, C>(self.0))
    }
}

async fn play<R: AsyncRuntime, C: Channels>(params: Params) -> Rally {
    let pairs: Vec<_> = (0..params.pairs)
        .map(|pair| {
            let (ask, mut asked) = C::channel::<u64>(CAPACITY);
            let (answer, mut answered) = C::channel::<u64>(CAPACITY);
            let partner = R::spawn(async move {
                while let Some(question) = C::receive(&mut asked).await {
                    if !C::send(&answer, question + 1).await {
                        return;
                    }
                }
            });
            let server = R::spawn(async move {
                let mut rally = Rally::default();
                for question in params.questions(pair) {
                    C::send(&ask, question).await;
                    rally.note(question, C::receive(&mut answered).await);
                }
                rally
            });
            (server, partner)
        })
        .collect();
    let mut all = Rally::default();
    for (server, partner) in pairs {
        all.add(server.await);
        partner.await;
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_and_missing_replies_are_detected() {
        let mut rally = Rally::default();
        rally.note(1, Some(2));
        rally.note(1, Some(1));
        rally.note(1, None);
        assert_eq!(rally, Rally { right: 1, wrong: 2 });
    }

    #[test]
    fn pairs_share_no_numbers() {
        let params = Params { pairs: 3, rounds: 4, channel: OWN };
        let all: Vec<u64> = (0..3).flat_map(|pair| params.questions(pair)).collect();
        assert_eq!(all, (0..12).collect::<Vec<u64>>());
    }
}
