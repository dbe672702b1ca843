//! How far to trust the run: how many comparisons have an answer, what disturbed it, and a sharper run.

use maud::{Markup, html};
use runtime_bench_analysis::analysis::Group;
use runtime_bench_results::run::Run;

use super::environment::quoted;
use crate::format;
use crate::view::{View, noise, wording};

/// Least share of comparisons with an answer for high and for fair precision.
const HIGH: f64 = 0.9;
const FAIR: f64 = 0.7;
/// Profiles, the shortest first.
const PROFILES: [&str; 3] = ["quick", "standard", "thorough"];

/// The line.
pub(super) fn line(view: &View<'_>) -> Markup {
    let counts = view.counts();
    let failures = failures(view);
    let (class, lead) = match counts.answered() {
        _ if !failures.is_empty() => ("precision bad", "Do not rely on this run."),
        None => ("precision low", "Nothing was compared."),
        Some(HIGH..) => ("precision high", "High precision."),
        Some(FAIR..) => ("precision fair", "Fair precision."),
        Some(_) => ("precision low", "Low precision."),
    };
    let command = sharper(view.run);
    html! {
        div class=(class) {
            p {
                strong { (lead) } " "
                @for failure in &failures { (failure) " " }
                @if counts.total() > 0 {
                    span #counts {
                        (format::count(counts.total(), "comparison")) ": " (wording::counts(&counts)) "."
                    }
                    " " (wording::layouts(&view.run.header.plan)) " "
                }
                @for disturbance in disturbances(view) { (disturbance) " " }
            }
            @if let Some(command) = command {
                p.sharper {
                    "Sharper: " code { (command) } " "
                    button type="button" data-copy=(command) data-scripted hidden { "Copy" }
                }
            }
        }
    }
}

/// What makes the whole run doubtful.
fn failures(view: &View<'_>) -> Vec<String> {
    let mut failures = Vec::new();
    match view.run.end {
        None => {
            failures.push("The run has no end: it was killed, or it is still running.".to_owned());
        }
        Some(end) if end.interrupted => {
            failures.push("The run was stopped before its plan was done.".to_owned());
        }
        Some(_) => {}
    }
    let control = view.analysis.noise;
    if control.failed > 0 {
        failures.push(format!(
            "The A/A control failed in {}: {}.",
            format::count(control.failed, "comparison"),
            failed(view)
        ));
    }
    failures
}

/// The comparisons whose control failed.
fn failed(view: &View<'_>) -> String {
    let groups = view.workloads.iter().flat_map(|workload| &workload.groups);
    let failed = groups.filter(|group| group.is_distrusted());
    let names: Vec<String> =
        failed.map(|group| format!("{} ({})", group.title, group.point())).collect();
    format::list(&names)
}

/// What went on beside the run.
fn disturbances(view: &View<'_>) -> Vec<String> {
    let control = view.analysis.noise;
    let mut disturbances = Vec::new();
    disturbances.extend(busy_cores(view));
    if let Some(change) = &view.analysis.load_change {
        let since = format::figure(change.at_s * 1e9, "ns");
        disturbances.push(format!(
            "Other programs used {:.1} cores from {since} on, {:.1} before.",
            change.after, change.before
        ));
    }
    disturbances.extend(noise::resumed(view.run).map(|words| noise::sentence(&words)));
    if control.passed + control.unproven + control.failed == 0 {
        disturbances.push("No A/A control was measured.".to_owned());
    }
    disturbances
}

/// That other programs took cores, in the comparison that had the fewest.
fn busy_cores(view: &View<'_>) -> Option<String> {
    let groups = &view.analysis.groups;
    let crowded = groups.iter().filter(|group| group.noise.crowded());
    let share = |group: &&Group| group.noise.free_median.unwrap_or(1.0);
    let worst = crowded.clone().min_by(|a, b| share(a).total_cmp(&share(b)))?;
    let (free, ideal) = (worst.noise.free_cores()?, worst.noise.ideal_cores?);
    Some(format!(
        "Other programs used up to {:.1} of {ideal:.0} cores in {} of {} workloads.",
        (ideal - free).max(0.0),
        crowded.count(),
        groups.len()
    ))
}

/// The command of the run in the next longer profile; `None` where there is none.
fn sharper(run: &Run) -> Option<String> {
    let place = PROFILES.iter().position(|profile| *profile == run.header.plan.profile)?;
    let next = PROFILES.get(place + 1)?;
    let mut words: Vec<String> = Vec::new();
    let mut given = run.header.command.iter();
    while let Some(word) = given.next() {
        if word == "--profile" {
            given.next();
        } else if !word.starts_with("--profile=") {
            words.push(quoted(word));
        }
    }
    if words.is_empty() {
        words = vec!["runtime-bench".to_owned(), "bench".to_owned()];
    }
    words.extend(["--profile".to_owned(), (*next).to_owned()]);
    Some(words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures;

    #[test]
    fn a_sharper_run_has_the_next_profile_and_the_same_filters() {
        let command = |profile: &str, words: &[&str]| {
            let mut run = fixtures::run();
            run.header.plan.profile = profile.to_owned();
            run.header.command = words.iter().map(|word| (*word).to_owned()).collect();
            sharper(&run)
        };
        let words = ["runtime-bench", "bench", "--profile", "quick", "a b"];
        assert_eq!(
            command("quick", &words).as_deref(),
            Some("runtime-bench bench 'a b' --profile standard")
        );
        assert_eq!(
            command("quick", &[]).as_deref(),
            Some("runtime-bench bench --profile standard")
        );
        assert_eq!(command("thorough", &words), None);
        assert_eq!(command("mine", &words), None);
    }
}
