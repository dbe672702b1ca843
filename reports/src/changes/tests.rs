//! Every format, on change points with hostile names.

use runtime_bench_analysis::comparison::{FailOn, Word};
use runtime_bench_analysis::history::{
    ChangePoint, Document, HistoryRun, Judged, MachineChanges, SCHEMA, Side,
};
use runtime_bench_analysis::stats::Interval;

use super::{markdown, text};
use crate::json;

fn change(run: &str, cell: &str, word: Word, ratio: f64, latest: bool) -> ChangePoint {
    ChangePoint {
        cell: cell.into(),
        workload: "w0".into(),
        runner: "smol".into(),
        metric: "wall".into(),
        unit: "ns".into(),
        against: None,
        run: run.into(),
        started: format!("2026-01-{run}T12:00:00Z"),
        previous: "01".into(),
        changed: vec!["tokio 1.0.0 → 1.1.0 | \u{1b}[31m".into()],
        word,
        ratio,
        interval: Interval { low: ratio - 0.02, high: ratio + 0.02 },
        p_value: 0.001,
        before: Side { runs: 12, figure: 1e6 },
        after: Side { runs: 8, figure: 1e6 * ratio },
        latest,
        note: String::new(),
    }
}

fn judged(fail_on: FailOn) -> Judged {
    let run = |day: u32| HistoryRun {
        id: format!("{day:02}"),
        started: format!("2026-01-{day:02}T12:00:00Z"),
        commit: None,
        trusted: true,
    };
    let against = ChangePoint {
        against: Some("tokio".into()),
        changed: Vec::new(),
        ..change("09", "w1/smol/n=1", Word::Faster, 0.8, true)
    };
    let machine = MachineChanges {
        label: "A <processor>".into(),
        workers: 2,
        pool_threads: 64,
        runs: (1..=20).map(run).collect(),
        series: 12,
        short: 0,
        changes: vec![
            change("13", "w0/smol/n=1", Word::Slower, 1.2, true),
            ChangePoint {
                unit: "B".into(),
                ..change("13", "m/smol/n=1", Word::Slower, 1.5, false)
            },
            against,
        ],
        notes: vec!["a note | with a bar".into()],
    };
    let empty = MachineChanges { changes: Vec::new(), series: 3, ..machine.clone() };
    let document = Document {
        schema: SCHEMA.into(),
        metric: None,
        since: None,
        method: vec!["by hand".into()],
        machines: vec![machine, empty],
    };
    Judged::new(document, fail_on, 0.01)
}

#[test]
fn text_lists_change_points_by_run() {
    let text = text(&judged(FailOn::Regression), true, true);
    let has = |parts: &[&str]| {
        let line = text.lines().any(|line| parts.iter().all(|part| line.contains(part)));
        assert!(line, "no line has {parts:?}:\n{text}");
    };
    has(&["2 machines or numbers of workers, analyzed separately"]);
    has(&["20 runs from 2026-01-01T12:00:00Z to 2026-01-20T12:00:00Z, 2 workers", "12 series"]);
    has(&["13 of 2026-01-13T12:00:00Z, after 01"]);
    has(&["also changed: tokio 1.0.0 → 1.1.0"]);
    has(&[
        "w0/smol/n=1",
        "1.20×",
        "[1.18–1.22]",
        "slower",
        "1.00\u{a0}ms → 1.20\u{a0}ms",
        "12 → 8 runs",
    ]);
    has(&["m/smol/n=1", "larger, changed again since"]);
    has(&["no other change is recorded"]);
    has(&["w1/smol/n=1 against tokio", "faster"]);
    has(&["no change point"]);
    has(&[
        "regression: 3 change points in 15 series; 1 became slower by more than 1%",
        "w0/smol/n=1",
    ]);
    assert!(!text.contains('\u{1b}'), "no control characters");
}

#[test]
fn markdown_keeps_its_columns() {
    let markdown = markdown(&judged(FailOn::Nothing));
    assert!(markdown.starts_with("**3 change points in 15 series**"), "{markdown}");
    assert!(
        markdown.contains("### A \\<processor\\>") && markdown.contains("a note \\| with a bar")
    );
    let table: Vec<&str> = markdown.lines().filter(|line| line.starts_with('|')).collect();
    assert_eq!(table.len(), 7, "two tables with their heads, three rows");
    for line in &table {
        assert_eq!(line.replace("\\|", "").matches('|').count(), 8, "{line}");
    }
}

#[test]
fn json_is_the_document_itself() {
    let judged = judged(FailOn::Regression);
    let text = json(&judged).unwrap();
    assert!(text.starts_with("{\n  \"schema\": \"runtime-bench/history/1\""), "{text}");
    assert_eq!(serde_json::from_str::<Judged>(&text).unwrap(), judged);
}
