//! Two builds, measured interleaved.

use super::{Document, Row, TOLD_APART, Word};
use crate::analysis::LEAST_FREE;
use crate::listing::{Build, Listing};
use crate::noise::NoiseWindow;
use crate::stats::gate::{STAGE_LEVEL, Stage, gate};
use crate::stats::{TwinCheck, Verdict, check_twin, compare, median};

/// One row of a comparison of two builds.
#[derive(Clone, Debug, PartialEq)]
pub struct BuildRow {
    /// What it is called: the cell and the cores.
    pub name: String,
    /// Name of the workload.
    pub workload: String,
    /// Name of the metric that is compared.
    pub metric: String,
    /// Its unit.
    pub unit: String,
    /// What was measured, stage by stage.
    pub stages: Vec<Stage>,
    /// The first trial that failed.
    pub failure: Option<Failure>,
    /// Costs that were dropped because the machine stood still meanwhile.
    pub dropped: usize,
}

/// A trial that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Whether it was the head's; else the base's.
    pub of_head: bool,
    /// What went wrong.
    pub message: String,
}

/// What is said of both builds beside their rows.
#[derive(Clone, Copy, Debug)]
pub struct Sides<'a> {
    /// What the base is called.
    pub base: (&'a str, &'a Listing),
    /// What the head is called.
    pub head: (&'a str, &'a Listing),
    /// Number of executables of the base in other layouts.
    pub layouts: usize,
    /// What the machine was busy with.
    pub noise: &'a [NoiseWindow],
}

/// Judges what was measured of two builds: the worst row first.
///
/// A row is *faster* or *slower* where both stages clear the margin ([`gate`]). A row whose base was
/// told apart from its own twin is inconclusive, and two such rows distrust the document; the twin is
/// judged at 0.01 ÷ rows.
pub fn builds(sides: Sides<'_>, measured: &[BuildRow]) -> Document {
    let mut document = Document::new("Two builds, interleaved", sides.base.0, sides.head.0);
    document.warnings = differences(sides);
    document.warnings.extend(crowded(sides.noise));
    let dropped: usize = measured.iter().map(|row| row.dropped).sum();
    if dropped > 0 {
        document
            .warnings
            .push(format!("the machine stood still now and then: {dropped} samples were dropped"));
    }
    document.notes = vec![
        "a row differs where two stages, one after the other and the second twice as long, both \
         clear its margin; rows that look alike in the first are not measured again"
            .to_owned(),
        match sides.layouts {
            0 => {
                "margin: 1 %; the layout of the code in memory alone moves some rows by more: give \
                  the base linked otherwise as --control"
                    .to_owned()
            }
            layouts => format!(
                "margin: 1 %, or what linking the base in {layouts} other layouts does to the row"
            ),
        },
    ];
    let level = STAGE_LEVEL / measured.len().max(1) as f64;
    let told_apart = |row: &BuildRow| {
        let pairs: Vec<(f64, f64)> = row.stages.iter().flat_map(|s| s.twin.clone()).collect();
        check_twin(&compare("base", &pairs, level)) == TwinCheck::Failed
    };
    let mut failed = Vec::new();
    for row in measured {
        let untrusted = told_apart(row);
        if untrusted {
            failed.push(row.name.clone());
        }
        document.rows.push(judged(row, untrusted));
    }
    if failed.len() >= 2 {
        document.untrusted = Some(format!(
            "the base was told apart from itself in {} rows, so the machine is too restless to \
             judge: {}",
            failed.len(),
            failed.join(", ")
        ));
    }
    let cost = |row: &Row| row.ratio.unwrap_or(0.0);
    document.rows.sort_by(|a, b| a.word.cmp(&b.word).then(cost(b).total_cmp(&cost(a))));
    document
}

/// That other programs took cores away, where they did.
fn crowded(noise: &[NoiseWindow]) -> Option<String> {
    let free: Vec<f64> = noise.iter().filter_map(NoiseWindow::free_share).collect();
    let share = median(&free).filter(|share| *share < LEAST_FREE)?;
    Some(format!(
        "only {:.0} % of the cores were free: rows on several cores were measured with fewer",
        100.0 * share
    ))
}

fn judged(row: &BuildRow, untrusted: bool) -> Row {
    let gated = gate(&row.stages);
    let comparison = &gated.comparison;
    let (word, note) = match (&row.failure, gated.verdict) {
        (Some(failure), _) if failure.of_head => (Word::Failed, failure.message.clone()),
        (Some(failure), _) => (Word::Inconclusive, format!("base: {}", failure.message)),
        _ if untrusted => (Word::Inconclusive, TOLD_APART.to_owned()),
        (None, Verdict::Slower) => (Word::Slower, String::new()),
        (None, Verdict::Faster) => (Word::Faster, String::new()),
        (None, Verdict::Tie) => (Word::Tie, String::new()),
        (None, Verdict::DependsOnMode) => (Word::DependsOnMode, String::new()),
        (None, Verdict::NotCompared) => {
            (Word::Inconclusive, format!("{} pairs are too few", comparison.pairs))
        }
        (None, Verdict::Undecided) if row.stages.len() > 1 => {
            (Word::Inconclusive, "the stages do not agree".to_owned())
        }
        (None, Verdict::Undecided) => (
            Word::Inconclusive,
            "the interval is too wide, or wild rounds keep the means from agreeing; a longer \
             --budget helps"
                .to_owned(),
        ),
    };
    Row {
        name: row.name.clone(),
        workload: row.workload.clone(),
        metric: row.metric.clone(),
        unit: row.unit.clone(),
        word,
        ratio: comparison.ratio,
        interval: comparison.interval,
        samples: [comparison.pairs; 2],
        margin: gated.margin,
        note,
    }
}

/// What differs between the builds: often the very thing that is tested.
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
    use crate::trial::PROTOCOL;
    use fastrand::Rng;

    fn pairs(rng: &mut Rng, ratio: f64) -> Vec<(f64, f64)> {
        let mut one = || 1.0 + 0.01 * (2.0 * rng.f64() - 1.0);
        (0..60).map(|_| (ratio * one(), one())).collect()
    }

    fn row(rng: &mut Rng, name: &str, stages: &[f64], twin: f64) -> BuildRow {
        let mut stage = |&ratio: &f64| Stage {
            head: pairs(rng, ratio),
            twin: pairs(rng, twin),
            layouts: Vec::new(),
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
        };
        let (base, head) = (listing("0.1.0"), listing("0.2.0"));
        builds(Sides { base: ("a", &base), head: ("b", &head), layouts: 0, noise: &[] }, rows)
    }

    #[test]
    fn rows_have_words_and_the_worst_comes_first() {
        let mut rng = Rng::with_seed(1);
        let mut failed = row(&mut rng, "failed", &[1.0], 1.0);
        failed.failure = Some(Failure { of_head: true, message: "wrong answer".to_owned() });
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
    fn a_base_told_apart_from_itself_is_not_believed() {
        let mut rng = Rng::with_seed(2);
        let slower = |name, rng: &mut Rng| row(rng, name, &[1.05, 1.05], 1.1);
        let one = document(&[slower("one", &mut rng)]);
        assert_eq!((one.rows[0].word, one.untrusted), (Word::Inconclusive, None));
        let two = document(&[slower("one", &mut rng), slower("two", &mut rng)]);
        assert!(two.untrusted.unwrap().contains("in 2 rows"));
    }
}
