//! Two interleaved builds.

use serde::{Deserialize, Serialize};

use super::{Document, Row, TOLD_APART, Word};
use crate::analysis::LEAST_FREE;
use crate::stats::gate::{Gated, Open, Stage, check, gate};
use crate::stats::{ControlCheck, Verdict, median};
use runtime_bench_results::listing::{Build, Listing};
use runtime_bench_results::noise::NoiseWindow;

/// One row of a comparison of two builds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BuildRow {
    /// Its name: the cell and the cores.
    pub name: String,
    /// Name of the workload.
    pub workload: String,
    /// Name of the metric that is compared.
    pub metric: String,
    /// Its unit.
    pub unit: String,
    /// The measurements, stage by stage.
    pub stages: Vec<Stage>,
    /// The first trial that failed.
    pub failure: Option<Failure>,
    /// Rounds that were dropped because the machine stalled.
    pub dropped: usize,
}

/// A trial that failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Failure {
    /// Whether it was a trial of the head, not of the base.
    pub of_head: bool,
    /// The failure.
    pub message: String,
}

/// Facts about both builds.
#[derive(Clone, Copy, Debug)]
pub struct Sides<'a> {
    /// Name of the base.
    pub base: (&'a str, &'a Listing),
    /// Name of the head.
    pub head: (&'a str, &'a Listing),
    /// Number of executables of each in other layouts, base and head.
    pub layouts: [usize; 2],
    /// Background load.
    pub noise: &'a [NoiseWindow],
}

/// Judges the measurements of two builds: the worst row first.
///
/// A row is *faster* or *slower* if all stages clear the margin ([`gate`]). The A/A control of a row,
/// the base against itself, is judged in the same way. A row whose control failed is inconclusive, and
/// two such rows make the document untrustworthy.
pub fn builds(sides: Sides<'_>, measured: &[BuildRow]) -> Document {
    let mut document = Document::new("Two builds, interleaved", sides.base.0, sides.head.0);
    document.warnings = differences(sides);
    document.warnings.extend(crowded(sides.noise));
    let dropped: usize = measured.iter().map(|row| row.dropped).sum();
    if dropped > 0 {
        document.warnings.push(format!("the machine stalled: {dropped} rounds were dropped"));
    }
    document.notes = vec![
        "a row differs if both stages clear its margin; the second stage is twice as long and \
         measures only rows that look different in the first"
            .to_owned(),
        margins(sides.layouts),
    ];
    let controls: Vec<ControlCheck> = measured.iter().map(|row| check(&row.stages)).collect();
    let rows = measured.iter().zip(&controls);
    document.rows =
        rows.map(|(row, control)| judged(row, *control == ControlCheck::Failed)).collect();
    let count = |check| controls.iter().filter(|control| **control == check).count();
    let failed = count(ControlCheck::Failed);
    document.notes.push(format!(
        "A/A controls (the base against itself): {} passed (within 3%), {} inconclusive, {failed} failed",
        count(ControlCheck::Passed),
        count(ControlCheck::Inconclusive)
    ));
    if failed >= 2 {
        let names: Vec<&str> = measured
            .iter()
            .zip(&controls)
            .filter(|(_, control)| **control == ControlCheck::Failed)
            .map(|(row, _)| row.name.as_str())
            .collect();
        document.untrusted = Some(format!(
            "the A/A control failed in {failed} rows, so the machine is too noisy to judge: {}",
            names.join(", ")
        ));
    }
    document.worst_first();
    document.measured = measured.to_vec();
    document
}

fn margins(layouts: [usize; 2]) -> String {
    match layouts {
        [0, 0] => "margin: 1%; code layout alone can move some rows by more: pass relinked builds \
            with --base-layout and --head-layout"
            .to_owned(),
        [base, head] => format!(
            "margin: 1%, or more if {base} other layouts of the base move the row by more; a \
             difference must also show in {head} other layouts of the head"
        ),
    }
}

/// A warning if other programs took cores away.
fn crowded(noise: &[NoiseWindow]) -> Option<String> {
    let free: Vec<f64> = noise.iter().filter_map(NoiseWindow::free_share).collect();
    let share = median(&free).filter(|share| *share < LEAST_FREE)?;
    Some(format!(
        "only {:.0}% of the cores were free, so rows on several cores had fewer",
        100.0 * share
    ))
}

fn judged(row: &BuildRow, untrusted: bool) -> Row {
    let gated = gate(&row.stages);
    let (word, note) = match &row.failure {
        Some(failure) if failure.of_head => (Word::Failed, failure.message.clone()),
        Some(failure) => (Word::Inconclusive, format!("base: {}", failure.message)),
        None if untrusted => (Word::Inconclusive, TOLD_APART.to_owned()),
        None => word(&gated),
    };
    Row {
        name: row.name.clone(),
        workload: row.workload.clone(),
        metric: row.metric.clone(),
        unit: row.unit.clone(),
        word,
        ratio: gated.ratio,
        interval: gated.interval,
        samples: [gated.pairs; 2],
        margin: gated.margin,
        note,
    }
}

/// The result of a row, and why it is open.
fn word(gated: &Gated) -> (Word, String) {
    let means = || match gated.slow {
        Some(slow) if gated.of_means => format!(
            "ratio of means: slow in {:.0}% of rounds, base {:.0}%",
            100.0 * slow.candidate,
            100.0 * slow.reference
        ),
        _ => String::new(),
    };
    let open = match (gated.verdict, gated.open) {
        (Verdict::Slower, _) => return (Word::Slower, means()),
        (Verdict::Faster, _) => return (Word::Faster, means()),
        (Verdict::Tie, _) => return (Word::Tie, String::new()),
        (_, open) => open.unwrap_or(Open::Wide),
    };
    let note = match open {
        Open::Wide => "the interval is too wide; a longer --budget helps".to_owned(),
        Open::Means => "means and medians disagree because of a few outlier rounds".to_owned(),
        Open::WithinMargin => {
            format!("no more than the effect of another layout ({:.1}%)", 100.0 * gated.margin)
        }
        Open::StagesDisagree => "only one of the two stages shows a difference".to_owned(),
        Open::Layouts => "not in every layout of the head".to_owned(),
        Open::TooFew => format!("too few rounds ({})", gated.pairs),
    };
    (Word::Inconclusive, note)
}

/// Differences between the builds, which are often the subject of the test.
fn differences(sides: Sides<'_>) -> Vec<String> {
    let (base, head) = (sides.base.1, sides.head.1);
    let mut differences = Vec::new();
    let settings = |build: &Build| {
        [
            ("harness", build.version.clone()),
            ("compiler", build.rustc.clone()),
            ("profile", build.profile.clone()),
        ]
    };
    for ((what, from), (_, to)) in settings(&base.build).into_iter().zip(settings(&head.build)) {
        if from != to {
            differences.push(format!("{what}: {from} → {to}"));
        }
    }
    let version = |listing: &Listing, package: &str| {
        let packages = listing.runners.iter().flat_map(|runner| &runner.packages);
        packages.into_iter().find(|(name, _)| *name == package).map(|(_, version)| version.clone())
    };
    let mut packages: Vec<&String> =
        base.runners.iter().flat_map(|runner| runner.packages.keys()).collect();
    packages.sort_unstable();
    packages.dedup();
    for package in packages {
        if let Some((from, to)) = version(base, package).zip(version(head, package))
            && from != to
        {
            differences.push(format!("{package} {from} → {to}"));
        }
    }
    differences
}

#[cfg(test)]
mod tests {
    use super::*;
    use fastrand::Rng;
    use runtime_bench_results::trial::PROTOCOL;

    fn pairs(rng: &mut Rng, ratio: f64) -> Vec<(f64, f64)> {
        let mut one = || 1.0 + 0.01 * (2.0 * rng.f64() - 1.0);
        (0..120).map(|_| (ratio * one(), one())).collect()
    }

    fn row(rng: &mut Rng, name: &str, stages: &[f64], control: f64) -> BuildRow {
        let mut stage = |&ratio: &f64| Stage {
            head: pairs(rng, ratio),
            control: pairs(rng, control),
            ..Stage::default()
        };
        BuildRow {
            name: name.to_owned(),
            workload: "echo".to_owned(),
            metric: "wall".to_owned(),
            unit: "ns".to_owned(),
            stages: stages.iter().map(&mut stage).collect(),
            failure: None,
            dropped: 0,
        }
    }

    fn document(rows: &[BuildRow]) -> Document {
        let listing = |version: &str| Listing {
            protocol: PROTOCOL,
            build: Build { version: version.to_owned(), ..Build::default() },
            workloads: Vec::new(),
            runners: Vec::new(),
            cells: Vec::new(),
            routes: Vec::new(),
        };
        let (base, head) = (listing("0.1.0"), listing("0.2.0"));
        builds(Sides { base: ("a", &base), head: ("b", &head), layouts: [0, 0], noise: &[] }, rows)
    }

    #[test]
    fn rows_have_verdicts_and_the_worst_is_first() {
        let mut rng = Rng::with_seed(1);
        let mut failed = row(&mut rng, "failed", &[1.0], 1.0);
        failed.failure = Some(Failure { of_head: true, message: "wrong output".to_owned() });
        let rows = [
            row(&mut rng, "tie", &[1.0], 1.0),
            row(&mut rng, "slower", &[1.05, 1.05], 1.0),
            row(&mut rng, "not again", &[1.05, 1.0], 1.0),
            failed,
        ];
        let document = document(&rows);
        let words: Vec<(&str, Word)> =
            document.rows.iter().map(|row| (row.name.as_str(), row.word)).collect();
        assert_eq!(
            words,
            [
                ("failed", Word::Failed),
                ("slower", Word::Slower),
                ("not again", Word::Inconclusive),
                ("tie", Word::Tie)
            ]
        );
        assert_eq!(document.warnings, ["harness: 0.1.0 → 0.2.0"]);
        assert_eq!(document.untrusted, None);
    }

    #[test]
    fn row_with_failed_control_is_inconclusive() {
        let mut rng = Rng::with_seed(2);
        let slower = |name, rng: &mut Rng| row(rng, name, &[1.05, 1.05], 1.1);
        let one = document(&[slower("one", &mut rng)]);
        assert_eq!((one.rows[0].word, one.untrusted), (Word::Inconclusive, None));
        let two = document(&[slower("one", &mut rng), slower("two", &mut rng)]);
        assert!(two.untrusted.unwrap().contains("in 2 rows"));
    }
}
