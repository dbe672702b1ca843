//! What a runner claims to have measured: it must be possible.

use std::time::Duration;

use super::{Measured, Sample};
use crate::trial::BlockSize;

/// CPU time is counted in ticks on some systems, and a sample's clocks are not read at one moment.
const CPU_SLACK_NS: f64 = 20e6;

/// Why a claim cannot be.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum Impossible {
    /// Nothing is claimed.
    #[error("its reply has no samples")]
    NoSamples,
    /// Another number of iterations than was asked for.
    #[error("it was asked for {wanted} iterations and measured {found}")]
    Iterations {
        /// So many were asked for.
        wanted: u64,
        /// So many samples there are.
        found: usize,
    },
    /// An iteration's wall time is no time.
    #[error("iteration {number} took {ns} ns, which cannot be")]
    Wall {
        /// Which, from 0.
        number: usize,
        /// What is claimed.
        ns: f64,
    },
    /// An iteration's CPU time is no time.
    #[error("iteration {number} took {ns} ns of CPU time, which cannot be")]
    Cpu {
        /// Which, from 0.
        number: usize,
        /// What is claimed.
        ns: f64,
    },
    /// The time around the samples is no time.
    #[error("it claims {0} ns for building, preparing or warming up")]
    Around(f64),
    /// More time than passed from the request to the reply.
    #[error("it claims {claimed:.0} ns of which only {passed:.0} have passed")]
    MoreThanPassed {
        /// All times together, ns.
        claimed: f64,
        /// From the request to the reply, ns.
        passed: f64,
    },
    /// More CPU time than the cores have in that time.
    #[error("it claims {cpu:.0} ns of CPU time, more than {cores} cores have in {passed:.0} ns")]
    MoreThanCores {
        /// All CPU times together, ns.
        cpu: f64,
        /// Cores of the machine.
        cores: usize,
        /// From the request to the reply, ns.
        passed: f64,
    },
}

impl Measured {
    /// Checks a block against the time that passed from the request to the reply, on so many cores.
    ///
    /// # Errors
    /// What cannot be.
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
    fn what_can_be_is_taken() {
        let measured = measured(&[(300.0, 500.0), (100.0, 0.0)]);
        assert_eq!(measured.check(BLOCK, Duration::from_secs(1), 2), Ok(()));
    }

    #[test]
    fn what_cannot_be_is_refused() {
        let of = |times: &[(f64, f64)]| refused(&measured(times));
        assert!(of(&[]).contains("no samples"));
        for time in [0.0, -5.0, f64::NAN, f64::INFINITY] {
            assert!(of(&[(1.0, 1.0), (time, 1.0)]).contains("iteration 1"), "{time}");
        }
        assert!(of(&[(1.0, -1.0)]).contains("CPU time"));
        assert!(of(&[(0.6e9, 1.0), (0.6e9, 1.0)]).contains("have passed"));
        assert!(of(&[(1.0, 2.1e9)]).contains("2 cores"));
        let warm_up = Measured { warm_up_ns: 2e9, ..measured(&[(1.0, 1.0)]) };
        assert!(refused(&warm_up).contains("have passed"));
        let build = Measured { build_ns: -1.0, ..measured(&[(1.0, 1.0)]) };
        assert!(refused(&build).contains("building"));
        let once =
            measured(&[(1.0, 1.0); 2]).check(BlockSize::Iterations(1), Duration::from_secs(1), 2);
        assert_eq!(once, Err(Impossible::Iterations { wanted: 1, found: 2 }));
    }
}
