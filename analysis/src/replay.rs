//! Re-evaluates stored runs with the current rules and counts their results, to judge a change of the
//! rules on real data.

use serde::Serialize;

use crate::analysis::{Analysis, ClassCounts, Gathered, Group};
use crate::answers::{Answer, answers};
use crate::stats::{Comparison, median};
use runtime_bench_results::catalog::Kind;
use runtime_bench_results::noise::Noise;
use runtime_bench_results::run::Run;

/// Version of the document.
pub const SCHEMA: &str = "runtime-bench/analysis/1";

/// Stored runs, re-evaluated with the current rules.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Document {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// One per file, in the order given.
    pub runs: Vec<Replay>,
}

impl Document {
    /// A document of replayed runs.
    pub fn new(runs: Vec<Replay>) -> Self {
        Self { schema: SCHEMA, runs }
    }
}

/// One run, re-evaluated with the current rules.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Replay {
    /// Its file.
    pub label: String,
    /// Its name.
    pub id: String,
    /// Name of its profile.
    pub profile: String,
    /// All comparisons with the reference.
    pub all: Counted,
    /// The same by kind of workload.
    pub kinds: Vec<CountedKind>,
    /// Counts of A/A controls.
    pub control: Noise,
    /// Rounds, and the additional rounds that answers need.
    pub rounds: Rounds,
    /// Its answers for the use cases.
    pub answers: Vec<Answer>,
}

/// Comparisons by class.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Counted {
    /// Number of comparisons per class.
    #[serde(flatten)]
    pub classes: ClassCounts,
    /// The share that is settled or the same within 10%, 0 to 1; `None` where nothing was compared.
    pub answered: Option<f64>,
}

/// The comparisons of one kind of workload.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct CountedKind {
    /// The kind; `None` for workloads that the run does not describe.
    pub kind: Option<Kind>,
    /// Its comparisons.
    #[serde(flatten)]
    pub counted: Counted,
}

/// Rounds of a run, and the additional rounds that its leaning and open comparisons need.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Rounds {
    /// Rounds of a comparison, the median over all.
    pub median: Option<f64>,
    /// Comparisons that are leaning or open.
    pub unanswered: usize,
    /// Of these, those that need at most twice the rounds.
    pub within_twice: usize,
    /// Of these, those that need more than 100 times the rounds.
    pub beyond: usize,
    /// Additional rounds that the others need (median).
    pub median_needed: Option<f64>,
}

impl Counted {
    fn of<'a>(comparisons: impl IntoIterator<Item = &'a Comparison>) -> Self {
        let classes = ClassCounts::of(comparisons);
        Self { classes, answered: classes.answered() }
    }
}

impl Replay {
    /// The replay of a run, called `label`. `analysis` belongs to the same run.
    pub fn new(label: &str, run: &Run, analysis: &Analysis) -> Self {
        let kind = |group: &Group| run.workload(&group.workload).map(|info| info.kind);
        let mut kinds: Vec<Option<Kind>> = analysis.groups.iter().map(kind).collect();
        kinds.sort_by_key(|kind| (kind.is_none(), *kind));
        kinds.dedup();
        let of_kind = |wanted: Option<Kind>| {
            let groups = analysis.groups.iter().filter(|group| kind(group) == wanted);
            let counted = Counted::of(groups.flat_map(Group::comparisons));
            CountedKind { kind: wanted, counted }
        };
        let all: Vec<&Comparison> = analysis.groups.iter().flat_map(Group::comparisons).collect();
        Self {
            label: label.to_owned(),
            id: run.header.id.clone(),
            profile: run.header.plan.profile.clone(),
            all: Counted::of(all.iter().copied()),
            kinds: kinds.into_iter().map(of_kind).collect(),
            control: analysis.noise,
            rounds: Rounds::of(&all),
            answers: answers(run, &Gathered::new(run), analysis),
        }
    }
}

impl Rounds {
    fn of(all: &[&Comparison]) -> Self {
        let count = |of: &dyn Fn(&Comparison) -> bool| all.iter().filter(|one| of(one)).count();
        let asked = |one: &Comparison| one.verdict.class().is_some() && !one.is_answered();
        let pairs: Vec<f64> = all.iter().map(|one| one.pairs as f64).collect();
        let open = all.iter().filter(|one| asked(one));
        let needed: Vec<f64> = open.filter_map(|one| Some(one.more_rounds? as f64)).collect();
        let soon = |one: &Comparison| {
            asked(one) && one.more_rounds.is_some_and(|rounds| rounds <= one.pairs)
        };
        Self {
            median: median(&pairs),
            unanswered: count(&asked),
            within_twice: count(&soon),
            beyond: count(&|one| asked(one) && one.more_rounds.is_none()),
            median_needed: median(&needed),
        }
    }
}
