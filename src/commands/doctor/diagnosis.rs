//! The findings of an examination.

use runtime_bench_analysis::analysis::{LEAST_FREE, analyze};
use runtime_bench_analysis::stats::ControlCheck;
use runtime_bench_harness::error::Error;
use runtime_bench_harness::machine;
use runtime_bench_results::run::Run;
use serde::Serialize;

use super::advice::advice;
use super::floor::{Floor, WholeRun};
use super::surroundings::Surroundings;

/// The findings.
#[derive(Debug, Serialize)]
pub(super) struct Diagnosis {
    /// The runner that was measured against itself.
    pub(super) runner: String,
    /// One for each kind of work.
    pub(super) floors: Vec<Floor>,
    /// Background load during the check.
    pub(super) surroundings: Surroundings,
    /// Advice, one sentence each.
    pub(super) advice: Vec<String>,
    /// Why results from this machine cannot be trusted now; empty if they can.
    pub(super) troubles: Vec<String>,
}

impl Diagnosis {
    /// Reads a run of the reference against itself.
    ///
    /// # Errors
    /// When a cell failed or nothing was measured.
    pub(super) fn of(run: &Run, whole: &[WholeRun; 2]) -> Result<Self, Error> {
        let analysis = analyze(run);
        let rows = analysis.groups.iter().flat_map(|group| &group.rows);
        if let Some(row) = rows.into_iter().find(|row| row.status.word() == "failed") {
            return Err(Error::CouldNotRun(format!(
                "cannot check this machine: {} failed: {}",
                row.key,
                row.status.reason()
            )));
        }
        let floors: Vec<Floor> =
            analysis.groups.iter().map(|group| Floor::of(run, group, whole)).collect();
        if floors.iter().all(|floor| floor.rounds == 0) {
            return Err(Error::CouldNotRun(format!(
                "cannot check this machine: nothing was measured: {}",
                floors.iter().find_map(|floor| floor.reason.clone()).unwrap_or_default()
            )));
        }
        let surroundings = Surroundings::of(run);
        Ok(Self {
            runner: run.header.plan.reference.clone(),
            troubles: troubles(&floors, &surroundings),
            advice: advice(&run.header.environment, machine::tuning()),
            floors,
            surroundings,
        })
    }

    /// The findings for programs.
    pub(super) fn json(&self) -> Result<String, Error> {
        serde_json::to_string_pretty(self).map_err(|error| {
            Error::CouldNotRun(format!("cannot write the findings as JSON: {error}"))
        })
    }
}

/// Why results from this machine cannot be trusted now.
fn troubles(floors: &[Floor], surroundings: &Surroundings) -> Vec<String> {
    let mut troubles = Vec::new();
    let apart = floors.iter().filter(|floor| floor.control == Some(ControlCheck::Failed));
    let apart: Vec<&str> = apart.map(|floor| floor.name.as_str()).collect();
    if !apart.is_empty() {
        troubles.push(format!(
            "identical code looked different in {}: try again when the machine is idle",
            apart.join(", ")
        ));
    }
    if let (Some(share), Some(free), Some(ideal)) =
        (surroundings.free_share(), surroundings.capacity, surroundings.capacity_ideal)
        && share < LEAST_FREE
    {
        troubles.push(format!(
            "only {free:.1} of {ideal:.0} cores were free, too few for multi-threaded runners: \
             stop other programs"
        ));
    }
    troubles
}

#[cfg(test)]
mod tests {
    use super::super::text;
    use super::*;

    fn floor(control: Option<ControlCheck>) -> Floor {
        Floor {
            name: "w/-".into(),
            title: "W".into(),
            rounds: 20,
            trial_ms: 13.0,
            control,
            half_width: Some(1.0),
            quick: Some(3.0),
            standard: Some(2.0),
            reason: None,
        }
    }

    #[test]
    fn a_machine_is_trusted_unless_a_control_fails_or_cores_are_taken() {
        let with = |capacity| Surroundings {
            capacity: Some(capacity),
            capacity_ideal: Some(2.0),
            ..Surroundings::default()
        };
        let unproven = [floor(Some(ControlCheck::Inconclusive)), floor(None)];
        assert!(troubles(&unproven, &with(1.81)).is_empty());
        assert!(troubles(&unproven, &Surroundings::default()).is_empty());
        let taken = troubles(&unproven, &with(1.3));
        assert!(taken.len() == 1 && taken[0].contains("only 1.3 of 2 cores"), "{taken:?}");
        let both = troubles(&[floor(Some(ControlCheck::Failed))], &with(1.0));
        assert!(both.len() == 2 && both[0].contains("looked different in w/-"), "{both:?}");
    }

    #[test]
    fn text_and_json_agree_and_missing_values_stay_missing() {
        let unknown = Floor {
            half_width: None,
            quick: None,
            standard: None,
            reason: Some("no sockets here".into()),
            ..floor(None)
        };
        let diagnosis = Diagnosis {
            runner: "tokio".into(),
            floors: vec![floor(Some(ControlCheck::Passed)), unknown],
            surroundings: Surroundings { load_before: Some(0.25), ..Surroundings::default() },
            advice: vec!["do this".into()],
            troubles: Vec::new(),
        };
        let text = text::lines(&diagnosis);
        for words in ["1.0%", "3.0%", "2.0%", "no sockets here", "0.25", "do this"] {
            assert!(text.contains(words), "no {words} in: {text}");
        }
        assert!(text.contains("unavailable") && !text.contains("NaN"), "{text}");
        let data: serde_json::Value = serde_json::from_str(&diagnosis.json().unwrap()).unwrap();
        assert_eq!(data["floors"][0]["control"], "passed");
        assert!(data["floors"][1]["half_width"].is_null());
    }
}
