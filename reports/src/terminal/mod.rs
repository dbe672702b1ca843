//! The summary of a run for a terminal: the answers, then every comparison, then the precision.
//!
//! - `matrix`: a line per workload and a column per runner.
//! - `replay`: stored runs by the current rules, in numbers.
//! - `lines`: text that fits a width.
//! - `long`: a table per comparison, with intervals and reasons.

mod lines;
mod long;
mod matrix;
mod replay;

pub use replay::replay;

use std::{env, io};

use runtime_bench_analysis::analysis::{Analysis, Gathered, Group};
use runtime_bench_analysis::answers::{Answer, AnswerState, answers, longer_profile};
use runtime_bench_analysis::format::{self, clipped};
use runtime_bench_analysis::stats::median;
use runtime_bench_results::run::Run;
use terminal_size::terminal_size_of;

use crate::sanitize::single_line;
use crate::view::{noise, wording};
use lines::wrapped;

/// Hint at the details that the summary leaves out.
const MORE: &str = "Intervals and reasons: --verbose";
/// Columns if the width is unknown.
const COLUMNS: usize = 100;
/// Columns of the questions, with a gap.
const QUESTION: usize = 24;
/// Number of cores used by other programs from which the summary mentions them.
const TAKEN: f64 = 0.2;
/// Share of answered comparisons below which a longer run is suggested.
const ANSWERED: f64 = 0.8;

/// The level of detail, and the width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Detail {
    /// A table per comparison with intervals and reasons, instead of a line.
    pub verbose: bool,
    /// Columns of the terminal.
    pub columns: usize,
}

impl Detail {
    /// For standard output: the width of `COLUMNS`, or else of the terminal, or else 100 columns.
    pub fn new(verbose: bool) -> Self {
        let told = env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
        let of_terminal = terminal_size_of(io::stdout()).map(|(width, _)| usize::from(width.0));
        let columns = told.or(of_terminal).filter(|columns| *columns > 0).unwrap_or(COLUMNS);
        Self { verbose, columns }
    }
}

/// The whole text, with a final line break.
pub fn text(run: &Run, analysis: &Analysis, detail: Detail) -> String {
    let mut lines = vec![header(run, detail.columns), String::new()];
    let answered: Vec<Answer> = answers(run, &Gathered::new(run), analysis);
    lines.extend(answered.iter().flat_map(|answer| said(answer, detail)));
    if lines.len() > 2 {
        lines.push(String::new());
    }
    let footnotes = if detail.verbose {
        lines.extend([long::tables(run, analysis), String::new()]);
        Vec::new()
    } else {
        let (matrix, footnotes) = matrix::matrix(run, analysis, detail.columns);
        lines.extend(matrix.iter().map(|line| clipped(line, detail.columns)));
        footnotes
    };
    let precision = precision(run, analysis, detail);
    let after = [counts(analysis)].into_iter().chain(precision).chain(footnotes);
    lines.extend(after.flat_map(|line| wrapped(&line, detail.columns)));
    lines.join("\n") + "\n"
}

/// The comparisons of a run, one line each, and their legend; with a final line break.
pub fn matrix(run: &Run, analysis: &Analysis, detail: Detail) -> String {
    let (matrix, footnotes) = matrix::matrix(run, analysis, detail.columns);
    let footnotes = footnotes.iter().map(String::as_str).chain([MORE]);
    let footnotes = footnotes.flat_map(|line| wrapped(line, detail.columns));
    let matrix = matrix.iter().map(|line| clipped(line, detail.columns));
    matrix.chain(footnotes).map(|line| line + "\n").collect()
}

/// `runtime-bench quick · 2-core AMD EPYC VM · 262 s · tokio 1.54.1, smol 2.0.2`, as far as it fits.
fn header(run: &Run, columns: usize) -> String {
    let machine = &run.header.environment;
    let cores = machine.cores.map(|cores| format!("{cores}-core "));
    let processor = machine.cpu_model.as_deref().unwrap_or("machine");
    let vm = if machine.virtual_machine == Some(true) { " VM" } else { "" };
    let elapsed = run.end.map(|end| match end.elapsed_s {
        seconds if seconds < 600.0 => format!("{seconds:.0} s"),
        seconds => format!("{:.0} min", seconds / 60.0),
    });
    let mut line = [
        Some(format!("runtime-bench {}", run.header.plan.profile)),
        Some(format!("{}{processor}{vm}", cores.unwrap_or_default())),
        elapsed,
    ]
    .into_iter()
    .flatten()
    .collect::<Vec<String>>()
    .join(" · ");
    let own = |name: &str| Some((name.to_owned(), run.runner(name)?.packages.get(name)?));
    let versions = run.header.runners.iter().filter_map(|runner| own(&runner.name));
    for (place, (name, version)) in versions.enumerate() {
        let more = format!("{}{name} {version}", if place == 0 { " · " } else { ", " });
        if line.chars().count() + more.chars().count() <= columns {
            line.push_str(&more);
        }
    }
    clipped(&single_line(&line), columns)
}

/// An answer in a line; with its evidence in the verbose form.
fn said(answer: &Answer, detail: Detail) -> Vec<String> {
    // A run of a few workloads does not answer the other questions.
    if answer.state == AnswerState::NotMeasured && !detail.verbose {
        return Vec::new();
    }
    let mark = if answer.state == AnswerState::Leaning { "~ " } else { "" };
    let first = format!("  {:QUESTION$}{mark}{}", answer.question, answer.recommendation);
    let mut lines = vec![clipped(&single_line(&first), detail.columns)];
    if detail.verbose {
        let more = answer.evidence.iter().cloned();
        let would = format!("would change: {}", answer.would_change);
        lines.extend(more.chain([would]).map(|line| format!("    {}", single_line(&line))));
    }
    lines
}

/// `216 comparisons: 103 settled, …, 48 open.  Self-check (A/A): 0 false alarms in 43`. The legend of the
/// table defines *same*.
pub(crate) fn counts(analysis: &Analysis) -> String {
    let classes = wording::counts_of(&analysis.class_counts(), "same");
    let noise = analysis.noise;
    let checks = noise.passed + noise.unproven + noise.failed;
    let trust = if noise.trusted() { "" } else { ": do not trust this run" };
    format!(
        "{classes}.  Self-check (A/A): {} in {checks}{trust}",
        format::count(noise.failed, "false alarm"),
    )
}

/// Disturbances of the run, how to measure more precisely, and how to see more details.
fn precision(run: &Run, analysis: &Analysis, detail: Detail) -> Vec<String> {
    let mut lines: Vec<String> =
        noise::run_warnings(run, analysis).map(|sentence| single_line(&sentence)).collect();
    let failed = analysis.groups.iter().filter(|group| group.control_failed());
    let failed: Vec<&str> = failed.map(|group| group.name.as_str()).collect();
    if !failed.is_empty() {
        let failed = failed.join(", ");
        lines.push(single_line(&format!("A/A control failed, do not trust: {failed}")));
    }
    let median_of = |of: fn(&Group) -> Option<f64>| {
        median(&analysis.groups.iter().filter_map(of).collect::<Vec<f64>>())
    };
    let taken = median_of(|group| group.noise.foreign_cores).filter(|taken| *taken >= TAKEN);
    let taken = taken.filter(|_| analysis.load_change.is_none()).map(|taken| {
        let cores = run.header.environment.cores;
        let of = cores.map_or_else(String::new, |cores| format!(" of {cores}"));
        format!("Low precision: other programs took {taken:.1}{of} cores.")
    });
    if analysis.class_counts().total() > 0 {
        lines.push(wording::layouts(&run.header.plan));
    }
    let few = analysis.class_counts().answered().is_some_and(|share| share < ANSWERED);
    let profile = longer_profile(&run.header.plan.profile);
    let sharper = profile.filter(|_| few).map(|name| format!("Sharper: --profile {name}"));
    let more = (!detail.verbose).then(|| MORE.to_owned());
    let line: Vec<String> = taken.into_iter().chain(sharper).chain(more).collect();
    lines.extend((!line.is_empty()).then(|| line.join("  ")));
    lines
}

#[cfg(test)]
mod tests;
