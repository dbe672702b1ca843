//! The head of the first page: what was compared, where, and how far to trust it.

use maud::{Markup, html};
use runtime_bench_results::run::Run;

use super::badge;
use crate::format;
use crate::view::View;

/// Title, environment in a line, badges.
pub(super) fn header(view: &View<'_>) -> Markup {
    let workloads: usize = view.sections().iter().map(|section| section.workloads.len()).sum();
    html! {
        header.top {
            h1 { (TITLE) }
            p.lead {
                "The same work on " (format::count(view.runners.len(), "runner"))
                ", each a runtime or a way to use threads: "
                (format::count(workloads, "workload")) ", "
                (format::count(view.compared_groups().count(), "comparison")) " of verified answers"
            }
            p.facts {
                @for (place, fact) in facts(view.run).iter().enumerate() {
                    @if place > 0 { span aria-hidden="true" { " · " } " " }
                    span { (fact) }
                }
            }
            (badge::badges(view))
        }
    }
}

/// Heading of the page, and its title.
pub(super) const TITLE: &str = "Which runtime for which work";

/// Machine, kernel, date, profile, workers.
fn facts(run: &Run) -> Vec<String> {
    let (environment, plan) = (&run.header.environment, &run.header.plan);
    let machine = environment.cpu_model.clone().unwrap_or_else(|| "processor not readable".into());
    let cores = environment
        .cores
        .map_or_else(|| "cores not readable".into(), |cores| format::count(cores, "core"));
    let mut facts = vec![
        machine,
        cores,
        environment.kernel.clone().unwrap_or_else(|| "kernel not readable".into()),
        moment(&run.header.started),
        format!("profile {}", plan.profile),
        format::count(plan.workers, "worker"),
    ];
    facts.extend(run.sharding());
    facts
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
    use super::moment;

    #[test]
    fn rfc3339_times_are_shortened_and_others_kept() {
        assert_eq!(moment("2026-01-31T12:34:56.789Z"), "2026-01-31 12:34 UTC");
        for odd in ["", "T", "TZ", "yesterday", "2026-01-31T12:34:56+01:00", "aT1äöüZ"] {
            assert_eq!(moment(odd), odd);
        }
    }
}
