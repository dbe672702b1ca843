//! The facts of the pages as files for programs, spreadsheets and pull requests.

mod csv;
mod markdown;

use runtime_bench_results::report::{JSON_SCHEMA, Report};

use crate::ReportError;
use crate::comparison;
use crate::files::File;
use crate::view::View;

/// Name of the JSON document.
pub(crate) const JSON_NAME: &str = "data.json";
/// Name of the CSV table.
pub(crate) const CSV_NAME: &str = "data.csv";
/// Name of the JSON document's schema.
pub(crate) const SCHEMA_NAME: &str = "schema.json";
/// Name of the summary in Markdown.
pub(crate) const SUMMARY_NAME: &str = "summary.md";

/// Name of the comparison with the run before, in Markdown.
pub(crate) const COMPARE_NAME: &str = "compare.md";

/// Every file.
pub(crate) fn files<'a>(view: &View<'a>) -> Result<Vec<File<'a>>, ReportError> {
    let mut files = vec![
        File::json(JSON_NAME, Report::new(view.run, view.analysis)),
        File::new(SCHEMA_NAME, JSON_SCHEMA),
        File::new(CSV_NAME, csv::table(view.run, view.analysis)?),
        File::new(SUMMARY_NAME, markdown::summary(view)),
    ];
    let before = view.previous.as_ref();
    files.extend(before.map(|judged| File::new(COMPARE_NAME, comparison::markdown(judged))));
    Ok(files)
}

#[cfg(test)]
pub(crate) mod tests {
    use runtime_bench_results::catalogue::{Class, Kind, RunnerInfo, WorkloadInfo};
    use runtime_bench_results::environment::Environment;
    use runtime_bench_results::run::{Plan, Run, RunHeader};
    use runtime_bench_results::trial::Age;
    use std::collections::BTreeMap;

    /// A run of the workload `w` on the runner `a`, of which nothing is measured.
    pub(crate) fn run() -> Run {
        Run::new(RunHeader {
            schema: runtime_bench_results::run::SCHEMA.into(),
            id: "run".into(),
            started: "2026-01-31T12:00:00Z".into(),
            command: Vec::new(),
            environment: Environment::default(),
            plan: Plan {
                profile: "quick".into(),
                seed: 1,
                workers: 1,
                pool_threads: 1,
                budget_s: 1.0,
                trial_limit_s: 1.0,
                reference: "a".into(),
                shard: None,
                cells: Vec::new(),
            },
            workloads: vec![WorkloadInfo {
                name: "w".into(),
                title: "W".into(),
                kind: Kind::Cpu,
                model: String::new(),
                check: String::new(),
                headline: "wall".into(),
                headline_age: Age::Young,
                notes: Vec::new(),
            }],
            claims: Vec::new(),
            glossary: Vec::new(),
            runners: vec![RunnerInfo {
                name: "a,\"b\"".into(),
                title: "A".into(),
                class: Class::SingleThread,
                configuration: String::new(),
                packages: BTreeMap::new(),
                notes: Vec::new(),
            }],
        })
    }
}
