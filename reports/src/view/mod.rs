//! The input of every page: the run arranged by topic, workload and comparison.

pub(crate) mod claims;
pub(crate) mod finding;
pub(crate) mod glossary;
mod group;
pub(crate) mod links;
mod machines;
pub(crate) mod noise;
mod runner;
mod slugs;
pub(crate) mod topic;
pub(crate) mod wording;
mod workload;

use std::collections::HashMap;

use runtime_bench_analysis::analysis::{Analysis, ClassCounts, Gathered, Row};
use runtime_bench_analysis::answers::{Answer, answers};
use runtime_bench_analysis::claims::Cell;
use runtime_bench_analysis::comparison::{self, FailOn, Judged};
use runtime_bench_analysis::explanation::{CellExplanation, explanations};
use runtime_bench_analysis::glossary::words;
use runtime_bench_analysis::history::{self, Machine, Trend, Wanted, trends};
use runtime_bench_analysis::stats::{Comparison, MARGIN};
use runtime_bench_results::catalog::SuiteInfo;
use runtime_bench_results::key::CellKey;
use runtime_bench_results::run::Run;
use runtime_bench_results::trial::Phase;

pub(crate) use group::{Group, cpu};
pub(crate) use machines::MachineView;
pub(crate) use runner::Runner;
use runner::runners;
use workload::workloads;
pub(crate) use workload::{Section, Workload};

/// Maximum number of rows of the table of all workloads, for a page of a few hundred KiB.
const MOST_ROWS: usize = 150;

/// The run, arranged for readers.
#[derive(Debug)]
pub(crate) struct View<'a> {
    /// The machine of the run, and all its runs.
    pub(crate) machine: Machine<'a>,
    /// The newest run, which most pages show.
    pub(crate) run: &'a Run,
    /// Its comparisons.
    pub(crate) analysis: &'a Analysis,
    /// The classes of every comparison with the reference.
    pub(crate) counts: ClassCounts,
    /// The explanations of settled rows, if evidence was collected.
    pub(crate) explanations: Vec<CellExplanation>,
    /// Their places, by cell.
    explained: HashMap<(&'a CellKey, Phase), usize>,
    /// The measurements of its processes.
    pub(crate) gathered: Gathered<'a>,
    /// Every cell over the runs; empty if there is one run.
    pub(crate) trends: Vec<Trend<'a>>,
    /// The run against the one before it; `None` if there is none.
    pub(crate) previous: Option<Judged>,
    /// The runs at which a cell changed; `None` if there is one run.
    pub(crate) changes: Option<history::Document>,
    /// Path from the folder of the site to that of all machines; `None` if there is one machine.
    pub(crate) fleet: Option<&'static str>,
    /// Address at which its folder will be published, with a final `/`; `None` if unknown.
    pub(crate) address: Option<String>,
    /// Multi-threaded runners first, single-threaded runners last; otherwise in the run's order.
    pub(crate) runners: Vec<Runner<'a>>,
    /// Every workload with a comparison, in the run's order.
    pub(crate) workloads: Vec<Workload<'a>>,
    /// Its answers to named use cases.
    pub(crate) answers: Vec<Answer>,
    /// The claims about concurrency; empty if the run measured no cell of a claim.
    pub(crate) claims: Vec<claims::Judged<'a>>,
    /// The terms of the glossary.
    pub(crate) glossary: Vec<glossary::Word>,
}

impl<'a> View<'a> {
    /// Arranges the runs of a machine; `None` if there is none.
    pub(crate) fn new(machine: Machine<'a>, fleet: Option<&'static str>) -> Option<Self> {
        let &(run, analysis) = machine.runs.last()?;
        let trends = if machine.runs.len() > 1 { trends(&machine) } else { Vec::new() };
        let runners = runners(run, analysis);
        let gathered = Gathered::new(run);
        let workloads = workloads(run, analysis, &gathered);
        let explanations = explanations(run, analysis);
        Some(Self {
            previous: previous(&machine),
            changes: changes(&machine),
            answers: answers(run, &gathered, analysis),
            counts: counts(&workloads),
            explained: places(analysis, &explanations),
            explanations,
            claims: claims::judged(&analysis.claims),
            glossary: glossary::words(),
            gathered,
            machine,
            run,
            analysis,
            trends,
            fleet,
            address: None,
            runners,
            workloads,
        })
    }

    /// Whether the machine has more runs than the displayed one.
    pub(crate) fn has_history(&self) -> bool {
        self.machine.runs.len() > 1
    }

    /// The workloads that compare runners, by topic.
    pub(crate) fn sections(&self) -> Vec<Section<'_, 'a>> {
        let mut placed: Vec<((usize, usize), &Workload<'a>)> = self
            .compared()
            .map(|workload| (topic::place(workload.name, workload.kind()), workload))
            .collect();
        placed.sort_by_key(|(place, _)| *place);
        let section = |of: &[((usize, usize), &'_ Workload<'a>)]| of[0].0.0;
        placed
            .chunk_by(|(a, _), (b, _)| a.0 == b.0)
            .map(|members| {
                let (slug, title) =
                    topic::TOPICS.get(section(members)).map_or(topic::OTHER, |one| (one.0, one.1));
                Section { title, slug, workloads: members.iter().map(|(_, one)| *one).collect() }
            })
            .collect()
    }

    /// The comparisons of a workload that have a row in the table of all workloads: all, or the first of each
    /// workload if the table would be too long.
    pub(crate) fn rows<'v>(&self, workload: &'v Workload<'a>) -> &'v [Group<'a>] {
        let most = if self.compared_groups().count() > MOST_ROWS { 1 } else { usize::MAX };
        &workload.groups[..workload.groups.len().min(most)]
    }

    /// The workloads that compare runners.
    pub(crate) fn compared(&self) -> impl Iterator<Item = &Workload<'a>> {
        self.workloads.iter().filter(|workload| !workload.is_calibration())
    }

    /// The suites of some but not all of the workloads: the table can be filtered by them.
    pub(crate) fn suites(&self) -> Vec<&'a SuiteInfo> {
        let members = |suite: &SuiteInfo| {
            let own = self.compared().filter(|one| one.suites.contains(&suite));
            own.count()
        };
        let all = self.compared().count();
        let filters = |suite: &&SuiteInfo| (1..all).contains(&members(suite));
        self.run.header.suites.iter().filter(filters).collect()
    }

    /// The claims that use a workload.
    pub(crate) fn claims_on(&self, workload: &str) -> Vec<&claims::Judged<'a>> {
        let claims = self.claims.iter();
        claims.filter(|judged| judged.workloads().contains(&workload)).collect()
    }

    /// The comparison of a cell that a claim names.
    pub(crate) fn comparison(&self, cell: &Cell) -> Option<(&Workload<'a>, &Group<'a>)> {
        let workload = self.compared().find(|workload| workload.name == cell.workload)?;
        let group = workload.groups.iter().find(|group| group.source.point == cell.point)?;
        Some((workload, group))
    }

    /// The terms of the glossary in some texts.
    pub(crate) fn words_in(&self, texts: &[&str]) -> Vec<&glossary::Word> {
        let texts: Vec<Vec<String>> = texts.iter().map(|text| words(text)).collect();
        let has = |word: &&glossary::Word| texts.iter().any(|text| word.term.is_in(text));
        self.glossary.iter().filter(has).collect()
    }

    /// The workloads that measure the harness itself.
    pub(crate) fn calibrations(&self) -> impl Iterator<Item = &Workload<'a>> {
        self.workloads.iter().filter(|workload| workload.is_calibration())
    }

    /// The runners as columns of a table: the reference first.
    pub(crate) fn columns(&self) -> Vec<&Runner<'a>> {
        let mut columns: Vec<&Runner<'a>> = self.runners.iter().collect();
        columns.sort_by_key(|runner| runner.name != self.run.header.plan.reference);
        columns
    }

    /// The explanation of the difference between a row and its reference.
    pub(crate) fn explanation(&self, group: &Group<'_>, row: &Row) -> Option<&CellExplanation> {
        self.explanations.get(*self.explained.get(&(&row.key, group.source.phase))?)
    }

    /// The number of rows whose reference is not the planned one, and the total.
    pub(crate) fn replaced(&self) -> (usize, usize) {
        let wanted = self.run.header.plan.reference.as_str();
        let references: Vec<&Row> = self.compared_groups().filter_map(Group::reference).collect();
        let other = references.iter().filter(|row| row.key.runner != wanted);
        (other.count(), references.len())
    }

    /// Every comparison of runners.
    pub(crate) fn compared_groups(&self) -> impl Iterator<Item = &Group<'a>> {
        self.compared().flat_map(|workload| &workload.groups)
    }
}

/// The classes of every comparison with the reference.
fn counts(workloads: &[Workload<'_>]) -> ClassCounts {
    let compared = workloads.iter().filter(|workload| !workload.is_calibration());
    let groups = compared.flat_map(|workload| &workload.groups);
    let found: Vec<Comparison> = groups
        .flat_map(|group| group.source.comparisons().map(|found| group.trusted(found)))
        .collect();
    ClassCounts::of(&found)
}

/// The places of explanations by cell; both are in the order of the rows.
fn places<'a>(
    analysis: &'a Analysis,
    explanations: &[CellExplanation],
) -> HashMap<(&'a CellKey, Phase), usize> {
    let mut rest = explanations.iter().enumerate().peekable();
    let groups = analysis.groups.iter();
    let cells = groups.flat_map(|group| group.rows.iter().map(|row| (&row.key, group.phase)));
    cells
        .filter_map(|(key, phase)| {
            let (place, _) = rest.next_if(|(_, one)| (&one.cell, one.phase) == (key, phase))?;
            Some(((key, phase), place))
        })
        .collect()
}

/// The newest run against the one before it.
fn previous(machine: &Machine<'_>) -> Option<Judged> {
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
