//! Any run that a valid results file can hold, drawn from bytes: names that would inject markup, figures
//! that cannot be drawn, plans that contradict their trials. Shared with `fuzz/fuzz_targets/report.rs`.

use std::collections::BTreeMap;

use arbitrary::{Result, Unstructured};
use runtime_bench_results::catalog::{Class, Kind, RunnerInfo, SuiteInfo, WorkloadInfo};
use runtime_bench_results::environment::Environment;
use runtime_bench_results::evidence::Level;
use runtime_bench_results::key::{CellKey, ParamValue, Point};
use runtime_bench_results::run::{
    End, Plan, PlannedCell, Reference, Role, Run, RunHeader, SCHEMA, Schedule,
};
use runtime_bench_results::trial::Phase;

pub(crate) mod check;
mod evidence;
mod figures;
mod markup;
mod texts;

use evidence::evidence;
use figures::{breaks, figure, noise, stalls, trials};
use texts::{name, some, text, texts};

type Bytes<'b> = Unstructured<'b>;

/// One to three runs, the later ones like the first or not.
pub(crate) fn runs(bytes: &[u8]) -> Vec<Run> {
    let mut u = Unstructured::new(bytes);
    let mut runs = Vec::new();
    // After the last byte, zeros follow, so that every input is a run.
    for _ in 0..u.int_in_range(1..=3).unwrap_or(1) {
        let again = u.ratio(1, 2).unwrap_or(false);
        let run = match runs.last() {
            Some(before) if again => repeated(&mut u, before),
            _ => run(&mut u),
        };
        runs.extend(run);
    }
    runs
}

/// The same plan, measured again.
fn repeated(u: &mut Bytes<'_>, before: &Run) -> Result<Run> {
    let mut run = Run::new(before.header.clone());
    run.header.id = text(u)?;
    run.header.started = started(u)?;
    run.schedules.clone_from(&before.schedules);
    run.trials = trials(u, &run.header.plan.cells, &run.header.workloads)?;
    run.end = before.end;
    Ok(run)
}

fn run(u: &mut Bytes<'_>) -> Result<Run> {
    let names = some(u, 5, name)?;
    let workloads = some(u, 4, |u| workload(u, &names))?;
    let runners = some(u, 5, runner)?;
    let cells = cells(u, &workloads, &runners)?;
    let trials = trials(u, &cells, &workloads)?;
    let schedules = some(u, 4, |u| schedule(u, &cells))?;
    let evidence = evidence(u, &cells)?;
    let mut run = Run::new(RunHeader {
        schema: SCHEMA.to_owned(),
        id: text(u)?,
        started: started(u)?,
        command: texts(u)?,
        environment: environment(u)?,
        plan: plan(u, cells, &runners)?,
        workloads,
        runners,
        suites: Vec::new(),
    });
    run.trials = trials;
    run.schedules = schedules;
    run.evidence = evidence;
    run.noise = noise(u)?;
    run.stalls = stalls(u)?;
    run.breaks = breaks(u)?;
    run.end = end(u)?;
    run.header.suites = some(u, 2, |u| suite(u, &names))?;
    Ok(run)
}

fn suite(u: &mut Bytes<'_>, names: &[String]) -> Result<SuiteInfo> {
    let member = |u: &mut Bytes<'_>| {
        if names.is_empty() { name(u) } else { u.choose(names).cloned() }
    };
    let workloads = some(u, 3, member)?;
    Ok(SuiteInfo { name: name(u)?, purpose: text(u)?, workloads })
}

fn started(u: &mut Bytes<'_>) -> Result<String> {
    Ok(match u.int_in_range(0..=3)? {
        0 => text(u)?,
        day => format!("2026-01-0{day}T12:00:00Z"),
    })
}

fn plan(u: &mut Bytes<'_>, cells: Vec<PlannedCell>, runners: &[RunnerInfo]) -> Result<Plan> {
    let reference = match runners.first() {
        Some(first) if u.ratio(3, 4)? => first.name.clone(),
        _ => name(u)?,
    };
    Ok(Plan {
        profile: text(u)?,
        seed: u.arbitrary()?,
        workers: u.arbitrary()?,
        pool_threads: u.arbitrary()?,
        budget_s: figure(u)?,
        trial_limit_s: figure(u)?,
        looks: 1,
        layouts: 1,
        rounds: None,
        evidence: Level::default(),
        reference,
        shard: None,
        cells,
    })
}

/// Every workload on every runner, with some exceptions, and some A/A controls.
fn cells(
    u: &mut Bytes<'_>,
    workloads: &[WorkloadInfo],
    runners: &[RunnerInfo],
) -> Result<Vec<PlannedCell>> {
    let mut cells = Vec::new();
    for workload in workloads {
        let mut points = some(u, 3, point)?;
        points.push(Point::new());
        for point in &points {
            let phase = *u.choose(&[Phase::Warm, Phase::Startup, Phase::Steady])?;
            for runner in runners {
                let key = CellKey {
                    workload: workload.name.clone(),
                    point: point.clone(),
                    runner: if u.ratio(1, 20)? { name(u)? } else { runner.name.clone() },
                };
                let role = if u.ratio(1, 6)? { Role::AaControl } else { Role::Subject };
                let not_applicable = if u.ratio(1, 10)? { Some(text(u)?) } else { None };
                cells.push(PlannedCell { key, role, phase, not_applicable });
            }
        }
    }
    Ok(cells)
}

fn point(u: &mut Bytes<'_>) -> Result<Point> {
    let mut point = Point::new();
    point.variant = if u.ratio(1, 4)? { Some(name(u)?) } else { None };
    for _ in 0..u.int_in_range(0..=3)? {
        let known = ["workers", "allocator", "load", "rate", "tasks", "connections"];
        let name = if u.ratio(3, 4)? { (*u.choose(&known)?).to_owned() } else { name(u)? };
        let value = match u.int_in_range(0..=3)? {
            0 => ParamValue::Text(text(u)?),
            1 => ParamValue::Count(u.arbitrary()?),
            _ => ParamValue::Count(u.int_in_range(0..=1_000)?),
        };
        point = point.with(&name, value, &text(u)?);
    }
    Ok(point)
}

fn workload(u: &mut Bytes<'_>, names: &[String]) -> Result<WorkloadInfo> {
    let kinds =
        [Kind::Io, Kind::Cpu, Kind::Concurrency, Kind::Memory, Kind::Pitfall, Kind::Calibration];
    let known = ["wall", "cpu", "speed-up", "p99", "messages-per-second"];
    Ok(WorkloadInfo {
        name: if names.is_empty() { name(u)? } else { u.choose(names)?.clone() },
        title: text(u)?,
        kind: *u.choose(&kinds)?,
        model: text(u)?,
        check: text(u)?,
        headline: if u.ratio(3, 4)? { (*u.choose(&known)?).to_owned() } else { text(u)? },
        headline_phase: *u.choose(&[Phase::Warm, Phase::Startup, Phase::Steady])?,
        notes: texts(u)?,
    })
}

fn runner(u: &mut Bytes<'_>) -> Result<RunnerInfo> {
    let classes = [Class::MultiThread, Class::MultiThread, Class::SingleThread, Class::Reference];
    Ok(RunnerInfo {
        discontinued: None,
        name: name(u)?,
        title: text(u)?,
        class: *u.choose(&classes)?,
        configuration: text(u)?,
        packages: texts(u)?.into_iter().map(|name| (name.clone(), name)).collect(),
        notes: texts(u)?,
    })
}

fn schedule(u: &mut Bytes<'_>, cells: &[PlannedCell]) -> Result<Schedule> {
    let left_out = |u: &mut Bytes<'_>| Ok(if u.ratio(1, 3)? { Some(text(u)?) } else { None });
    let reference = |u: &mut Bytes<'_>| {
        Ok(Reference { cell: u.arbitrary()?, rounds: u.arbitrary()?, left_out: left_out(u)? })
    };
    Ok(Schedule {
        group: if cells.is_empty() { text(u)? } else { u.choose(cells)?.key.group() },
        round_cost_s: figure(u)?,
        rounds: u.arbitrary()?,
        left_out: left_out(u)?,
        looks: Vec::new(),
        time_s: 0.0,
        references: some(u, 2, reference)?,
    })
}

fn environment(u: &mut Bytes<'_>) -> Result<Environment> {
    if u.ratio(1, 2)? {
        return Ok(Environment::default());
    }
    Ok(Environment {
        cpu_model: Some(text(u)?),
        cores: u.arbitrary()?,
        affinity: u.arbitrary()?,
        cpu_quota: Some(figure(u)?),
        memory: u.arbitrary()?,
        kernel: Some(text(u)?),
        virtual_machine: u.arbitrary()?,
        governor: Some(text(u)?),
        huge_pages: Some(text(u)?),
        load: Some([figure(u)?, figure(u)?, figure(u)?]),
        beside: u.arbitrary()?,
        open_files: u.arbitrary()?,
        rustc: text(u)?,
        profile: text(u)?,
        features: texts(u)?,
        allocator: text(u)?,
        commit: Some(text(u)?),
        version: text(u)?,
        source: text(u)?,
        programs: BTreeMap::from([(text(u)?, text(u)?)]),
    })
}

fn end(u: &mut Bytes<'_>) -> Result<Option<End>> {
    if u.ratio(1, 4)? {
        return Ok(None);
    }
    let (interrupted, elapsed_s, trusted) = (u.arbitrary()?, figure(u)?, u.arbitrary()?);
    Ok(Some(End { interrupted, elapsed_s, control: None, trusted }))
}
