//! `data.csv`: one row per cell and metric, and per counted event; a cell without a result is a row with its
//! reason.

use std::borrow::Cow;
use std::collections::HashMap;

use csv::{Terminator, Writer, WriterBuilder};
use runtime_bench_analysis::analysis::{Analysis, Group, Row, Summary};
use runtime_bench_analysis::explanation::{CellExplanation, Spread};
use runtime_bench_analysis::stats::{ResultClass, Verdict};
use runtime_bench_results::catalog::{Class, Kind};
use runtime_bench_results::evidence::{Count, Evidence};
use runtime_bench_results::key::CellKey;
use runtime_bench_results::run::Run;
use runtime_bench_results::trial::Phase;
use serde::Serialize;

use crate::ReportError;
use crate::explanation::{Explained, sentences};
use crate::view::wording;

const COLUMNS: [&str; 25] = [
    "workload",
    "variant",
    "runner",
    "params",
    "phase",
    "metric",
    "unit",
    "value",
    "low",
    "high",
    "samples",
    "status",
    "reason",
    "kind",
    "class",
    "reference",
    "ratio",
    "ratio_low",
    "ratio_high",
    "verdict",
    "result_class",
    "within",
    "more_rounds",
    "words",
    "explanation",
];

/// One line; its fields are the columns, in their order.
#[derive(Clone, Default, Serialize)]
struct Record<'a> {
    workload: Cow<'a, str>,
    variant: Cow<'a, str>,
    runner: Cow<'a, str>,
    params: Cow<'a, str>,
    phase: Option<Phase>,
    metric: Cow<'a, str>,
    unit: Cow<'a, str>,
    value: Option<f64>,
    low: Option<f64>,
    high: Option<f64>,
    samples: usize,
    status: &'a str,
    reason: Cow<'a, str>,
    kind: Option<Kind>,
    class: Option<Class>,
    /// This and the following columns are filled for the headline metric only.
    reference: Cow<'a, str>,
    ratio: Option<f64>,
    ratio_low: Option<f64>,
    ratio_high: Option<f64>,
    verdict: Option<Verdict>,
    result_class: Option<ResultClass>,
    within: Option<f64>,
    more_rounds: Option<usize>,
    words: String,
    explanation: String,
}

/// The table as bytes (RFC 4180).
pub(crate) fn table(
    run: &Run,
    analysis: &Analysis,
    explanations: &[CellExplanation],
) -> Result<Vec<u8>, ReportError> {
    let mut builder = WriterBuilder::new();
    // A table without rows also has its columns.
    let mut writer =
        builder.has_headers(false).terminator(Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(COLUMNS).map_err(|error| ReportError::encode("CSV", &error))?;
    let mut counted: HashMap<&CellKey, Vec<&Evidence>> = HashMap::new();
    for evidence in &run.evidence {
        counted.entry(&evidence.cell).or_default().push(evidence);
    }
    // In the order of the rows.
    let mut explanations = explanations.iter().peekable();
    for group in &analysis.groups {
        for row in &group.rows {
            let is_it = |one: &&CellExplanation| one.cell == row.key && one.phase == group.phase;
            let cell = Cell {
                record: cell(run, group, row),
                explained: explanations.next_if(is_it),
                // Counts belong to a cell, whatever the phase.
                counted: counted.get(&row.key).filter(|_| group.phase != Phase::Startup),
            };
            write(&mut writer, group, row, &cell)
                .map_err(|error| ReportError::encode("CSV", &error))?;
        }
    }
    writer.into_inner().map_err(|error| ReportError::encode("CSV", &error))
}

/// What the lines of a row are made of.
struct Cell<'a> {
    /// What they share.
    record: Record<'a>,
    explained: Option<&'a CellExplanation>,
    counted: Option<&'a Vec<&'a Evidence>>,
}

fn write(
    writer: &mut Writer<Vec<u8>>,
    group: &Group,
    row: &Row,
    cell: &Cell<'_>,
) -> Result<(), csv::Error> {
    if row.metrics.is_empty() {
        return writer.serialize(&cell.record);
    }
    for metric in &row.metrics {
        let record = with_figure(cell.record.clone(), metric);
        let headline = metric.name == group.headline;
        writer.serialize(if headline {
            let verdict = with_verdict(record, row, &metric.unit, group.is_check());
            Record { explanation: in_words(row, cell.explained), ..verdict }
        } else {
            record
        })?;
    }
    for evidence in cell.counted.into_iter().flatten() {
        for count in &evidence.counts {
            writer.serialize(with_count(cell.record.clone(), evidence, count))?;
        }
    }
    Ok(())
}

fn in_words(row: &Row, explained: Option<&CellExplanation>) -> String {
    let Some(CellExplanation { explanation, .. }) = explained else { return String::new() };
    let ratio = row.comparison.as_ref().and_then(|comparison| comparison.ratio);
    text(&sentences(Explained { name: "", ratio, explanation }).join(" ")).into_owned()
}

fn with_count<'a>(record: Record<'a>, evidence: &Evidence, count: &Count) -> Record<'a> {
    let spread = Spread::of(&count.values);
    let unit = format!("{} per {}", count.event.unit(), evidence.operation);
    Record {
        metric: Cow::Owned(text(&format!("counted: {}", count.event)).into_owned()),
        unit: Cow::Owned(text(unit.trim_start()).into_owned()),
        value: spread.map(|spread| spread.median),
        low: spread.map(|spread| spread.interval.low),
        high: spread.map(|spread| spread.interval.high),
        samples: count.values.len(),
        ..record
    }
}

fn cell<'a>(run: &Run, group: &'a Group, row: &'a Row) -> Record<'a> {
    Record {
        workload: text(&group.workload),
        variant: text(group.point.variant.as_deref().unwrap_or_default()),
        runner: text(&row.key.runner),
        params: Cow::Owned(text(&group.point.label()).into_owned()),
        phase: Some(group.phase),
        samples: row.samples,
        status: row.status.word(),
        reason: text(row.status.reason()),
        kind: run.workload(&group.workload).map(|info| info.kind),
        class: run.runner(&row.key.runner).map(|info| info.class),
        ..Record::default()
    }
}

fn with_figure<'a>(record: Record<'a>, metric: &'a Summary) -> Record<'a> {
    Record {
        metric: text(&metric.name),
        unit: text(&metric.unit),
        value: Some(metric.value),
        low: metric.interval.map(|interval| interval.low),
        high: metric.interval.map(|interval| interval.high),
        samples: metric.samples,
        ..record
    }
}

fn with_verdict<'a>(record: Record<'a>, row: &'a Row, unit: &str, checked: bool) -> Record<'a> {
    let Some(comparison) = &row.comparison else {
        let words = if checked { wording::PASSES.to_owned() } else { String::new() };
        return Record { words, ..record };
    };
    Record {
        reference: text(&comparison.reference),
        ratio: comparison.ratio,
        ratio_low: comparison.interval.map(|interval| interval.low),
        ratio_high: comparison.interval.map(|interval| interval.high),
        verdict: Some(comparison.verdict),
        result_class: comparison.verdict.class(),
        within: comparison.within,
        more_rounds: comparison.more_rounds,
        words: wording::words(comparison, unit),
        ..record
    }
}

/// Text that a spreadsheet does not interpret as a formula: text that begins like one gets a leading `'`,
/// also after other cell separators. A single `-`, which means no parameters, is kept.
fn text(text: &str) -> Cow<'_, str> {
    let mut safe = String::new();
    let mut begins = true;
    for character in text.chars() {
        if begins && begins_formula(character) && text != "-" {
            safe.push('\'');
        }
        safe.push(character);
        begins = matches!(character, ';' | '\t' | '\r' | '\n');
    }
    if safe.len() == text.len() { Cow::Borrowed(text) } else { Cow::Owned(safe) }
}

/// Including the full-width characters of East Asia.
fn begins_formula(character: char) -> bool {
    matches!(character, '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures;
    use runtime_bench_analysis::analysis::Status;
    use runtime_bench_analysis::stats::{Comparison, Interval};
    use runtime_bench_results::key::Point;

    fn row(runner: &str, status: Status, metrics: Vec<Summary>) -> Row {
        Row { status, samples: 7, ..fixtures::row(runner, metrics) }
    }

    fn metric(name: &str, interval: Option<Interval>) -> Summary {
        Summary { interval, samples: 6, ..fixtures::summary(name, 1.5) }
    }

    fn lines(point: Point, rows: Vec<Row>) -> String {
        let groups = vec![fixtures::group(point, "wall", rows)];
        let analysis = Analysis { groups, ..Analysis::default() };
        String::from_utf8(table(&fixtures::run(), &analysis, &[]).unwrap()).unwrap()
    }

    #[test]
    fn a_cell_has_a_row_per_metric_or_one_with_its_reason() {
        let interval = Some(Interval { low: 1.0, high: 2.0 });
        let mut measured =
            row("a,\"b\"", Status::Measured, vec![metric("wall", interval), metric("cpu", None)]);
        measured.comparison = Some(Comparison {
            reference: "r".into(),
            ratio: Some(1.25),
            interval,
            ..fixtures::comparison(Verdict::Slower)
        });
        let never = Status::NotApplicable("no timer,\nat all".into());
        let point = Point::new().variant("v").with("n", 2, "").with("d", 1, "ms");
        let expected = "w,v,\"a,\"\"b\"\"\",\"n=2,d=1ms\",warm,wall,ns,1.5,1.0,2.0,6,measured,,\
            cpu,single-thread,r,1.25,1.0,2.0,slower,settled,,,25% slower,\r\n\
            w,v,\"a,\"\"b\"\"\",\"n=2,d=1ms\",warm,cpu,ns,1.5,,,6,measured,,\
            cpu,single-thread,,,,,,,,,,\r\n\
            w,v,c,\"n=2,d=1ms\",warm,,,,,,7,n/a,\"no timer,\nat all\",cpu,,,,,,,,,,,\r\n";
        let found = lines(point, vec![measured, row("c", never, Vec::new())]);
        assert_eq!(found, format!("{}\r\n{expected}", COLUMNS.join(",")));
    }

    #[test]
    fn csv_text_is_never_a_formula() {
        let point = Point::new().variant("=1+1").with("-n", 1, "");
        let reason = Status::Failed("@SUM(A1)".into());
        let found = lines(point, vec![row("+cmd|' /C calc'!A0", reason, Vec::new())]);
        assert!(found.contains("w,'=1+1,'+cmd|' /C calc'!A0,'-n=1,warm,"), "{found}");
        assert!(found.contains(",'@SUM(A1),"), "{found}");
        assert!(lines(Point::new(), vec![row("a", Status::Measured, Vec::new())]).contains(",-,"));
        for (hostile, harmless) in [
            ("a;=1", "a;'=1"),
            ("a\n-1", "a\n'-1"),
            ("a\t@b", "a\t'@b"),
            ("\n=1", "'\n'=1"),
            ("＝1", "'＝1"),
        ] {
            assert_eq!(text(hostile), harmless);
        }
        assert_eq!(text("a=1,b=2 - c"), "a=1,b=2 - c");
    }

    #[test]
    fn empty_run_keeps_the_csv_header() {
        let run = fixtures::run();
        let found = String::from_utf8(table(&run, &Analysis::default(), &[]).unwrap()).unwrap();
        assert_eq!(found, COLUMNS.join(",") + "\r\n");
    }
}
