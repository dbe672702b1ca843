//! Warm-up and one measured block of an instance.

use std::time::Duration;

use runtime_bench_results::trial::{Block, BlockSize, Metric, Phase, Phases, TrialRequest, metric};

use crate::clock::Clock;
use crate::instance::{Instance, Sample};
use crate::workload::Failure;

/// A warm instance has done at least this much.
const YOUNG: Duration = Duration::from_millis(2);
/// An iteration longer than this warms an instance alone.
const LONG_ITERATION: Duration = Duration::from_millis(20);
/// Windows that must agree before an instance is steady.
const WINDOW: Duration = Duration::from_millis(100);
/// How closely they must agree.
const AGREEMENT: f64 = 0.02;
/// An instance that is not steady by then is measured as it is.
const STEADY_AT_MOST: Duration = Duration::from_secs(5);

/// Warms an instance up, whose preparation took `prepare`, and measures a block of it.
///
/// # Errors
/// When an answer is wrong or the work could not be done.
pub fn measured(
    instance: &mut dyn Instance,
    prepare: Duration,
    request: &TrialRequest,
    clock: &dyn Clock,
) -> Result<Block, Failure> {
    let prepared = clock.now();
    let (warm_up_iterations, iterations) = match (request.block, request.phase) {
        (BlockSize::Iterations(iterations), _) => (0, iterations),
        (BlockSize::Nanoseconds(_), Phase::Startup) => (0, 1),
        (BlockSize::Nanoseconds(size), phase) => {
            let (warm, each) = match phase {
                Phase::Steady => warm_until_steady(instance, clock)?,
                Phase::Startup | Phase::Warm => warm_young(instance)?,
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
    let startup = startup(request.phase, instance.build_time());
    Ok(block(sample, warm_up_iterations, startup, phases))
}

/// What building took, where that is asked for.
pub fn startup(phase: Phase, build: Duration) -> Option<Duration> {
    (phase == Phase::Startup).then_some(build)
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

/// The block with the metrics that every workload has, its own first.
pub fn block(
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
        output: sample.output,
        phases,
    }
}
