//! `ping-pong`: pairs of tasks that wait for each other's answer.

use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::mpsc;

use runtime_bench_results::catalogue::{Kind, WorkloadInfo};
use runtime_bench_results::key::Point;
use runtime_bench_results::trial::{Age, Metric};
use serde::Deserialize;

use super::shared::{channel, unknown_channel};
use runtime_bench_api::instance::{AsyncSession, Session, repeat, repeat_async};
use runtime_bench_api::runtime::{
    AsyncRuntime, Channels, ChannelsVisitor, Family, OWN, ThreadRuntime,
};
use runtime_bench_api::workload::{
    Failure, PointSet, Requirements, Setup, Timed, Unsupported, Workload, most_threads,
};

/// Messages that a channel holds: each side waits for the other anyway.
const CAPACITY: usize = 1;

/// The workload.
#[derive(Clone, Copy, Debug)]
pub struct PingPong;

/// What came back to the servers of the ball.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Rally {
    /// Answers that were right.
    right: u64,
    /// Answers that were not.
    wrong: u64,
}

impl Rally {
    /// An answer is the question and one.
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

#[derive(Clone, Copy)]
struct Shape {
    pairs: usize,
    rounds: u64,
}

impl Shape {
    fn of(point: &Point) -> Result<Self, Unsupported> {
        let pairs = point.count_in("pairs", 1..=100_000)?;
        Ok(Self { pairs, rounds: point.count_in("rounds", 1..=1_000_000_000)? as u64 })
    }

    fn total(self) -> u64 {
        self.pairs as u64 * self.rounds
    }

    /// The numbers that a pair plays; none is another pair's.
    fn questions(self, pair: usize) -> std::ops::Range<u64> {
        let first = pair as u64 * self.rounds;
        first..first + self.rounds
    }
}

impl Workload for PingPong {
    type Output = Rally;

    fn info(&self) -> WorkloadInfo {
        WorkloadInfo {
            name: "ping-pong".into(),
            title: "Pairs that answer each other".into(),
            kind: Kind::Concurrency,
            model: "Pairs of tasks with a channel each way: one sends a number and waits, the \
                    other answers with its successor. Nothing is computed and nothing is queued, \
                    so what is left is waking the other side."
                .into(),
            check: "Every answer is the successor of its question.".into(),
            headline: "per-hop".into(),
            headline_age: Age::Young,
            notes: vec![
                "A hop is one message; a round is two. Channels hold one message. `channel=own` is the \
                 runner's own: tokio's mpsc, async-channel, the standard library's for threads. The \
                 sweep crosses tokio's and smol's with every asynchronous runner."
                    .into(),
            ],
        }
    }

    fn points(&self, set: PointSet, _: usize) -> Vec<Point> {
        let point = |pairs: u64, rounds: u64, whose: &str| {
            let point = Point::new().with("pairs", pairs, "").with("rounds", rounds, "");
            point.with("channel", whose, "")
        };
        match set {
            PointSet::Smoke => [OWN, "async-channel"].map(|whose| point(2, 5, whose)).to_vec(),
            PointSet::Quick => vec![point(16, 50, OWN)],
            PointSet::Full => vec![
                point(1, 1_000, OWN),
                point(16, 1_000, OWN),
                point(16, 1_000, "tokio"),
                point(16, 1_000, "async-channel"),
                point(100, 1_000, OWN),
            ],
        }
    }

    fn requirements(&self, point: &Point, family: Family) -> Result<Requirements, Unsupported> {
        let tasks = 2 * Shape::of(point)?.pairs;
        if family == Family::DataParallel {
            return Err(Unsupported::Family(
                "a task that waits for its partner's answer holds a worker of the pool, and its \
                 partner may never get one"
                    .to_owned(),
            ));
        }
        channel(point, family)?;
        most_threads(family, tasks, 1_000)?;
        Ok(Requirements {
            tasks,
            blocking: tasks,
            memory: tasks as u64 * 1_024,
            ..Requirements::default()
        })
    }

    fn tasks_block(&self) -> bool {
        true
    }

    fn verify(&self, setup: &Setup, rally: &Rally) -> Result<(), String> {
        let rounds =
            Shape::of(&setup.point).map_err(|unsupported| unsupported.to_string())?.total();
        if *rally == (Rally { right: rounds, wrong: 0 }) {
            return Ok(());
        }
        let Rally { right, wrong } = rally;
        Err(format!("of {rounds} answers {right} were right and {wrong} wrong"))
    }

    fn describe(&self, rally: &Rally) -> String {
        format!("{} right answers", rally.right)
    }

    fn metrics(&self, setup: &Setup, block: &Timed<Rally>) -> Vec<Metric> {
        let hops = 2.0 * Shape::of(&setup.point).map_or(1, Shape::total) as f64;
        vec![
            Metric::lower("per-hop", "ns", block.wall_ns() / hops),
            Metric::lower("cpu-per-hop", "ns", block.cpu_ns() / hops),
        ]
    }

    async fn on_async<R: AsyncRuntime>(
        self,
        setup: Setup,
    ) -> Result<impl AsyncSession<Output = Rally>, Failure> {
        let (shape, name) = (Shape::of(&setup.point)?, channel(&setup.point, Family::Async)?);
        Ok(repeat_async(move || {
            let rally = R::with_channels(&name, true, Iteration::<R>(shape, PhantomData));
            let unknown = unknown_channel(&name);
            async move { Ok(rally.ok_or(unknown)?.await) }
        }))
    }

    fn on_threads<T: ThreadRuntime>(
        self,
        setup: Setup,
    ) -> Result<impl Session<Output = Rally>, Failure> {
        let shape = Shape::of(&setup.point)?;
        Ok(repeat(move || {
            let pairs: Vec<_> = (0..shape.pairs)
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
                        for question in shape.questions(pair) {
                            // Without a partner there is no answer, which is noted.
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

/// One iteration with the channels of a crate. The future is boxed, once for all of its messages, because
/// only a name tells whose they are.
struct Iteration<R>(Shape, PhantomData<fn() -> R>);

impl<R: AsyncRuntime> ChannelsVisitor for Iteration<R> {
    type Output = Pin<Box<dyn Future<Output = Rally> + Send>>;

    fn visit<C: Channels>(self) -> Self::Output {
        Box::pin(play::<R, C>(self.0))
    }
}

async fn play<R: AsyncRuntime, C: Channels>(shape: Shape) -> Rally {
    let pairs: Vec<_> = (0..shape.pairs)
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
                for question in shape.questions(pair) {
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
    fn a_wrong_and_a_missing_answer_are_noticed() {
        let mut rally = Rally::default();
        rally.note(1, Some(2));
        rally.note(1, Some(1));
        rally.note(1, None);
        assert_eq!(rally, Rally { right: 1, wrong: 2 });
    }

    #[test]
    fn no_question_belongs_to_two_pairs() {
        let shape = Shape { pairs: 3, rounds: 4 };
        let all: Vec<u64> = (0..3).flat_map(|pair| shape.questions(pair)).collect();
        assert_eq!(all, (0..12).collect::<Vec<u64>>());
    }
}
