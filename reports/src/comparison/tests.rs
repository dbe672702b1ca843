//! Every format, on a document with a row of each kind.

use runtime_bench_analysis::comparison::{Document, FailOn, Judged, Row, RowExplanation, Word};
use runtime_bench_analysis::explanation::explain_builds;
use runtime_bench_analysis::stats::Interval;
use runtime_bench_results::evidence::Event;

use super::{Form, RowProfile, markdown, text};
use crate::fixtures::evidence;
use crate::json;

const WHOLE: Form<'_> = Form { verbose: true, complete: true, matrix: None };

fn row(name: &str, word: Word, ratio: f64) -> Row {
    Row {
        name: name.into(),
        workload: name.split('/').next().unwrap_or_default().into(),
        metric: "wall".into(),
        unit: "ns".into(),
        word,
        ratio: Some(ratio),
        interval: Some(Interval { low: ratio - 0.02, high: ratio + 0.02 }),
        samples: [40, 38],
        margin: 0.01,
        note: String::new(),
    }
}

/// A document with a row of each kind and with hostile names.
fn document() -> Document {
    let mut document = Document::new("Two runs", "base.json", "candidate.json");
    document.warnings = vec!["the builds differ (a | b)".into()];
    document.notes = vec!["spread: 1.0 %".into()];
    document.only_base = vec!["old/smol/-".into()];
    let failed = Row {
        ratio: None,
        interval: None,
        note: "<9> of \"10\" & \u{1b}[31mred\u{0}\nnext | line".into(),
        ..row("echo/smol/size=64B", Word::Failed, 1.0)
    };
    document.rows = vec![
        failed,
        row("echo/tokio/size=64B", Word::Slower, 1.2),
        Row { unit: "B".into(), ..row("memory/tokio/n=1", Word::Slower, 1.03) },
        Row { note: "too wide".into(), ..row("cpu/tokio/n=1", Word::Inconclusive, 1.0) },
        row("cpu/smol/n=1", Word::Tie, 1.0),
    ];
    document
}

fn junit(judged: &Judged) -> String {
    super::junit(judged).unwrap()
}

fn judged(fail_on: FailOn) -> Judged {
    Judged::new(document(), fail_on, 0.05)
}

#[test]
fn text_has_each_row_its_word_and_a_summary() {
    let text = text(&judged(FailOn::Regression), WHOLE);
    let has = |parts: &[&str]| {
        let line = text.lines().any(|line| parts.iter().all(|part| line.contains(part)));
        assert!(line, "no line has {parts:?}:\n{text}");
    };
    has(&["echo/tokio/size=64B", "1.20×", "[1.18–1.22]", "40/38", "slower, regression"]);
    has(&["memory/tokio", "larger, within the threshold"]);
    has(&["cpu/tokio", "inconclusive", "too wide"]);
    has(&["warning: the builds differ"]);
    has(&["spread: 1.0 %"]);
    has(&["only in the base (1): old/smol/-"]);
    has(&["5 rows: 1 failed, 2 slower, 1 inconclusive, 1 tie"]);
    has(&["regression: 2 of 5 rows", "5%", "echo/smol/size=64B, echo/tokio/size=64B"]);
    assert!(!text.contains('\u{1b}') && !text.contains('\u{0}'), "no control characters");
}

#[test]
fn short_text_counts_rows_without_a_difference_and_says_each_fact_once() {
    let text = text(&judged(FailOn::Regression), Form::default());
    assert!(!text.contains("cpu/smol/n=1") && text.contains("memory/tokio/n=1"), "{text}");
    assert!(text.contains("1 inconclusive: too wide"), "{text}");
    assert!(text.contains("2 rows without a difference: --verbose"), "{text}");
    assert!(!text.contains("2 of 5 rows"), "the error says it: {text}");
}

#[test]
fn a_comparison_for_reading_names_no_regression() {
    let judged = judged(FailOn::Nothing);
    let text = text(&judged, WHOLE);
    assert!(!text.contains("regression") && text.contains("5 rows compared"), "{text}");
    assert!(!junit(&judged).contains("<failure"));
}

#[test]
fn markdown_begins_with_the_verdict_and_keeps_its_columns() {
    let markdown = markdown(&judged(FailOn::Regression));
    assert!(markdown.starts_with("**regression: 2 of 5 rows"), "{markdown}");
    assert!(markdown.contains("⚠ the builds differ (a \\| b)"));
    assert!(markdown.contains("| **slower, regression** |"));
    let table: Vec<&str> = markdown.lines().filter(|line| line.starts_with('|')).collect();
    assert_eq!(table.len(), 7);
    for line in &table {
        let bars = line.replace("\\|", "").matches('|').count();
        assert_eq!(bars, 7, "{line}");
    }
    assert!(markdown.contains("\\<9\\> of \"10\" \\& "), "{markdown}");
}

#[test]
fn junit_counts_failures_and_skips_and_escapes_everything() {
    let xml = junit(&judged(FailOn::Regression));
    assert!(xml.contains("tests=\"5\" skipped=\"1\" failures=\"2\" errors=\"0\""), "{xml}");
    assert_eq!(xml.matches("<testsuite name=").count(), 3);
    assert_eq!(xml.matches("<testcase ").count(), 5);
    assert_eq!((xml.matches("<failure ").count(), xml.matches("<skipped ").count()), (2, 1));
    assert!(
        xml.contains("&lt;9&gt; of &quot;10&quot; &amp; \u{fffd}[31mred\u{fffd} next"),
        "{xml}"
    );
    assert!(!xml.chars().any(|c| c.is_control() && c != '\n'), "{xml}");
}

#[test]
fn junit_never_passes_what_is_empty_or_untrusted() {
    let empty = Judged::new(Document::new("t", "a", "b"), FailOn::Regression, 0.01);
    assert!(junit(&empty).contains("<skipped message=\"nothing to compare"));
    let mut document = document();
    document.untrusted = Some("told apart".into());
    let xml = junit(&Judged::new(document, FailOn::Regression, 0.05));
    assert!(xml.contains("skipped=\"4\" failures=\"1\" errors=\"0\""), "{xml}");
}

#[test]
fn json_is_the_document_and_the_verdict() {
    let judged = judged(FailOn::Regression);
    let text = json(&judged).unwrap();
    assert_eq!(serde_json::from_str::<Judged>(&text).unwrap(), judged);
    assert!(text.contains("\"outcome\": \"regression\"") && text.ends_with("}\n"));
}

#[test]
fn text_leaves_the_conclusion_to_an_error_message() {
    let judged = judged(FailOn::Regression);
    let conclusion = super::table::verdict(&judged);
    let said = |complete| text(&judged, Form { complete, ..Form::default() }).contains(&conclusion);
    assert!(said(true) && !said(false));
}

fn profile() -> RowProfile {
    RowProfile {
        row: "echo/tokio/size=64B".to_owned(),
        lines: vec!["kernel  <10 ns".to_owned()],
        graphs: vec![("base.svg".to_owned(), b"<svg/>".to_vec())],
    }
}

#[test]
fn page_shows_every_row_and_no_markup_of_a_name() {
    let judged = judged(FailOn::Regression);
    let command = ["runtime-bench".to_owned(), "compare".to_owned(), "<a>.json".to_owned()];
    let profiles = [profile()];
    let page = super::page::page(&judged, &command, &profiles);
    for row in &judged.document.rows {
        assert!(page.contains(&row.name), "{}", row.name);
    }
    assert!(page.contains("1 inconclusive row") && page.contains("compare '&lt;a&gt;.json'"));
    assert!(page.contains("&lt;9&gt; of") && !page.contains("<9>") && !page.contains('\u{1b}'));
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("new/folder");
    let written = super::write_page(&judged, &command, &profiles, &folder).unwrap();
    assert_eq!(std::fs::read_to_string(&written).unwrap(), page);
    assert!(folder.join("comparison.json").exists());
    assert_eq!(std::fs::read(folder.join("profiles/1/base.svg")).unwrap(), b"<svg/>");
}

#[test]
fn every_form_explains_a_row_that_differs() {
    let figures = |extra: f64| {
        let call = Event::Syscall("<futex>".into());
        let (wall, system) = (1_000.0 + 200.0 * extra, 500.0 + 200.0 * extra);
        [
            (Event::WallTime, wall),
            (Event::UserTime, 500.0),
            (Event::SystemTime, system),
            (call, 1.0 + extra),
        ]
    };
    let evidence = [evidence("tokio", &figures(0.0)), evidence("smol", &figures(1.0))];
    let explanation = explain_builds(&evidence[0], &evidence[1]).unwrap();
    let mut document = document();
    let row = "echo/tokio/size=64B".to_owned();
    document.explanations = vec![RowExplanation { row, explanation, evidence }];
    let judged = Judged::new(document, FailOn::Regression, 0.05);

    let text = text(&judged, Form::default());
    let sentence = "\n  System time: all of the 200\u{a0}ns difference; candidate makes 2.00 `<futex>` per message, \
                    base 1.00.\n";
    assert!(text.contains(&format!("why echo/tokio/size=64B:{sentence}")), "{text}");
    let markdown = markdown(&judged);
    assert!(markdown.contains("### Why") && markdown.contains("\\`\\<futex\\>\\`"), "{markdown}");
    assert!(markdown.contains("- Not counted: hardware counters"), "{markdown}");
    let page = super::page::page(&judged, &[], &[profile()]);
    assert!(page.contains("<pre>kernel  &lt;10 ns</pre>"), "{page}");
    assert!(page.contains("<a href=\"profiles/1/base.svg\">base.svg</a>"), "{page}");
    assert!(page.contains("<code>&lt;futex&gt;</code>"), "{page}");
    assert!(page.contains("echo/tokio/size=64B: every counted difference"), "{page}");
    assert_eq!(serde_json::from_str::<Judged>(&json(&judged).unwrap()).unwrap(), judged);
}

#[test]
fn markdown_of_many_rows_stays_below_60_kb_and_counts_what_it_omits() {
    let mut document = document();
    document.rows = (0..2_000).map(|n| row(&format!("echo/{n}/tokio"), Word::Tie, 1.0)).collect();
    let markdown = markdown(&Judged::new(document, FailOn::Regression, 0.05));
    assert!(markdown.len() <= 60_000, "{}", markdown.len());
    let shown = markdown.matches("| echo/").count();
    assert!(
        shown > 500 && markdown.contains(&format!("{} rows omitted", 2_000 - shown)),
        "{shown}"
    );
}
