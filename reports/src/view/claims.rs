//! The claims of the catalog, each with its verdict in words.

use runtime_bench_analysis::analysis::claims::{ClaimVerdict, JudgedClaim, JudgedTest, Said};
use runtime_bench_analysis::claims::{Claim, Test};

use super::noise;
use super::slugs::Slugs;
use crate::format;

/// A claim and its verdict.
#[derive(Debug)]
pub(crate) struct Judged<'a> {
    /// The claim.
    pub(crate) claim: &'a Claim,
    /// The verdict of the run.
    pub(crate) found: &'a JudgedClaim,
    /// Target of links to it, and stem of its charts' ids.
    pub(crate) anchor: String,
}

/// Every claim that a run judges.
pub(super) fn judged(found: &[JudgedClaim]) -> Vec<Judged<'_>> {
    let mut slugs = Slugs::default();
    let anchor = |claim: &Claim| format!("claim-{}", slugs.next(&claim.name));
    let anchors: Vec<String> = found.iter().map(|judged| &judged.claim).map(anchor).collect();
    let pairs = found.iter().zip(anchors);
    pairs.map(|(found, anchor)| Judged { claim: &found.claim, found, anchor }).collect()
}

impl<'a> Judged<'a> {
    /// Its tests, each with its verdict.
    pub(crate) fn tests(&self) -> impl Iterator<Item = (&'a Test, &'a JudgedTest)> + use<'a> {
        self.claim.tests.iter().zip(&self.found.tests)
    }

    /// Names of its workloads, each once.
    pub(crate) fn workloads(&self) -> Vec<&'a str> {
        let mut names: Vec<&str> = Vec::new();
        for cell in self.claim.cells() {
            if !names.contains(&cell.workload.as_str()) {
                names.push(&cell.workload);
            }
        }
        names
    }

    /// Whether a required test was not measured.
    pub(crate) fn is_incomplete(&self) -> bool {
        self.tests().any(|(test, found)| is_not_measured(test, found))
    }

    /// The basis of the verdict: the tests and, if they differ, the runners.
    pub(crate) fn grounds(&self) -> String {
        let titles = |of: &dyn Fn(&Test, &JudgedTest) -> bool| -> Vec<&str> {
            let tests = self.tests().filter(|(test, found)| of(test, found));
            tests.map(|(test, _)| test.title.as_str()).collect()
        };
        let mut parts = Vec::new();
        for (verdict, words) in [
            (ClaimVerdict::Holds, "Confirmed for"),
            (ClaimVerdict::DoesNotHold, "Not confirmed for"),
        ] {
            let uniform = titles(&|_, found| found.verdict == verdict);
            if !uniform.is_empty() {
                parts.push(format!("{words} {}.", format::list(&uniform)));
            }
        }
        for (test, found) in self.tests() {
            if matches!(found.verdict, ClaimVerdict::Depends | ClaimVerdict::Inconclusive) {
                parts.push(noise::sentence(&format!("{}: {}", test.title, answers(found))));
            }
        }
        let missed = titles(&is_not_measured);
        if !missed.is_empty() {
            parts.push(format!("Not measured: {}.", format::list(&missed)));
        }
        parts.join(" ")
    }
}

/// Whether a test is hidden, because it is optional and was not measured.
pub(crate) fn is_skipped(test: &Test, found: &JudgedTest) -> bool {
    test.optional && found.verdict == ClaimVerdict::NotMeasured
}

fn is_not_measured(test: &Test, found: &JudgedTest) -> bool {
    !test.optional && found.verdict == ClaimVerdict::NotMeasured
}

/// `yes on tokio and smol; no on threads`; or why no answer counts.
pub(crate) fn answers(found: &JudgedTest) -> String {
    let of = |said| -> Vec<&str> {
        let answers = found.answers.iter().filter(|answer| answer.said == said);
        answers.map(|answer| answer.runner.as_str()).collect()
    };
    let part = |(said, words): (Said, &str)| {
        let runners = of(said);
        (!runners.is_empty()).then(|| format!("{words} {}", format::list(&runners)))
    };
    let parts = [
        (Said::Yes, "yes on"),
        (Said::No, "no on"),
        (Said::Inconclusive, "open on"),
        (Said::NotCounted, "not counted on"),
    ];
    let parts: Vec<String> = parts.into_iter().filter_map(part).collect();
    if parts.is_empty() { "not measured".to_owned() } else { parts.join("; ") }
}

/// The answer in a word.
pub(crate) fn word(said: Said) -> &'static str {
    match said {
        Said::Yes => "yes",
        Said::No => "no",
        Said::Inconclusive => "open",
        Said::NotCounted => "not counted",
        Said::NotMeasured => "not measured",
        Said::NotApplicable => "n/a",
        Said::NotAsked => "not asked",
    }
}
