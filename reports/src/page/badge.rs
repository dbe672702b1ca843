//! How far to trust the run: what its A/A control showed, and whether it came to its end.

use maud::{Markup, html};
use runtime_bench_analysis::analysis::Group;
use runtime_bench_results::run::Run;

use crate::format;
use crate::view::{View, noise};

/// How serious a badge is.
#[derive(Clone, Copy)]
enum Level {
    Good,
    Caution,
    Bad,
}

/// Every badge of the run.
pub(super) fn badges(view: &View<'_>) -> Markup {
    let (level, head, text) = control(view);
    html! {
        @if let Some(text) = unfinished(view.run) {
            (badge(Level::Bad, "Not finished", text))
        }
        (badge(level, head, &text))
        @if let Some(text) = busy_cores(view) {
            (badge(Level::Caution, "Cores were not free", &text))
        }
        @if let Some(change) = &view.analysis.load_change {
            @let head = if change.after > change.before { "The load rose" } else { "The load fell" };
            (badge(Level::Caution, head, &noise::sentence(&noise::load_change(change))))
        }
        @if let Some(text) = noise::resumed(view.run) {
            (badge(Level::Caution, "Measured in parts", &noise::sentence(&text)))
        }
    }
}

fn badge(level: Level, head: &str, text: &str) -> Markup {
    let (class, sign) = match level {
        Level::Good => ("badge good", "✓"),
        Level::Caution => ("badge caution", "?"),
        Level::Bad => ("badge bad", "!"),
    };
    html! {
        p class=(class) {
            span.sign aria-hidden="true" { (sign) }
            span { strong { (head) ". " } (text) }
        }
    }
}

fn unfinished(run: &Run) -> Option<&'static str> {
    match run.end {
        None => Some(
            "This run has no end: it was killed, or it is still going on. What is shown is what \
             was measured until then.",
        ),
        Some(end) if end.interrupted => Some(
            "This run was stopped before its plan was done. What is missing says so; figures of \
             few rounds have wide intervals.",
        ),
        Some(_) => None,
    }
}

fn control(view: &View<'_>) -> (Level, &'static str, String) {
    let noise = view.analysis.noise;
    let all = noise.passed + noise.unproven + noise.failed;
    let controls = |count: usize| format::count(count, "control");
    if all == 0 {
        let text = "The reference was not measured against itself, so nothing in this run shows \
                    how far its noise reaches.";
        return (Level::Caution, "No noise control", text.to_owned());
    }
    if !noise.trusted() {
        let text = format!(
            "In {} of {} identical code was told apart: the noise of this machine is larger than \
             the intervals say. Failed: {}.",
            noise.failed,
            controls(all),
            failed(view)
        );
        return (Level::Bad, "Do not trust these verdicts", text);
    }
    if noise.failed == 1 {
        let text = format!(
            "1 of {} told identical code apart: do not trust the verdicts of {}. {} passed, {} too \
             noisy to say.",
            controls(all),
            failed(view),
            noise.passed,
            noise.unproven
        );
        return (Level::Bad, "One noise control failed", text);
    }
    if noise.unproven > 0 {
        let text = format!(
            "The reference was also measured against itself. None of {} told the two apart and {} \
             proved them alike within 3\u{a0}%; {} were too noisy or too short for that, and small \
             differences there stay inconclusive.",
            controls(all),
            noise.passed,
            noise.unproven
        );
        let title = if noise.passed == 0 {
            "Noise control unproven"
        } else {
            "Noise control partly proven"
        };
        return (Level::Caution, title, text);
    }
    let text = format!(
        "The reference was also measured against itself: {} of {} proved the two alike \
         within 3\u{a0}%.",
        noise.passed,
        controls(all)
    );
    (Level::Good, "Noise control passed", text)
}

/// That other programs took cores, in the comparison that had the fewest.
fn busy_cores(view: &View<'_>) -> Option<String> {
    let groups = &view.analysis.groups;
    let crowded = groups.iter().filter(|group| group.noise.crowded());
    let share = |group: &&Group| group.noise.free_median.unwrap_or(1.0);
    let worst = crowded.clone().min_by(|a, b| share(a).total_cmp(&share(b)))?;
    let words = noise::busy_cores(&worst.noise)?;
    let (count, all) = (crowded.count(), format::count(groups.len(), "comparison"));
    Some(format!("In {count} of {all}, at worst {words}."))
}

/// The comparisons whose control failed.
fn failed(view: &View<'_>) -> String {
    let groups = view.workloads.iter().flat_map(|workload| &workload.groups);
    let failed = groups.filter(|group| group.is_distrusted());
    let names: Vec<String> =
        failed.map(|group| format!("{} ({})", group.title, group.point())).collect();
    format::list(&names)
}
