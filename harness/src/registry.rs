//! The registry: workloads, and the programs whose runners measure them.

use std::path::PathBuf;

use runtime_bench_api::cells::{Cells, Pairing, WorkloadVisitor};
use runtime_bench_api::dyn_workload::DynWorkload;
use runtime_bench_api::runner::Runner;
use runtime_bench_api::suite::Suite;
use runtime_bench_api::workload::Workload;
use runtime_bench_results::catalog::WorkloadInfo;
use runtime_bench_results::listing::Build;

/// Workloads and programs. It is extended by value:
///
/// - [`Registry::with`] adds a workload, [`Registry::with_catalog`] several;
/// - [`Registry::with_runner`] and [`Registry::with_cells`] add runners whose trials run in this
///   program;
/// - [`Registry::with_programs`] names trial programs in the folder of this one.
#[derive(Default)]
pub struct Registry {
    workloads: Vec<Entry>,
    programs: Vec<&'static str>,
    cells: Cells,
    suites: &'static [Suite],
    build: BuildFacts,
    problems: Vec<String>,
}

/// Facts about the harness's own build.
#[derive(Clone, Debug, Default)]
pub struct BuildFacts {
    /// Version, commit, compiler, profile and features.
    pub build: Build,
    /// Packages of the lock file with their versions.
    pub lockfile: &'static [(&'static str, &'static str)],
    /// Folder of the package that the trial programs were built from.
    pub sources: Option<PathBuf>,
}

/// A registered workload.
pub struct Entry {
    /// Its description.
    pub info: WorkloadInfo,
    workload: &'static dyn DynWorkload,
    /// The cargo feature that this build lacks and runners need for it.
    pub(crate) left_out: Option<&'static str>,
}

impl std::ops::Deref for Entry {
    type Target = dyn DynWorkload;

    fn deref(&self) -> &Self::Target {
        self.workload
    }
}

impl Registry {
    /// Adds a workload. Runners that measure it come from [`Registry::with_cells`].
    #[must_use]
    pub fn with<W: Workload>(mut self, workload: W) -> Self {
        self.visit(workload);
        self
    }

    /// Adds the workloads that `catalog` visits.
    #[must_use]
    pub fn with_catalog(mut self, catalog: impl FnOnce(&mut Self)) -> Self {
        catalog(&mut self);
        self
    }

    /// Adds a runner with the workloads that `catalog` visits. Its trials run in this program.
    #[must_use]
    pub fn with_runner<R: Runner>(self, runner: R, catalog: impl FnOnce(&mut Pairing<R>)) -> Self {
        let name = runner.name();
        let this = self.with_cells(Cells::default().with(runner, catalog));
        if this.cells.workload_names(name).is_empty() {
            return this.with_problem(format!(
                "runner `{name}` has no cells: visit at least one workload in with_runner"
            ));
        }
        this
    }

    /// Adds cells whose trials run in this program.
    #[must_use]
    pub fn with_cells(mut self, cells: Cells) -> Self {
        for name in cells.runner_names() {
            let known = self.cells.workload_names(name);
            if let Some(twice) = cells.workload_names(name).iter().find(|new| known.contains(new)) {
                self.problems.push(format!("runner `{name}` has two cells for `{twice}`"));
            }
        }
        self.cells = std::mem::take(&mut self.cells).and(cells);
        self
    }

    /// Names trial programs in this program's folder.
    #[must_use]
    pub fn with_programs(mut self, names: &[&'static str]) -> Self {
        self.programs.extend(names);
        self
    }

    /// Names sets of cells.
    #[must_use]
    pub fn with_suites(self, suites: &'static [Suite]) -> Self {
        Self { suites, ..self }
    }

    /// Sets the facts about this build.
    #[must_use]
    pub fn with_build(self, build: BuildFacts) -> Self {
        Self { build, ..self }
    }

    /// Names the crate whose program this is, in addition to the version of the harness.
    #[must_use]
    pub fn in_crate(mut self, name: &str, version: &str) -> Self {
        let version = format!("{} in {name} {version}", self.build.build.version);
        self.build.build.version = version;
        self
    }

    fn with_problem(mut self, problem: String) -> Self {
        self.problems.push(problem);
        self
    }

    /// Every workload, in the order of the report.
    pub fn entries(&self) -> &[Entry] {
        &self.workloads
    }

    /// A workload by its name.
    pub fn entry(&self, workload: &str) -> Option<&Entry> {
        self.workloads.iter().find(|entry| entry.info.name == workload)
    }

    /// The named sets of cells.
    pub fn suites(&self) -> &'static [Suite] {
        self.suites
    }

    /// Names of the trial programs in the folder of this one.
    pub fn programs(&self) -> &[&'static str] {
        &self.programs
    }

    /// The cells whose trials run in this program.
    pub fn cells(&self) -> &Cells {
        &self.cells
    }

    /// Facts about this build.
    pub fn build(&self) -> &BuildFacts {
        &self.build
    }

    /// The error in the registry itself, such as two workloads with one name.
    pub fn problem(&self) -> Option<&str> {
        self.problems.first().map(String::as_str)
    }
}

impl WorkloadVisitor for Registry {
    fn visit<W: Workload>(&mut self, workload: W) {
        self.visit_both(workload.clone(), Box::leak(Box::new(workload)));
    }

    fn visit_both<W: Workload>(&mut self, _: W, workload: &'static dyn DynWorkload) {
        self.register(workload, None);
    }

    fn visit_left_out<W: Workload>(
        &mut self,
        _: W,
        workload: &'static dyn DynWorkload,
        feature: &'static str,
    ) {
        self.register(workload, Some(feature));
    }
}

impl Registry {
    fn register(&mut self, workload: &'static dyn DynWorkload, left_out: Option<&'static str>) {
        let info = workload.info();
        if !workload.metrics().iter().any(|metric| metric.id == info.headline) {
            self.problems.push(format!(
                "the headline {} of {} is not one of its metrics",
                info.headline, info.name
            ));
        }
        if self.entry(&info.name).is_some() {
            self.problems.push(format!("duplicate workload name `{}`", info.name));
        } else {
            self.workloads.push(Entry { info, workload, left_out });
        }
    }
}

impl BuildFacts {
    /// The locked versions of a package, joined if there are several.
    pub fn version(&self, package: &str) -> String {
        let locked = self.lockfile.iter().filter(|(name, _)| *name == package);
        let versions: Vec<&str> = locked.map(|(_, version)| *version).collect();
        if versions.is_empty() { "unknown".to_owned() } else { versions.join(" and ") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use runtime_bench_api::runtime::Family;
    use runtime_bench_results::catalog::Class;
    use runtime_bench_workloads::calibration::null::Null;

    use crate::fake::FakeRunner;

    const RUNNER: FakeRunner =
        FakeRunner { name: "mine", family: Family::Async, class: Class::MultiThread };

    #[test]
    fn registry_rejects_empty_runners_and_duplicates() {
        let registry = || Registry::default().with(Null).with_runner(RUNNER, |on| on.visit(Null));
        assert_eq!(registry().problem(), None);
        assert_eq!(registry().cells().workload_names("mine"), ["null"]);
        let problems = [
            (Registry::default().with_runner(RUNNER, |_| ()), "runner `mine` has no cells"),
            (
                registry().with_runner(RUNNER, |on| on.visit(Null)),
                "`mine` has two cells for `null`",
            ),
            (registry().with(Null), "duplicate workload name `null`"),
        ];
        for (registry, words) in problems {
            assert!(registry.problem().is_some_and(|problem| problem.contains(words)), "{words}");
        }
    }
}
