//! The possible cost of an event in each part of the time.
//!
//! The ranges are orders of magnitude of current x86-64 and aarch64 machines. They exclude and rank causes;
//! no time is computed from them. A difference in events is only called an explanation if the events can
//! account for the time, each at most at the upper end of its range.

use std::ops::RangeInclusive;

use runtime_bench_results::evidence::Event;
use serde::{Deserialize, Serialize};

/// A part of the wall time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// CPU time in user mode, divided by the cores in use.
    UserTime,
    /// CPU time in the kernel, divided by the cores in use.
    SystemTime,
    /// The rest: waiting, and unused cores.
    Waiting,
}

impl Part {
    /// All parts.
    pub const ALL: [Self; 3] = [Self::UserTime, Self::SystemTime, Self::Waiting];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::UserTime => "user time",
            Self::SystemTime => "system time",
            Self::Waiting => "waiting and unused cores",
        }
    }
}

/// The time that one event can add to a part, ns; `None` if it cannot.
pub(super) fn cost_ns(event: &Event, part: Part) -> Option<RangeInclusive<f64>> {
    match (event, part) {
        (Event::Syscall(_), Part::SystemTime) => Some(50.0..=3e3),
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
