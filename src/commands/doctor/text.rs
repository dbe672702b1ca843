//! The findings as lines for a terminal.

use runtime_bench_analysis::stats::ControlCheck;

use super::diagnosis::Diagnosis;
use super::floor::Floor;
use super::surroundings::Surroundings;

/// Every finding, a line each.
pub(super) fn lines(diagnosis: &Diagnosis) -> String {
    let mut lines = vec![format!("{} against itself:", diagnosis.runner)];
    lines.extend(diagnosis.floors.iter().flat_map(floor));
    lines.push("machine:".to_owned());
    lines.extend(surroundings(&diagnosis.surroundings));
    if !diagnosis.advice.is_empty() {
        lines.push("advice:".to_owned());
        lines.extend(diagnosis.advice.iter().map(|line| format!("  - {line}")));
    }
    if diagnosis.troubles.is_empty() {
        lines.push("This machine is quiet enough.".to_owned());
    }
    lines.join("\n") + "\n"
}

fn floor(floor: &Floor) -> Vec<String> {
    let mut lines = vec![format!("  {}: {}", floor.title, floor.name)];
    if let Some(reason) = &floor.reason {
        lines.push(format!("    no result: {reason}"));
    }
    if let Some(half_width) = floor.half_width {
        let word = match floor.control {
            Some(ControlCheck::Passed) => "passed",
            Some(ControlCheck::Failed) => "FAILED",
            Some(ControlCheck::Inconclusive) | None => "inconclusive",
        };
        lines.push(format!(
            "    A/A control {word}; noise floor ±{half_width:.1}% in {} rounds, {:.0} ms per trial",
            floor.rounds, floor.trial_ms
        ));
    }
    let share = |share: Option<f64>| {
        share.map_or_else(|| "none".to_owned(), |percent| format!("{percent:.1}%"))
    };
    if floor.half_width.is_some() {
        lines.push(format!(
            "    smallest difference found in 9 of 10 runs (warm): {} (quick), {} (standard)",
            share(floor.quick),
            share(floor.standard)
        ));
    }
    lines
}

fn surroundings(found: &Surroundings) -> Vec<String> {
    let number = |value: Option<f64>| {
        value.map_or_else(|| "unavailable".to_owned(), |value| format!("{value:.2}"))
    };
    let capacity = match (found.capacity, found.capacity_lowest, found.capacity_ideal) {
        (Some(median), Some(lowest), Some(ideal)) => {
            format!("{median:.2} of {ideal:.0} cores, lowest {lowest:.2}")
        }
        _ => "not measured: it requires two cores".to_owned(),
    };
    let pressure = found.pressure.map(|share| format!("{:.0}% of the time", 100.0 * share));
    let line = |name: &str, value: &str| format!("  {name:<22}{value}");
    vec![
        line("parallel capacity", &capacity),
        line("external CPU, cores", &number(found.foreign_cores)),
        line("steal, cores", &number(found.steal_cores)),
        line("CPU pressure (total)", &pressure.unwrap_or_else(|| "unavailable".to_owned())),
        line("load before", &number(found.load_before)),
        line("stalls", &found.stalls.to_string()),
    ]
}
