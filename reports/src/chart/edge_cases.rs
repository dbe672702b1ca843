//! Impossible figures in every kind of chart.

use maud::Markup;
use runtime_bench_analysis::stats::Interval;

use super::*;

/// A description whose texts must be escaped.
pub(super) fn about() -> Description {
    Description { id: "c".into(), title: "<title>".into(), finding: "<found>".into() }
}

/// An axis without a name.
pub(super) fn scaled(kind: AxisKind) -> AxisSpec {
    AxisSpec { name: String::new(), unit: "ns".into(), kind }
}

fn ends(value: f64) -> Interval {
    Interval { low: value * 0.9, high: value * 2.0 }
}

/// A list of figures in every kind of chart.
fn drawn(figures: &[f64]) -> Vec<Markup> {
    let kinds = || {
        [AxisKind::Auto, AxisKind::Log, AxisKind::Percentile, AxisKind::Labels(vec!["l".into(); 3])]
    };
    let mut charts = Vec::new();
    for (x, y) in kinds().into_iter().flat_map(|x| kinds().map(|y| (x.clone(), y))) {
        charts.push(lines(x.clone(), y.clone(), figures).draw(&about()));
    }
    charts.push(bars(figures).draw(&about()));
    let row = |values: &[f64]| ViolinRow { name: "<a>".into(), series: 3, values: values.into() };
    let apart = figures.iter().map(|figure| row(&[*figure]));
    let rows = [row(figures), row(&figures.repeat(5))].into_iter().chain(apart).collect();
    charts.push(Violin { unit: "B".into(), rows }.draw(&about()));
    charts.into_iter().filter_map(|chart| chart.unwrap()).collect()
}

fn lines(x: AxisKind, y: AxisKind, figures: &[f64]) -> LinePlot {
    let point = |(x, y): (f64, &f64)| LinePoint { x, y: *y, interval: Some(ends(*y)) };
    let line = |(series, figure): (usize, &f64)| Line {
        name: "<a>".into(),
        series,
        points: figures.iter().rev().map(|y| point((*figure, y))).collect(),
    };
    let lines = figures.iter().enumerate().map(line).collect();
    LinePlot { x: scaled(x), y: scaled(y), lines, guide: figures.first().copied() }
}

fn bars(figures: &[f64]) -> BarPlot {
    let bar = |(series, ratio): (usize, &f64)| Bar {
        name: "<a>".into(),
        series,
        ratio: *ratio,
        interval: Some(ends(*ratio)),
        words: "<w>".into(),
    };
    let bars = figures.iter().enumerate().map(bar).collect();
    BarPlot { groups: vec![BarGroup { name: "<q>".into(), bars }] }
}

#[test]
fn non_finite_values_are_never_drawn() {
    let odd = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, f64::MIN_POSITIVE];
    let lists: [&[f64]; 9] = [
        &odd,
        &[odd.as_slice(), &[0.0, -3.0, 1.0, 2.0]].concat(),
        &[0.0],
        &[-1.0, -2.0],
        &[1.0],
        &[1e-199, 1e199],
        &[1.0, 1.0 + f64::EPSILON],
        &[5.0; 40],
        &[],
    ];
    for figures in lists {
        for chart in drawn(figures) {
            let svg = chart.into_string();
            assert!(!svg.contains("NaN") && !svg.contains("inf"), "{figures:?}: {svg}");
            let numbers = svg.split(['"', ' ', 'M', 'h', 'v', 'l']);
            let far = numbers.filter_map(|part| part.parse().ok()).any(|at: f64| at.abs() > 1e4);
            assert!(!far, "{figures:?}: {svg}");
            assert!(!["<a>", "<w>", "<q>", "<found>"].iter().any(|raw| svg.contains(raw)));
        }
    }
}

#[test]
fn every_chart_kind_draws_finite_values() {
    // Each pair of axes, then bars and violins.
    assert_eq!(drawn(&[1.0, 2.0]).len(), 16 + 2);
    assert!(drawn(&[f64::NAN]).is_empty());
    assert!(drawn(&[]).is_empty());
}
