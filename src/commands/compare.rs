//! `compare`: the runners of one results file, or two results files, and a gate.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use regex::Regex;
use runtime_bench_analysis::analysis::analyze;
use runtime_bench_analysis::comparison::{
    Against, Document, FailOn, Judged, Outcome, files, runners,
};
use runtime_bench_reports::comparison::{self as render, Form, RowProfile};
use runtime_bench_reports::terminal::{self, Detail};
use runtime_bench_results::key::CellKey;
use runtime_bench_results::run::Run;
use runtime_bench_results::store;

use super::{print, print_error, print_json};
use crate::cli::regex;
use runtime_bench_harness::error::Error;
use runtime_bench_harness::plan::request::nearest;

/// Arguments of `compare`.
#[derive(Debug, Args)]
pub struct CompareArgs {
    /// Results file: a run whose runners are compared, or the base of two runs
    #[arg(value_name = "RESULTS")]
    base: PathBuf,
    /// Results file of the candidate, measured on the same machine
    #[arg(value_name = "RESULTS2", conflicts_with_all = ["reference", "pairwise"])]
    candidate: Option<PathBuf>,
    /// Runner that the others are compared with [default: the run's reference]
    #[arg(long, value_name = "RUNNER", conflicts_with = "pairwise")]
    reference: Option<String>,
    /// Compare every pair of runners
    #[arg(long)]
    pairwise: bool,
    /// Regular expression on cell names; a cell must match at least one
    #[arg(long = "filter", value_name = "REGEX", value_parser = regex)]
    filters: Vec<Regex>,
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// List every row, including rows without a difference
    #[arg(long, short)]
    verbose: bool,
    /// Write to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Also write a report page and its data to this folder
    #[arg(long, value_name = "DIR")]
    report: Option<PathBuf>,
    /// A row is a regression if it is slower by more than this
    #[arg(long, value_name = "PERCENT", default_value = "1%", value_parser = percent)]
    threshold: f64,
    /// Exit with 1 on a regression; `inconclusive` also exits with 3 if a row has no result [default:
    /// `regression` for two files, nothing for one]
    #[arg(long, value_enum, value_name = "WHAT")]
    fail_on: Option<Gate>,
}

/// Output format of a comparison.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Format {
    /// An aligned table.
    Text,
    /// A table for a pull request.
    Markdown,
    /// The document, schema `runtime-bench/comparison/1`.
    Json,
    /// `JUnit` XML for CI systems.
    Junit,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Gate {
    /// A row that failed, or is slower by more than the threshold.
    Regression,
    /// A regression, or a row without a result.
    Inconclusive,
}

impl From<Gate> for FailOn {
    fn from(gate: Gate) -> Self {
        match gate {
            Gate::Regression => Self::Regression,
            Gate::Inconclusive => Self::Inconclusive,
        }
    }
}

/// Runs the command.
///
/// # Errors
/// When a file cannot be read or written, nothing matches, or the gate does not pass.
pub fn run(args: &CompareArgs) -> Result<(), Error> {
    let inputs: Vec<&Path> = [Some(&args.base), args.candidate.as_ref()]
        .into_iter()
        .flatten()
        .map(PathBuf::as_path)
        .collect();
    if let Some(out) = &args.out {
        refuse_to_overwrite(out, &inputs)?;
    }
    let runs: Vec<Run> = inputs.iter().map(|path| store::read(path)).collect::<Result<_, _>>()?;
    let wanted = |key: &CellKey| {
        let name = key.to_string();
        args.filters.is_empty() || args.filters.iter().any(|filter| filter.is_match(&name))
    };
    if !runs.iter().flat_map(|run| &run.header.plan.cells).any(|cell| wanted(&cell.key)) {
        return Err(nothing_matches(&args.filters, &runs));
    }
    let labels: Vec<String> = inputs.iter().map(|path| path.display().to_string()).collect();
    let (document, usual) = match runs.as_slice() {
        [base, candidate] => {
            let document = files((&labels[0], base), (&labels[1], candidate), &wanted);
            (document, FailOn::Regression)
        }
        _ => (of_one(args, &labels[0], &runs[0], &wanted)?, FailOn::Nothing),
    };
    let as_matrix =
        runs.len() == 1 && !args.pairwise && !args.verbose && matches!(args.format, Format::Text);
    let matrix = as_matrix.then(|| matrix(args, &runs[0], &wanted));
    let fail_on = args.fail_on.map_or(usual, FailOn::from);
    let judged = Judged::new(document, fail_on, args.threshold);
    write_report(&judged, &[], args.report.as_deref())?;
    let form = Form { verbose: args.verbose, matrix: matrix.as_deref(), ..Form::default() };
    finish(&judged, args.format, form, args.out.as_deref())
}

/// The runners of one file.
fn of_one(
    args: &CompareArgs,
    label: &str,
    run: &Run,
    wanted: &dyn Fn(&CellKey) -> bool,
) -> Result<Document, Error> {
    let reference = args.reference.as_deref().unwrap_or(&run.header.plan.reference);
    if args.pairwise {
        return Ok(runners(label, run, Against::EachOther, wanted));
    }
    let mut known: Vec<&str> =
        run.header.plan.cells.iter().map(|cell| cell.key.runner.as_str()).collect();
    known.sort_unstable();
    known.dedup();
    if !known.contains(&reference) {
        return Err(Error::Usage(format!(
            "{label} has no runner `{reference}`{}\nhelp: its runners are {}",
            nearest(reference, &known),
            known.join(", ")
        )));
    }
    Ok(runners(label, run, Against::Reference(reference), wanted))
}

/// Writes the page of a comparison, if requested.
///
/// # Errors
/// When it cannot be written.
pub(crate) fn write_report(
    judged: &Judged,
    profiles: &[RowProfile],
    folder: Option<&Path>,
) -> Result<(), Error> {
    let Some(folder) = folder else { return Ok(()) };
    let command: Vec<String> = std::env::args().collect();
    let page = render::write_page(judged, &command, profiles, folder).map_err(Error::report)?;
    print_error(&format!("report: {}", page.display()));
    Ok(())
}

/// The runners of one file, one line per comparison.
fn matrix(args: &CompareArgs, run: &Run, wanted: &dyn Fn(&CellKey) -> bool) -> String {
    let mut run = run.clone();
    run.header.plan.reference = args.reference.clone().unwrap_or(run.header.plan.reference);
    let mut analysis = analyze(&run);
    let reference = &run.header.plan.reference;
    for group in &mut analysis.groups {
        let is_wanted = group.rows.iter().any(|row| wanted(&row.key));
        group.rows.retain(|row| is_wanted && (wanted(&row.key) || row.key.runner == *reference));
    }
    analysis.groups.retain(|group| !group.rows.is_empty());
    terminal::matrix(&run, &analysis, Detail::new(false))
}

/// Writes a judged comparison and returns the result of its gate.
///
/// # Errors
/// When it cannot be written, or the gate does not pass.
pub(crate) fn finish(
    judged: &Judged,
    format: Format,
    form: Form<'_>,
    out: Option<&Path>,
) -> Result<(), Error> {
    let text = match format {
        // If the gate does not pass, the program ends with the gate's message.
        Format::Text => render::text(judged, Form { complete: out.is_some(), ..form }),
        Format::Markdown => render::markdown(judged),
        Format::Json => runtime_bench_reports::json(judged).map_err(Error::report)?,
        Format::Junit => render::junit(judged).map_err(Error::report)?,
    };
    hand_over(&text, matches!(format, Format::Json), out)?;
    ended(judged.outcome, judged.sentence())
}

/// Writes a document to its file, or prints it.
pub(crate) fn hand_over(text: &str, is_json: bool, out: Option<&Path>) -> Result<(), Error> {
    let show = if is_json { print_json } else { print };
    match out {
        // The measurements must not be lost with it.
        Some(path) => write(path, text).or_else(|error| show(text).and(Err(error))),
        None => show(text),
    }
}

/// The error for a gate's outcome, which sets the exit code.
pub(crate) fn ended(outcome: Outcome, sentence: String) -> Result<(), Error> {
    match outcome {
        Outcome::Pass => Ok(()),
        Outcome::Regression => Err(Error::Regression(sentence)),
        Outcome::Inconclusive => Err(Error::Inconclusive(sentence)),
        Outcome::Untrusted => Err(Error::Untrusted(sentence)),
    }
}

fn write(path: &Path, text: &str) -> Result<(), Error> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder.map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(path, text)).map_err(
        |error| {
            Error::CouldNotRun(format!(
                "cannot write {}: {error}\nhelp: choose another --out",
                path.display()
            ))
        },
    )
}

pub(crate) fn refuse_to_overwrite(out: &Path, inputs: &[&Path]) -> Result<(), Error> {
    // A file that does not exist yet has no canonical path, and is not one of the inputs.
    let same = |input: &&Path| {
        let of = |path: &Path| fs::canonicalize(path).ok();
        of(out).is_some() && of(out) == of(input)
    };
    match inputs.iter().copied().find(|input| same(input)) {
        Some(_) => Err(Error::Usage(format!(
            "cannot write --out {}: it is one of the results files\nhelp: choose another name",
            out.display()
        ))),
        None => Ok(()),
    }
}

pub(crate) fn nothing_matches(filters: &[Regex], runs: &[Run]) -> Error {
    let mut names: Vec<&str> = runs
        .iter()
        .flat_map(|run| &run.header.workloads)
        .map(|workload| workload.name.as_str())
        .collect();
    names.sort_unstable();
    names.dedup();
    let patterns: Vec<&str> = filters.iter().map(Regex::as_str).collect();
    if patterns.is_empty() {
        return Error::Inconclusive("nothing to compare: no run has a cell".to_owned());
    }
    Error::Usage(format!(
        "no cell of the results matches `{}`{}\nhelp: their workloads are {}",
        patterns.join("` or `"),
        nearest(patterns[0], &names),
        names.join(", ")
    ))
}

/// A share written as a percentage: `3%`, `3` or `0.5%`.
pub(crate) fn percent(text: &str) -> Result<f64, String> {
    let (number, sign) = match text.strip_suffix('%') {
        Some(number) => (number.trim_end(), true),
        None => (text, false),
    };
    let percent: f64 = number.parse().map_err(|_| "write it as a percentage, such as 3%")?;
    if !(0.0..=1_000.0).contains(&percent) {
        return Err("must be between 0% and 1000%".to_owned());
    }
    if !sign && percent > 0.0 && percent < 1.0 {
        // It is unclear whether this is a share or a percentage.
        let times_hundred = (percent * 1e4).round() / 1e2;
        return Err(format!("write {number}% or {times_hundred}%"));
    }
    Ok(percent / 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_threshold_is_a_percentage() {
        let close = |text: &str, share: f64| {
            let read = percent(text).unwrap();
            assert!((read - share).abs() < 1e-12, "{text}: {read}");
        };
        close("3%", 0.03);
        close("3", 0.03);
        close("0.5%", 0.005);
        close("2.5 %", 0.025);
        close("0", 0.0);
        for wrong in ["", "%", "three", "-1%", "NaN", "inf", "1001%"] {
            assert!(percent(wrong).is_err(), "{wrong}");
        }
        let ambiguous = percent("0.03").unwrap_err();
        assert!(ambiguous.contains("0.03%") && ambiguous.contains("or 3%"), "{ambiguous}");
    }
}
