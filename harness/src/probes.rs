//! The runners of all programs, and which cells each supports.

use std::collections::{BTreeMap, HashMap};

use runtime_bench_results::catalog::RunnerInfo;
use runtime_bench_results::key::Point;
use runtime_bench_results::listing::Route;
use runtime_bench_results::program::{CellSupport, Family, ProbeRequest, ProbedRunner};
use runtime_bench_results::trial::ExternalCommand;

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
    /// Its description.
    pub runner: ProbedRunner,
    /// The program that runs its trials.
    pub program: Program,
    /// The external command that the program starts, if the runner is external.
    pub external: Option<ExternalCommand>,
    /// Why every trial of it fails, if it could not be probed.
    pub failure: Option<TrialError>,
}

impl Probes {
    /// Probes all programs of a registry with points, through `executor`. A missing program is an error
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

    /// Rejects a runner if another program has its cells under the same name.
    fn check_free(&self, new: &ProbedRunner) -> Result<(), Error> {
        let known = self.runners.iter().filter(|known| known.runner.info.name == new.info.name);
        let both = |known: &ProbedRunner, place: usize| {
            [known, new].iter().all(|runner| runner.knows(place))
        };
        for known in known {
            if (0..new.cells.len()).any(|place| both(&known.runner, place)) {
                return Err(Error::Usage(format!(
                    "duplicate runner name `{}`: {} also uses it\nhelp: rename one",
                    new.info.name,
                    known.program.path.display()
                )));
            }
        }
        Ok(())
    }

    /// Adds an external runner that was already probed.
    pub fn add_external(&mut self, asked: &ExternalCells, program: Program) {
        let cells = vec![CellSupport::Unknown; self.points.len()];
        let mut runner = ProbedRunner {
            info: asked.info.clone(),
            family: Family::Async,
            worker_variable: None,
            variables: BTreeMap::new(),
            settings: Vec::new(),
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

    /// The programs that run trials of these runners, each once.
    pub fn programs(&self, runners: &[RunnerInfo]) -> Vec<Program> {
        let used = |probed: &&Probed| {
            // An external runner is not in the program that starts it.
            let is_own = probed.external.is_none();
            is_own && runners.iter().any(|info| info.name == probed.runner.info.name)
        };
        let mut programs: Vec<Program> = Vec::new();
        for Probed { program, .. } in self.runners.iter().filter(used) {
            if !programs.contains(program) {
                programs.push(program.clone());
            }
        }
        programs
    }

    /// The program that runs the trials of each runner.
    pub fn routes(&self) -> Vec<Route> {
        let route = |probed: &Probed| Route {
            runner: probed.runner.info.name.clone(),
            program: probed.program.path.clone(),
            args: probed.program.args.clone(),
            worker_variable: probed.runner.worker_variable.clone(),
            variables: probed.runner.variables.clone(),
            settings: probed.runner.settings.clone(),
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

#[cfg(test)]
mod tests {
    use super::*;
    use runtime_bench_api::cells::Cells;
    use runtime_bench_api::trial::probe_reply;
    use runtime_bench_results::catalog::Class;
    use runtime_bench_results::program::ProbeReply;
    use runtime_bench_results::trial::ErrorKind;

    use crate::executor::probe_request;
    use crate::fake::{FakeExecutor, FakeRunner, cells};

    const ONE: FakeRunner =
        FakeRunner { name: "one", family: Family::Async, class: Class::MultiThread };
    const TWO: FakeRunner = FakeRunner { name: "two", ..ONE };

    fn probes(executor: &FakeExecutor, wanted: Option<&[String]>) -> Result<Probes, Error> {
        let registry = Registry::default().with_programs(&["a", "b"]);
        let point = ("spawn-join".to_owned(), Point::new().with("tasks", 3, ""));
        Probes::of(&registry, executor, &probe_request(2, 64, vec![point]), wanted)
    }

    fn error(executor: &FakeExecutor) -> String {
        probes(executor, None).unwrap_err().to_string()
    }

    #[test]
    fn missing_program_is_named_with_its_folder_and_the_way_out() {
        let executor = FakeExecutor::without_programs().with_program("a", cells(ONE));
        let error = error(&executor);
        for words in ["trial program b not found", "in /nowhere", "cargo build --release"] {
            assert!(error.contains(words), "no `{words}` in: {error}");
        }
    }

    #[test]
    fn missing_program_is_accepted_if_others_serve_the_wanted_runners() {
        let executor = FakeExecutor::without_programs().with_program("a", cells(ONE));
        let wanted = |name: &str| [name.to_owned()];
        assert_eq!(probes(&executor, Some(&wanted("one"))).unwrap().runners().len(), 1);
        assert!(probes(&executor, Some(&wanted("two"))).is_err());
    }

    #[test]
    fn program_of_another_version_is_rejected_with_both_versions() {
        let executor =
            FakeExecutor::without_programs().with_program("a", cells(ONE)).with_probe("b", |_| {
                Ok(ProbeReply { version: "0.0.9".to_owned(), ..probe_reply(Vec::new()) })
            });
        let error = error(&executor);
        let own = env!("CARGO_PKG_VERSION");
        assert!(error.contains("b has version 0.0.9") && error.contains(own), "{error}");
    }

    #[test]
    fn broken_program_is_named_with_its_failure() {
        let crashed = |_: &ProbeRequest| Err(TrialError::new(ErrorKind::Crashed, "exit status 7"));
        let executor =
            FakeExecutor::without_programs().with_program("a", cells(ONE)).with_probe("b", crashed);
        let error = error(&executor);
        assert!(error.contains("b: exit status 7"), "{error}");
    }

    #[test]
    fn two_runners_of_one_name_are_rejected() {
        let executor = FakeExecutor::without_programs()
            .with_program("a", cells(ONE).and(cells(TWO)))
            .with_program("b", cells(ONE));
        let error = error(&executor);
        assert!(error.contains("duplicate runner name `one`"), "{error}");
    }

    #[test]
    fn programs_may_share_a_runner_whose_workloads_differ() {
        let echo = |on: &mut runtime_bench_api::cells::Pairing<FakeRunner>| {
            runtime_bench_api::cells::WorkloadVisitor::visit(
                on,
                runtime_bench_workloads::io::tcp_echo::TcpEcho,
            );
        };
        let executor = FakeExecutor::without_programs()
            .with_program("a", cells(ONE))
            .with_program("b", Cells::default().with(ONE, echo));
        assert_eq!(probes(&executor, None).unwrap().runners().len(), 2);
    }

    #[test]
    fn packages_without_a_version_get_that_of_the_lock_file() {
        let executor = FakeExecutor::without_programs()
            .with_program("a", cells(ONE))
            .with_program("b", Cells::default());
        let probes = probes(&executor, None).unwrap();
        assert_eq!(probes.runners()[0].runner.info.packages["fake"], "unknown");
        let programs = probes.programs(&[probes.runners()[0].runner.info.clone()]);
        assert_eq!(programs.iter().map(Program::file_name).collect::<Vec<_>>(), ["a"]);
    }
}
