//! Why runners differ: on the pages, in `data.json` and in `data.csv`.

use std::fs;

use runtime_bench_analysis::analysis::analyze;
use runtime_bench_analysis::explanation::explanations;
use runtime_bench_reports::export::{Format, export};
use runtime_bench_reports::{Options, write_site};
use runtime_bench_results::run::{Role, Run};
use runtime_bench_results::trial::Outcome;
use serde_json::Value;
use tempfile::{TempDir, tempdir};

mod fixtures;

use fixtures::{explained_run, typical_run};

fn site(run: &Run) -> TempDir {
    let folder = tempdir().unwrap();
    write_site(std::slice::from_ref(run), folder.path(), Options::default()).unwrap();
    folder
}

fn read(folder: &TempDir, name: &str) -> String {
    fs::read_to_string(folder.path().join(name)).unwrap()
}

/// The section of a workload's page.
fn why(page: &str) -> Option<&str> {
    let start = page.find("<figure class=\"why\"")?;
    page[start..].split("</figure>").next()
}

#[test]
fn workload_page_explains_the_rows_that_are_settled() {
    let folder = site(&explained_run());
    let echo = read(&folder, "w/tcp-echo.html");
    let section = why(&echo).expect("a section");
    for words in [
        "id=\"c-tcp-echo-tasks-1000-why\"",
        "Against tokio, medians of 12 pairs",
        "per message",
        "<code>epoll_wait</code>",
        "no counted difference explains it",
        "Not counted: hardware counters",
        "threads: every counted difference",
    ] {
        assert!(section.contains(words), "no {words}: {section}");
    }
    // It failed.
    assert!(!section.contains("thread-pool"), "{section}");
    assert_eq!(section.matches("Not counted: hardware counters").count(), 1, "once");
    let memory = read(&folder, "w/task-memory.html");
    assert_eq!(why(&memory), None, "times do not explain bytes");
}

#[test]
fn page_without_evidence_names_the_command_that_counts() {
    let folder = site(&typical_run());
    let echo = read(&folder, "w/tcp-echo.html");
    assert_eq!(why(&echo), None);
    assert!(echo.contains("runtime-bench explain tcp-echo --runners tokio,"), "{echo}");
    assert!(!read(&folder, "w/task-memory.html").contains("runtime-bench explain"));
}

#[test]
fn page_with_times_only_names_the_command_that_counts_more() {
    let mut run = explained_run();
    for evidence in &mut run.evidence {
        evidence.counts.retain(|count| count.event.unit() == "ns");
        evidence.missing.clear();
    }
    let echo = read(&site(&run), "w/tcp-echo.html");
    let section = why(&echo).expect("a section");
    assert!(section.contains("System calls and allocations were not counted"), "{section}");
    assert!(section.contains("<code>runtime-bench explain tcp-echo --runners tokio,"), "{section}");
    assert!(!section.contains("epoll_wait"), "{section}");
}

#[test]
fn only_rows_that_are_settled_and_trusted_are_explained() {
    let mut run = explained_run();
    let analysis = analyze(&run);
    let found = explanations(&run, &analysis);
    assert!(!found.is_empty());
    let rows = analysis.groups.iter().flat_map(|group| &group.rows);
    for row in rows.filter(|row| found.iter().any(|one| one.cell == row.key)) {
        let words = row.comparison.as_ref().map(|comparison| comparison.verdict.word());
        assert!(matches!(words, Some("faster" | "slower")), "{}: {words:?}", row.key);
    }
    // The A/A control of tcp-echo looks twice as slow as the reference.
    let control = run
        .header
        .plan
        .cells
        .iter()
        .position(|cell| cell.key.workload == "tcp-echo" && cell.role == Role::AaControl);
    for trial in run.trials.iter_mut().filter(|trial| Some(trial.cell) == control) {
        if let Outcome::Ok { block } = &mut trial.outcome {
            block.metrics.iter_mut().for_each(|metric| metric.value *= 2.0);
        }
    }
    let distrusted = explanations(&run, &analyze(&run));
    assert!(distrusted.iter().all(|one| one.cell.workload != "tcp-echo"));
}

#[test]
fn data_holds_the_evidence_and_what_it_explains() {
    let run = explained_run();
    let data: Value = serde_json::from_str(&read(&site(&run), "data.json")).unwrap();
    assert_eq!(data["run"]["evidence"].as_array().unwrap().len(), run.evidence.len());
    let explanations = data["explanations"].as_array().unwrap();
    let echo = explanations.iter().find(|one| one["cell"]["workload"] == "tcp-echo").unwrap();
    assert_eq!(echo["explanation"]["operation"], "message");
    assert_eq!(echo["explanation"]["reference"], "tokio");

    let table = export(&run, &analyze(&run), Format::Csv).unwrap();
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let last = reader.headers().unwrap().iter().position(|name| name == "explanation").unwrap();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let counted = |name: &str| rows.iter().find(|row| &row[0] == "tcp-echo" && &row[5] == name);
    let call = counted("counted: epoll_wait").expect("a row");
    assert_eq!((&call[6], &call[10]), ("per message", "12"));
    assert_eq!(&counted("counted: wall time").unwrap()[6], "ns per message");
    let explained = rows.iter().filter(|row| row[last].contains("epoll_wait")).count();
    assert_eq!(explained, explanations.len(), "next to the headline");
}
