//! Charts as large as they usually are: what they weigh, and a page to look at.

use maud::{DOCTYPE, Markup, PreEscaped, html};
use runtime_bench_analysis::stats::Interval;

use super::*;

const RUNNERS: [&str; 9] = [
    "tokio",
    "tokio-current-thread",
    "tokio-rayon",
    "tokio-per-core",
    "async-std",
    "smol",
    "threads",
    "thread-pool",
    "rayon",
];

fn about(id: &str) -> Description {
    Description {
        id: id.into(),
        title: "Time per task".into(),
        finding: "smol is 64% faster than tokio at 10 000 tasks.".into(),
    }
}

/// Numbers from 0 to 1 without a pattern, the same in every run.
fn noise(seed: usize) -> f64 {
    let mixed = (seed as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(29);
    let mixed = mixed.wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 11;
    mixed as f64 / (1_u64 << 53) as f64
}

fn around(value: f64, share: f64) -> Interval {
    Interval { low: value * (1.0 - share), high: value * (1.0 + share) }
}

fn scaled(name: &str, unit: &str, kind: AxisKind) -> AxisSpec {
    AxisSpec { name: name.into(), unit: unit.into(), kind }
}

fn line(series: usize, xs: &[f64], cost: impl Fn(f64) -> f64) -> Line {
    let point = |(at, x): (usize, &f64)| {
        let y = cost(*x) * (1.0 + 0.1 * noise(series * 31 + at));
        LinePoint { x: *x, y, interval: Some(around(y, 0.03 + 0.1 * noise(series + at))) }
    };
    let points = xs.iter().enumerate().map(point).collect();
    Line { name: RUNNERS[series].into(), series, points }
}

fn scaling() -> LinePlot {
    let xs = [1.0, 10.0, 100.0, 1000.0, 10_000.0, 100_000.0];
    let cost = |series: usize| {
        move |x: f64| {
            let (fixed, each) =
                (2e3 * (1.0 + 30.0 * noise(series)), 200.0 + 3000.0 * noise(series * 7));
            fixed + each * x.powf(0.9 + 0.15 * noise(series * 3))
        }
    };
    let lines =
        (0..9).map(|series| line(series, &xs[..6 - series % 3 / 2], cost(series))).collect();
    let x = scaled("tasks", "", AxisKind::Log);
    LinePlot { x, y: scaled("time per batch", "ns", AxisKind::Log), lines, guide: None }
}

fn tails() -> LinePlot {
    let shares: [f64; 6] = [0.5, 0.75, 0.9, 0.99, 0.999, 0.9999];
    let xs = shares.map(|share| 1.0 / (1.0 - share));
    let cost = |series: usize| {
        move |x: f64| 8e4 * (1.0 + noise(series)) * x.powf(0.2 + 0.1 * noise(series + 40))
    };
    let lines = [0, 1, 3, 4, 5].map(|series| line(series, &xs, cost(series))).into();
    let x = scaled("percentile of requests", "", AxisKind::Percentile);
    LinePlot { x, y: scaled("latency at 64 connections", "ns", AxisKind::Log), lines, guide: None }
}

fn history() -> LinePlot {
    let names =
        (0..24).map(|run| format!("2026-{:02}-{:02}", 1 + run / 4, 1 + run % 4 * 7)).collect();
    let xs: Vec<f64> = (0..24).map(f64::from).collect();
    let lines = [0, 5].map(|series| line(series, &xs, |x| if x > 15.0 { 1.3 } else { 1.0 })).into();
    let x = scaled("run", "", AxisKind::Labels(names));
    LinePlot {
        x,
        y: scaled("cost against the first run", "×", AxisKind::Log),
        lines,
        guide: Some(1.0),
    }
}

fn bars(groups: &[&str], runners: &[usize]) -> BarPlot {
    let bar = |group: usize, series: usize| {
        let ratio = (3.0 * (noise(group * 13 + series) - 0.5)).exp();
        Bar {
            name: RUNNERS[series].into(),
            series,
            ratio,
            interval: Some(around(ratio, 0.12)),
            words: format!("{ratio:.2}×"),
        }
    };
    let group = |(place, name): (usize, &&str)| BarGroup {
        name: (*name).into(),
        bars: runners.iter().map(|series| bar(place, *series)).collect(),
    };
    BarPlot { groups: groups.iter().enumerate().map(group).collect() }
}

fn violin() -> Violin {
    let value = |series: usize, at: usize| {
        let bell: f64 = (0..6).map(|n| noise(series * 7919 + at * 6 + n)).sum::<f64>() / 3.0 - 1.0;
        let slow = if series % 3 == 1 && at.is_multiple_of(4) { 1.35 } else { 1.0 };
        let far = if at % 37 == 36 { 1.5 } else { 1.0 };
        1e6 * (1.0 + 0.3 * noise(series)) * (1.0 + 0.12 * bell) * slow * far
    };
    let row = |series: usize| ViolinRow {
        name: RUNNERS[series].into(),
        series,
        values: (0..if series == 7 { 4 } else { 120 }).map(|at| value(series, at)).collect(),
    };
    Violin { unit: "ns".into(), rows: (0..9).map(row).collect() }
}

/// Every kind of chart, by its name.
fn all() -> Vec<(&'static str, Markup)> {
    let kinds =
        ["spawn-join", "channel-mpsc", "fork-join", "timer-gather", "echo-latency", "file-read"];
    let drawn = [
        ("scaling", scaling().draw(&about("a"))),
        ("tails", tails().draw(&about("b"))),
        ("history", history().draw(&about("c"))),
        ("bars", bars(&kinds, &[5]).draw(&about("d"))),
        ("groups", bars(&kinds[..3], &[1, 4, 5]).draw(&about("e"))),
        ("violin", violin().draw(&about("f"))),
    ];
    drawn.into_iter().map(|(name, chart)| (name, chart.unwrap().unwrap())).collect()
}

#[test]
fn typical_charts_stay_small() {
    for (name, chart) in all() {
        let weight = chart.into_string().len();
        println!("{name}: {weight} B");
        assert!(weight <= 12_000, "{name}: {weight} B");
    }
}

#[test]
#[ignore = "writes a page for the eye: charts.html in the folder for temporary files"]
fn gallery() {
    let style = theme::colors() + STYLE;
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width";
                title { "Charts" }
                style { (PreEscaped(style)) }
            }
            body {
                div.charts {
                    @for (name, chart) in all() {
                        figure { figcaption { (name) } div.scroll { (chart) } }
                    }
                }
            }
        }
    };
    let folder = std::env::temp_dir();
    std::fs::write(folder.join("charts.html"), page.into_string()).unwrap();
}
