//! Judges the claims of the catalog with the data of a run.
//!
//! Each test of a claim asks a question about every runner that has the cell. The answer is *yes* or *no* if
//! the whole interval lies on one side of the test's bound, otherwise *open*. The error level of a claim is
//! [`CLAIM_LEVEL`], divided among its answers (Bonferroni), so it holds regardless of how they depend on each
//! other.

mod evidence;
mod judged;

pub use judged::{Answer, ClaimVerdict, Estimate, JudgedClaim, JudgedTest, Said};

use super::gathered::Gathered;
use super::{Group, Row};
use crate::claims::{self, Ask, Bound, Claim, Test};
use crate::stats::Interval;
use runtime_bench_results::run::Run;

use evidence::{Asked, Evidence, Source};

/// Error level of all answers to one claim together.
pub const CLAIM_LEVEL: f64 = 0.01;

/// Judges the claims of the catalog that use any workload of the run.
pub(super) fn of_catalog(run: &Run, gathered: &Gathered<'_>, groups: &[Group]) -> Vec<JudgedClaim> {
    let mut claims = claims::all(run.header.plan.workers);
    claims.retain(|claim| claim.cells().any(|cell| run.workload(&cell.workload).is_some()));
    judged(gathered, groups, &claims)
}

/// Judges claims with these comparisons.
pub fn judge(run: &Run, groups: &[Group], claims: &[Claim]) -> Vec<JudgedClaim> {
    judged(&Gathered::new(run), groups, claims)
}

fn judged(gathered: &Gathered<'_>, groups: &[Group], claims: &[Claim]) -> Vec<JudgedClaim> {
    let source = Source { gathered, groups };
    claims.iter().map(|claim| judge_claim(&source, claim)).collect()
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
    JudgedClaim { claim: claim.clone(), verdict: together(claim, &tests), level, tests }
}

/// The verdict of all tests together. If they agree, no required test may be missing.
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

/// Whether an interval lies entirely on the bound's side; `None` if it contains the bound.
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
    fn interval_that_contains_the_bound_is_open() {
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
