//! The CPU time of both builds in the explained rows: flame graphs for the page.

use std::fs;

use runtime_bench_analysis::comparison::Document;
use runtime_bench_reports::comparison::RowProfile;

use runtime_bench_harness::process::interrupt::Interrupt;
use runtime_bench_harness::profiles::{self, Drawing};
use runtime_bench_harness::scratch::Scratch;
use runtime_bench_harness::terminal::print_error;

use super::explain::Subject;

/// Lines about a row.
const LINES: usize = 20;

/// Samples both builds in every explained row, until it is interrupted. `subjects` run trial programs with
/// debug information if these were built.
///
/// If a profile cannot be drawn, the document gets a warning, because the comparison is complete without it.
pub fn profile(
    document: &mut Document,
    subjects: &[Subject<'_>],
    interrupt: &Interrupt,
    quiet: bool,
) -> Vec<RowProfile> {
    let mut found = Vec::new();
    for (place, explained) in document.explanations.iter().enumerate() {
        let row = &explained.row;
        let Some(subject) = subjects.iter().find(|subject| subject.row == *row) else { continue };
        if !quiet {
            let rows = document.explanations.len();
            print_error(&format!("sampling stacks of row {} of {rows}: {row}", place + 1));
        }
        match of_row(subject, interrupt) {
            Ok(profile) => found.push(profile),
            Err(why) => {
                // The later rows would fail for the same reason.
                document.warnings.push(format!("no flame graphs of {row}: {why}"));
                break;
            }
        }
    }
    found
}

/// The profile of a row, or the reason why it is missing.
fn of_row(subject: &Subject<'_>, interrupt: &Interrupt) -> Result<RowProfile, String> {
    let Subject { row, cell, base, head } = subject;
    let folder = Scratch::new().map_err(|error| error.summary())?;
    let base = profiles::Subject { label: "base", cell, executor: base };
    let head = profiles::Subject { label: "candidate", cell, executor: head };
    let drawing = Drawing { title: row, folder: folder.path(), lines: LINES };
    let reply = profiles::profile([&base, &head], &drawing, interrupt);
    let reply = reply.map_err(|missing| missing.reason())?;
    let read = |name: String| {
        let path = folder.path().join(&name);
        let svg = fs::read(&path);
        let svg = svg.map_err(|error| format!("cannot read {}: {error}", path.display()))?;
        Ok((name, svg))
    };
    let graphs = reply.files.into_iter().map(read).collect::<Result<_, String>>()?;
    Ok(RowProfile { row: row.clone(), lines: reply.lines, graphs })
}
