//! `data.csv`: one row per cell and metric; a cell without figures is a row with its reason.

use std::fmt;

use csv::Writer;
use runtime_bench_results::analysis::{Analysis, Group, Row};

use crate::ReportError;

const COLUMNS: [&str; 13] = [
    "workload", "variant", "runner", "params", "age", "metric", "unit", "value", "low", "high",
    "samples", "status", "reason",
];

/// The table as bytes.
pub(crate) fn table(analysis: &Analysis) -> Result<Vec<u8>, ReportError> {
    let mut writer = Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS).map_err(|error| encode(&error))?;
    for group in &analysis.groups {
        for row in &group.rows {
            for record in records(group, row) {
                writer.write_record(record).map_err(|error| encode(&error))?;
            }
        }
    }
    writer.into_inner().map_err(|error| encode(&error))
}

fn records(group: &Group, row: &Row) -> Vec<[String; 13]> {
    let record = |figure: [String; 6]| {
        let [metric, unit, value, low, high, samples] = figure;
        let (point, status) = (&group.point, &row.status);
        [
            group.workload.clone(),
            point.variant.clone().unwrap_or_default(),
            row.key.runner.clone(),
            point.label(),
            group.age.to_string(),
            metric,
            unit,
            value,
            low,
            high,
            samples,
            status.word().to_owned(),
            status.reason().to_owned(),
        ]
    };
    if row.metrics.is_empty() {
        let mut figure = <[String; 6]>::default();
        figure[5] = row.samples.to_string();
        return vec![record(figure)];
    }
    let figures = row.metrics.iter().map(|metric| {
        let end = |end: Option<f64>| end.map(|end| end.to_string()).unwrap_or_default();
        record([
            metric.name.clone(),
            metric.unit.clone(),
            metric.value.to_string(),
            end(metric.interval.map(|interval| interval.low)),
            end(metric.interval.map(|interval| interval.high)),
            metric.samples.to_string(),
        ])
    });
    figures.collect()
}

fn encode(error: &impl fmt::Display) -> ReportError {
    ReportError::Encode { format: "CSV", reason: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use runtime_bench_results::analysis::{GroupNoise, Status, Summary};
    use runtime_bench_results::key::{CellKey, Point};
    use runtime_bench_results::stats::Interval;
    use runtime_bench_results::trial::{Age, Better};

    fn row(runner: &str, status: Status, metrics: Vec<Summary>) -> Row {
        let key = CellKey {
            workload: "w".into(),
            point: Point::new().variant("v"),
            runner: runner.into(),
        };
        Row {
            key,
            status,
            samples: 7,
            dropped: 0,
            metrics,
            tail: None,
            client_bound: None,
            comparison: None,
            beaten_by: Vec::new(),
            unbeaten: false,
            best: false,
            lead: None,
        }
    }

    #[test]
    fn a_cell_has_a_row_per_metric_or_one_with_its_reason() {
        let metric = |name: &str, interval| Summary {
            name: name.into(),
            unit: "ns".into(),
            better: Better::Lower,
            value: 1.5,
            interval,
            samples: 7,
        };
        let figures =
            vec![metric("wall", Some(Interval { low: 1.0, high: 2.0 })), metric("cpu", None)];
        let rows = vec![
            row("a,\"b\"", Status::Measured, figures),
            row("c", Status::NotApplicable("no timer,\nat all".into()), Vec::new()),
        ];
        let group = Group {
            name: "w/v/-".into(),
            workload: "w".into(),
            point: Point::new().variant("v").with("n", 2, "").with("d", 1, "ms"),
            age: Age::Young,
            headline: "wall".into(),
            rows,
            twin: None,
            noise: GroupNoise::default(),
        };
        let analysis = Analysis { groups: vec![group], ..Analysis::default() };
        let text = String::from_utf8(table(&analysis).unwrap()).unwrap();
        let expected = "workload,variant,runner,params,age,metric,unit,value,low,high,samples,status,reason\n\
            w,v,\"a,\"\"b\"\"\",\"n=2,d=1ms\",young,wall,ns,1.5,1,2,7,measured,\n\
            w,v,\"a,\"\"b\"\"\",\"n=2,d=1ms\",young,cpu,ns,1.5,,,7,measured,\n\
            w,v,c,\"n=2,d=1ms\",young,,,,,,7,n/a,\"no timer,\nat all\"\n";
        assert_eq!(text, expected);
    }
}
