//! The runners of all programs, and which cells each supports.

use std::collections::{BTreeMap, HashMap};

use runtime_bench_results::catalogue::RunnerInfo;
use runtime_bench_results::key::Point;
use runtime_bench_results::listing::Route;
use runtime_bench_results::program::{CellSupport, Family, ProbeRequest, ProbedRunner};
use runtime_bench_results::trial::Outside;

use crate::error::Error;
use crate::executor::Executor;
use crate::external::describe::ExternalCells;
use crate::program::{Program, ProgramError, TrialError};
use crate::registry::Registry;

/// The runners of all programs, as they were probed.
#[derive(Clone, Debug, Default)]
pub struct Probes {
    /// Runners in the order of the report, each with its program.
    runners: Vec<Probed>,
    points: HashMap<(String, Point), usize>,
}

/// A runner with its program.
#[derive(Clone, Debug)]
pub struct Probed {
    /// What it said.
    pub runner: ProbedRunner,
    /// What runs its trials.
    pub program: Program,
    /// The external command that the program starts, where the runner is an external one.
    pub external: Option<Outside>,
    /// Why every trial of it fails, where it could not be asked.
    pub failure: Option<TrialError>,
}

impl Probes {
    /// Asks all programs of a registry about points, by `executor`. Programs that are missing are an error
    /// unless other programs serve all `wanted` runners.
    ///
    /// # Errors
    /// When a program is missing, broken or of another version, or two runners share a cell.
    pub fn of(
        registry: &Registry,
        executor: &dyn Executor,
        request: &ProbeRequest,
        wanted: Option<&[String]>,
    ) -> Result<Self, Error> {
        let mut probes = Self::about(&request.points);
        let mut missing = None;
        for name in registry.programs() {
            match executor.program(name) {
                Ok(program) => probes.add(executor, &program, request, registry)?,
                Err(error) => missing = missing.or(Some(error)),
            }
        }
        if !registry.cells().is_empty() {
            probes.add(executor, &Program::this()?, request, registry)?;
        }
        let served = |name: &String| probes.runners.iter().any(|p| p.runner.info.name == *name);
        match missing {
            Some(error) if wanted.is_none_or(|wanted| !wanted.iter().all(served)) => {
                Err(Error::Program(error))
            }
            _ => Ok(probes),
        }
    }

    /// No runners yet.
    fn about(points: &[(String, Point)]) -> Self {
        let points = points.iter().cloned().enumerate().map(|(place, point)| (point, place));
        Self { points: points.collect(), ..Self::default() }
    }

    fn add(
        &mut self,
        executor: &dyn Executor,
        program: &Program,
        request: &ProbeRequest,
        registry: &Registry,
    ) -> Result<(), Error> {
        let path = || program.path.display().to_string();
        let reply = executor.probe(program, request);
        let reply = reply.map_err(|source| ProgramError::Broken { path: path(), source })?;
        let expected = env!("CARGO_PKG_VERSION");
        if reply.version != expected {
            let found = reply.version;
            return Err(ProgramError::Version { path: path(), found, expected }.into());
        }
        for mut runner in reply.runners {
            for (package, version) in &mut runner.info.packages {
                if version.is_empty() {
                    *version = registry.build().version(package);
                }
            }
            self.check_free(&runner)?;
            let program = program.clone();
            self.runners.push(Probed { runner, program, external: None, failure: None });
        }
        Ok(())
    }

    /// Refuses a runner whose cells another program has under the same name.
    fn check_free(&self, new: &ProbedRunner) -> Result<(), Error> {
        let known = self.runners.iter().filter(|known| known.runner.info.name == new.info.name);
        let both = |known: &ProbedRunner, place: usize| {
            [known, new].iter().all(|runner| runner.knows(place))
        };
        for known in known {
            if (0..new.cells.len()).any(|place| both(&known.runner, place)) {
                return Err(Error::Usage(format!(
                    "two runners are called `{}`: one in {} and one more; rename one",
                    new.info.name,
                    known.program.path.display()
                )));
            }
        }
        Ok(())
    }

    /// Adds an external runner, which was asked before.
    pub fn add_external(&mut self, asked: &ExternalCells, program: Program) {
        let cells = vec![CellSupport::Unknown; self.points.len()];
        let mut runner = ProbedRunner {
            info: asked.info.clone(),
            family: Family::Async,
            worker_variable: None,
            cells,
        };
        for ((workload, point), place) in &self.points {
            runner.cells[*place] = match asked.refusal(workload, point) {
                Some(reason) => CellSupport::Refused(reason),
                None => CellSupport::Runs,
            };
        }
        let (external, failure) = (Some(asked.command.clone()), asked.failure().cloned());
        self.runners.push(Probed { runner, program, external, failure });
    }

    /// The runners, in the order of the report.
    pub fn runners(&self) -> &[Probed] {
        &self.runners
    }

    /// Whether a runner can measure a cell.
    pub fn support<'a>(
        &self,
        probed: &'a Probed,
        workload: &str,
        point: &Point,
    ) -> &'a CellSupport {
        let place = self.points.get(&(workload.to_owned(), point.clone()));
        place.and_then(|place| probed.runner.cells.get(*place)).unwrap_or(&CellSupport::Unknown)
    }

    /// Hashes of the programs that run trials of these runners, by file name.
    ///
    /// # Errors
    /// When a program cannot be read.
    pub fn hashes(
        &self,
        runners: &[RunnerInfo],
        executor: &dyn Executor,
    ) -> Result<BTreeMap<String, String>, ProgramError> {
        let mut hashes = BTreeMap::new();
        let used = |probed: &&Probed| {
            // An external runner is not in the program that starts it.
            let is_own = probed.external.is_none();
            is_own && runners.iter().any(|info| info.name == probed.runner.info.name)
        };
        for Probed { program, .. } in self.runners.iter().filter(used) {
            let file = program.file_name();
            if !hashes.contains_key(&file) {
                hashes.insert(file, executor.hash(program)?);
            }
        }
        Ok(hashes)
    }

    /// What runs the trials of each runner.
    pub fn routes(&self) -> Vec<Route> {
        let route = |probed: &Probed| Route {
            runner: probed.runner.info.name.clone(),
            program: probed.program.path.clone(),
            args: probed.program.args.clone(),
            worker_variable: probed.runner.worker_variable.clone(),
            workloads: self.workloads(probed),
            external: probed.external.clone(),
        };
        self.runners.iter().map(route).collect()
    }

    /// The workloads of a runner.
    fn workloads(&self, probed: &Probed) -> Vec<String> {
        let mut known: Vec<String> = self
            .points
            .iter()
            .filter(|(_, place)| probed.runner.knows(**place))
            .map(|((workload, _), _)| workload.clone())
            .collect();
        known.sort();
        known.dedup();
        known
    }
}
