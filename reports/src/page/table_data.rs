//! The data with which the script shows the table against another runner or in absolute figures.

use std::collections::HashMap;
use std::fmt::Write as _;

use maud::{Markup, PreEscaped, html};
use runtime_bench_analysis::analysis::{Row, Summary, pairwise};
use runtime_bench_analysis::stats::{Comparison, Interval, Verdict, lean};
use runtime_bench_results::catalog::Class;
use runtime_bench_results::trial::{Phase, metric};
use serde::Serialize;

use super::cell::short_figure;
use crate::ReportError;
use crate::format;
use crate::view::{Group, Runner, Section, View, cpu};

#[derive(Serialize)]
struct Line {
    /// Indexes of the reference and of the cheapest runner; -1 for none.
    b: [isize; 2],
    /// Whether lower is smaller, not faster.
    u: u8,
    /// The headline, CPU time and peak memory of each runner; empty for none.
    v: [Vec<String>; 3],
    /// Each pair of runners, the earlier column as reference: its code, the code of the other direction
    /// unless it is implied, then ratio, interval and bound.
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
    let pairs = Pairs::of(view, &groups, columns);
    let numbered = groups.iter().enumerate();
    let line = |(place, group): (usize, &&Group<'_>)| {
        let p = pairs.words((place, group), columns.len());
        (!group.source.is_check()).then(|| Line { p, ..line(view, group, columns) })
    };
    let lines: Vec<Option<Line>> = numbered.map(line).collect();
    let json = serde_json::to_string(&lines)
        .map_err(|error| ReportError::encode("the table as JSON", &error))?;
    // It must not contain the end of its element.
    let json = json.replace('<', "\\u003c");
    Ok(html! { script #table-data type="application/json" { (PreEscaped(json)) } })
}

fn line(view: &View<'_>, group: &Group<'_>, columns: &[&Runner<'_>]) -> Line {
    let rows: Vec<Option<&Row>> = columns
        .iter()
        .map(|runner| group.row(runner.name).filter(|row| group.figure(row).is_some()))
        .collect();
    let figures = |of: &dyn Fn(&Row) -> Option<String>| -> Vec<String> {
        rows.iter().map(|row| row.and_then(of).unwrap_or_default()).collect()
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

/// Every comparison of two runners, by group, reference and candidate.
struct Pairs(HashMap<[usize; 3], Comparison>);

impl Pairs {
    fn of(view: &View<'_>, groups: &[&Group<'_>], columns: &[&Runner<'_>]) -> Self {
        let column = |name: &str| columns.iter().position(|runner| runner.name == name);
        let places: HashMap<(&str, Phase), usize> = groups
            .iter()
            .enumerate()
            .map(|(place, group)| ((group.source.name.as_str(), group.source.phase), place))
            .collect();
        let mut found = HashMap::new();
        for pair in pairwise(view.run, view.analysis, None) {
            let group = places.get(&(pair.group.as_str(), pair.phase)).copied();
            let sides = (column(&pair.reference.runner), column(&pair.candidate.runner));
            if let (Some(group), (Some(base), Some(other)), Ok(pair)) =
                (group, sides, pair.comparison)
            {
                found.insert([group, other, base], turned(&pair));
                found.insert([group, base, other], pair);
            }
        }
        // Whether a comparison leans depends on the whole table of its reference.
        for base in 0..columns.len() {
            let of_base = found.iter_mut().filter(|(key, _)| key[1] == base);
            lean(of_base.map(|(_, comparison)| comparison));
        }
        Self(found)
    }

    /// The pairs of a group, in the format of [`Line::p`].
    fn words(&self, group: (usize, &Group<'_>), columns: usize) -> String {
        let mut words = String::new();
        for base in 0..columns {
            for other in base + 1..columns {
                if let (Some(pair), Some(back)) =
                    (self.0.get(&[group.0, base, other]), self.0.get(&[group.0, other, base]))
                {
                    let (pair, back) = (group.1.trusted(pair), group.1.trusted(back));
                    write(&mut words, &pair, &back);
                }
                words.push(';');
            }
        }
        words
    }
}

fn write(words: &mut String, pair: &Comparison, back: &Comparison) {
    words.push(code(pair.verdict));
    words.extend((back.verdict != pair.verdict.turned()).then(|| code(back.verdict)));
    let ratio = pair.ratio.filter(|ratio| ratio.is_finite());
    if let (Some(ratio), Some(Interval { low, high })) = (ratio, pair.interval) {
        // Writing to a string cannot fail.
        let _ = write!(words, "{}", [ratio, low, high].map(digits).join(","));
        if let Some(within) = pair.within {
            let _ = write!(words, ",{:.0}", within * 100.0);
        }
    }
}

/// Four digits, which is more than the words show.
fn digits(ratio: f64) -> String {
    match ratio {
        0.01..1e4 => {
            let text = format!("{ratio:.4}");
            let end = if ratio < 1.0 { 6 } else { 5 };
            text[..end.min(text.len())].trim_end_matches('0').trim_end_matches('.').to_owned()
        }
        _ => format!("{ratio:.3e}"),
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
