//! Common parts of the hand-written programs: their runners, the timed loop, inputs and checks. It does not
//! contain asynchronous code.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::ops::Range;
use std::time::Duration;

use runtime_bench::api::clock::{Clock, Timing, Usage};
use runtime_bench::api::dyn_workload::DynWorkload;
use runtime_bench::api::instance::{Instance, Sample, Verify};
use runtime_bench::api::runner::Runner;
use runtime_bench::api::runtime::Family;
use runtime_bench::api::workload::{Failure, Requirements, Setup, Workload};
use runtime_bench::results::catalog::{Class, RunnerInfo};
use runtime_bench::results::key::{Param, Point};
use runtime_bench::results::trial::Metric;

/// Builds and prepares a cell.
pub(crate) type Start = fn(&Setup) -> Result<Box<dyn Instance>, Failure>;

/// A runner whose cells use neither the runtime API nor the generic clock loop.
#[derive(Clone, Copy)]
pub(crate) struct ByHand {
    pub(crate) name: &'static str,
    pub(crate) configuration: &'static str,
    /// Variable that sets the number of workers of the runtime.
    pub(crate) worker_variable: Option<&'static str>,
    /// Workloads, by name.
    pub(crate) cells: [(&'static str, Start); 3],
}

impl Runner for ByHand {
    fn name(&self) -> &'static str {
        self.name
    }

    fn info(&self, workers: usize, _: usize) -> RunnerInfo {
        RunnerInfo {
            discontinued: None,
            name: self.name.to_owned(),
            title: self.name.replace("-by-hand", ", written by hand"),
            class: Class::MultiThread,
            configuration: format!("{}, {workers} worker threads", self.configuration),
            packages: BTreeMap::new(),
            notes: vec!["The same work without the generic runtime API.".into()],
        }
    }

    fn family(&self) -> Family {
        Family::Async
    }

    fn worker_variable(&self) -> Option<&'static str> {
        self.worker_variable
    }

    fn refuses(&self, _: &dyn DynWorkload, point: &Point, _: &Requirements) -> Option<String> {
        let own = |param: &Param| match param.name.as_str() {
            "capacity" => param.to_string() != "capacity=unbounded",
            "channel" => param.to_string() == "channel=own",
            _ => true,
        };
        let supported = point.variant.is_none() && point.params.iter().all(own);
        (!supported).then(|| {
            "written by hand for the default variant and the runtime's own bounded channels only"
                .to_owned()
        })
    }

    fn start<W: Workload>(&self, workload: W, setup: Setup) -> Result<Box<dyn Instance>, Failure> {
        let name = workload.info().name;
        let cell = self.cells.iter().find(|(known, _)| *known == name);
        let (_, start) = cell.ok_or_else(Failure::no_session)?;
        start(&setup)
    }
}

/// The outputs of a block and their times.
pub(crate) struct Block<A> {
    answers: Vec<A>,
    timing: Timing,
}

/// Reads the clock once per iteration, as the generic loop does.
pub(crate) struct Laps<A> {
    clock: &'static dyn Clock,
    answers: Vec<A>,
    usage: Usage,
    started: Duration,
    last: Duration,
}

impl<A> Laps<A> {
    pub(crate) fn start(clock: &'static dyn Clock, iterations: u64) -> Self {
        let answers = Vec::with_capacity(iterations as usize);
        let usage = clock.usage();
        let started = clock.now();
        Self { clock, answers, usage, started, last: started }
    }

    pub(crate) fn lap(&mut self, answer: A) {
        self.answers.push(answer);
        self.last = self.clock.now();
    }

    pub(crate) fn stop(self) -> Block<A> {
        let usage = self.clock.usage().since(self.usage);
        let wall = self.last.saturating_sub(self.started);
        Block { answers: self.answers, timing: Timing { wall, usage, ..Timing::default() } }
    }
}

/// A block of a hand-written program, the expected output, and the headline figure for an iteration's
/// nanoseconds.
struct Twin<A, B, M> {
    block: B,
    expected: A,
    metric: M,
}

/// A prepared program: `block` does the work `iterations` times, and each output must be `expected`.
pub(crate) fn instance<A: Debug + PartialEq + 'static>(
    expected: A,
    metric: impl Fn(f64) -> Metric + 'static,
    block: impl FnMut(u64) -> Block<A> + 'static,
) -> Box<dyn Instance> {
    Box::new(Twin { block, expected, metric })
}

impl<A, B, M> Instance for Twin<A, B, M>
where
    A: Debug + PartialEq,
    B: FnMut(u64) -> Block<A>,
    M: Fn(f64) -> Metric,
{
    fn measure(&mut self, iterations: u64, _: &Verify<'_>) -> Result<Sample, Failure> {
        let iterations = iterations.max(1);
        let Block { answers, timing } = (self.block)(iterations);
        if let Some(wrong) = answers.iter().find(|answer| **answer != self.expected) {
            let expected = &self.expected;
            return Err(Failure::WrongOutput(format!("expected {expected:?}, got {wrong:?}")));
        }
        let each_ns = timing.wall.as_nanos() as f64 / iterations as f64;
        Ok(Sample {
            iterations,
            timing,
            metrics: vec![(self.metric)(each_ns)],
            output: format!("{:?}", self.expected),
            ..Sample::default()
        })
    }

    fn build_time(&self) -> Duration {
        Duration::ZERO
    }
}

/// `spawn-join`: the sum of the tasks' numbers.
pub(crate) fn sum_below(count: u64) -> u64 {
    count * count.saturating_sub(1) / 2
}

/// The headline of `spawn-join`.
pub(crate) fn per_task(tasks: u64) -> impl Fn(f64) -> Metric {
    move |each_ns| Metric::lower("per-task", "ns", each_ns / tasks as f64)
}

/// The headline of `tcp-echo` and `bounded-queue`.
pub(crate) fn throughput(unit: &'static str, count: usize) -> impl Fn(f64) -> Metric {
    move |each_ns| Metric::higher("throughput", unit, count as f64 / each_ns * 1e9)
}

/// The parameters of `tcp-echo`.
#[derive(Clone, Copy)]
pub(crate) struct Talk {
    pub(crate) connections: usize,
    pub(crate) messages: usize,
    pub(crate) size: usize,
}

impl Talk {
    pub(crate) fn of(setup: &Setup) -> Result<Self, Failure> {
        Ok(Self {
            connections: setup.point.count("connections")?,
            messages: setup.point.count("messages")?,
            size: setup.point.count("size")?,
        })
    }

    pub(crate) fn total(self) -> usize {
        self.connections * self.messages
    }
}

/// The two ends of a connection, which read alike with every runtime's `TcpStream` and its extension traits.
macro_rules! talk {
    () => {
        async fn echo(mut stream: TcpStream, size: usize) {
            let mut message = vec![0; size];
            while stream.read_exact(&mut message).await.is_ok() {
                if stream.write_all(&message).await.is_err() {
                    return;
                }
            }
        }

        /// Sends messages, each different from the one before, and counts the correct echoes.
        async fn converse(
            mut stream: TcpStream,
            connection: usize,
            talk: Talk,
        ) -> (TcpStream, usize) {
            let (mut message, mut echo) = (vec![0; talk.size], vec![0; talk.size]);
            let mut right = 0;
            for number in 0..talk.messages {
                $crate::by_hand::fill(&mut message, connection, number);
                stream.write_all(&message).await.expect("the server listens");
                stream.read_exact(&mut echo).await.expect("the server answers");
                right += usize::from(message == echo);
            }
            (stream, right)
        }
    };
}

pub(crate) use talk;

/// A message that differs from the one before.
pub(crate) fn fill(message: &mut [u8], connection: usize, number: usize) {
    let first = (connection * 31 + number * 7) as u8;
    for (offset, byte) in message.iter_mut().enumerate() {
        *byte = first.wrapping_add(offset as u8);
    }
}

/// The parameters of `bounded-queue`.
#[derive(Clone, Copy)]
pub(crate) struct Queue {
    pub(crate) producers: usize,
    pub(crate) items: usize,
    pub(crate) capacity: usize,
}

impl Queue {
    pub(crate) fn of(setup: &Setup) -> Result<Self, Failure> {
        Ok(Self {
            producers: setup.point.count("producers")?,
            items: setup.point.count("items")?,
            capacity: setup.point.count("capacity")?,
        })
    }

    pub(crate) fn total(self) -> usize {
        self.producers * self.items
    }

    pub(crate) fn of_producer(self, producer: usize) -> Range<usize> {
        producer * self.items..(producer + 1) * self.items
    }

    /// The expected items of the consumer.
    pub(crate) fn all_once(self) -> Received {
        Received { distinct: self.total(), repeated: 0, sum: sum_below(self.total() as u64) }
    }
}

/// The record of the consumer of `bounded-queue`.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Received {
    distinct: usize,
    repeated: u64,
    sum: u64,
}

/// The received items.
pub(crate) struct Delivery {
    seen: Vec<bool>,
    pub(crate) received: Received,
}

impl Delivery {
    pub(crate) fn expecting(items: usize) -> Self {
        Self { seen: vec![false; items], received: Received::default() }
    }

    pub(crate) fn take(&mut self, item: usize) {
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
