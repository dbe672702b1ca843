//! Warm-up and one measured block of an instance.

use std::time::Duration;

use runtime_bench_results::evidence::{Event, Total};
use runtime_bench_results::trial::{Block, BlockSize, Metric, Phase, Phases, TrialRequest, metric};

use crate::clock::{Clock, Timing};
use crate::instance::Sample;
use crate::runtime::Counters;
use crate::workload::Failure;

/// An instance is warm after this much work.
const WARM: Duration = Duration::from_millis(2);
/// An iteration longer than this warms an instance on its own.
const LONG_ITERATION: Duration = Duration::from_millis(20);
/// Windows that must agree before an instance is steady.
const WINDOW: Duration = Duration::from_millis(100);
/// How closely they must agree, as a fraction.
const AGREEMENT: f64 = 0.02;
/// Limit after which an instance is measured even if it is not steady.
const STEADY_AT_MOST: Duration = Duration::from_secs(5);

/// Times this many iterations of an instance.
pub type Measure<'a> = dyn FnMut(u64) -> Result<Sample, Failure> + 'a;

/// Warms up an instance, given the durations of its preparation and build, and measures one block.
///
/// # Errors
/// When an output is wrong or the work fails.
pub fn measured(
    measure: &mut Measure<'_>,
    (prepare, build): (Duration, Duration),
    request: &TrialRequest,
    clock: &dyn Clock,
) -> Result<Block, Failure> {
    let prepared = clock.now();
    let (warm_up, iterations) = match (request.block, request.phase) {
        (BlockSize::Iterations(iterations), _) => (WarmUp::default(), iterations),
        (BlockSize::Nanoseconds(_), Phase::Startup) => (WarmUp::default(), 1),
        (BlockSize::Nanoseconds(size), phase) => {
            let warm_up = match phase {
                Phase::Steady => warm_until_steady(measure, clock)?,
                Phase::Startup | Phase::Warm => warm_up(measure, clock)?,
            };
            let each = warm_up.each.as_nanos().max(1) as f64;
            (warm_up, (size as f64 / each).round().max(1.0) as u64)
        }
    };
    let warm = clock.now();
    let sample = measure(iterations)?;
    let peak_memory = warm_up.peak_memory.or_else(|| clock.peak_memory());
    let phases = Phases {
        prepare_s: prepare.as_secs_f64(),
        warm_up_s: warm.saturating_sub(prepared).as_secs_f64(),
        measure_s: sample.timing.wall.as_secs_f64(),
    };
    let startup = startup(request.phase, build);
    let mut block = block(sample, warm_up.iterations, startup, phases);
    let peak_memory = peak_memory.map(|bytes| Metric::of(&metric::PEAK_MEMORY, bytes as f64));
    block.metrics.extend(peak_memory);
    Ok(block)
}

/// The result of a warm-up.
#[derive(Default)]
struct WarmUp {
    iterations: u64,
    /// Time of an iteration in the last call.
    each: Duration,
    /// Peak memory after one iteration. A longer call holds all its outputs at once, so its peak
    /// depends on the speed of the runner.
    peak_memory: Option<u64>,
}

/// Build time, if the phase includes it.
pub fn startup(phase: Phase, build: Duration) -> Option<Duration> {
    (phase == Phase::Startup).then_some(build)
}

/// Warms up an instance: a single iteration first.
fn warm_up(measure: &mut Measure<'_>, clock: &dyn Clock) -> Result<WarmUp, Failure> {
    let (mut warm_up, mut spent, mut next) = (WarmUp::default(), Duration::ZERO, 1);
    loop {
        let sample = measure(next)?;
        if warm_up.iterations == 0 {
            warm_up.peak_memory = clock.peak_memory();
        }
        warm_up.iterations += sample.iterations;
        warm_up.each = mean(&sample);
        spent += sample.timing.wall;
        let enough = warm_up.iterations >= 2 || spent > LONG_ITERATION;
        if enough && spent >= WARM {
            return Ok(warm_up);
        }
        // Doubling limits the number of calls when an iteration is short.
        next = warm_up.iterations;
    }
}

/// Warms up an instance until consecutive windows agree.
fn warm_until_steady(measure: &mut Measure<'_>, clock: &dyn Clock) -> Result<WarmUp, Failure> {
    let start = clock.now();
    let mut warm_up = warm_up(measure, clock)?;
    let mut before = f64::INFINITY;
    loop {
        let window = (WINDOW.as_secs_f64() / warm_up.each.as_secs_f64().max(1e-9)).ceil() as u64;
        let sample = measure(window)?;
        warm_up.iterations += sample.iterations;
        warm_up.each = mean(&sample);
        let now = warm_up.each.as_secs_f64();
        let agree = (now - before).abs() <= AGREEMENT * now;
        if agree || clock.now().saturating_sub(start) >= STEADY_AT_MOST {
            return Ok(warm_up);
        }
        before = now;
    }
}

fn mean(sample: &Sample) -> Duration {
    sample.timing.wall / u32::try_from(sample.iterations.max(1)).unwrap_or(u32::MAX)
}

/// A block with the metrics of the workload, followed by those that every workload has.
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
        counts: counts(&timing, sample.counters),
        histogram: sample.histogram,
        output: sample.output,
        phases,
    }
}

/// The counts of the kernel and the runtime.
fn counts(timing: &Timing, counters: Counters) -> Vec<Total> {
    let total = |(event, total)| Total { event, total };
    let rusage = timing.usage.rusage.into_iter().flat_map(|rusage| {
        [(Event::MinorFault, rusage.minor_faults), (Event::MajorFault, rusage.major_faults)]
    });
    let calls = timing.calls.into_iter().flat_map(|calls| {
        [(Event::UntracedRead, calls.reads), (Event::UntracedWrite, calls.writes)]
    });
    let queued = timing.queued.map(|queued| (Event::CoreWait, queued.as_nanos() as u64));
    let counters = counters.into_iter().map(|(name, total)| (Event::Runtime(name.into()), total));
    rusage.chain(calls).chain(queued).chain(counters).map(total).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use runtime_bench_results::trial::PROTOCOL;
    use serde_json::json;

    use super::*;
    use crate::clock::Usage;

    /// Peak memory of a fake process: the outputs of its largest call so far.
    static PEAK: AtomicU64 = AtomicU64::new(0);

    struct FakeClock;

    impl Clock for FakeClock {
        fn now(&self) -> Duration {
            Duration::ZERO
        }

        fn usage(&self) -> Usage {
            Usage::default()
        }

        fn peak_memory(&self) -> Option<u64> {
            Some(PEAK.load(Ordering::Relaxed))
        }
    }

    #[test]
    fn peak_memory_does_not_depend_on_speed() {
        let request: TrialRequest = serde_json::from_value(json!({
            "protocol": PROTOCOL, "workers": 1, "pool_threads": 1, "seed": 0, "scratch": "",
            "cell": { "workload": "null", "params": [], "runner": "fake" },
            "phase": "warm", "block": { "nanoseconds": 4_000_000 },
        }))
        .unwrap();
        for each in [Duration::from_micros(1), Duration::from_millis(1)] {
            PEAK.store(0, Ordering::Relaxed);
            // Iterations take the same time, and their outputs take one byte each.
            let mut measure = |iterations| {
                PEAK.fetch_max(iterations, Ordering::Relaxed);
                let timing = Timing { wall: each * iterations as u32, ..Timing::default() };
                Ok(Sample { iterations, timing, ..Sample::default() })
            };
            let took = (Duration::ZERO, Duration::ZERO);
            let block = measured(&mut measure, took, &request, &FakeClock).unwrap();
            assert_eq!(block.metric(metric::PEAK_MEMORY.id), Some(1.0));
            assert_eq!(u128::from(block.iterations), 4_000_000 / each.as_nanos());
        }
    }
}
