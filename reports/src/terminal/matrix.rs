//! The matrix: a line per workload, a column per runner.

use std::cmp::Reverse;

use runtime_bench_analysis::analysis::{Analysis, Group, Row, Status};
use runtime_bench_analysis::format::{self, clipped};
use runtime_bench_analysis::stats::Verdict;
use runtime_bench_results::catalog::{Class, Kind};
use runtime_bench_results::run::{Role, Run};
use runtime_bench_results::setting::base;

use super::lines::{class_mark, wrapped};
use crate::sanitize::single_line;
use crate::view::wording;

/// Number of lines from which each workload shows only its first point.
const MANY: usize = 40;
/// Maximum width of the name of a line, in characters.
const WIDEST_LABEL: usize = 32;
/// Maximum width of a part of a runner's name.
const WIDEST_PART: usize = 8;
const LEGEND: &str = "* settled  ~ leaning  = same ±10%  ? open  – n/a";

/// A runner's column.
struct Column {
    heads: [String; 2],
    cells: Vec<String>,
}

impl Column {
    fn width(&self) -> usize {
        let texts = self.heads.iter().chain(&self.cells);
        texts.map(|text| text.chars().count()).max().unwrap_or(0)
    }
}

/// A line of the matrix.
struct Line<'a> {
    group: &'a Group,
    label: String,
}

/// The lines of the matrix, and those that explain it.
pub(super) fn matrix(run: &Run, analysis: &Analysis, columns: usize) -> (Vec<String>, Vec<String>) {
    let (shown, hidden) = lines(run, analysis);
    if shown.is_empty() {
        return (Vec::new(), vec!["Nothing was measured; reasons: --verbose".to_owned()]);
    }
    let runners = runners(run, &shown);
    let mut footnotes = Vec::new();
    let label = shown.iter().map(|line| line.label.chars().count() + 2).max().unwrap_or(0).max(20);
    let set: Vec<&str> = runners.iter().copied().filter(|name| base(name) != *name).collect();
    let mut all: Vec<Column> = runners.iter().map(|name| column(run, &shown, name, &set)).collect();
    let widths: Vec<usize> = all.iter().map(Column::width).collect();
    let fitting = |gap: usize| {
        let ends = widths.iter().scan(label, |end, width| {
            *end += gap + width;
            Some(*end)
        });
        ends.take_while(|end| *end <= columns).count().max(1)
    };
    let gap = if fitting(2) < fitting(1) { 1 } else { 2 };
    let kept = fitting(gap).min(all.len());
    if kept < all.len() {
        let dropped = single_line(&runners[kept..].join(", "));
        let note = format!("Not shown in {columns} columns: {dropped}");
        footnotes.push(clipped(&note, columns));
        all.truncate(kept);
    }
    if !set.is_empty() {
        let numbered = set.iter().zip(1..).map(|(name, n)| format!("[{n}] {}", single_line(name)));
        footnotes.push(numbered.collect::<Vec<_>>().join("  "));
    }
    footnotes.extend(notes(run, &shown, &runners[..kept], hidden));
    (drawn(run, &shown, &all, [label, gap, columns]), footnotes)
}

fn drawn(
    run: &Run,
    shown: &[Line<'_>],
    columns: &[Column],
    [label, gap, width]: [usize; 3],
) -> Vec<String> {
    let reference = single_line(reference(run, shown));
    let text = format!("Cost relative to {reference}; below 1 is cheaper.  {LEGEND}");
    let mut out: Vec<String> = wrapped(&text, width);
    let row = |name: &str, of: &dyn Fn(&Column) -> &str| {
        let cells =
            columns.iter().map(|column| format!("{:>1$}", of(column), gap + column.width()));
        format!("{name:label$}{}", cells.collect::<String>()).trim_end().to_owned()
    };
    let kind = |line: &Line<'_>| run.workload(&line.group.workload).map(|info| info.kind);
    out.push(row("", &|column| &column.heads[0]));
    let mut last = None;
    for (place, line) in shown.iter().enumerate() {
        let own = kind(line);
        if place == 0 || own != last {
            let title = own.map_or("Other", Kind::title);
            // The first heading is in the line of the runners' names.
            out.push(match place {
                0 => row(title, &|column| &column.heads[1]),
                _ => title.to_owned(),
            });
            last = own;
        }
        out.push(row(&format!("  {}", line.label), &|column| &column.cells[place]));
    }
    out
}

/// The runner that is the reference of every row, if there is one.
fn reference<'a>(run: &'a Run, shown: &[Line<'a>]) -> &'a str {
    let compared =
        shown.iter().flat_map(|line| &line.group.rows).filter_map(|row| row.comparison.as_ref());
    let mut references = compared.map(|comparison| comparison.reference.as_str());
    let first = references.next().unwrap_or(&run.header.plan.reference);
    if references.all(|other| other == first) { first } else { "the figure" }
}

/// The comparisons in the order of their kinds, and the number of hidden ones.
fn lines<'a>(run: &Run, analysis: &'a Analysis) -> (Vec<Line<'a>>, usize) {
    let kind = |group: &Group| run.workload(&group.workload).map(|info| info.kind);
    let mut groups: Vec<&Group> =
        analysis.groups.iter().filter(|group| kind(group) != Some(Kind::Calibration)).collect();
    groups.sort_by_key(|group| kind(group).map_or((1, None), |kind| (0, Some(kind))));
    let all = groups.len();
    if all > MANY {
        let mut known: Vec<&str> = Vec::new();
        groups.retain(|group| {
            let first = !known.contains(&group.workload.as_str());
            known.push(&group.workload);
            first
        });
    }
    let line = |group: &&'a Group| {
        let label = clipped(&single_line(&label(group, &groups)), WIDEST_LABEL);
        Line { group, label }
    };
    let lines: Vec<Line<'a>> = groups.iter().map(line).collect();
    let hidden = all - lines.len();
    (lines, hidden)
}

/// The workload, with the distinguishing parameters if it has several comparisons: `preprocess/inline`,
/// `tcp-echo connections=64`.
fn label(group: &Group, shown: &[&Group]) -> String {
    let alike: Vec<&&Group> =
        shown.iter().filter(|other| other.workload == group.workload).collect();
    let differs = |same: &dyn Fn(&Group) -> bool| alike.iter().any(|other| !same(other));
    let mut label = group.workload.clone();
    if let Some(variant) = &group.point.variant
        && differs(&|other| other.point.variant == group.point.variant)
    {
        label.extend(["/", variant]);
    }
    for param in &group.point.params {
        // Points of another variant may have other parameters.
        let of_another = |other: &Group| other.point.variant != group.point.variant;
        if differs(&|other| of_another(other) || other.point.params.contains(param)) {
            label.extend([" ", &param.to_string()]);
        }
    }
    if differs(&|other| other.phase == group.phase) {
        label.extend([" ", &group.phase.to_string()]);
    }
    label
}

/// The runners with any result: the reference, then the others by number of results, then discontinued ones,
/// then external ones.
fn runners<'a>(run: &'a Run, shown: &[Line<'_>]) -> Vec<&'a str> {
    let tried = |row: &Row| matches!(row.status, Status::Measured | Status::Failed(_));
    let results =
        |name: &str| shown.iter().filter(|line| row(line.group, name).is_some_and(tried)).count();
    let mut names: Vec<&str> = Vec::new();
    for cell in run.header.plan.cells.iter().filter(|cell| cell.role == Role::Subject) {
        let name = cell.key.runner.as_str();
        if !names.contains(&name) && results(name) > 0 {
            names.push(name);
        }
    }
    names.sort_by_cached_key(|name| {
        let info = run.runner(name);
        (
            *name != run.header.plan.reference,
            info.is_some_and(|info| info.class == Class::Reference),
            info.is_some_and(|info| info.discontinued().is_some()),
            Reverse(results(name)),
        )
    });
    names
}

fn row<'g>(group: &'g Group, runner: &str) -> Option<&'g Row> {
    group.rows.iter().find(|row| row.key.runner == runner)
}

/// The column of a runner. `set` lists the runners with settings, which have a number and a footnote each.
fn column(run: &Run, shown: &[Line<'_>], name: &str, set: &[&str]) -> Column {
    let info = run.runner(name);
    let discontinued = info.is_some_and(|info| info.discontinued().is_some());
    let mark = if discontinued { "†" } else { class_mark(info.map(|info| info.class)) };
    let place = set.iter().position(|known| *known == name);
    let name = single_line(name);
    let [first, rest] = if let Some(place) = place {
        [clipped(base(&name), WIDEST_PART), format!("[{}]", place + 1)]
    } else {
        let (first, rest) = name.split_once('-').unwrap_or(("", &name));
        [first, rest].map(|part| clipped(part, WIDEST_PART))
    };
    let cells = shown.iter().map(|line| cell(line.group, row(line.group, name.as_str())));
    Column { heads: [first, rest + mark], cells: cells.collect() }
}

fn cell(group: &Group, row: Option<&Row>) -> String {
    let Some(row) = row else { return "–".to_owned() };
    match row.status {
        Status::Measured => {}
        Status::Failed(_) => return "failed".to_owned(),
        Status::NotApplicable(_) | Status::NotMeasured(_) => return "–".to_owned(),
    }
    if row.client_bound.is_some() {
        return "client".to_owned();
    }
    if group.is_check() {
        return wording::PASSES.to_owned();
    }
    let Some(comparison) = &row.comparison else {
        let summary = row.metric(&group.headline);
        return summary.map_or_else(
            || "–".to_owned(),
            |summary| {
                single_line(&format::brief(summary.value, &summary.unit)).replace('\u{a0}', " ")
            },
        );
    };
    if group.control_failed() {
        return "!".to_owned();
    }
    let ratio = comparison.ratio.map(format::short).unwrap_or_default();
    match comparison.verdict {
        Verdict::Faster | Verdict::Slower => format!("{ratio}*"),
        Verdict::LeansFaster | Verdict::LeansSlower => format!("~{ratio}"),
        Verdict::Tie | Verdict::Same => "=".to_owned(),
        Verdict::Open | Verdict::DependsOnMode | Verdict::NotCompared => "?".to_owned(),
    }
}

/// The meaning of the marks next to the names, and the hidden parts.
fn notes(run: &Run, shown: &[Line<'_>], runners: &[&str], hidden: usize) -> Vec<String> {
    let infos = || runners.iter().filter_map(|name| run.runner(name));
    let class = |class: Class| infos().any(|info| info.class == class);
    let mut parts = Vec::new();
    if infos().any(|info| info.discontinued().is_some()) {
        parts.push("† discontinued".to_owned());
    }
    if class(Class::SingleThread) {
        parts.push(format!("{} one thread", class_mark(Some(Class::SingleThread))));
    }
    if class(Class::Reference) {
        parts.push(format!("{} external, never ranked", class_mark(Some(Class::Reference))));
    }
    if shown.iter().flat_map(|line| &line.group.rows).any(|row| row.client_bound.is_some()) {
        parts.push("client: load generator's limit".to_owned());
    }
    if shown.iter().any(|line| line.group.is_check()) {
        parts.push("passes: a check".to_owned());
    }
    if hidden > 0 {
        parts.push(format!("{hidden} more in the report"));
    }
    if parts.is_empty() { Vec::new() } else { vec![parts.join("  ")] }
}
