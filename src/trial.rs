//! The inside of a trial: one process, one fresh instance, one block.

use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::time::Duration;

use runtime_bench_api::clock::Clock;
use runtime_bench_api::instance::{Instance, Sample};
use runtime_bench_api::load::{self, Traffic};
use runtime_bench_api::workload::{Failure, Setup};
use runtime_bench_results::trial::{
    Age, Block, BlockSize, ErrorKind, Metric, Outcome, PROTOCOL, Phases, TrialReply, TrialRequest,
    metric,
};

use crate::machine::{self, peak_memory, raise_open_files};
use crate::outside::{self, trial::Trouble};
use crate::registry::Registry;

/// A young instance has done at least this much.
const YOUNG: Duration = Duration::from_millis(2);
/// An iteration longer than this warms an instance alone.
const LONG_ITERATION: Duration = Duration::from_millis(20);
/// Windows that must agree before an instance is steady.
const WINDOW: Duration = Duration::from_millis(100);
/// How closely they must agree.
const AGREEMENT: f64 = 0.02;
/// An instance that is not steady by then is measured as it is.
const STEADY_AT_MOST: Duration = Duration::from_secs(5);

/// Answers one request from standard input on standard output.
///
/// # Errors
/// When the reply cannot be written: the harness is gone.
pub fn answer(registry: &Registry, clock: &'static dyn Clock) -> io::Result<()> {
    machine::die_with_parent(true);
    if machine::orphaned() {
        return Ok(());
    }
    raise_open_files();
    let mut text = String::new();
    io::stdin().read_to_string(&mut text)?;
    let outcome = match TrialRequest::read(&text) {
        Ok(request) => run(registry, &request, clock).map_or_else(
            |Trouble { kind, message }| Outcome::Error { kind, message },
            |block| Outcome::Ok { block },
        ),
        Err(error) => Outcome::Error { kind: ErrorKind::Protocol, message: error.to_string() },
    };
    let mut reply = serde_json::to_string(&TrialReply { protocol: PROTOCOL, outcome })?;
    reply.push('\n');
    io::stdout().write_all(reply.as_bytes())
}

/// Loads a server as standard input tells: the other process of a trial of one.
///
/// # Errors
/// What went wrong, in a sentence.
pub fn load() -> Result<(), String> {
    // It ends with its input. A death signal would come when the thread ends that started it, which is
    // not when the trial does.
    raise_open_files();
    load::run()
}

/// What kind of error a failure is in the reply.
pub(crate) fn kind_of(failure: &Failure) -> ErrorKind {
    match failure {
        Failure::WrongAnswer(_) => ErrorKind::WrongAnswer,
        Failure::Io { .. } => ErrorKind::Setup,
        Failure::Request(_) => ErrorKind::Protocol,
    }
}

fn run(
    registry: &Registry,
    request: &TrialRequest,
    clock: &'static dyn Clock,
) -> Result<Block, Trouble> {
    let cell = &request.cell;
    let unknown =
        || Failure::Request(format!("this program has no {} on {}", cell.workload, cell.runner));
    let setup = Setup {
        point: cell.point.clone(),
        workers: request.workers,
        pool_threads: request.pool_threads,
        seed: request.seed,
        scratch: PathBuf::from(&request.scratch),
        traffic: Traffic::Generator(request.load.clone()),
        clock,
    };
    if let Some(outside) = &request.outside {
        let entry = registry.entry(&cell.workload).ok_or_else(unknown)?;
        return outside::trial::run(entry, &setup, request, outside);
    }
    let case = registry.case(&cell.workload, &cell.runner).ok_or_else(unknown)?;
    let start = clock.now();
    let mut instance = case.start(setup)?;
    let prepare = clock.now().saturating_sub(start);
    let mut block = measured(instance.as_mut(), prepare, request, clock)?;
    block.metrics.extend(of_this_process());
    Ok(block)
}

/// Warms an instance up, whose preparation took `prepare`, and measures a block of it.
///
/// # Errors
/// When an answer is wrong or the work could not be done.
pub(crate) fn measured(
    instance: &mut dyn Instance,
    prepare: Duration,
    request: &TrialRequest,
    clock: &dyn Clock,
) -> Result<Block, Failure> {
    let prepared = clock.now();
    let (warm_up_iterations, iterations) = match (request.block, request.age) {
        (BlockSize::Iterations(iterations), _) => (0, iterations),
        (BlockSize::Nanoseconds(_), Age::Startup) => (0, 1),
        (BlockSize::Nanoseconds(size), age) => {
            let (warm, each) = match age {
                Age::Steady => warm_until_steady(instance, clock)?,
                Age::Startup | Age::Young => warm_young(instance)?,
            };
            (warm, (size as f64 / each.as_nanos().max(1) as f64).round().max(1.0) as u64)
        }
    };
    let warm = clock.now();
    let sample = instance.measure(iterations)?;
    let phases = Phases {
        prepare_s: prepare.as_secs_f64(),
        warm_up_s: warm.saturating_sub(prepared).as_secs_f64(),
        measure_s: sample.timing.wall.as_secs_f64(),
    };
    let startup = startup(request.age, instance.build_time());
    Ok(block(sample, warm_up_iterations, startup, phases))
}

/// What building took, where that is asked for.
pub(crate) fn startup(age: Age, build: Duration) -> Option<Duration> {
    (age == Age::Startup).then_some(build)
}

/// Warms an instance up, and returns the iterations done and what one takes.
fn warm_young(instance: &mut dyn Instance) -> Result<(u64, Duration), Failure> {
    let (mut iterations, mut spent, mut next) = (0, Duration::ZERO, 1);
    loop {
        let sample = instance.measure(next)?;
        iterations += sample.iterations;
        spent += sample.timing.wall;
        let enough = iterations >= 2 || spent > LONG_ITERATION;
        if enough && spent >= YOUNG {
            return Ok((iterations, mean(&sample)));
        }
        // Doubling keeps the calls few where an iteration is short.
        next = iterations;
    }
}

/// Warms an instance up until windows agree, and returns the iterations done and what one takes.
fn warm_until_steady(
    instance: &mut dyn Instance,
    clock: &dyn Clock,
) -> Result<(u64, Duration), Failure> {
    let start = clock.now();
    let (mut iterations, mut each) = warm_young(instance)?;
    let mut before = f64::INFINITY;
    loop {
        let window = (WINDOW.as_secs_f64() / each.as_secs_f64().max(1e-9)).ceil() as u64;
        let sample = instance.measure(window)?;
        iterations += sample.iterations;
        each = mean(&sample);
        let now = each.as_secs_f64();
        let agree = (now - before).abs() <= AGREEMENT * now;
        if agree || clock.now().saturating_sub(start) >= STEADY_AT_MOST {
            return Ok((iterations, each));
        }
        before = now;
    }
}

fn mean(sample: &Sample) -> Duration {
    sample.timing.wall / u32::try_from(sample.iterations.max(1)).unwrap_or(u32::MAX)
}

/// What is left to say of this process once its block is measured.
fn of_this_process() -> impl Iterator<Item = Metric> {
    let threads = machine::threads().map(|count| Metric::of(&metric::THREADS, count as f64));
    let peak = peak_memory().map(|bytes| Metric::of(&metric::PEAK_MEMORY, bytes as f64));
    threads.into_iter().chain(peak)
}

/// The block with the metrics that every workload has, its own first.
pub(crate) fn block(
    sample: Sample,
    warm_up_iterations: u64,
    startup: Option<Duration>,
    phases: Phases,
) -> Block {
    let timing = sample.timing;
    let per = |total: f64| total / sample.iterations as f64;
    let per_ns = |total: Duration| per(total.as_nanos() as f64);
    let mut metrics = sample.metrics;
    metrics.extend([
        Metric::of(&metric::WALL, per_ns(timing.wall)),
        Metric::of(&metric::WALL_MIN, timing.shortest.as_nanos() as f64),
        Metric::of(&metric::CPU, per_ns(timing.usage.cpu)),
    ]);
    if let Some(rusage) = timing.usage.rusage {
        metrics.extend([
            Metric::of(&metric::CPU_USER, per_ns(rusage.user)),
            Metric::of(&metric::CPU_SYSTEM, per_ns(rusage.system)),
            Metric::of(&metric::SWITCHES_VOLUNTARY, per(rusage.voluntary as f64)),
            Metric::of(&metric::SWITCHES_INVOLUNTARY, per(rusage.involuntary as f64)),
        ]);
    }
    if let Some(heap) = timing.usage.heap {
        metrics.push(Metric::of(&metric::ALLOCATIONS, per(heap.allocations as f64)));
        metrics.push(Metric::of(&metric::ALLOCATED, per(heap.bytes as f64)));
    }
    metrics.extend(startup.map(|build| {
        let startup = (build + timing.wall).as_nanos() as f64;
        Metric::of(&metric::STARTUP, startup)
    }));
    Block {
        iterations: sample.iterations,
        warm_up_iterations,
        metrics,
        histogram: sample.histogram,
        answer: sample.answer,
        phases,
    }
}
