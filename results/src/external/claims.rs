//! Rejects impossible measurements of external runners.

use std::time::Duration;

use super::{Measured, Sample};
use crate::trial::BlockSize;

/// Tolerance: some systems count CPU time in ticks, and the clocks of a sample are not read at the same
/// moment.
const CPU_SLACK_NS: f64 = 20e6;

/// Why a measurement is impossible.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum Impossible {
    /// There are no samples.
    #[error("the reply has no samples")]
    NoSamples,
    /// The number of samples is not the requested number of iterations.
    #[error("the reply has {found} samples instead of {wanted}")]
    Iterations {
        /// Requested iterations.
        wanted: u64,
        /// Samples in the reply.
        found: usize,
    },
    /// The wall time of an iteration is not positive and finite.
    #[error("impossible wall time of iteration {number}: {ns} ns")]
    Wall {
        /// Which, from 0.
        number: usize,
        /// The reported time.
        ns: f64,
    },
    /// The CPU time of an iteration is negative or not finite.
    #[error("impossible CPU time of iteration {number}: {ns} ns")]
    Cpu {
        /// Which, from 0.
        number: usize,
        /// The reported time.
        ns: f64,
    },
    /// A time around the samples is negative or not finite.
    #[error("impossible time for building, preparing or warming up: {0} ns")]
    Around(f64),
    /// More time than elapsed from the request to the reply.
    #[error("impossible total time: {claimed:.0} ns reported, {passed:.0} ns elapsed")]
    MoreThanPassed {
        /// Sum of all times, ns.
        claimed: f64,
        /// From the request to the reply, ns.
        passed: f64,
    },
    /// More CPU time than the cores have in that time.
    #[error("impossible CPU time: {cpu:.0} ns reported, but {cores} cores had {passed:.0} ns each")]
    MoreThanCores {
        /// Sum of all CPU times, ns.
        cpu: f64,
        /// Cores of the machine.
        cores: usize,
        /// From the request to the reply, ns.
        passed: f64,
    },
}

impl Measured {
    /// Checks a block against the time that elapsed from the request to the reply, on `cores` cores.
    ///
    /// # Errors
    /// The impossible measurement.
    pub fn check(
        &self,
        block: BlockSize,
        passed: Duration,
        cores: usize,
    ) -> Result<(), Impossible> {
        let Self { samples, build_ns, prepare_ns, warm_up_ns, .. } = self;
        let found = samples.len();
        if found == 0 {
            return Err(Impossible::NoSamples);
        }
        if let BlockSize::Iterations(wanted) = block
            && found as u64 != wanted
        {
            return Err(Impossible::Iterations { wanted, found });
        }
        samples.iter().enumerate().try_for_each(|(number, sample)| possible(number, sample))?;
        let around = [*build_ns, *prepare_ns, *warm_up_ns];
        if let Some(time) = around.into_iter().find(|time| !time.is_finite() || *time < 0.0) {
            return Err(Impossible::Around(time));
        }
        let passed = passed.as_nanos() as f64;
        let wall: f64 = samples.iter().map(|sample| sample.wall_ns).sum();
        let claimed = wall + around.into_iter().sum::<f64>();
        if claimed > passed {
            return Err(Impossible::MoreThanPassed { claimed, passed });
        }
        let cpu: f64 = samples.iter().map(|sample| sample.cpu_ns).sum();
        if cpu > passed * cores as f64 + CPU_SLACK_NS {
            return Err(Impossible::MoreThanCores { cpu, cores, passed });
        }
        Ok(())
    }
}

fn possible(number: usize, sample: &Sample) -> Result<(), Impossible> {
    let Sample { wall_ns, cpu_ns, .. } = *sample;
    if !wall_ns.is_finite() || wall_ns <= 0.0 {
        return Err(Impossible::Wall { number, ns: wall_ns });
    }
    if !cpu_ns.is_finite() || cpu_ns < 0.0 {
        return Err(Impossible::Cpu { number, ns: cpu_ns });
    }
    Ok(())
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
            output: Value::Null,
        };
        Measured { samples: times.iter().map(sample).collect(), ..Measured::default() }
    }

    fn refused(measured: &Measured) -> String {
        measured.check(BLOCK, Duration::from_secs(1), 2).unwrap_err().to_string()
    }

    #[test]
    fn possible_times_are_accepted() {
        let measured = measured(&[(300.0, 500.0), (100.0, 0.0)]);
        assert_eq!(measured.check(BLOCK, Duration::from_secs(1), 2), Ok(()));
    }

    #[test]
    fn impossible_times_are_rejected() {
        let of = |times: &[(f64, f64)]| refused(&measured(times));
        assert!(of(&[]).contains("no samples"));
        for time in [0.0, -5.0, f64::NAN, f64::INFINITY] {
            assert!(of(&[(1.0, 1.0), (time, 1.0)]).contains("iteration 1"), "{time}");
        }
        assert!(of(&[(1.0, -1.0)]).contains("CPU time"));
        assert!(of(&[(0.6e9, 1.0), (0.6e9, 1.0)]).contains("elapsed"));
        assert!(of(&[(1.0, 2.1e9)]).contains("2 cores"));
        let warm_up = Measured { warm_up_ns: 2e9, ..measured(&[(1.0, 1.0)]) };
        assert!(refused(&warm_up).contains("elapsed"));
        let build = Measured { build_ns: -1.0, ..measured(&[(1.0, 1.0)]) };
        assert!(refused(&build).contains("building"));
        let once =
            measured(&[(1.0, 1.0); 2]).check(BlockSize::Iterations(1), Duration::from_secs(1), 2);
        assert_eq!(once, Err(Impossible::Iterations { wanted: 1, found: 2 }));
    }
}
