//! What a run says to the claims that it carries.
//!
//! Each test of a claim is a question to every runner that has the cell, and each answer is read from an
//! interval: *yes* or *no* where the whole interval lies on one side of the test's bound, otherwise
//! *inconclusive*. The error level of a claim is [`CLAIM_LEVEL`], divided among its answers (Bonferroni), so
//! that it holds however they depend on each other.

mod evidence;

use serde::{Deserialize, Serialize};

use super::gathered::Gathered;
use super::{Group, Row};
use crate::stats::Interval;
use runtime_bench_results::claims::{Ask, Bound, Claim, Test};
use runtime_bench_results::run::Run;

use evidence::{Asked, Evidence, Source};

/// Error level of all answers to one claim together.
pub const CLAIM_LEVEL: f64 = 0.01;

/// What a run says to a claim, or to one of its tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ClaimVerdict {
    /// Every answer that counts is *yes*.
    Holds,
    /// Every answer that counts is *no*.
    DoesNotHold,
    /// Some are *yes* and some are *no*.
    Depends,
    /// Measured, and at least one answer may be either.
    Inconclusive,
    /// The run lacks cells that it needs.
    NotMeasured,
}

impl ClaimVerdict {
    /// The verdict in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::DoesNotHold => "does not hold",
            Self::Depends => "depends",
            Self::Inconclusive => "inconclusive",
            Self::NotMeasured => "not measured in this run",
        }
    }

    /// What answers come to.
    fn of(said: &[Said]) -> Self {
        let any = |one| said.contains(&one);
        match (any(Said::Yes), any(Said::No), any(Said::Inconclusive) || any(Said::NotCounted)) {
            (true, true, _) => Self::Depends,
            _ if any(Said::Inconclusive) => Self::Inconclusive,
            (true, false, _) => Self::Holds,
            (false, true, _) => Self::DoesNotHold,
            (false, false, true) => Self::Inconclusive,
            (false, false, false) => Self::NotMeasured,
        }
    }
}

/// What one runner says to a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Said {
    /// The whole interval lies on the claim's side of the bound.
    Yes,
    /// The whole interval lies on the other side.
    No,
    /// The interval holds the bound, or there are too few rounds for one.
    Inconclusive,
    /// Measured, and not to be believed.
    NotCounted,
    /// There is no figure in this run.
    NotMeasured,
    /// The runner cannot do it.
    NotApplicable,
    /// The test is not about this runner: its figure stands beside the others only.
    NotAsked,
}

/// A claim and what the run says to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct JudgedClaim {
    /// Name of the claim.
    pub name: String,
    /// All tests together.
    pub verdict: ClaimVerdict,
    /// Error level of each answer, after dividing by their number.
    pub level: f64,
    /// In the order of the claim's tests.
    pub tests: Vec<JudgedTest>,
}

/// A test and what the runners say to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct JudgedTest {
    /// All runners together.
    pub verdict: ClaimVerdict,
    /// Unit of the metric; empty for a pure number, and where nothing was measured.
    pub unit: String,
    /// One per runner of the cell; of those that are not asked only the ones with a figure.
    pub answers: Vec<Answer>,
}

/// What one runner says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Answer {
    /// Name of the runner.
    pub runner: String,
    /// The word.
    pub said: Said,
    /// Why it does not count, or was not measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Median of the metric.
    pub figure: Option<f64>,
    /// Median of the metric of what it is compared with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline: Option<f64>,
    /// What is set against the bound: the median, or the ratio of two.
    pub decides: Option<Estimate>,
    /// Processes measured.
    pub samples: usize,
}

/// A figure and where the true one may be.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Estimate {
    /// The median, or the ratio.
    pub value: f64,
    /// Its interval at the claim's level; `None` with too few independent rounds.
    pub interval: Option<Interval>,
}

/// What a run says to each of its claims.
pub(super) fn judge(run: &Run, gathered: &Gathered<'_>, groups: &[Group]) -> Vec<JudgedClaim> {
    let source = Source { gathered, groups };
    run.header.claims.iter().map(|claim| judge_claim(&source, claim)).collect()
}

fn judge_claim(source: &Source<'_>, claim: &Claim) -> JudgedClaim {
    let asked: Vec<Vec<Asked<'_>>> = claim.tests.iter().map(|test| source.ask(test)).collect();
    let estimated = asked.iter().flatten().filter(|one| one.is_estimated()).count();
    let level = CLAIM_LEVEL / estimated.max(1) as f64;
    let tests: Vec<JudgedTest> = claim
        .tests
        .iter()
        .zip(asked)
        .map(|(test, asked)| judge_test(test, &asked, level))
        .collect();
    JudgedClaim { name: claim.name.clone(), verdict: together(claim, &tests), level, tests }
}

/// All tests together. Where they agree, none that is needed may be missing.
fn together(claim: &Claim, tests: &[JudgedTest]) -> ClaimVerdict {
    let said: Vec<Said> =
        tests.iter().flat_map(|test| &test.answers).map(|answer| answer.said).collect();
    let missing = claim
        .tests
        .iter()
        .zip(tests)
        .any(|(test, judged)| !test.optional && judged.verdict == ClaimVerdict::NotMeasured);
    match ClaimVerdict::of(&said) {
        ClaimVerdict::Depends => ClaimVerdict::Depends,
        _ if missing => ClaimVerdict::NotMeasured,
        agreed => agreed,
    }
}

fn judge_test(test: &Test, asked: &[Asked<'_>], level: f64) -> JudgedTest {
    let answers: Vec<Answer> = asked.iter().map(|one| answer(test, one, level)).collect();
    let said: Vec<Said> = answers.iter().map(|answer| answer.said).collect();
    let unit = |row: &Row| Some(row.metric(test.ask.metric()?)?.unit.clone());
    JudgedTest {
        verdict: ClaimVerdict::of(&said),
        unit: asked.iter().find_map(|one| unit(one.row)).unwrap_or_default(),
        answers,
    }
}

fn answer(test: &Test, asked: &Asked<'_>, level: f64) -> Answer {
    let (said, decides, reason) = match &asked.evidence {
        Ok(evidence) => {
            let decides = evidence.estimate(level);
            (said(&test.ask, evidence, decides), decides, None)
        }
        Err((said, reason)) => {
            (*said, None, Some(reason.clone()).filter(|reason| !reason.is_empty()))
        }
    };
    Answer {
        runner: asked.row.key.runner.clone(),
        said,
        reason,
        figure: asked.figure,
        baseline: asked.baseline,
        decides,
        samples: asked.row.samples,
    }
}

fn said(ask: &Ask, evidence: &Evidence, decides: Option<Estimate>) -> Said {
    let by = |bound: Bound| match decides.and_then(|one| holds(bound, one.interval?)) {
        Some(true) => Said::Yes,
        Some(false) => Said::No,
        None => Said::Inconclusive,
    };
    match (ask, evidence) {
        (Ask::Check { supports: true }, _) => Said::Yes,
        (Ask::Check { supports: false }, _) => Said::No,
        (Ask::Figure { bound, .. } | Ask::Ratio { bound, .. }, _) => by(*bound),
    }
}

/// Whether an interval lies wholly on the bound's side; `None` when it holds the number.
fn holds(bound: Bound, interval: Interval) -> Option<bool> {
    let (below, above) = (interval.high < bound.value(), interval.low > bound.value());
    (below || above).then_some(match bound {
        Bound::Below(_) => below,
        Bound::Above(_) => above,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_that_holds_the_number_says_nothing() {
        let interval = |low, high| Interval { low, high };
        for (bound, on_its_side, beyond) in [
            (Bound::Below(2.0), interval(0.5, 1.9), interval(2.1, 3.0)),
            (Bound::Above(2.0), interval(2.1, 3.0), interval(0.5, 1.9)),
        ] {
            assert_eq!(holds(bound, on_its_side), Some(true));
            assert_eq!(holds(bound, beyond), Some(false));
            assert_eq!(holds(bound, interval(1.9, 2.1)), None);
            assert_eq!(holds(bound, interval(2.0, 2.0)), None, "neither below nor above");
            assert_eq!(holds(bound, interval(f64::NAN, f64::NAN)), None);
        }
    }
}
