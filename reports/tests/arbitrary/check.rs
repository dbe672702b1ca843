//! Checks that every rendering of any runs must pass.

use std::fs;
use std::path::{Path, PathBuf};

use runtime_bench_analysis::analysis::analyze;
use runtime_bench_analysis::comparison::{Against, FailOn, Judged, files, runners};
use runtime_bench_reports::export::{Format, export};
use runtime_bench_reports::{Options, comparison as render, json, terminal, write_site};
use runtime_bench_results::run::Run;

use super::markup;

/// Renders the runs in every way, and fails if data acts as markup in the output.
pub(crate) fn check(runs: &[Run], options: Options<'_>) {
    for run in runs {
        survives_json(run);
    }
    site(runs, options);
    runs.iter().for_each(exported);
    for run in runs {
        for (verbose, columns) in [(false, 0), (false, 100), (true, 100)] {
            let detail = terminal::Detail { verbose, columns };
            visible("the summary", &terminal::text(run, &analyze(run), detail));
        }
        let reference = Against::Reference(&run.header.plan.reference);
        for against in [reference, Against::EachOther] {
            compared(&Judged::new(runners("a", run, against, &|_| true), FailOn::Nothing, 0.01));
        }
    }
    if let [base, candidate, ..] = runs {
        let document = files(("a", base), ("b", candidate), &|_| true);
        compared(&Judged::new(document, FailOn::Inconclusive, 0.01));
    }
}

/// A file can hold the run.
fn survives_json(run: &Run) {
    let text = serde_json::to_string(run).expect("a run is JSON");
    let read: Run = serde_json::from_str(&text).expect("what was written is read");
    assert!(read == *run, "a run is read as it was written");
}

/// Every export is JSON, a table or visible text.
fn exported(run: &Run) {
    let exported = |format| export(run, &analyze(run), format).ok();
    for format in [Format::GithubActionBenchmark, Format::Bencher] {
        let is_json = |text: &String| serde_json::from_str::<serde_json::Value>(text).is_ok();
        assert!(exported(format).as_ref().is_none_or(is_json));
    }
    if let Some(text) = exported(Format::OpenMetrics) {
        visible("OpenMetrics", &text);
        assert!(text.ends_with("\n# EOF\n"));
    }
}

fn site(runs: &[Run], options: Options<'_>) {
    let around = tempfile::tempdir().expect("a folder can be made");
    let folder = around.path().join("site");
    write_site(runs, &folder, options).expect("the site is written");
    let beside: Vec<PathBuf> = files_below(around.path());
    for path in &beside {
        let name = path.strip_prefix(&folder).expect("it lies in the site").to_string_lossy();
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-./".contains(c);
        assert!(name.chars().all(plain) && !name.contains(".."), "{name}");
        let ending = path.extension().and_then(|ending| ending.to_str());
        if ending == Some("png") {
            assert_eq!(name.rsplit('/').next(), Some("preview.png"));
            continue;
        }
        let text = fs::read_to_string(path).expect("every other file is text");
        match ending {
            Some("html" | "svg") => page(&name, &text),
            Some("md") => markdown(&name, &text),
            Some("csv") => table(&name, &text),
            Some("json") => drop(serde_json::from_str::<serde_json::Value>(&text).expect("JSON")),
            _ => panic!("{name} is a file of no known kind"),
        }
    }
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("it can be listed");
    let paths = entries.map(|entry| entry.expect("it can be read").path());
    paths.flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect()
}

fn page(name: &str, text: &str) {
    markup::check(name, text);
    for bad in ["\u{202e}", "\u{2066}", "\u{200f}", "\u{1b}", "\0", "\u{fffe}", "NaN"] {
        assert!(!text.contains(bad), "{name} holds {bad:?}");
    }
}

/// Data does not act as Markdown, and the rows of each table have as many cells as its head.
fn markdown(name: &str, text: &str) {
    let mut columns = None;
    for line in text.lines() {
        let bare = without_escapes(line);
        for bad in ["<x9", "`x9", "[x9", "*x9", "&x9"] {
            assert!(!bare.contains(bad), "{name}: {line}");
        }
        assert!(!line.contains(char::is_control), "{name}: {line:?}");
        let cells = bare.starts_with('|').then(|| bare.matches('|').count());
        if let (Some(columns), Some(cells)) = (columns, cells) {
            assert_eq!(columns, cells, "{name}: {line}");
        }
        columns = cells;
    }
}

/// A line without the characters that a backslash escapes.
fn without_escapes(line: &str) -> String {
    let mut bare = String::new();
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        if character == '\\' {
            characters.next();
        } else {
            bare.push(character);
        }
    }
    bare
}

/// No cell is a formula, even if a spreadsheet splits cells at semicolons or tabs.
fn table(name: &str, text: &str) {
    let mut reader = csv::ReaderBuilder::new().from_reader(text.as_bytes());
    for row in reader.records() {
        let row = row.expect("every line has as many cells");
        for cell in row.iter().flat_map(|cell| cell.split([';', '\t', '\r', '\n'])) {
            let formula = cell.starts_with(['=', '+', '-', '@']);
            assert!(!formula || cell == "-" || cell.parse::<f64>().is_ok(), "{name}: {cell:?}");
        }
    }
}

/// Nothing that a terminal would interpret.
fn visible(name: &str, text: &str) {
    let bad = text.chars().find(|c| c.is_control() && *c != '\n');
    assert_eq!(bad, None, "{name}: {text:?}");
}

fn compared(judged: &Judged) {
    visible(
        "a comparison",
        &render::text(judged, render::Form { verbose: true, ..Default::default() }),
    );
    markdown("a comparison", &render::markdown(judged));
    let junit = render::junit(judged).expect("a comparison is XML");
    markup::check("a comparison as JUnit XML", &junit);
    let text = json(judged).expect("a comparison is JSON");
    let read: Judged = serde_json::from_str(&text).expect("what was written is read");
    assert!(read == *judged, "a comparison is read as it was written");
}
