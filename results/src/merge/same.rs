//! Checks that shards share their plan, build and kind of machine.

use super::file::{File, MergeError};
use crate::differences::{self, differs};
use crate::environment::Environment;
use crate::key::CellKey;
use crate::run::{Plan, PlannedCell, Role};
use crate::trial::Phase;

/// Rejects a file that is not a shard of the same plan, by the same build, on a machine of the same
/// kind.
pub(super) fn check(base: &File, file: &File) -> Result<(), MergeError> {
    let [from, to] = [&base.run.header, &file.run.header];
    let mut plans = plans(&from.plan, &to.plan);
    plans.extend(differs("number of shards", Some(&base.shard.of), Some(&file.shard.of)));
    if from.workloads != to.workloads || from.runners != to.runners {
        plans.push("descriptions of workloads or runners".to_owned());
    }
    let kinds = "on machines of one kind, or merge each kind with --partial and compare them with \
                 `runtime-bench report`";
    let aspects = [
        ("builds", builds(base, file), "with the same executable"),
        ("machines", machines(&from.environment, &to.environment), kinds),
        ("plans", plans, "with the same options, including --seed"),
    ];
    match aspects.into_iter().find(|(_, facts, _)| !facts.is_empty()) {
        Some((aspect, facts, help)) => Err(MergeError::Different {
            base: base.label.clone(),
            file: file.label.clone(),
            aspect,
            what: facts.join("; "),
            help,
        }),
        None => Ok(()),
    }
}

fn builds(base: &File, file: &File) -> Vec<String> {
    let (from, to) = (&base.run.header.environment, &file.run.header.environment);
    let mut facts = differences::builds(&base.run, &file.run);
    facts.extend(differences::version(from, to));
    facts.extend(differences::programs(from, to));
    facts
}

/// The kind of a machine, and its settings.
fn machines(base: &Environment, head: &Environment) -> Vec<String> {
    let mut facts = differences::machine_facts(base, head);
    // The processors that it may run on differ between containers; their number must not.
    let allowed = |of: &Environment| of.affinity.as_ref().map(Vec::len);
    facts.extend(differs("processors allowed", allowed(base).as_ref(), allowed(head).as_ref()));
    facts.extend(differences::settings(base, head));
    facts
}

fn plans(base: &Plan, head: &Plan) -> Vec<String> {
    let facts = [
        differs("profile", Some(&base.profile), Some(&head.profile)),
        differs("--seed", Some(&base.seed), Some(&head.seed)),
        differs("--workers", Some(&base.workers), Some(&head.workers)),
        differs("--pool-threads", Some(&base.pool_threads), Some(&head.pool_threads)),
        differs("--budget", Some(&base.budget_s), Some(&head.budget_s)),
        differs("--rounds", base.rounds.as_ref(), head.rounds.as_ref()),
        differs("looks", Some(&base.looks), Some(&head.looks)),
        differs("link layouts", Some(&base.layouts), Some(&head.layouts)),
        differs("--trial-limit", Some(&base.trial_limit_s), Some(&head.trial_limit_s)),
        differs("--evidence", Some(&base.evidence), Some(&head.evidence)),
        differs("--reference", Some(&base.reference), Some(&head.reference)),
        cells(&base.cells, &head.cells),
    ];
    facts.into_iter().flatten().collect()
}

fn planned(cell: &PlannedCell) -> (&CellKey, Role, Phase) {
    (&cell.key, cell.role, cell.phase)
}

/// The first cell that is planned differently.
fn cells(base: &[PlannedCell], head: &[PlannedCell]) -> Option<String> {
    let pairs = base.iter().zip(head);
    let (from, to) = pairs
        .filter(|(from, to)| {
            planned(from) != planned(to)
                || from.not_applicable.is_some() != to.not_applicable.is_some()
        })
        .map(|(from, to)| (Some(from), Some(to)))
        .chain([(base.get(head.len()), head.get(base.len()))])
        .find(|(from, to)| from.is_some() || to.is_some())?;
    Some(match (from, to) {
        (Some(from), Some(to)) if planned(from) == planned(to) => {
            let reason = from.not_applicable.as_ref().or(to.not_applicable.as_ref());
            let reason = reason.map_or("", String::as_str);
            format!("{} runs in one and is n/a in the other: {reason}", from.key)
        }
        (from, to) => {
            let other = |cell: Option<&PlannedCell>| {
                cell.map_or_else(|| "nothing".to_owned(), |cell| cell.key.to_string())
            };
            format!("one plans {}, the other {}", other(from), other(to))
        }
    })
}
