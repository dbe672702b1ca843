//! Asks runners what they can do, before a plan is made.

use std::collections::HashMap;
use std::time::Duration;

use runtime_bench_results::catalogue::{Class, RunnerInfo};
use runtime_bench_results::key::{CellKey, Point};
use runtime_bench_results::outside::{Answer, Describe, Described, RUNNER_PROTOCOL, Request};
use runtime_bench_results::trial::Outside;

use super::Outsider;
use super::conversation::Conversation;
use super::trial::Trouble;
use crate::machine::Limits;

/// An interpreter on a cold disk takes seconds to start.
const LIMIT: Duration = Duration::from_secs(30);
/// Share of the free memory that a runner may occupy when nothing else is declared.
const MEMORY_SHARE: f64 = 0.8;

/// A runner that was asked.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The runner in its own words.
    pub info: RunnerInfo,
    /// How a trial of it is started.
    pub outside: Outside,
    said: Said,
}

/// What came of asking.
#[derive(Clone, Debug)]
enum Said {
    /// Why it cannot do a cell, for every cell that it was asked about; `None` where it can.
    Cells(HashMap<(String, Point), Option<String>>),
    /// It is not on this machine.
    Missing(String),
    /// It did not say; every trial of it fails with this.
    Trouble(Trouble),
}

impl Asked {
    /// Asks a runner about cells, each a workload and a point.
    pub fn ask(
        outsider: &Outsider,
        cells: &[(String, Point)],
        workers: usize,
        limits: Limits,
    ) -> Self {
        let free = limits.memory.map(|free| (free as f64 * MEMORY_SHARE) as u64);
        let outside = Outside {
            command: outsider.command.clone(),
            folder: outsider.folder.to_string_lossy().into_owned(),
            limit_s: LIMIT.as_secs(),
            memory: outsider.memory.or(free).unwrap_or(u64::MAX),
        };
        let (described, said) = match &outsider.missing {
            Some(missing) => (Described::default(), Said::Missing(missing.clone())),
            None => match conversed(&outside, &outsider.name, cells, workers) {
                Ok(described) => {
                    let reasons = cells.iter().cloned().zip(described.cells.clone()).collect();
                    (described, Said::Cells(reasons))
                }
                Err(trouble) => (Described::default(), Said::Trouble(trouble)),
            },
        };
        let info = RunnerInfo {
            name: outsider.name.clone(),
            title: outsider.title.clone(),
            class: Class::Reference,
            configuration: described.configuration,
            packages: described.versions,
            notes: [outsider.notes.clone(), described.notes].concat(),
        };
        Self { info, outside, said }
    }

    /// Why it cannot do a cell, in a sentence.
    pub(super) fn refusal(&self, workload: &str, point: &Point) -> Option<String> {
        match &self.said {
            Said::Cells(reasons) => reasons.get(&(workload.to_owned(), point.clone())).cloned()?,
            Said::Missing(missing) => Some(missing.clone()),
            Said::Trouble(_) => None,
        }
    }

    /// Why no trial of it can succeed.
    pub(crate) fn trouble(&self) -> Option<&Trouble> {
        match &self.said {
            Said::Trouble(trouble) => Some(trouble),
            Said::Cells(_) | Said::Missing(_) => None,
        }
    }
}

fn conversed(
    outside: &Outside,
    name: &str,
    cells: &[(String, Point)],
    workers: usize,
) -> Result<Described, Trouble> {
    let key = |(workload, point): &(String, Point)| CellKey {
        workload: workload.clone(),
        point: point.clone(),
        runner: name.to_owned(),
    };
    let cells: Vec<CellKey> = cells.iter().map(key).collect();
    let asked = cells.len();
    let request = Request::Describe(Describe { protocol: RUNNER_PROTOCOL, workers, cells });
    let mut conversation = Conversation::start(outside, LIMIT)?;
    let answer = conversation.ask(&request)?;
    conversation.close();
    match answer {
        Answer::Described(described) if described.cells.len() == asked => Ok(described),
        Answer::Described(described) => Err(Trouble::protocol(format!(
            "it was asked about {asked} cells and spoke of {}",
            described.cells.len()
        ))),
        Answer::Error { kind, message } => Err(Trouble { kind, message }),
        Answer::Ready { .. } | Answer::Ok(_) => {
            Err(Trouble::protocol("it was asked to describe itself and did not".to_owned()))
        }
    }
}
