//! The machine and the build.

use maud::{Markup, html};
use runtime_bench_results::environment::Environment;
use runtime_bench_results::run::Run;

use crate::format;
use crate::view::View;
use crate::view::wording;

const UNREADABLE: &str = "not readable";

/// The section.
pub(super) fn section(view: &View<'_>) -> Markup {
    let facts = facts(view.run);
    html! {
        section #environment aria-labelledby="environment-title" {
            h2 #environment-title { "Environment" }
            section.scroll tabindex="0" aria-label="Environment table" {
                table.facts {
                    caption { "Machine, limits and build of this run" }
                    tbody {
                        @for (name, value) in &facts {
                            tr { th scope="row" { (name) } td { (value) } }
                        }
                    }
                }
            }
        }
    }
}

fn facts(run: &Run) -> Vec<(&'static str, String)> {
    let (environment, plan) = (&run.header.environment, &run.header.plan);
    let mut facts = machine(environment);
    if environment.beside {
        let disturbs = "another one was running at the start, so both were disturbed";
        facts.push(("Other measurements", disturbs.to_owned()));
    }
    facts.extend([
        ("Compiler", text(Some(&environment.rustc))),
        ("Build", text(Some(&environment.profile))),
        ("Features", features(environment)),
        ("Allocator", text(Some(&environment.allocator))),
        ("Commit", text(environment.commit.as_ref())),
        ("Version", text(Some(&environment.version))),
        ("Profile", plan.profile.clone()),
        ("Worker threads", workers(environment, plan.workers)),
        ("Pool threads", plan.pool_threads.to_string()),
        ("Time budget per cell", format!("{}\u{a0}s", format::number(plan.budget_s))),
        ("Time limit per trial", format!("{}\u{a0}s", format::number(plan.trial_limit_s))),
        ("Code layout", wording::layouts(plan)),
        ("Reference", plan.reference.clone()),
        ("Seed", plan.seed.to_string()),
        ("Started", run.header.started.clone()),
        (
            "Duration",
            run.end.map_or_else(
                || "unknown: the run did not finish".to_owned(),
                |end| format!("{}\u{a0}s", format::number(end.elapsed_s)),
            ),
        ),
    ]);
    facts
}

/// The worker threads, and why there are fewer than processors.
fn workers(environment: &Environment, workers: usize) -> String {
    let allowed = environment.affinity.as_ref().map_or(environment.cores, |own| Some(own.len()));
    match (environment.cpu_quota, allowed) {
        (Some(quota), Some(allowed)) if workers < allowed && quota < allowed as f64 => {
            format!("{workers}: the CPU quota allows {} of {allowed} cores", format::number(quota))
        }
        _ => workers.to_string(),
    }
}

fn features(environment: &Environment) -> String {
    match environment.features.as_slice() {
        [] => "default".to_owned(),
        features => features.join(", "),
    }
}

fn machine(environment: &Environment) -> Vec<(&'static str, String)> {
    let count = |count: Option<String>| count.unwrap_or_else(|| UNREADABLE.to_owned());
    vec![
        ("Processor", text(environment.cpu_model.as_ref())),
        ("Logical processors", count(environment.cores.map(|cores| cores.to_string()))),
        ("CPU affinity", count(environment.affinity.as_deref().map(affinity))),
        (
            "CPU quota",
            environment.cpu_quota.map_or_else(
                || format!("unlimited, or {UNREADABLE}"),
                |cores| format!("{} cores", format::number(cores)),
            ),
        ),
        ("Memory", count(environment.memory.map(|bytes| format::figure(bytes as f64, "B")))),
        ("System", text(environment.kernel.as_ref())),
        (
            "Virtual machine",
            count(environment.virtual_machine.map(|is| if is { "yes" } else { "no" }.to_owned())),
        ),
        ("Frequency governor", text(environment.governor.as_ref())),
        ("Transparent huge pages", text(environment.huge_pages.as_ref())),
        (
            "Load at the start",
            count(environment.load.map(|load| {
                let [one, five, fifteen] = load.map(|load| format!("{load:.2}"));
                format!("{one}, {five}, {fifteen} (over 1, 5 and 15 minutes)")
            })),
        ),
        ("Open-file limit", count(environment.open_files.map(|files| files.to_string()))),
    ]
}

fn text(text: Option<&String>) -> String {
    match text {
        Some(text) if !text.trim().is_empty() => text.clone(),
        _ => UNREADABLE.to_owned(),
    }
}

/// `0–3, 6`.
fn affinity(processors: &[usize]) -> String {
    let ranges = processors.chunk_by(|a, b| a.checked_add(1) == Some(*b));
    let ranges: Vec<String> = ranges
        .filter_map(|range| match range {
            [] => None,
            [one] => Some(one.to_string()),
            [first, .., last] => Some(format!("{first}–{last}")),
        })
        .collect();
    if ranges.is_empty() { UNREADABLE.to_owned() } else { ranges.join(", ") }
}

/// The command that made the run, quoted for a shell.
pub(super) fn command_line(run: &Run) -> String {
    let words: Vec<String> = run.header.command.iter().map(|word| quoted(word)).collect();
    if words.is_empty() { "unknown command".to_owned() } else { words.join(" ") }
}

/// A word, quoted for a shell.
pub(crate) fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=,:@%+".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processors_are_written_as_ranges() {
        assert_eq!(affinity(&[0, 1, 2, 3, 6]), "0–3, 6");
        assert_eq!(affinity(&[]), UNREADABLE);
        assert_eq!(affinity(&[usize::MAX, 0]), format!("{}, 0", usize::MAX));
    }

    #[test]
    fn shell_words_are_quoted_only_when_needed() {
        assert_eq!(quoted("--seed=7"), "--seed=7");
        assert_eq!(quoted("a b"), "'a b'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
        assert_eq!(quoted(""), "''");
    }

    #[test]
    fn unreadable_facts_are_reported() {
        let facts = machine(&Environment::default());
        assert!(facts.iter().all(|(_, value)| value.contains(UNREADABLE)));
    }
}
