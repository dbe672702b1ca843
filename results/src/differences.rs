//! The differences between two runs, apart from their figures.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

use crate::environment::Environment;
use crate::run::{Plan, Run};

/// The memory size of a machine varies by a few pages between boots.
const SAME_MEMORY: f64 = 0.01;

/// How the machines of two runs differ; `None` if the files show no difference.
pub fn machine(base: &Environment, head: &Environment) -> Option<String> {
    let facts = machine_facts(base, head);
    (!facts.is_empty()).then(|| {
        format!(
            "the runs are from different machines ({}), so every row is inconclusive; measure both \
             on the same machine",
            facts.join("; ")
        )
    })
}

/// How two machines differ: processor, memory, kernel.
pub fn machine_facts(base: &Environment, head: &Environment) -> Vec<String> {
    let (low, high) = (base.memory.min(head.memory), base.memory.max(head.memory));
    let same_memory = match (low, high) {
        (Some(low), Some(high)) => (high - low) as f64 <= SAME_MEMORY * high as f64,
        (low, high) => low == high,
    };
    let facts = [
        differs("processor", base.cpu_model.as_ref(), head.cpu_model.as_ref()),
        differs("logical processors", base.cores.as_ref(), head.cores.as_ref()),
        if same_memory {
            None
        } else {
            differs("bytes of memory", base.memory.as_ref(), head.memory.as_ref())
        },
        differs("kernel", base.kernel.as_ref(), head.kernel.as_ref()),
        differs("virtual machine", base.virtual_machine.as_ref(), head.virtual_machine.as_ref()),
    ];
    facts.into_iter().flatten().collect()
}

/// Settings that differ on the same machine.
pub fn settings(base: &Environment, head: &Environment) -> Vec<String> {
    let facts = [
        differs("CPU quota", base.cpu_quota.as_ref(), head.cpu_quota.as_ref()),
        differs("frequency governor", base.governor.as_ref(), head.governor.as_ref()),
        differs("huge pages", base.huge_pages.as_ref(), head.huge_pages.as_ref()),
    ];
    facts.into_iter().flatten().collect()
}

/// Differences in machine settings, plans and builds, a sentence each.
pub fn warnings(base: &Run, head: &Run) -> Vec<String> {
    let (from, to) = (&base.header.environment, &head.header.environment);
    let affinity = differs("processors allowed", from.affinity.as_ref(), to.affinity.as_ref());
    let settings = affinity.into_iter().chain(settings(from, to)).collect();
    let mut warnings: Vec<String> = Vec::new();
    let mut say = |what: &str, facts: Vec<String>, so: &str| {
        if !facts.is_empty() {
            warnings.push(format!("{what} ({}): {so}", facts.join("; ")));
        }
    };
    let disturbed = [("base", from), ("candidate", to)].into_iter().filter(|(_, one)| one.beside);
    let disturbed: Vec<String> = disturbed.map(|(name, _)| name.to_owned()).collect();
    say(
        "another measurement was in progress",
        disturbed,
        "this may cause differences; measure again, one at a time",
    );
    let same_run = base.header.id == head.header.id;
    let id = if same_run { vec![base.header.id.clone()] } else { Vec::new() };
    say("both files are the same run", id, "every row is a tie");
    say("the machine was set up differently", settings, "this may cause differences");
    let plans = plans(&base.header.plan, &head.header.plan);
    say("the plans differ", plans, "cells that were measured differently are not compared");
    let builds = builds(base, head);
    say("the builds differ", builds, "any of these may cause differences");
    warnings
}

/// Facts that may explain a different cost in the head: versions and builds, the profile, settings of the
/// machine.
pub fn facts(base: &Run, head: &Run) -> Vec<String> {
    let (from, to) = (&base.header.environment, &head.header.environment);
    let mut facts: Vec<String> = version(from, to).into_iter().collect();
    facts.extend(builds(base, head));
    let profiles = (&base.header.plan.profile, &head.header.plan.profile);
    facts.extend(differs("profile", Some(profiles.0), Some(profiles.1)));
    facts.extend(differs("processors allowed", from.affinity.as_ref(), to.affinity.as_ref()));
    facts.extend(settings(from, to));
    facts
}

/// Versions and commits of the harness, which a comparison often tests.
pub fn version(base: &Environment, head: &Environment) -> Option<String> {
    let of = |from: &Environment| {
        let commit = from.commit.as_deref().unwrap_or("commit unknown");
        format!("{} ({commit})", from.version)
    };
    let (from, to) = (of(base), of(head));
    (from != to).then(|| format!("runtime-bench {from} → {to}"))
}

fn plans(base: &Plan, head: &Plan) -> Vec<String> {
    let mut facts: Vec<String> = [
        differs("profile", Some(&base.profile), Some(&head.profile)),
        differs("--workers", Some(&base.workers), Some(&head.workers)),
        differs("--pool-threads", Some(&base.pool_threads), Some(&head.pool_threads)),
        differs("link layouts", Some(&base.layouts), Some(&head.layouts)),
    ]
    .into_iter()
    .flatten()
    .collect();
    let (from, to) = (points(base), points(head));
    let moved = from
        .iter()
        .filter(|(workload, points)| to.get(*workload).is_some_and(|others| others != *points));
    facts.extend(moved.map(|(workload, _)| format!("points of {workload}")));
    facts
}

/// The points of each workload.
fn points(plan: &Plan) -> BTreeMap<&str, BTreeSet<String>> {
    let mut points: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for cell in &plan.cells {
        points.entry(&cell.key.workload).or_default().insert(cell.key.group());
    }
    points
}

/// How two executables were compiled.
pub fn compiled(from: &Environment, to: &Environment) -> Vec<String> {
    let facts = [
        differs("compiler", Some(&from.rustc), Some(&to.rustc)),
        differs("build profile", Some(&from.profile), Some(&to.profile)),
        differs("features", Some(&from.features), Some(&to.features)),
    ];
    facts.into_iter().flatten().collect()
}

/// Trial programs that differ, or that only one side has.
pub fn programs(from: &Environment, to: &Environment) -> Vec<String> {
    let names: BTreeSet<&String> = from.programs.keys().chain(to.programs.keys()).collect();
    let differ = |name: &String| {
        differs(&format!("trial program {name}"), from.programs.get(name), to.programs.get(name))
    };
    names.into_iter().filter_map(differ).collect()
}

/// How two executables were built: compiler, allocator, versions of packages.
pub fn builds(base: &Run, head: &Run) -> Vec<String> {
    let (from, to) = (&base.header.environment, &head.header.environment);
    let mut facts = compiled(from, to);
    facts.extend(differs("allocator", Some(&from.allocator), Some(&to.allocator)));
    let (from, to) = (packages(base), packages(head));
    let names: BTreeSet<&str> = from.keys().chain(to.keys()).copied().collect();
    for name in names {
        if let (Some(from), Some(to)) = (from.get(name), to.get(name))
            && from != to
        {
            facts.push(format!("{name} {from} → {to}"));
        }
    }
    facts
}

/// Versions of the runners' packages.
fn packages(run: &Run) -> BTreeMap<&str, &str> {
    let runners = run.header.runners.iter();
    runners.flat_map(|runner| &runner.packages).map(|(n, v)| (n.as_str(), v.as_str())).collect()
}

/// A fact that differs, or is known for one side only.
pub fn differs<T: PartialEq + Debug>(
    what: &str,
    base: Option<&T>,
    head: Option<&T>,
) -> Option<String> {
    let known = |value: Option<&T>| {
        value.map_or_else(|| "unknown".to_owned(), |value| format!("{value:?}"))
    };
    (base != head).then(|| format!("{what} {} → {}", known(base), known(head)))
}
