//! The head of the page: what was compared, where, and how far to trust it.

use maud::{Markup, html};
use runtime_bench_results::run::Run;

use super::{badge, controls, environment};
use crate::format;
use crate::view::View;

/// Title, environment in a line, badge, links to the sections.
pub(super) fn header(view: &View<'_>) -> Markup {
    let comparisons = view.compared_groups().count();
    html! {
        header {
            (controls::theme_switch())
            p.kicker { "runtime-bench" }
            h1 { (TITLE) }
            p.lead {
                (format::count(view.runners.len(), "runner")) " in "
                (format::count(comparisons, "comparison")) " of "
                (format::count(view.sections().len(), "kind")) " of work"
            }
            p.facts {
                @for (place, fact) in facts(view.run).iter().enumerate() {
                    @if place > 0 { span aria-hidden="true" { " · " } " " }
                    span { (fact) }
                }
            }
            p.command { code { (environment::command_line(view.run)) } }
            (badge::badges(view))
            nav aria-label="Sections" {
                ul {
                    @for (anchor, name) in SECTIONS {
                        li { a href=(format!("#{anchor}")) { (name) } }
                    }
                }
            }
        }
    }
}

/// Heading of the page, and its title.
pub(super) const TITLE: &str = "Concurrency runtimes, measured";

const SECTIONS: [(&str, &str); 7] = [
    ("findings", "Findings"),
    ("table", "Table"),
    ("workloads", "Workloads"),
    ("runners", "Runners"),
    ("environment", "Environment"),
    ("method", "Method"),
    ("data", "Data"),
];

/// Machine, kernel, date, profile, workers, seed.
fn facts(run: &Run) -> Vec<String> {
    let (environment, plan) = (&run.header.environment, &run.header.plan);
    let machine = environment.cpu_model.clone().unwrap_or_else(|| "processor not readable".into());
    let cores = environment
        .cores
        .map_or_else(|| "cores not readable".into(), |cores| format::count(cores, "core"));
    vec![
        machine,
        cores,
        environment.kernel.clone().unwrap_or_else(|| "kernel not readable".into()),
        moment(&run.header.started),
        format!("profile {}", plan.profile),
        format::count(plan.workers, "worker"),
        format!("seed {}", plan.seed),
    ]
}

/// `2026-01-31T12:34:56.789Z` → `2026-01-31 12:34 UTC`; anything else as it is.
fn moment(started: &str) -> String {
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
    fn a_moment_is_shortened_when_it_is_understood() {
        assert_eq!(moment("2026-01-31T12:34:56.789Z"), "2026-01-31 12:34 UTC");
        for odd in ["", "T", "TZ", "yesterday", "2026-01-31T12:34:56+01:00", "aT1äöüZ"] {
            assert_eq!(moment(odd), odd);
        }
    }
}
