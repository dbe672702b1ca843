//! `brigade`: one message passed along a long line of tasks.

use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::mpsc;

use super::shared::{built_points, channel, check_family, unknown};
use super::socket_line::{SocketLine, ThreadSocketLine};
use runtime_bench_api::instance::Either;
use runtime_bench_api::prelude::*;
use runtime_bench_api::runtime::{Channels, ChannelsVisitor, OWN};

/// Capacity between two tasks: there is only one message.
const CAPACITY: usize = 1;

/// The value of `channel` for Unix sockets instead of channels.
const SOCKET: &str = "socket";

/// The workload.
#[derive(Clone, Copy, Debug)]
pub struct Brigade;

/// The parameters of a point.
#[derive(Clone, Copy, Debug)]
pub struct Params {
    tasks: usize,
    channel: &'static str,
}

impl FromPoint for Params {
    fn from_point(point: &Point) -> Result<Self, Unsupported> {
        let socket = point.value("channel").is_some_and(|name| name.to_string() == SOCKET);
        let channel = if socket { SOCKET } else { channel(point)? };
        Ok(Self { tasks: point.count_in("tasks", 1..=1_000_000)?, channel })
    }
}

impl Workload for Brigade {
    type Params = Params;
    /// Number of tasks that the message has passed through.
    type Output = u64;
    const METRICS: &'static [&'static MetricDef] = &[&metric::PER_HOP, &metric::CPU_PER_HOP];

    fn info(&self) -> WorkloadInfo {
        WorkloadInfo {
            name: "brigade".into(),
            title: "Message passed along a line of tasks".into(),
            kind: Kind::Concurrency,
            model: "Each task in a line has a channel to the next. One message passes through all \
                    tasks, so only one task can run at a time. This measures the time from the \
                    wake-up of one task to the wake-up of the next."
                .into(),
            check: "Each task adds 1 to the message, which arrives with the number of tasks."
                .into(),
            headline: Self::METRICS[0].id.into(),
            headline_phase: Phase::Warm,
            notes: vec![
                "The line is set up before timing starts. A hop is one message from one task to \
                 the next."
                    .into(),
                "`channel=own` is the runner's own channel. With `--features all-workloads`, the sweep \
                 runs tokio's and smol's channels on every async runner."
                    .into(),
                "`channel=socket` passes the message over pairs of Unix sockets: each hop is also \
                 a write, a wait for the kernel and a read."
                    .into(),
            ],
        }
    }

    fn points(&self, set: PointSet, _: usize) -> Vec<Point> {
        let point = |tasks: u64, channel: &str| {
            Point::new().with("tasks", tasks, "").with("channel", channel, "")
        };
        let points = match set {
            PointSet::Smoke => {
                [OWN, "async-channel", SOCKET].map(|channel| point(5, channel)).to_vec()
            }
            PointSet::Quick => vec![point(500, OWN)],
            PointSet::Full => vec![
                point(50, OWN),
                point(500, OWN),
                point(500, "tokio"),
                point(500, "async-channel"),
                point(500, SOCKET),
                point(10_000, OWN),
            ],
        };
        built_points::<Params>(points)
    }

    fn requirements(&self, params: &Params, family: Family) -> Result<Requirements, Unsupported> {
        let tasks = params.tasks;
        if family == Family::DataParallel {
            return Err(Unsupported::Family(
                "Would deadlock: a waiting task holds a worker that the tasks before it need."
                    .to_owned(),
            ));
        }
        let sockets = params.channel == SOCKET;
        if sockets && !cfg!(unix) {
            return Err(Unsupported::Point("This system has no Unix sockets.".to_owned()));
        } else if !sockets {
            check_family("channel", params.channel, family)?;
        }
        most_threads(family, tasks, 1_000)?;
        // The root waits at the end of the line.
        Ok(Requirements {
            blocking: tasks + 1,
            files: if sockets { 2 * (tasks + 1) } else { 0 },
            ..Requirements::of_tasks(tasks)
        })
    }

    fn tasks_block(&self) -> bool {
        true
    }

    fn supports_external(&self, params: &Params) -> Result<(), Unsupported> {
        if params.channel == SOCKET {
            return Err(Unsupported::Family(
                "The runner protocol supports channels only.".to_owned(),
            ));
        }
        Ok(())
    }

    fn verify(&self, trial: &Trial<Params>, hands: &u64) -> Result<(), String> {
        let expected = trial.params.tasks as u64;
        ensure(*hands == expected, || {
            format!("the message passed through {hands} tasks, expected {expected}")
        })
    }

    fn describe(&self, hands: &u64) -> String {
        format!("passed through {hands} tasks")
    }

    fn metrics(&self, trial: &Trial<Params>, block: &Timed<u64>) -> Vec<Metric> {
        // From the root to the first, from task to task, and back to the root.
        block.per_piece(trial.params.tasks as f64 + 1.0, &metric::PER_HOP, &metric::CPU_PER_HOP)
    }

    async fn on_async<R: AsyncRuntime>(
        self,
        Trial { params, .. }: Trial<Params>,
    ) -> Result<impl AsyncSession<Output = u64>, Failure> {
        let Params { tasks, channel } = params;
        if channel == SOCKET {
            return SocketLine::<R>::stand(tasks).map(Either::Left);
        }
        let line = R::with_channels(channel, true, Standing::<R>(tasks, PhantomData));
        Ok(Either::Right(Brigadiers(line.ok_or_else(|| unknown("channel"))?)))
    }

    fn on_threads<T: ThreadRuntime>(
        self,
        Trial { params, .. }: Trial<Params>,
    ) -> Result<impl Session<Output = u64>, Failure> {
        if params.channel == SOCKET {
            return ThreadSocketLine::<T>::stand(params.tasks).map(Either::Left);
        }
        let (first, mut last) = mpsc::sync_channel::<u64>(CAPACITY);
        let mut line = Vec::new();
        for _ in 0..params.tasks {
            let (pass_on, next) = mpsc::sync_channel::<u64>(CAPACITY);
            let take = std::mem::replace(&mut last, next);
            line.push(T::spawn(move || {
                for hands in take {
                    if pass_on.send(hands + 1).is_err() {
                        return;
                    }
                }
            }));
        }
        Ok(Either::Right(ThreadLine::<T> { first, last, _line: line }))
    }
}

fn broken() -> Failure {
    Failure::WrongOutput("a task in the line has ended".to_owned())
}

/// A line of async tasks with channels of any crate.
trait Line: Send {
    /// Passes the message through once. The future is boxed once per iteration, because the crate of the
    /// channels is chosen at run time.
    fn pass(&mut self) -> Pin<Box<dyn Future<Output = Result<u64, Failure>> + Send + '_>>;
}

/// Builds a line of this many tasks, with the channels of one crate.
struct Standing<R>(usize, PhantomData<fn() -> R>);

impl<R: AsyncRuntime> ChannelsVisitor for Standing<R> {
    type Output = Box<dyn Line>;

    fn visit<C: Channels>(self) -> Self::Output {
        let (first, mut last) = C::channel::<u64>(CAPACITY);
        let mut line = Vec::new();
        for _ in 0..self.0 {
            let (pass_on, next) = C::channel::<u64>(CAPACITY);
            let mut take = std::mem::replace(&mut last, next);
            line.push(R::spawn(async move {
                while let Some(hands) = C::receive(&mut take).await {
                    if !C::send(&pass_on, hands + 1).await {
                        return;
                    }
                }
            }));
        }
        Box::new(AsyncLine::<R, C> { first, last, _line: line })
    }
}

struct AsyncLine<R: AsyncRuntime, C: Channels> {
    first: C::Sender<u64>,
    last: C::Receiver<u64>,
    /// Each task ends when its input channel closes.
    _line: Vec<R::Task<()>>,
}

impl<R: AsyncRuntime, C: Channels> Line for AsyncLine<R, C> {
    fn pass(&mut self) -> Pin<Box<dyn Future<Output = Result<u64, Failure>> + Send + '_>> {
        Box::pin(async {
            if !C::send(&self.first, 0).await {
                return Err(broken());
            }
            C::receive(&mut self.last).await.ok_or_else(broken)
        })
    }
}

/// The session of a line.
struct Brigadiers(Box<dyn Line>);

impl AsyncSession for Brigadiers {
    type Output = u64;

    async fn iterate(&mut self) -> Result<u64, Failure> {
        self.0.pass().await
    }
}

struct ThreadLine<T: ThreadRuntime> {
    first: mpsc::SyncSender<u64>,
    last: mpsc::Receiver<u64>,
    /// Each task ends when its input channel closes.
    _line: Vec<T::Task<()>>,
}

impl<T: ThreadRuntime> Session for ThreadLine<T> {
    type Output = u64;

    fn iterate(&mut self) -> Result<u64, Failure> {
        self.first.send(0).map_err(|_| broken())?;
        self.last.recv().map_err(|_| broken())
    }
}
