//! What every page reads: the run arranged by workload and comparison, its runners by class.

pub(crate) mod aim;
pub(crate) mod finding;
mod group;
pub(crate) mod noise;
pub(crate) mod tally;
pub(crate) mod weights;
pub(crate) mod wording;

use runtime_bench_results::analysis::Analysis;
use runtime_bench_results::catalogue::{Class, Kind, RunnerInfo, WorkloadInfo};
use runtime_bench_results::run::Run;

pub(crate) use group::Group;

/// The run as a reader meets it.
#[derive(Debug)]
pub(crate) struct View<'a> {
    /// The run itself.
    pub(crate) run: &'a Run,
    /// Its comparisons.
    pub(crate) analysis: &'a Analysis,
    /// Runners of several threads first, those of one thread last; otherwise in the run's order.
    pub(crate) runners: Vec<Runner<'a>>,
    /// Every workload that has a comparison, in the run's order.
    pub(crate) workloads: Vec<Workload<'a>>,
}

/// A runner, with what tells it apart on the page.
#[derive(Debug)]
pub(crate) struct Runner<'a> {
    /// Its name in the cells.
    pub(crate) name: &'a str,
    /// Its own words; `None` when the run does not describe it.
    pub(crate) info: Option<&'a RunnerInfo>,
    /// Which colour and marker it has everywhere on the site.
    pub(crate) series: usize,
    /// Target of links to it.
    pub(crate) anchor: String,
}

impl Runner<'_> {
    /// One thread or several, if the run says so.
    pub(crate) fn class(&self) -> Option<Class> {
        self.info.map(|info| info.class)
    }
}

/// A workload and its comparisons.
#[derive(Debug)]
pub(crate) struct Workload<'a> {
    /// Its heading.
    pub(crate) title: &'a str,
    /// Its own words; `None` when the run does not describe it.
    pub(crate) info: Option<&'a WorkloadInfo>,
    /// Target of links to it.
    pub(crate) anchor: String,
    /// One per point and age.
    pub(crate) groups: Vec<Group<'a>>,
}

impl Workload<'_> {
    fn kind(&self) -> Option<Kind> {
        self.info.map(|info| info.kind)
    }

    /// Whether it measures the harness itself instead of a runner.
    pub(crate) fn is_calibration(&self) -> bool {
        self.kind() == Some(Kind::Calibration)
    }
}

/// The workloads of one kind.
#[derive(Debug)]
pub(crate) struct Section<'v, 'a> {
    /// The heading.
    pub(crate) title: &'static str,
    /// Its word in addresses and attributes.
    pub(crate) key: &'static str,
    /// At least one.
    pub(crate) workloads: Vec<&'v Workload<'a>>,
}

impl<'a> View<'a> {
    /// Arranges a run.
    pub(crate) fn new(run: &'a Run, analysis: &'a Analysis) -> Self {
        let runners = runners(run, analysis);
        let workloads = workloads(run, analysis, &runners);
        Self { run, analysis, runners, workloads }
    }

    /// The workloads that compare runners, by kind.
    pub(crate) fn sections(&self) -> Vec<Section<'_, 'a>> {
        let compared: Vec<&Workload<'a>> =
            self.workloads.iter().filter(|workload| !workload.is_calibration()).collect();
        let mut kinds: Vec<Option<Kind>> =
            compared.iter().map(|workload| workload.kind()).collect();
        // A workload that the run does not describe comes last.
        kinds.sort_by_key(|kind| (kind.is_none(), *kind));
        kinds.dedup();
        let section = |kind: Option<Kind>| Section {
            title: kind.map_or("Other", Kind::title),
            key: kind.map_or("other", key),
            workloads: compared.iter().copied().filter(|one| one.kind() == kind).collect(),
        };
        kinds.into_iter().map(section).collect()
    }

    /// The workloads that measure the harness itself.
    pub(crate) fn calibrations(&self) -> impl Iterator<Item = &Workload<'a>> {
        self.workloads.iter().filter(|workload| workload.is_calibration())
    }

    /// Every comparison of runners.
    pub(crate) fn compared_groups(&self) -> impl Iterator<Item = &Group<'a>> {
        let compared = self.workloads.iter().filter(|workload| !workload.is_calibration());
        compared.flat_map(|workload| &workload.groups)
    }

    /// The runners by class, each class once.
    pub(crate) fn classes(&self) -> Vec<(Option<Class>, &[Runner<'a>])> {
        self.runners
            .chunk_by(|a, b| a.class() == b.class())
            .map(|members| (members[0].class(), members))
            .collect()
    }
}

fn key(kind: Kind) -> &'static str {
    match kind {
        Kind::Io => "io",
        Kind::Cpu => "cpu",
        Kind::Concurrency => "concurrency",
        Kind::Memory => "memory",
        Kind::Pitfall => "pitfall",
        Kind::Calibration => "calibration",
    }
}

/// Those that the run describes, then those that only its cells name.
fn runners<'a>(run: &'a Run, analysis: &'a Analysis) -> Vec<Runner<'a>> {
    let mut names: Vec<&str> = Vec::new();
    let described = run.header.runners.iter().map(|info| info.name.as_str());
    let rows = analysis.groups.iter().flat_map(|group| &group.rows);
    for name in described.chain(rows.map(|row| row.key.runner.as_str())) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let mut anchors = Anchors::new("runner");
    let runner = |(series, name)| Runner {
        name,
        info: run.runner(name),
        series,
        anchor: anchors.next(name),
    };
    let mut runners: Vec<Runner<'a>> = names.into_iter().enumerate().map(runner).collect();
    runners.sort_by_key(|runner| match runner.class() {
        Some(Class::MultiThread) => 0,
        Some(Class::SingleThread) => 1,
        None => 2,
    });
    runners
}

fn workloads<'a>(
    run: &'a Run,
    analysis: &'a Analysis,
    runners: &[Runner<'a>],
) -> Vec<Workload<'a>> {
    let mut workloads: Vec<(&str, Workload<'a>)> = Vec::new();
    let mut anchors = Anchors::new("workload");
    for (index, source) in analysis.groups.iter().enumerate() {
        let name = source.workload.as_str();
        let info = run.workload(name);
        let place = workloads.iter().position(|(known, _)| *known == name).unwrap_or_else(|| {
            let title = info.map_or(name, |info| info.title.as_str());
            let anchor = anchors.next(name);
            workloads.push((name, Workload { title, info, anchor, groups: Vec::new() }));
            workloads.len() - 1
        });
        let workload = &mut workloads[place].1;
        workload.groups.push(Group::new(source, workload.title, runners, index));
    }
    workloads.into_iter().map(|(_, workload)| workload).collect()
}

/// Makes a readable `id` of any name, each only once.
struct Anchors {
    prefix: &'static str,
    taken: Vec<String>,
}

impl Anchors {
    fn new(prefix: &'static str) -> Self {
        Self { prefix, taken: Vec::new() }
    }

    fn next(&mut self, name: &str) -> String {
        let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
        let slug: String = name.chars().take(40).map(plain).collect();
        let base = format!("{}-{slug}", self.prefix);
        let mut anchor = base.clone();
        let mut number = 2;
        while self.taken.contains(&anchor) {
            anchor = format!("{base}-{number}");
            number += 1;
        }
        self.taken.push(anchor.clone());
        anchor
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anchors_are_plain_and_unique() {
        let mut anchors = Anchors::new("runner");
        assert_eq!(anchors.next("tokio"), "runner-tokio");
        assert_eq!(anchors.next("a b\"<"), "runner-a-b--");
        assert_eq!(anchors.next("a b'>"), "runner-a-b---2");
    }
}
