//! The header of the first page: title, machine, date and precision.

use maud::{Markup, html};
use runtime_bench_results::run::Run;

use super::precision;
use crate::format;
use crate::view::View;

/// Maximum length of a machine's name in a title, in characters.
const LONGEST: usize = 60;

/// Title, environment in one line, precision.
pub(super) fn header(view: &View<'_>) -> Markup {
    html! {
        header.top {
            h1 { (title(view)) }
            p.facts {
                @for (place, fact) in facts(view).iter().enumerate() {
                    @if place > 0 { " · " }
                    span { (fact) }
                }
            }
            (precision::line(view))
        }
    }
}

/// `Rust runtimes compared: 38 workloads, 9 runners`.
pub(super) fn title(view: &View<'_>) -> String {
    format!(
        "Rust runtimes compared: {}, {}",
        format::count(view.compared().count(), "workload"),
        format::count(view.runners.len(), "runner")
    )
}

/// The end of the title of every page: `AMD EPYC, 2 cores, 21 Nov 2026`.
pub(super) fn machine_and_date(run: &Run) -> String {
    let [machine, cores] = machine(run);
    let machine: String = machine.chars().take(LONGEST).collect();
    format!("{machine}, {cores}, {}", day(&run.header.started))
}

fn machine(run: &Run) -> [String; 2] {
    let environment = &run.header.environment;
    let cores = environment.cores.map(|cores| format::count(cores, "core"));
    [
        environment.cpu_model.clone().unwrap_or_else(|| "unknown processor".to_owned()),
        cores.unwrap_or_else(|| "unknown number of cores".to_owned()),
    ]
}

/// Machine, system, versions, date, profile and duration.
fn facts(view: &View<'_>) -> Vec<String> {
    let (run, plan) = (view.run, &view.run.header.plan);
    let [machine, cores] = machine(run);
    let kernel = run.header.environment.kernel.as_deref().unwrap_or("unknown system");
    let mut facts = vec![
        format!("{machine}, {cores}"),
        kernel.split_once('-').map_or(kernel, |(version, _)| version).to_owned(),
    ];
    let versions: Vec<String> = view
        .runners
        .iter()
        .filter_map(|runner| runner.package())
        .map(|(name, version)| format!("{name} {version}"))
        .collect();
    if !versions.is_empty() {
        facts.push(versions.join(", "));
    }
    facts.push(day(&run.header.started));
    let took = run.end.map(|end| format!(", {}", duration(end.elapsed_s))).unwrap_or_default();
    facts.push(format!("{} profile{took}", plan.profile));
    facts.push(format::count(plan.workers, "worker"));
    facts.extend(run.sharding());
    facts
}

/// `42 s`, `15 min`.
fn duration(seconds: f64) -> String {
    match seconds {
        ..120.0 => format!("{seconds:.0}\u{a0}s"),
        _ => format!("{:.0}\u{a0}min", seconds / 60.0),
    }
}

/// `2026-01-31T12:34:56Z` → `31 Jan 2026`; anything else as it is.
pub(super) fn day(started: &str) -> String {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let parts = started.split_once('T').map(|(date, _)| date.splitn(3, '-').collect::<Vec<_>>());
    let date = parts.and_then(|parts| {
        let [year, month, day] = parts[..] else { return None };
        let month = MONTHS.get(month.parse::<usize>().ok()?.checked_sub(1)?)?;
        Some(format!("{} {month} {year}", day.parse::<u8>().ok()?))
    });
    date.unwrap_or_else(|| started.to_owned())
}

/// `2026-01-31T12:34:56.789Z` → `2026-01-31 12:34 UTC`; anything else as it is.
pub(super) fn moment(started: &str) -> String {
    let (Some((date, time)), true) = (started.split_once('T'), started.ends_with('Z')) else {
        return started.to_owned();
    };
    match time.get(..5) {
        Some(minutes) if minutes.as_bytes().get(2) == Some(&b':') => {
            format!("{date} {minutes} UTC")
        }
        _ => started.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{day, moment};

    #[test]
    fn rfc3339_times_are_shortened_and_others_kept() {
        assert_eq!(moment("2026-01-31T12:34:56.789Z"), "2026-01-31 12:34 UTC");
        assert_eq!(day("2026-01-31T12:34:56.789Z"), "31 Jan 2026");
        for odd in ["", "T", "2026-13-01T", "a-b-cT"] {
            assert_eq!(day(odd), odd);
        }
        for odd in ["", "T", "TZ", "yesterday", "2026-01-31T12:34:56+01:00", "aT1äöüZ"] {
            assert_eq!(moment(odd), odd);
        }
    }
}
