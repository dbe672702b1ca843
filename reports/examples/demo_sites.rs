//! Writes the sites that `tests/site` opens in a browser, from synthetic runs:
//! `cargo run -p runtime-bench-reports --example demo_sites -- DIR`.

use std::error::Error;
use std::path::Path;

use runtime_bench_analysis::comparison::{Document, FailOn, Judged, RowExplanation, files};
use runtime_bench_analysis::explanation::explain_builds;
use runtime_bench_reports::{Options, comparison, write_site};
use runtime_bench_results::run::Run;
use runtime_bench_results::trial::{Better, Outcome};

#[path = "../tests/fixtures/mod.rs"]
mod fixtures;

use fixtures::{
    answered_run, counted, edge_case_run, explained_run, hostile_run, resumed_under_load, run,
    sweep_run, typical_run, with_claims,
};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args_os().nth(1).ok_or("which folder?")?;
    for (name, runs, single_file) in sites() {
        write_site(&runs, &Path::new(&folder).join(name), Options { single_file, url: None })?;
    }
    let (base, mut head) = (explained_run(), explained_run());
    let smol = |cell: usize| base.header.plan.cells[cell].key.runner == "smol";
    for trial in head.trials.iter_mut().filter(|trial| smol(trial.cell)) {
        if let Outcome::Ok { block } = &mut trial.outcome {
            block.metrics.iter_mut().for_each(|metric| metric.value *= 1.4);
        }
    }
    head.evidence = counted(&head, "message", "epoll_wait");
    let mut document = files(("base", &base), ("candidate", &head), &|_| true);
    document.explanations = explained(&document, &base, &head);
    let judged = Judged::new(document, FailOn::Regression, 0.01);
    let command = ["runtime-bench", "compare", "base.json", "candidate.json"].map(str::to_owned);
    comparison::write_page(&judged, &command, &[], &Path::new(&folder).join("compared"))?;
    Ok(())
}

/// The explanations of the rows that differ, from the evidence of both runs.
fn explained(document: &Document, base: &Run, head: &Run) -> Vec<RowExplanation> {
    let of = |run: &Run, row: &str| {
        run.evidence.iter().find(|evidence| evidence.cell.to_string() == row).cloned()
    };
    let rows = document.rows.iter().filter(|row| row.is_explainable());
    let explained = rows.filter_map(|row| {
        let evidence = [of(base, &row.name)?, of(head, &row.name)?];
        let explanation = explain_builds(&evidence[0], &evidence[1])?;
        Some(RowExplanation { row: row.name.clone(), explanation, evidence })
    });
    explained.collect()
}

/// Name of the folder, its runs, and whether it is a single page.
fn sites() -> [(&'static str, Vec<Run>, bool); 12] {
    [
        ("answers", vec![answered_run()], false),
        ("usual", vec![explained_run()], false),
        ("claims", vec![with_claims()], false),
        ("usual-single", vec![with_claims()], true),
        ("hostile", vec![hostile_run("last")], false),
        ("hostile-single", vec![hostile_run("last")], true),
        ("odd", vec![edge_case_run(Better::Higher)], false),
        ("sweep", vec![sweep_run()], false),
        ("sweep-single", vec![sweep_run()], true),
        ("interrupted", vec![interrupted()], false),
        ("empty", vec![run(Vec::new(), &[])], false),
        ("history", [0, 1].map(day).into(), false),
    ]
}

/// A run that was resumed in its fifth round, and killed in its twelfth after the load had risen; without
/// descriptions of its workloads.
fn interrupted() -> Run {
    let mut run = typical_run();
    run.trials.retain(|trial| trial.round < 12);
    run.header.workloads.clear();
    run.end = None;
    resumed_under_load(&mut run, "2026-01-31T13:00:00Z");
    run
}

/// The same run on several days.
fn day(day: u8) -> Run {
    let mut run = typical_run();
    run.header.id = format!("2026013{day}T120000-made-up");
    run.header.started = format!("2026-01-3{day}T12:00:00Z");
    run
}
