//! Kinds of evidence that are counted in the same trials.

use std::time::Duration;

use runtime_bench_analysis::explanation::Totals;
use runtime_bench_results::evidence::{Event, Missing};
use runtime_bench_results::trial::Outcome;

use super::perf::PerfCounters;
use super::trace::SyscallTracer;
use super::valgrind::Callgrind;
use crate::error::Error;
use crate::executor::{Executor, Finished, Trial};

/// The fewest iterations of the long trial.
const FEWEST: u64 = LONGER;
/// Minimum length of the long trial ÷ length of the short one.
const LONGER: u64 = 4;
/// Iterations of the long traced trial, if its calls are few enough. Some processes make a call that others do not: an
/// allocator counts the processors for its ninth thread. Such a call is then less than 1% of a call per iteration.
const PRECISE: u64 = 150;
/// Time per call, for the number of calls that are few enough: a block full of them.
const CALL: Duration = Duration::from_nanos(500);
/// Maximum length of that trial without tracing ÷ length of its block.
const WAITING: u32 = 10;
/// Longest iteration that is simulated.
const LONGEST_SIMULATED: Duration = Duration::from_millis(20);

/// Evidence that is counted in the same trials.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Pass {
    /// The counts that every trial reports anyway.
    Times,
    /// System calls by name.
    Calls,
    /// Allocations and their bytes.
    Allocations,
    /// Migrations and the processor's counters.
    Counters,
    /// Instructions, simulated.
    Instructions,
}

/// The counts of one trial, and the evidence that it could not collect.
pub(super) type Counted = (Totals, Vec<Missing>);

impl Pass {
    /// The default passes.
    pub(super) const USUAL: [Self; 4] =
        [Self::Times, Self::Calls, Self::Allocations, Self::Counters];
    /// The passes of a run, whose timed trials count the rest.
    pub(super) const OF_RUN: [Self; 3] = [Self::Calls, Self::Allocations, Self::Counters];

    pub(super) fn what(self) -> &'static str {
        match self {
            Self::Times => "times, context switches and page faults",
            Self::Calls => "system calls",
            Self::Allocations => "allocations",
            Self::Counters => "migrations and hardware counters",
            Self::Instructions => "instructions by valgrind",
        }
    }

    /// The pass that counts an event.
    pub(super) fn of(event: &Event) -> Self {
        match event {
            Event::Syscall(_) => Self::Calls,
            Event::Allocation | Event::AllocatedByte => Self::Allocations,
            Event::Migration
            | Event::Instruction
            | Event::Cycle
            | Event::CacheMiss
            | Event::BranchMiss => Self::Counters,
            Event::SimulatedInstruction => Self::Instructions,
            _ => Self::Times,
        }
    }

    /// Duration of the long trial without the slowdown of counting.
    pub(super) fn block(self) -> Duration {
        Duration::from_millis(match self {
            // The kernel splits CPU time at its ticks, a few milliseconds apart.
            Self::Times => 150,
            // Tracing makes a trial many times longer.
            Self::Calls | Self::Allocations => 10,
            // Migrations are rare.
            Self::Counters => 40,
            // So does simulation, which also runs one thread at a time.
            Self::Instructions => 4,
        })
    }

    /// Iterations of the short trial, given the duration of one.
    pub(super) fn short(block: Duration, iteration: Duration) -> u64 {
        fitting(block, iteration).max(FEWEST) / LONGER
    }

    /// Iterations of the long trial, given the number of events in the short one.
    pub(super) fn long(self, block: Duration, iteration: Duration, counted: f64) -> u64 {
        let long = fitting(block, iteration).max(FEWEST);
        if self != Self::Calls {
            return long;
        }
        let calls = block.as_nanos() / CALL.as_nanos();
        let few_calls = Self::short(block, iteration) as f64 * calls as f64 / counted.max(1.0);
        long.max(PRECISE.min(few_calls as u64).min(fitting(block * WAITING, iteration)))
    }

    /// The counts of one trial. The outer error ends the collection; the inner one ends this kind of
    /// evidence.
    pub(super) fn count(
        self,
        executor: &dyn Executor,
        trial: &Trial<'_>,
    ) -> Result<Result<Counted, Missing>, Error> {
        let of = |finished: Finished| match finished.outcome {
            Outcome::Ok { block } => Ok(Totals::of(&block, |event| Self::of(event) == self)),
            Outcome::Error { kind, message } => {
                Err(self.missing(format!("a trial failed: {kind}: {message}")))
            }
        };
        Ok(match self {
            Self::Times => {
                let finished = executor.run(trial).ok_or_else(interrupted)?;
                of(finished).map(|totals| (totals, Vec::new()))
            }
            Self::Calls => {
                let mut tracer = SyscallTracer::default();
                let finished = executor.watched(trial, &mut tracer).ok_or_else(interrupted)?;
                of(finished).and_then(|totals| {
                    let calls = tracer.calls()?.into_iter();
                    let calls = calls.map(|(name, count)| (Event::Syscall(name), count as f64));
                    Ok((totals.and(calls), Vec::new()))
                })
            }
            Self::Allocations => match executor.count(trial) {
                Some(finished) => of(finished).map(|totals| (totals, Vec::new())),
                None => Err(self.missing(executor.not_counted().unwrap_or_else(|| {
                    "only built-in runners on the system's allocator can be counted".to_owned()
                }))),
            },
            Self::Counters => {
                let mut counters = PerfCounters::default();
                let finished = executor.watched(trial, &mut counters).ok_or_else(interrupted)?;
                of(finished).map(|totals| {
                    let (counts, missing) = counters.read();
                    (totals.and(counts), missing)
                })
            }
            Self::Instructions => match Callgrind::new() {
                Ok(mut callgrind) => {
                    let finished = executor.watched(trial, &mut callgrind);
                    of(finished.ok_or_else(interrupted)?).and_then(|totals| {
                        let count = (Event::SimulatedInstruction, callgrind.instructions()?);
                        Ok((totals.and([count]), Vec::new()))
                    })
                }
                Err(missing) => Err(missing),
            },
        })
    }

    /// Why a cell whose iterations take this long is not counted; `None` if it is.
    pub(super) fn refuses(self, iteration: Duration) -> Option<Missing> {
        let is_long = self == Self::Instructions && iteration > LONGEST_SIMULATED;
        is_long.then(|| Missing {
            help: Some("choose a smaller point with --param or --profile smoke".to_owned()),
            ..self.missing(format!(
                "an iteration takes {} ms, and valgrind makes it about 50 times slower",
                iteration.as_millis()
            ))
        })
    }

    pub(super) fn missing(self, why: String) -> Missing {
        Missing { what: self.what().to_owned(), why, help: None }
    }
}

/// Iterations that fit into a time.
fn fitting(time: Duration, iteration: Duration) -> u64 {
    u64::try_from(time.as_nanos() / iteration.as_nanos().max(1)).unwrap_or(u64::MAX)
}

pub(super) fn interrupted() -> Error {
    Error::Interrupted("interrupted; an incomplete explanation is not kept".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const BLOCK: Duration = Duration::from_millis(10);

    #[test]
    fn long_trial_has_at_least_four_times_the_iterations() {
        for iteration in [1, 700, 40_000, 5_000_000].map(Duration::from_micros) {
            for pass in Pass::USUAL {
                let (short, long) =
                    (Pass::short(BLOCK, iteration), pass.long(BLOCK, iteration, 1e6));
                assert!(short >= 1 && long >= 4 * short, "{pass:?} {iteration:?}: {short}, {long}");
            }
        }
    }

    #[test]
    fn few_calls_are_traced_in_more_iterations_unless_they_wait_for_long() {
        let long = |iteration, calls| Pass::Calls.long(BLOCK, iteration, calls);
        let slow = Duration::from_millis(2);
        assert_eq!(Pass::short(BLOCK, slow), 1);
        assert_eq!(long(slow, 100.0), 50);
        assert_eq!(long(slow / 4, 500.0), PRECISE);
        assert_eq!(long(slow, 10_000.0), 5);
        assert_eq!(long(Duration::from_secs(1), 100.0), FEWEST);
        assert_eq!(Pass::Allocations.long(BLOCK, slow / 4, 500.0), 20);
    }
}
