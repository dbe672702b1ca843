//! The precision of the run: how many comparisons have an answer, disturbances, and a command for a more
//! precise run.

use maud::{Markup, html};
use runtime_bench_analysis::analysis::{Group, Row, Status};
use runtime_bench_analysis::answers::longer_profile;
use runtime_bench_results::run::Run;

use super::environment::quoted;
use crate::format;
use crate::view::{View, noise, wording};

/// Minimum share of comparisons with an answer for high and for fair precision.
const HIGH: f64 = 0.9;
const FAIR: f64 = 0.7;

/// The line.
pub(super) fn line(view: &View<'_>) -> Markup {
    let counts = view.counts;
    let failures = failures(view);
    let (class, lead) = match counts.answered() {
        _ if !failures.is_empty() => ("precision bad", "Do not rely on this run."),
        None => ("precision low", "Nothing was compared."),
        Some(HIGH..) => ("precision high", "High precision."),
        Some(FAIR..) => ("precision fair", "Fair precision."),
        Some(_) => ("precision low", "Low precision."),
    };
    let command = sharper(view.run).filter(|_| counts.total() > 0);
    html! {
        div class=(class) {
            p {
                strong { (lead) } " "
                @for failure in &failures { (failure) " " }
                @if counts.total() == 0 {
                    (wording::prose(&nothing(view))) " "
                } @else {
                    span #counts { (wording::counts(&counts)) "." }
                    " " span.layouts { (wording::layouts(&view.run.header.plan)) } " "
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

/// Why nothing was compared, and what to do.
fn nothing(view: &View<'_>) -> String {
    let groups: Vec<&Group> = view.compared_groups().map(|group| group.source).collect();
    let rows = || groups.iter().flat_map(|group| &group.rows);
    let any = |of: fn(&Status) -> bool| rows().any(|row| of(&row.status));
    let measured = rows().filter(|row| row.status == Status::Measured);
    let mut runners: Vec<&str> = measured.map(|row| row.key.runner.as_str()).collect();
    runners.sort_unstable();
    runners.dedup();
    match runners.as_slice() {
        [] if groups.is_empty() => "`runtime-bench list` shows what can be measured.".to_owned(),
        [] if any(|status| matches!(status, Status::Failed(_))) => {
            "No cell passed; the reasons are below the table. `runtime-bench verify` tries each cell once."
                .to_owned()
        }
        [] if any(|status| matches!(status, Status::NotMeasured(_))) => {
            "No cell was measured; the reasons are below the table. Choose a longer profile or fewer cells."
                .to_owned()
        }
        [] => "No runner supports the chosen workloads; the reasons are below the table. \
               `runtime-bench list` shows which cells run."
            .to_owned(),
        _ if groups.iter().all(|group| group.is_check()) => {
            "Every workload passes or fails; runners are not ranked.".to_owned()
        }
        [one] => format!("Only {one} has results. Choose more runners with `--runners`."),
        _ => "No two runners have enough rounds in common. Choose a longer profile.".to_owned(),
    }
}

/// Failures that make the whole run untrustworthy.
fn failures(view: &View<'_>) -> Vec<String> {
    let mut failures: Vec<String> =
        noise::unfinished(view.run).map(str::to_owned).into_iter().collect();
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

/// Disturbances of the run.
fn disturbances(view: &View<'_>) -> Vec<String> {
    let control = view.analysis.noise;
    let mut disturbances: Vec<String> = busy_cores(view).into_iter().collect();
    disturbances.extend(noise::run_warnings(view.run, view.analysis));
    disturbances.extend(without_result(view));
    if control.passed + control.unproven + control.failed == 0 {
        disturbances.push("No A/A control was measured.".to_owned());
    }
    disturbances
}

/// The number of failed cells, and of rows with a replaced reference.
fn without_result(view: &View<'_>) -> Vec<String> {
    let rows: Vec<&Row> = view.compared_groups().flat_map(|group| &group.source.rows).collect();
    let failed = rows.iter().filter(|row| matches!(row.status, Status::Failed(_))).count();
    let mut found = Vec::new();
    // If no cell passed, the page already says so.
    if failed > 0 && rows.iter().any(|row| row.status == Status::Measured) {
        let failed = format::count(failed, "cell");
        found.push(format!("{failed} failed: see below the table."));
    }
    let (replaced, all) = view.replaced();
    if replaced > 0 {
        found.push(format!(
            "In {replaced} of {}, {} has no result; the runner with an absolute figure is the \
             reference instead.",
            format::count(all, "row"),
            view.run.header.plan.reference
        ));
    }
    found
}

/// A note that other programs used cores, for the most affected comparison.
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

/// The command of the run with the next longer profile; `None` if there is none.
fn sharper(run: &Run) -> Option<String> {
    let next = longer_profile(&run.header.plan.profile)?;
    let mut words: Vec<String> = Vec::new();
    let mut given = run.header.command.iter();
    while let Some(word) = given.next() {
        let (name, value) =
            word.split_once('=').map_or((word.as_str(), None), |(name, value)| (name, Some(value)));
        match name {
            // Its profile and its results file are replaced.
            "--profile" | "--out" if value.is_none() => {
                given.next();
            }
            "--profile" | "--out" | "--quiet" | "-q" => {}
            _ => words.push(quoted(word)),
        }
    }
    if words.is_empty() {
        words = vec!["runtime-bench".to_owned(), "bench".to_owned()];
    }
    words.extend(["--profile", next].map(str::to_owned));
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
        let words = ["runtime-bench", "bench", "-q", "--profile", "quick", "--out=a.json", "a b"];
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
