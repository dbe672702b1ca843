//! A workload and its comparisons, and the workloads of one topic.

use runtime_bench_analysis::analysis::{self, Analysis, Gathered};
use runtime_bench_results::catalog::{Kind, SuiteInfo, WorkloadInfo};
use runtime_bench_results::run::Run;
use runtime_bench_results::trial::Phase;

use super::group::Group;
use super::slugs::Slugs;

/// A workload and its comparisons.
#[derive(Debug)]
pub(crate) struct Workload<'a> {
    /// Its name in the cells.
    pub(crate) name: &'a str,
    /// Its heading.
    pub(crate) title: &'a str,
    /// Its description; `None` if the run does not have one.
    pub(crate) info: Option<&'a WorkloadInfo>,
    /// The suites that it belongs to.
    pub(crate) suites: Vec<&'a SuiteInfo>,
    /// Its unique file name.
    pub(crate) slug: String,
    /// One per point and phase.
    pub(crate) groups: Vec<Group<'a>>,
}

impl<'a> Workload<'a> {
    /// Its kind of work, if known.
    pub(crate) fn kind(&self) -> Option<Kind> {
        self.info.map(|info| info.kind)
    }

    /// The comparison that represents the workload: its first.
    pub(crate) fn main(&self) -> Option<&Group<'a>> {
        self.groups.first()
    }

    /// Whether it measures the harness itself instead of a runner.
    pub(crate) fn is_calibration(&self) -> bool {
        self.kind() == Some(Kind::Calibration)
    }
}

/// The workloads of one topic.
#[derive(Debug)]
pub(crate) struct Section<'v, 'a> {
    /// The heading.
    pub(crate) title: &'static str,
    /// The topic as an id: `tails`.
    pub(crate) slug: &'static str,
    /// At least one.
    pub(crate) workloads: Vec<&'v Workload<'a>>,
}

/// Every workload with a comparison, in the run's order.
pub(super) fn workloads<'a>(
    run: &'a Run,
    analysis: &'a Analysis,
    gathered: &Gathered<'a>,
) -> Vec<Workload<'a>> {
    let mut workloads: Vec<Workload<'a>> = Vec::new();
    let mut slugs = Slugs::default();
    let mut anchors = Slugs::default();
    for source in &analysis.groups {
        let name = source.workload.as_str();
        let info = run.workload(name);
        let place = workloads.iter().position(|known| known.name == name).unwrap_or_else(|| {
            let title = info.map_or(name, |info| info.title.as_str());
            let slug = slugs.next(name);
            let suites = suites(run, name);
            workloads.push(Workload { name, title, info, suites, slug, groups: Vec::new() });
            workloads.len() - 1
        });
        let workload = &mut workloads[place];
        let stem = workload.slug.clone();
        workload.groups.push(Group::new(
            gathered,
            source,
            workload.title,
            anchors.next(&anchor(&stem, source)),
        ));
    }
    workloads
}

fn suites<'a>(run: &'a Run, workload: &str) -> Vec<&'a SuiteInfo> {
    let has = |suite: &&SuiteInfo| suite.workloads.iter().any(|name| name == workload);
    run.header.suites.iter().filter(has).collect()
}

/// The stem of the ids of a comparison: `c-tcp-echo-connections-64-steady`. It does not depend on the rest of
/// the plan.
fn anchor(workload: &str, source: &analysis::Group) -> String {
    let label = source.point.label();
    let mut parts = vec!["c", workload];
    parts.extend(source.point.variant.as_deref());
    parts.extend((label != "-").then_some(label.as_str()));
    parts.extend((source.phase == Phase::Startup).then_some("startup"));
    parts.extend((source.phase == Phase::Steady).then_some("steady"));
    parts.join("-")
}
