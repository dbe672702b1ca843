//! What stands at the head of a results file.

use std::time::{SystemTime, UNIX_EPOCH};

use runtime_bench_results::environment::Environment;
use runtime_bench_results::run::{PlannedCell, RunHeader, SCHEMA};
use runtime_bench_workloads::{claims, glossary};

use super::plan::Planned;
use crate::machine;

/// What is known before the first trial of a run that was started as `command`.
pub(super) fn header(planned: &Planned, command: &[String]) -> RunHeader {
    let now = SystemTime::now();
    let since = now.duration_since(UNIX_EPOCH).unwrap_or_default();
    let started = humantime::format_rfc3339_seconds(now).to_string();
    let stamp: String = started.chars().filter(|c| c.is_ascii_digit() || *c == 'T').collect();
    RunHeader {
        schema: SCHEMA.to_owned(),
        id: format!("{stamp}-{:04x}", (since.subsec_nanos() ^ std::process::id()) & 0xffff),
        started,
        command: command.to_vec(),
        environment: environment(&planned.plan.cells),
        plan: planned.plan.clone(),
        workloads: planned.workloads.clone(),
        runners: planned.runners.clone(),
        claims: claims::all(planned.plan.workers),
        glossary: glossary::all(),
    }
}

/// The machine and the build, and every allocator that something runs on.
fn environment(cells: &[PlannedCell]) -> Environment {
    let mut environment = machine::describe();
    let mut others: Vec<&str> =
        cells.iter().filter_map(|cell| cell.key.point.allocator()).collect();
    others.dedup();
    for other in others {
        let and = format!(", and {other} where a cell says allocator={other}");
        environment.allocator.push_str(&and);
    }
    environment
}
