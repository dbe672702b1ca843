//! The data with which the script shows the table against another runner or in absolute figures.

use std::fmt::Write as _;

use maud::{Markup, PreEscaped, html};
use runtime_bench_analysis::analysis::{Group as Source, Row, Summary, each_with_each};
use runtime_bench_analysis::stats::{Comparison, Interval, TIE, Verdict, lean};
use runtime_bench_results::catalog::Class;
use runtime_bench_results::trial::metric;
use serde::Serialize;

use super::cell::{places, short_figure};
use crate::ReportError;
use crate::format;
use crate::view::{Group, Runner, Section, View, cpu};

#[derive(Serialize)]
struct Line {
    /// Indexes of the reference and of the cheapest runner; -1 for none.
    b: [isize; 2],
    /// Whether lower is smaller, not faster.
    u: u8,
    /// Columns of the runners that have a figure; the other fields are about these.
    c: Vec<usize>,
    /// The headline, CPU time and peak memory of each, separated by `;`.
    v: [String; 3],
    /// Each pair of them, the earlier column as reference, separated by `;`: see [`write`].
    p: String,
}

/// The data, one line per row; `null` for a row that never changes, because it passes or fails.
pub(super) fn element(
    view: &View<'_>,
    sections: &[Section<'_, '_>],
    columns: &[&Runner<'_>],
) -> Result<Markup, ReportError> {
    let workloads = sections.iter().flat_map(|section| &section.workloads);
    let groups: Vec<&Group<'_>> = workloads.flat_map(|workload| view.rows(workload)).collect();
    let ranked = groups.iter().copied().filter(|group| !group.source.is_check());
    let ranked: Vec<&Group<'_>> = ranked.collect();
    let pairs = Pairs::of(view, &ranked, columns);
    let numbered = ranked.iter().enumerate();
    let mut lines = numbered.map(|(place, group)| {
        let line = line(view, group, columns);
        Line { p: pairs.words((place, *group), &line.c), ..line }
    });
    let lines: Vec<Option<Line>> = groups
        .iter()
        .map(|group| if group.source.is_check() { None } else { lines.next() })
        .collect();
    let json = serde_json::to_string(&lines)
        .map_err(|error| ReportError::encode("the table as JSON", &error))?;
    // It must not contain the end of its element.
    let json = json.replace('<', "\\u003c");
    Ok(html! { script #table-data type="application/json" { (PreEscaped(json)) } })
}

fn line(view: &View<'_>, group: &Group<'_>, columns: &[&Runner<'_>]) -> Line {
    let row =
        |runner: &Runner<'_>| group.row(runner.name).filter(|row| group.figure(row).is_some());
    let rows: Vec<(usize, &Row)> = columns
        .iter()
        .enumerate()
        .filter_map(|(place, runner)| Some((place, row(runner)?)))
        .collect();
    let figures = |of: &dyn Fn(&Row) -> Option<String>| -> String {
        let figures = rows.iter().map(|(_, row)| of(row).unwrap_or_default().replace(';', ","));
        figures.collect::<Vec<_>>().join(";")
    };
    let shown = |found: Option<&Summary>| found.map(|one| format::figure(one.value, &one.unit));
    let place = |row: Option<&Row>| {
        let place = columns
            .iter()
            .position(|runner| Some(runner.name) == row.map(|row| row.key.runner.as_str()));
        place.map_or(-1, usize::cast_signed)
    };
    Line {
        b: [place(group.reference()), place(cheapest(view, group))],
        u: u8::from(group.counts_bytes()),
        c: rows.iter().map(|(place, _)| *place).collect(),
        v: [
            figures(&|row| group.figure(row).map(|one| short_figure(one.value, &one.unit))),
            figures(&|row| shown(cpu(row))),
            figures(&|row| shown(row.metric(metric::PEAK_MEMORY.id))),
        ],
        p: String::new(),
    }
}

/// The ranked row with the lowest cost, without external and discontinued runners.
fn cheapest<'a>(view: &View<'_>, group: &Group<'a>) -> Option<&'a Row> {
    let counts = |row: &&Row| {
        let runner = view.runners.iter().find(|runner| runner.name == row.key.runner);
        row.is_ranked()
            && runner.is_some_and(|runner| {
                !runner.is_discontinued() && runner.class() != Some(Class::Reference)
            })
    };
    let costs = group.measured().filter(counts).filter_map(|row| Some((row, group.cost(row)?)));
    costs.min_by(|a, b| a.1.total_cmp(&b.1)).map(|(row, _)| row)
}

/// Every comparison of two runners, by group, column of the reference and column of the candidate.
struct Pairs {
    columns: usize,
    found: Vec<Option<Comparison>>,
}

impl Pairs {
    fn of(view: &View<'_>, groups: &[&Group<'_>], columns: &[&Runner<'_>]) -> Self {
        let size = columns.len();
        let mut found = vec![None; groups.len() * size * size];
        let sources: Vec<&Source> = groups.iter().map(|group| group.source).collect();
        let compared = each_with_each(view.run, &view.gathered, &sources);
        for ((source, pairs), own) in
            sources.iter().zip(compared).zip(found.chunks_mut(size * size))
        {
            let column = |row: &Row| columns.iter().position(|one| one.name == row.key.runner);
            let places: Vec<Option<usize>> = source.rows.iter().map(column).collect();
            for ([a, b], pair) in pairs {
                if let (Some(a), Some(b)) = (places[a], places[b]) {
                    own[a * size + b] = Some(turned(&pair));
                    own[b * size + a] = Some(pair);
                }
            }
        }
        // Whether a comparison leans depends on the whole table of its reference.
        for base in 0..size {
            lean(found.chunks_mut(size).skip(base).step_by(size).flatten().flatten());
        }
        Self { columns: size, found }
    }

    /// The pairs of a group, in the format of [`Line::p`].
    fn words(&self, (place, group): (usize, &Group<'_>), columns: &[usize]) -> String {
        let of = |base: usize, other: usize| {
            let found = &self.found[(place * self.columns + base) * self.columns + other];
            found.as_ref().map(|found| group.trusted(found))
        };
        let mut words = String::new();
        for (before, other) in columns.iter().enumerate() {
            for base in &columns[..before] {
                if let (Some(pair), Some(back)) = (of(*base, *other), of(*other, *base)) {
                    write(&mut words, &pair, &back);
                }
                words.push(';');
            }
        }
        words
    }
}

/// Writes a pair: its code, the code of the other direction unless it is implied, the places of the marks of its
/// plot, and the figures in its words. These are the bound; the ratio; the ends of the interval; or all three if
/// only one direction leans.
fn write(words: &mut String, pair: &Comparison, back: &Comparison) {
    words.push(code(pair.verdict));
    words.extend((back.verdict != pair.verdict.turned()).then(|| code(back.verdict)));
    let is_finite = |one: &Interval| one.low.is_finite() && one.high.is_finite();
    let interval = pair.interval.filter(is_finite);
    let Some(([low, middle, high], interval)) = places(pair).zip(interval) else { return };
    // Writing to a string cannot fail.
    let _ = write!(words, "{low:02}{middle:02}{high:02}");
    if matches!(pair.verdict, Verdict::Tie | Verdict::Same) {
        let bound = if pair.verdict == Verdict::Tie { TIE } else { 0.1 };
        let _ = write!(words, "{:.0}", pair.within.unwrap_or(bound) * 100.0);
        return;
    }
    let directions = [pair, back].map(|one| has_direction(one.verdict));
    let mut figures = Vec::new();
    if directions.contains(&false) {
        let shown = |end: f64| [end, 1.0 / end].map(format::short);
        figures.extend([interval.low, interval.high].map(|end| digits(end, shown)));
    }
    if let (true, Some(ratio)) = (directions.contains(&true), pair.ratio) {
        figures
            .push(digits(ratio, |ratio| [ratio, 1.0 / ratio].map(|one| format::change(one, ""))));
    }
    words.push_str(&figures.join(","));
}

fn has_direction(verdict: Verdict) -> bool {
    verdict.differs() || matches!(verdict, Verdict::LeansFaster | Verdict::LeansSlower)
}

/// The fewest digits that give the same words in both directions.
fn digits(ratio: f64, shown: impl Fn(f64) -> [String; 2]) -> String {
    let wanted = shown(ratio);
    let rounded = |digits: usize| format!("{ratio:.digits$e}").parse().unwrap_or(ratio);
    let found = (1..=2).map(rounded).find(|few| shown(*few) == wanted);
    match found.unwrap_or_else(|| rounded(3)) {
        few @ 1e-4..1e5 => few.to_string(),
        few => format!("{few:e}"),
    }
}

/// The class of a cell as a letter.
fn code(verdict: Verdict) -> char {
    match verdict {
        Verdict::Faster => 'F',
        Verdict::Slower => 'S',
        Verdict::Tie => 'T',
        Verdict::Same => 'E',
        Verdict::LeansFaster => 'f',
        Verdict::LeansSlower => 's',
        Verdict::Open | Verdict::DependsOnMode => 'o',
        Verdict::NotCompared => 'n',
    }
}

/// The comparison with its sides swapped.
fn turned(pair: &Comparison) -> Comparison {
    Comparison {
        ratio: pair.ratio.map(|ratio| 1.0 / ratio),
        interval: pair.interval.map(Interval::inverse),
        verdict: pair.verdict.turned(),
        ..pair.clone()
    }
}
