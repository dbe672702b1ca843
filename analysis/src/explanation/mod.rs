//! Explains the difference of two runners from counted evidence.
//!
//! The difference in wall time per operation is split into user time, system time, waiting for a core, and
//! the rest, which add up in each process. Events that differ in the same direction are listed with the part
//! that they can account for, the most important first. Only events whose count can be large enough are
//! called an explanation.

mod cells;
mod cost;
mod counted;
mod difference;
mod distortion;
mod operations;
mod rounds;
mod timed;
mod times;
mod totals;

pub use cells::{CellExplanation, explanations, reference};
pub use cost::Part;
pub use difference::{Difference, Spread};
pub use distortion::Distortion;
pub use operations::Operations;
pub use rounds::of_rounds;
pub use timed::Timed;
pub use totals::Totals;

use runtime_bench_results::evidence::{Event, Evidence};
use serde::{Deserialize, Serialize};

use cost::{cost_ns, most_ns};
use counted::{calls, values};
use distortion::distortions;
use times::Times;

/// An event that can account for less than this share of a part is not listed with it.
const RELEVANT: f64 = 0.1;
/// Events explain a part if together they can account for this share.
const EXPLAINED: f64 = 0.5;
/// A part below this share of the whole difference is not listed.
const SMALL: f64 = 0.05;
/// Counted wall times explain a timed ratio if they differ by at least this share of it, in logarithms.
const FITTING: f64 = 0.25;

/// Version of [`ExplanationDocument`].
pub const SCHEMA: &str = "runtime-bench/explanation/1";

/// The explanation of the difference between two runners.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Explanation {
    /// The operation that the figures refer to, such as `message`.
    pub operation: String,
    /// The runner that the other is compared with; for two builds, `base`.
    pub reference: String,
    /// The other runner; for two builds, `candidate`.
    pub candidate: String,
    /// Wall time per operation, ns.
    pub wall: Difference,
    /// Cores in use, mean over time.
    pub cores: Difference,
    /// System calls per operation, all names together, if counted.
    pub calls: Option<Difference>,
    /// The parts of the difference, the largest first; a negative share makes it smaller. Empty if wall times
    /// do not differ beyond their spread.
    pub parts: Vec<PartDifference>,
    /// Events that differ beyond their spread but do not explain a part.
    pub others: Vec<EventDifference>,
    /// Counts that tracing changed: waits and wake-ups are then only rough.
    pub distortions: Vec<Distortion>,
}

/// An explanation with all of its data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ExplanationDocument {
    /// [`SCHEMA`].
    #[cfg_attr(feature = "schema", schemars(extend("const" = SCHEMA)))]
    pub schema: String,
    /// The comparison: `workload[/variant]/params`.
    pub group: String,
    /// The timed comparison.
    pub timed: Timed,
    /// The explanation.
    pub explanation: Explanation,
    /// The evidence of the reference and of the candidate.
    pub evidence: [Evidence; 2],
}

/// A part of the difference.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PartDifference {
    /// Which.
    pub part: Part,
    /// Its wall time per operation, ns.
    #[serde(flatten)]
    pub difference: Difference,
    /// Its share of the difference in wall time.
    pub share: f64,
    /// Events that differ in the same direction and can be a relevant share of it.
    pub events: Vec<EventDifference>,
    /// Whether these events can account for most of it.
    pub explained: bool,
}

/// An event that differs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EventDifference {
    /// Which.
    #[serde(flatten)]
    pub event: Event,
    /// Number of occurrences per operation.
    #[serde(flatten)]
    pub difference: Difference,
}

impl Explanation {
    /// The most important event of the largest part, if that part is explained.
    pub fn first(&self) -> Option<&Event> {
        let largest = self.parts.first().filter(|part| part.share > 0.0 && part.explained)?;
        largest.events.first().map(|first| &first.event)
    }

    /// Whether the counted wall times differ in the direction of a timed cost ratio, and by a relevant
    /// share of it. Otherwise, the workload times something else, such as lateness, or these processes do not
    /// show the timed difference.
    pub fn fits(&self, ratio: f64) -> bool {
        let counted = 1.0 + self.wall.by() / self.wall.reference.median;
        counted.ln() / ratio.ln() >= FITTING
    }
}

/// Explains the difference of two runners; `None` if one has times of fewer than five processes.
pub fn explain(reference: &Evidence, candidate: &Evidence) -> Option<Explanation> {
    named([&reference.cell.runner, &candidate.cell.runner], reference, candidate)
}

/// Explains the difference of two builds of a runner, which it calls `base` and `candidate`.
pub fn explain_builds(base: &Evidence, candidate: &Evidence) -> Option<Explanation> {
    named(["base", "candidate"], base, candidate)
}

fn named(names: [&str; 2], reference: &Evidence, candidate: &Evidence) -> Option<Explanation> {
    let times = Times::of_both(reference, candidate)?;
    let difference =
        |of: &dyn Fn(&Times<'_>) -> Vec<f64>| Difference::of(&of(&times[0]), &of(&times[1]));
    let wall = difference(&|times| times.wall())?;
    let cores = difference(&|times| times.cores())?;
    // One core or less works in sequence; several share the work.
    let shared_by = f64::midpoint(cores.reference.median, cores.candidate.median).max(1.0);
    let mut events = events(reference, candidate);
    let worth = wall.by().abs().max(SMALL * wall.reference.median);
    events.retain(|one| one.difference.by().abs() * most_ns(&one.event) >= SMALL * worth);
    let mut parts: Vec<PartDifference> = Vec::new();
    if wall.is_beyond_spread() {
        for part in Part::ALL {
            let difference = difference(&|times| times.part(part, shared_by))?;
            let share = difference.by() / wall.by();
            if difference.is_beyond_spread() && share.abs() >= SMALL {
                parts.push(PartDifference {
                    part,
                    difference,
                    share,
                    events: Vec::new(),
                    explained: false,
                });
            }
        }
    }
    parts.sort_by(|a, b| b.share.total_cmp(&a.share));
    for part in &mut parts {
        part.take(&mut events, shared_by);
    }
    Some(Explanation {
        operation: reference.operation.clone(),
        reference: names[0].to_owned(),
        candidate: names[1].to_owned(),
        wall,
        cores,
        calls: calls(reference, |_| true)
            .zip(calls(candidate, |_| true))
            .and_then(|(reference, candidate)| Difference::of(&reference, &candidate)),
        parts,
        others: events,
        distortions: distortions(names[0], reference)
            .chain(distortions(names[1], candidate))
            .collect(),
    })
}

impl PartDifference {
    /// Takes the events that can account for a relevant share of this part.
    fn take(&mut self, events: &mut Vec<EventDifference>, shared_by: f64) {
        let by = self.difference.by();
        let most = |one: &EventDifference| {
            let most = *cost_ns(&one.event, self.part)?.end() * one.difference.by() / shared_by;
            (most / by > RELEVANT).then_some(most / by)
        };
        self.explained = events.iter().filter_map(most).sum::<f64>() >= EXPLAINED;
        self.events = events.extract_if(.., |one| most(one).is_some()).collect();
        let typical = |one: &EventDifference| {
            let cost = cost_ns(&one.event, self.part);
            cost.map_or(0.0, |cost| (cost.start() * cost.end()).sqrt() * one.difference.by().abs())
        };
        self.events.sort_by(|a, b| typical(b).total_cmp(&typical(a)));
    }
}

/// Times are the parts themselves, the runtimes' own counters have different meanings, and traced calls have names.
fn is_comparable(event: &Event, is_traced: bool) -> bool {
    match event {
        Event::Runtime(_) => false,
        Event::UntracedRead | Event::UntracedWrite => !is_traced,
        _ => event.unit() != "ns",
    }
}

/// Events that were counted for both runners and differ beyond their spread.
fn events(reference: &Evidence, candidate: &Evidence) -> Vec<EventDifference> {
    let mut known: Vec<&Event> =
        reference.counts.iter().chain(&candidate.counts).map(|count| &count.event).collect();
    known.sort_unstable();
    known.dedup();
    let is_traced = [reference, candidate].iter().all(|one| calls(one, |_| true).is_some());
    let mut events = Vec::new();
    for event in known.into_iter().filter(|event| is_comparable(event, is_traced)) {
        let (Some(reference), Some(candidate)) =
            (values(reference, event), values(candidate, event))
        else {
            continue;
        };
        let difference = Difference::of(&reference, &candidate);
        events.extend(
            difference
                .filter(Difference::is_beyond_spread)
                .map(|difference| EventDifference { event: event.clone(), difference }),
        );
    }
    events
}
