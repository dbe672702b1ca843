//! A runner, as shown on every page.

use runtime_bench_analysis::analysis::Analysis;
use runtime_bench_results::catalog::{Class, RunnerInfo};
use runtime_bench_results::run::Run;

use super::slugs::Slugs;

/// A runner, with its distinguishing marks on the page.
#[derive(Debug)]
pub(crate) struct Runner<'a> {
    /// Its name in the cells.
    pub(crate) name: &'a str,
    /// Its description; `None` if the run does not have one.
    pub(crate) info: Option<&'a RunnerInfo>,
    /// Its color and marker on the whole site.
    pub(crate) series: usize,
    /// Its unique file name.
    pub(crate) slug: String,
}

impl Runner<'_> {
    /// Whether its maintainers discontinued it; then no summary recommends it.
    pub(crate) fn is_discontinued(&self) -> bool {
        self.discontinued().is_some()
    }

    /// The note on its discontinuation, if any.
    pub(crate) fn discontinued(&self) -> Option<&str> {
        self.info.and_then(RunnerInfo::discontinued)
    }

    /// The package with its name, and the version.
    pub(crate) fn package(&self) -> Option<(&str, &str)> {
        let (name, version) = self.info?.packages.get_key_value(self.name)?;
        Some((name, version))
    }

    /// One thread or several, if the run says so.
    pub(crate) fn class(&self) -> Option<Class> {
        self.info.map(|info| info.class)
    }
}

/// The described runners, then those that occur only in cells.
pub(super) fn runners<'a>(run: &'a Run, analysis: &'a Analysis) -> Vec<Runner<'a>> {
    let mut names: Vec<&str> = Vec::new();
    let described = run.header.runners.iter().map(|info| info.name.as_str());
    let rows = analysis.groups.iter().flat_map(|group| &group.rows);
    for name in described.chain(rows.map(|row| row.key.runner.as_str())) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let mut slugs = Slugs::default();
    let runner =
        |(series, name)| Runner { name, info: run.runner(name), series, slug: slugs.next(name) };
    let mut runners: Vec<Runner<'a>> = names.into_iter().enumerate().map(runner).collect();
    runners.sort_by_key(|runner| match runner.class() {
        Some(Class::MultiThread) => 0,
        Some(Class::SingleThread) => 1,
        Some(Class::Reference) => 2,
        None => 3,
    });
    runners
}
