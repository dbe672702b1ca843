//! A run that was stopped or killed → its plan once more, to go on with.

use std::path::Path;

use clap::ValueEnum;
use runtime_bench_results::catalogue::Class;
use runtime_bench_results::key::Point;
use runtime_bench_results::run::Run;
use runtime_bench_results::store::RunWriter;

use super::plan::Planned;
use super::profile::Profile;
use crate::error::Error;
use crate::machine::{self, Limits};
use crate::outside::Outsider;
use crate::outside::describe::Asked;

/// A run that goes on: nothing is decided anew.
pub struct Stopped {
    /// Its plan.
    pub planned: Planned,
    /// Its profile.
    pub profile: Profile,
    pub(super) writer: RunWriter,
}

impl Stopped {
    /// Opens a run by its file of lines or its document, which becomes `out` where given. Runners outside
    /// of this program are looked for among `outsiders`.
    ///
    /// # Errors
    /// When it cannot be read or written on, came to its end, or is of another build or machine; and when a
    /// runner outside is not what it was.
    pub fn open(path: &Path, out: Option<&Path>, outsiders: &[Outsider]) -> Result<Self, Error> {
        // Before it is opened to be written: whoever asks for too much has changed nothing.
        let check = |run: &Run| {
            let here = machine::describe();
            run.check_resumable(&here).map_err(|why| Error::Usage(why.to_string()))
        };
        check(&runtime_bench_results::store::read(path)?)?;
        let writer = RunWriter::resume(path, out)?;
        let run = writer.run();
        check(run)?;
        let outside = asked(run, outsiders)?;
        let profile = Profile::from_str(&run.header.plan.profile, false);
        let profile = profile.map_err(|_| {
            let name = &run.header.plan.profile;
            Error::Usage(format!(
                "run {} has a profile `{name}`, which there is not",
                run.header.id
            ))
        })?;
        let planned = Planned {
            plan: run.header.plan.clone(),
            workloads: run.header.workloads.clone(),
            runners: run.header.runners.clone(),
            outside,
            cost_s: 0.0,
        };
        Ok(Self { planned, profile, writer })
    }

    /// The run so far.
    pub fn run(&self) -> &Run {
        self.writer.run()
    }
}

/// Asks the run's runners outside of this program once more, which must be what they were.
fn asked(run: &Run, outsiders: &[Outsider]) -> Result<Vec<Asked>, Error> {
    let id = &run.header.id;
    let wrong = |what: String| Error::Usage(format!("run {id} cannot be resumed: {what}"));
    let plan = &run.header.plan;
    let runners = run.header.runners.iter().filter(|info| info.class == Class::Reference);
    let ask = |info: &runtime_bench_results::catalogue::RunnerInfo| {
        let name = &info.name;
        let outsider =
            outsiders.iter().find(|outsider| outsider.name == *name).ok_or_else(|| {
                wrong(format!(
                    "runner {name} is not declared here: name its file with --runners-file"
                ))
            })?;
        let cells = plan.cells.iter().filter(|cell| cell.key.runner == *name);
        let mut about: Vec<(String, Point)> = Vec::new();
        for cell in cells {
            let pair = (cell.key.workload.clone(), cell.key.point.clone());
            if !about.contains(&pair) {
                about.push(pair);
            }
        }
        let asked = Asked::ask(outsider, &about, plan.workers, Limits::of_this_machine());
        if asked.info == *info {
            Ok(asked)
        } else {
            Err(wrong(format!(
                "runner {name} is not what it was when the run began, in its versions or in what it says \
                 of itself; start a new run without --resume"
            )))
        }
    };
    runners.map(ask).collect()
}
