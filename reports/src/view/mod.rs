//! What every page reads: the run arranged by workload and comparison, its runners by class.

pub(crate) mod aim;
mod blocks;
pub(crate) mod claims;
pub(crate) mod finding;
pub(crate) mod glossary;
mod group;
pub(crate) mod links;
pub(crate) mod noise;
pub(crate) mod tally;
pub(crate) mod weights;
pub(crate) mod wording;

use std::collections::HashSet;

use runtime_bench_results::analysis::Analysis;
use runtime_bench_results::catalogue::{Class, Kind, RunnerInfo, WorkloadInfo};
use runtime_bench_results::comparison::{self, FailOn, Judged};
use runtime_bench_results::history::{self, Machine, Trend, Wanted, trends};
use runtime_bench_results::run::Run;
use runtime_bench_results::stats::MARGIN;

use blocks::Blocks;
pub(crate) use group::Group;

/// The run as a reader meets it.
#[derive(Debug)]
pub(crate) struct View<'a> {
    /// The machine of the run, and all its runs.
    pub(crate) machine: Machine<'a>,
    /// The newest run, which most pages show.
    pub(crate) run: &'a Run,
    /// Its comparisons.
    pub(crate) analysis: &'a Analysis,
    /// What its processes measured.
    pub(crate) blocks: Blocks<'a>,
    /// Every cell over the runs; empty where there is one run.
    pub(crate) trends: Vec<Trend<'a>>,
    /// The run against the one before it; `None` where there is none.
    pub(crate) before: Option<Judged>,
    /// The runs at which a cell changed; `None` where there is one run.
    pub(crate) changes: Option<history::Document>,
    /// From the folder of the site to that of all machines; `None` where there is one machine.
    pub(crate) fleet: Option<&'static str>,
    /// Runners of several threads first, those of one thread last; otherwise in the run's order.
    pub(crate) runners: Vec<Runner<'a>>,
    /// Every workload that has a comparison, in the run's order.
    pub(crate) workloads: Vec<Workload<'a>>,
    /// What is said about concurrency; empty where the run carries no claims.
    pub(crate) claims: Vec<claims::Judged<'a>>,
    /// Words of the field; empty where the run carries none.
    pub(crate) glossary: Vec<glossary::Word<'a>>,
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
    /// Its name as a file's; no other runner has the same.
    pub(crate) slug: String,
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
    /// Its name in the cells.
    pub(crate) name: &'a str,
    /// Its heading.
    pub(crate) title: &'a str,
    /// Its own words; `None` when the run does not describe it.
    pub(crate) info: Option<&'a WorkloadInfo>,
    /// Its name as a file's; no other workload has the same.
    pub(crate) slug: String,
    /// One per point and age.
    pub(crate) groups: Vec<Group<'a>>,
}

impl<'a> Workload<'a> {
    /// What kind of work it is, if the run says so.
    pub(crate) fn kind(&self) -> Option<Kind> {
        self.info.map(|info| info.kind)
    }

    /// The comparison that stands for the workload where there is room for one: its first.
    pub(crate) fn main(&self) -> Option<&Group<'a>> {
        self.groups.first()
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
    /// The kind as an attribute: `io`.
    pub(crate) slug: &'static str,
    /// At least one.
    pub(crate) workloads: Vec<&'v Workload<'a>>,
}

impl<'v, 'a> Section<'v, 'a> {
    /// One comparison a workload, so that one with many points does not outweigh the others.
    pub(crate) fn mains(&self) -> impl Iterator<Item = &'v Group<'a>> {
        self.workloads.iter().filter_map(|workload| workload.main())
    }
}

impl<'a> View<'a> {
    /// Arranges the runs of a machine; `None` where there is none.
    pub(crate) fn new(machine: Machine<'a>, fleet: Option<&'static str>) -> Option<Self> {
        let &(run, analysis) = machine.runs.last()?;
        let trends = if machine.runs.len() > 1 { trends(&machine) } else { Vec::new() };
        let runners = runners(run, analysis);
        let workloads = workloads(run, analysis, &runners);
        Some(Self {
            blocks: Blocks::new(run),
            before: before(&machine),
            changes: changes(&machine),
            claims: claims::judged(run, &analysis.claims),
            glossary: glossary::words(&run.header.glossary),
            machine,
            run,
            analysis,
            trends,
            fleet,
            runners,
            workloads,
        })
    }

    /// Whether the machine has more runs than the one that is shown.
    pub(crate) fn has_history(&self) -> bool {
        self.machine.runs.len() > 1
    }

    /// The workloads that compare runners, by kind.
    pub(crate) fn sections(&self) -> Vec<Section<'_, 'a>> {
        let compared: Vec<&Workload<'a>> = self.compared().collect();
        let mut kinds: Vec<Option<Kind>> =
            compared.iter().map(|workload| workload.kind()).collect();
        // A workload that the run does not describe comes last.
        kinds.sort_by_key(|kind| (kind.is_none(), *kind));
        kinds.dedup();
        let section = |kind: Option<Kind>| Section {
            title: kind.map_or("Other", Kind::title),
            slug: kind.map_or("other", Kind::slug),
            workloads: compared.iter().copied().filter(|one| one.kind() == kind).collect(),
        };
        kinds.into_iter().map(section).collect()
    }

    /// The workloads that compare runners.
    pub(crate) fn compared(&self) -> impl Iterator<Item = &Workload<'a>> {
        self.workloads.iter().filter(|workload| !workload.is_calibration())
    }

    /// The claims that a workload is evidence for.
    pub(crate) fn claims_on(&self, workload: &str) -> Vec<&claims::Judged<'a>> {
        let claims = self.claims.iter();
        claims.filter(|judged| judged.workloads().contains(&workload)).collect()
    }

    /// The words of the glossary that some texts have.
    pub(crate) fn words_in(&self, texts: &[&str]) -> Vec<&glossary::Word<'a>> {
        let has = |word: &&glossary::Word<'a>| texts.iter().any(|text| word.term.is_in(text));
        self.glossary.iter().filter(has).collect()
    }

    /// The workloads that measure the harness itself.
    pub(crate) fn calibrations(&self) -> impl Iterator<Item = &Workload<'a>> {
        self.workloads.iter().filter(|workload| workload.is_calibration())
    }

    /// Every comparison of runners.
    pub(crate) fn compared_groups(&self) -> impl Iterator<Item = &Group<'a>> {
        self.compared().flat_map(|workload| &workload.groups)
    }

    /// The runners by class, each class once.
    pub(crate) fn classes(&self) -> Vec<(Option<Class>, &[Runner<'a>])> {
        self.runners
            .chunk_by(|a, b| a.class() == b.class())
            .map(|members| (members[0].class(), members))
            .collect()
    }
}

/// The newest run against the one before it.
fn before(machine: &Machine<'_>) -> Option<Judged> {
    let [.., (base, _), (head, _)] = machine.runs.as_slice() else { return None };
    let named = |run: &'_ Run| run.header.id.clone();
    let (from, to) = (named(base), named(head));
    let document = comparison::files((&from, base), (&to, head), &|_| true);
    Some(Judged::new(document, FailOn::Regression, MARGIN))
}

/// The change points of each workload's headline.
fn changes(machine: &Machine<'_>) -> Option<history::Document> {
    let wanted = Wanted { metric: None, keep: &|_| true };
    let machines = std::slice::from_ref(machine);
    (machine.runs.len() > 1).then(|| history::changes(machines, &wanted, None))
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

fn workloads<'a>(
    run: &'a Run,
    analysis: &'a Analysis,
    runners: &[Runner<'a>],
) -> Vec<Workload<'a>> {
    let mut workloads: Vec<Workload<'a>> = Vec::new();
    let mut slugs = Slugs::default();
    for (index, source) in analysis.groups.iter().enumerate() {
        let name = source.workload.as_str();
        let info = run.workload(name);
        let place = workloads.iter().position(|known| known.name == name).unwrap_or_else(|| {
            let title = info.map_or(name, |info| info.title.as_str());
            let slug = slugs.next(name);
            workloads.push(Workload { name, title, info, slug, groups: Vec::new() });
            workloads.len() - 1
        });
        let workload = &mut workloads[place];
        workload.groups.push(Group::new(source, workload.title, runners, index));
    }
    workloads
}

/// Makes the name of a file, and of an `id`, of any name; each only once.
#[derive(Default)]
pub(crate) struct Slugs {
    taken: HashSet<String>,
}

impl Slugs {
    /// Lower-case letters, digits and `-`; never empty.
    pub(crate) fn next(&mut self, name: &str) -> String {
        let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
        let slug: String = name.chars().take(40).map(plain).collect();
        let base = if slug.is_empty() { "unnamed".to_owned() } else { slug };
        let numbered = (2..).map(|number| format!("{base}-{number}"));
        let mut candidates = std::iter::once(base.clone()).chain(numbered);
        // The numbers never end, so one is free.
        candidates.find(|slug| self.taken.insert(slug.clone())).unwrap_or(base)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_plain_and_unique() {
        let mut slugs = Slugs::default();
        assert_eq!(slugs.next("Tokio"), "tokio");
        assert_eq!(slugs.next("a b\"<"), "a-b--");
        assert_eq!(slugs.next("a b'>"), "a-b---2");
        assert_eq!(slugs.next("../.."), "-----");
        assert_eq!(slugs.next(""), "unnamed");
    }
}
