//! What a runner claims to have measured: it must be possible.

use std::time::Duration;

use runtime_bench_results::outside::{Measured, Sample};
use runtime_bench_results::trial::BlockSize;
use runtime_bench_workloads::clock::{Timing, Usage};

/// CPU time is counted in ticks on some systems, and a sample's clocks are not read at one moment.
const CPU_SLACK_NS: f64 = 20e6;

/// Checks a block against the time that passed from the request to the reply, on so many cores.
///
/// # Errors
/// What cannot be, in a sentence.
pub(super) fn check(
    measured: &Measured,
    block: BlockSize,
    passed: Duration,
    cores: usize,
) -> Result<(), String> {
    let Measured { samples, build_ns, prepare_ns, warm_up_ns, .. } = measured;
    if samples.is_empty() {
        return Err("its reply has no samples".to_owned());
    }
    if let BlockSize::Iterations(wanted) = block
        && samples.len() as u64 != wanted
    {
        return Err(format!("it was asked for {wanted} iterations and measured {}", samples.len()));
    }
    for (number, sample) in samples.iter().enumerate() {
        possible(sample).map_err(|what| format!("iteration {number} took {what}"))?;
    }
    let around = [build_ns, prepare_ns, warm_up_ns];
    if let Some(time) = around.into_iter().find(|time| !time.is_finite() || **time < 0.0) {
        return Err(format!("it claims {time} ns for building, preparing or warming up"));
    }
    let passed_ns = passed.as_nanos() as f64;
    let claimed: f64 = sum(samples, |sample| sample.wall_ns) + around.into_iter().sum::<f64>();
    if claimed > passed_ns {
        return Err(format!("it claims {claimed:.0} ns of which only {passed_ns:.0} have passed"));
    }
    let cpu = sum(samples, |sample| sample.cpu_ns);
    if cpu > passed_ns * cores as f64 + CPU_SLACK_NS {
        return Err(format!(
            "it claims {cpu:.0} ns of CPU time, more than {cores} cores have in {passed_ns:.0} ns"
        ));
    }
    Ok(())
}

fn possible(sample: &Sample) -> Result<(), String> {
    let Sample { wall_ns, cpu_ns, .. } = *sample;
    if !wall_ns.is_finite() || wall_ns <= 0.0 {
        return Err(format!("{wall_ns} ns, which cannot be"));
    }
    if !cpu_ns.is_finite() || cpu_ns < 0.0 {
        return Err(format!("{cpu_ns} ns of CPU time, which cannot be"));
    }
    Ok(())
}

fn sum(samples: &[Sample], of: fn(&Sample) -> f64) -> f64 {
    samples.iter().map(of).sum()
}

/// All samples together; they have passed [`check`].
pub(super) fn timing(samples: &[Sample]) -> Timing {
    let shortest = samples.iter().map(|sample| sample.wall_ns).fold(f64::INFINITY, f64::min);
    let nanoseconds = |time: f64| Duration::from_nanos(time as u64);
    Timing {
        wall: nanoseconds(sum(samples, |sample| sample.wall_ns)),
        shortest: nanoseconds(shortest),
        usage: Usage { cpu: nanoseconds(sum(samples, |sample| sample.cpu_ns)), ..Usage::default() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    const BLOCK: BlockSize = BlockSize::Nanoseconds(1_000);

    fn measured(times: &[(f64, f64)]) -> Measured {
        let sample = |(wall_ns, cpu_ns): &(f64, f64)| Sample {
            wall_ns: *wall_ns,
            cpu_ns: *cpu_ns,
            answer: Value::Null,
        };
        Measured { samples: times.iter().map(sample).collect(), ..Measured::default() }
    }

    fn checked(measured: &Measured) -> Result<(), String> {
        check(measured, BLOCK, Duration::from_secs(1), 2)
    }

    #[test]
    fn what_can_be_is_taken_as_it_is() {
        let measured = measured(&[(300.0, 500.0), (100.0, 0.0)]);
        checked(&measured).unwrap();
        let timing = timing(&measured.samples);
        let ns = Duration::from_nanos;
        assert_eq!((timing.wall, timing.shortest, timing.usage.cpu), (ns(400), ns(100), ns(500)));
    }

    #[test]
    fn what_cannot_be_is_refused() {
        let refused = |times: &[(f64, f64)]| checked(&measured(times)).unwrap_err();
        assert!(refused(&[]).contains("no samples"));
        for time in [0.0, -5.0, f64::NAN, f64::INFINITY] {
            assert!(refused(&[(1.0, 1.0), (time, 1.0)]).contains("iteration 1"), "{time}");
        }
        assert!(refused(&[(1.0, -1.0)]).contains("CPU time"));
        assert!(refused(&[(0.6e9, 1.0), (0.6e9, 1.0)]).contains("have passed"));
        assert!(refused(&[(1.0, 2.1e9)]).contains("2 cores"));
        let warm_up = Measured { warm_up_ns: 2e9, ..measured(&[(1.0, 1.0)]) };
        assert!(checked(&warm_up).unwrap_err().contains("have passed"));
        let build = Measured { build_ns: -1.0, ..measured(&[(1.0, 1.0)]) };
        assert!(checked(&build).unwrap_err().contains("building"));
        let two = measured(&[(1.0, 1.0); 2]);
        let once = check(&two, BlockSize::Iterations(1), Duration::from_secs(1), 2);
        assert!(once.unwrap_err().contains("asked for 1"));
    }
}
