//! Turns an interrupted run into its plan, to resume it.

use std::path::Path;

use clap::ValueEnum;
use runtime_bench_results::catalog::Class;
use runtime_bench_results::key::Point;
use runtime_bench_results::run::Run;
use runtime_bench_results::setting;
use runtime_bench_results::store::{RunWriter, read};

use super::header::environment;
use crate::error::Error;
use crate::executor::Executor;
use crate::external::ExternalRunner;
use crate::machine::Limits;
use crate::plan::profile::Profile;
use crate::plan::request::PlanRequest;
use crate::plan::{Planned, probe};
use crate::registry::Registry;

/// A resumed run, which keeps all earlier decisions.
pub struct Stopped {
    /// Its plan.
    pub planned: Planned,
    /// Its profile.
    pub profile: Profile,
    pub(super) writer: RunWriter,
}

impl Stopped {
    /// Opens a run by its `.jsonl` file or its document, which becomes `out` if given. Its external runners
    /// must be among `external`, and `executor` probes all runners again.
    ///
    /// # Errors
    /// When it cannot be read or continued, is finished, or belongs to another build or machine; and when an
    /// external runner has changed.
    pub fn open(
        registry: &Registry,
        path: &Path,
        out: Option<&Path>,
        external: &[ExternalRunner],
        executor: &dyn Executor,
    ) -> Result<Self, Error> {
        // Before it is opened for writing, so that a run that cannot continue is left unchanged.
        let run = read(path)?;
        let profile = profile(&run)?;
        let planned = planned(registry, &run, external, executor)?;
        let here = environment(&planned, registry.build(), executor)?;
        let check =
            |run: &Run| run.check_resumable(&here).map_err(|why| Error::Usage(why.to_string()));
        check(&run)?;
        let writer = RunWriter::resume(path, out)?;
        check(writer.run())?;
        let plan = writer.run().header.plan.clone();
        Ok(Self { planned: Planned { plan, ..planned }, profile, writer })
    }

    /// The run so far.
    pub fn run(&self) -> &Run {
        self.writer.run()
    }
}

fn profile(run: &Run) -> Result<Profile, Error> {
    let name = &run.header.plan.profile;
    Profile::from_str(name, false).map_err(|_| {
        Error::Usage(format!("run {} has the unknown profile `{name}`", run.header.id))
    })
}

/// The plan of a run, after probing its runners again.
fn planned(
    registry: &Registry,
    run: &Run,
    external: &[ExternalRunner],
    executor: &dyn Executor,
) -> Result<Planned, Error> {
    let (id, plan) = (&run.header.id, &run.header.plan);
    let wrong = |what: String| Error::Usage(format!("cannot resume run {id}: {what}"));
    let names = || run.header.runners.iter().map(|info| info.name.clone());
    let mut request = PlanRequest {
        workers: plan.workers,
        pool_threads: plan.pool_threads,
        runners: names().collect(),
        variants: names().filter(|name| setting::base(name) != name).collect(),
        ..PlanRequest::default()
    };
    for info in run.header.runners.iter().filter(|info| info.class == Class::Reference) {
        let declared = external.iter().find(|runner| runner.name == info.name);
        request.external.push(declared.cloned().ok_or_else(|| {
            let name = &info.name;
            wrong(format!("runner {name} is not declared\nhelp: name its file with --runners-file"))
        })?);
    }
    let mut points: Vec<(String, Point)> = Vec::new();
    for cell in &plan.cells {
        let pair = (cell.key.workload.clone(), cell.key.point.clone());
        if !points.contains(&pair) {
            points.push(pair);
        }
    }
    let (probes, external) =
        probe(registry, &request, points, Limits::of_this_machine(), executor)?;
    for asked in &external {
        if !run.header.runners.contains(&asked.info) {
            return Err(wrong(format!(
                "the versions or the description of runner {} have changed\nhelp: start a new run \
                 without --resume",
                asked.info.name
            )));
        }
    }
    Ok(Planned {
        plan: plan.clone(),
        workloads: run.header.workloads.clone(),
        runners: run.header.runners.clone(),
        suites: run.header.suites.clone(),
        probes,
        external,
        cost_s: 0.0,
    })
}
