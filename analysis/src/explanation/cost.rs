//! The possible cost of an event in each part of the time.
//!
//! The ranges are orders of magnitude of current x86-64 and aarch64 machines. They exclude and rank causes;
//! no time is computed from them. A difference in events is only called an explanation if the events can
//! account for the time, each at most at the upper end of its range.

use std::ops::RangeInclusive;

use runtime_bench_results::evidence::Event;
use serde::{Deserialize, Serialize};

use super::distortion::{READS, WRITES};

/// A part of the wall time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// CPU time in user mode, divided by the cores in use.
    UserTime,
    /// CPU time in the kernel, divided by the cores in use.
    SystemTime,
    /// Threads were ready to run, but had no core; divided by the cores in use.
    CoreWait,
    /// The rest: other waiting, and unused cores.
    Waiting,
}

impl Part {
    /// All parts.
    pub const ALL: [Self; 4] = [Self::UserTime, Self::SystemTime, Self::CoreWait, Self::Waiting];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::UserTime => "user time",
            Self::SystemTime => "system time",
            Self::CoreWait => "waiting for a core",
            Self::Waiting => "waiting and unused cores",
        }
    }
}

/// The duration of most system calls, ns.
const CALL: RangeInclusive<f64> = 50.0..=3e3;
/// The duration of calls that transfer data or wake a thread, ns. On a 2-core AMD EPYC VM, a read or a write
/// takes 0.3 µs for the 8 bytes of an eventfd, 0.4 µs for 64 bytes of a pipe, 1.4 µs of a Unix socket and 5.5
/// µs of TCP on loopback; 1 µs for 4 KiB of a file in the page cache, 3 µs for 64 KiB. Waking a thread takes
/// 5 to 21 µs.
const LONG_CALL: RangeInclusive<f64> = 100.0..=2e4;
/// Such calls other than the families of `read` and `write`.
const LONG_CALLS: [&str; 7] =
    ["futex", "recvfrom", "recvmmsg", "recvmsg", "sendmmsg", "sendmsg", "sendto"];

/// The duration of one call in the kernel, ns.
fn call_ns(name: &str) -> RangeInclusive<f64> {
    let is_long = [&READS[..], &WRITES, &LONG_CALLS].iter().any(|names| names.contains(&name));
    if is_long { LONG_CALL } else { CALL }
}

/// The time that one event can add to a part, ns; `None` if it cannot.
pub(super) fn cost_ns(event: &Event, part: Part) -> Option<RangeInclusive<f64>> {
    match (event, part) {
        (Event::Syscall(name), Part::SystemTime) => Some(call_ns(name)),
        (Event::UntracedRead | Event::UntracedWrite, Part::SystemTime) => Some(LONG_CALL),
        (Event::VoluntarySwitch | Event::InvoluntarySwitch, Part::SystemTime) => Some(500.0..=5e3),
        // A core in a deep sleep state, or in a virtual machine, takes long to wake up.
        // A time slice of another thread is longer, and would explain any waiting.
        (Event::VoluntarySwitch | Event::InvoluntarySwitch, Part::Waiting)
        | (Event::Migration, Part::UserTime | Part::Waiting) => Some(1e3..=5e4),
        (Event::MinorFault, Part::SystemTime) => Some(100.0..=3e3),
        (Event::MajorFault, Part::SystemTime | Part::Waiting) => Some(1e4..=1e7),
        (Event::Allocation, Part::UserTime) => Some(10.0..=500.0),
        (Event::AllocatedByte, Part::UserTime) => Some(0.01..=1.0),
        (Event::Instruction | Event::SimulatedInstruction, Part::UserTime) => Some(0.05..=1.0),
        (Event::CacheMiss, Part::UserTime) => Some(5.0..=300.0),
        (Event::BranchMiss, Part::UserTime) => Some(2.0..=20.0),
        _ => None,
    }
}

/// The maximum time that one event can add to any part.
pub(super) fn most_ns(event: &Event) -> f64 {
    let costs = Part::ALL.into_iter().filter_map(|part| cost_ns(event, part));
    costs.map(|range| *range.end()).fold(0.0, f64::max)
}
