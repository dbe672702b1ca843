//! The header of a results file.

use std::time::{SystemTime, UNIX_EPOCH};

use runtime_bench_results::environment::Environment;
use runtime_bench_results::run::{RunHeader, SCHEMA};

use crate::error::Error;
use crate::executor::Executor;
use crate::machine;
use crate::plan::Planned;
use crate::registry::BuildFacts;

/// The facts known before the first trial of a run that was started as `command`.
///
/// # Errors
/// When a trial program cannot be read.
pub(super) fn header(
    planned: &Planned,
    build: &BuildFacts,
    command: &[String],
    executor: &dyn Executor,
) -> Result<RunHeader, Error> {
    let now = SystemTime::now();
    let since = now.duration_since(UNIX_EPOCH).unwrap_or_default();
    let started = humantime::format_rfc3339_seconds(now).to_string();
    let stamp: String = started.chars().filter(|c| c.is_ascii_digit() || *c == 'T').collect();
    Ok(RunHeader {
        schema: SCHEMA.to_owned(),
        id: format!("{stamp}-{:04x}", (since.subsec_nanos() ^ std::process::id()) & 0xffff),
        started,
        command: command.to_vec(),
        environment: environment(planned, build, executor)?,
        plan: planned.plan.clone(),
        workloads: planned.workloads.clone(),
        runners: planned.runners.clone(),
        suites: planned.suites.clone(),
    })
}

/// The machine, the build, and every allocator in use.
///
/// # Errors
/// When a trial program cannot be read.
pub(super) fn environment(
    planned: &Planned,
    build: &BuildFacts,
    executor: &dyn Executor,
) -> Result<Environment, Error> {
    let mut environment = machine::describe(&build.build);
    for program in planned.programs(executor)? {
        for layout in 0..planned.plan.layouts {
            let hash = executor.hash(&program.in_layout(layout))?;
            environment.programs.insert(program.layout_name(layout), hash);
        }
    }
    let cells = &planned.plan.cells;
    let mut others: Vec<&str> =
        cells.iter().filter_map(|cell| cell.key.point.allocator()).collect();
    others.dedup();
    for other in others {
        let and = format!("; {other} for cells with allocator={other}");
        environment.allocator.push_str(&and);
    }
    Ok(environment)
}
