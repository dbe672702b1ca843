//! Explains the rows that differ: evidence of both builds, from separate trials.

use runtime_bench_analysis::comparison::{Document, RowExplanation};
use runtime_bench_analysis::explanation::explain_builds;
use runtime_bench_results::run::PlannedCell;

use runtime_bench_harness::error::Error;
use runtime_bench_harness::evidence;
use runtime_bench_harness::process::ProcessExecutor;
use runtime_bench_harness::terminal::print_error;

/// Maximum number of explained rows; each takes several seconds.
const MOST_ROWS: usize = 10;
/// Processes of each build and kind of evidence.
const PROCESSES: usize = 12;

/// The cell of a row, with both builds.
pub struct Subject<'a> {
    /// Name of the row.
    pub row: String,
    /// The cell.
    pub cell: &'a PlannedCell,
    /// Runs it with the base.
    pub base: &'a ProcessExecutor<'a>,
    /// Runs it with the head.
    pub head: &'a ProcessExecutor<'a>,
}

/// Explains the rows that differ most; returns whether it was interrupted.
///
/// Missing evidence is a warning in the document, because the comparison is complete without it.
pub fn explain(document: &mut Document, subjects: &[Subject<'_>], quiet: bool) -> bool {
    let wanted = rows(document);
    let say = |text: &str| {
        if !quiet {
            print_error(text);
        }
    };
    for (place, row) in wanted.iter().enumerate() {
        let Some(subject) = subjects.iter().find(|subject| subject.row == *row) else { continue };
        say(&format!("explaining row {} of {}: {row}", place + 1, wanted.len()));
        match of_row(subject) {
            Ok(found) => document.explanations.push(found),
            Err(Error::Interrupted(_)) => return true,
            Err(error) => {
                document.warnings.push(format!("cannot explain {row}: {}", error.summary()));
            }
        }
    }
    false
}

/// The rows with the largest differences.
fn rows(document: &mut Document) -> Vec<String> {
    // A difference that identical code also shows has no cause in the code.
    if document.untrusted.is_some() {
        return Vec::new();
    }
    let mut rows: Vec<(f64, &str)> = document
        .rows
        .iter()
        .filter(|row| row.is_explainable())
        .filter_map(|row| Some((row.ratio?.ln().abs(), row.name.as_str())))
        .collect();
    rows.sort_by(|a, b| b.0.total_cmp(&a.0));
    let more = rows.len().saturating_sub(MOST_ROWS);
    let wanted = rows.into_iter().take(MOST_ROWS).map(|(_, name)| name.to_owned()).collect();
    if more > 0 {
        document.notes.push(format!(
            "explained: the {MOST_ROWS} rows with the largest differences; for the {more} others, name them in a \
             filter"
        ));
    }
    wanted
}

fn of_row(subject: &Subject<'_>) -> Result<RowExplanation, Error> {
    let Subject { row, cell, base, head } = subject;
    let evidence = evidence::collect([(base, cell), (head, cell)], PROCESSES, false, &|_| ())?;
    let explanation = explain_builds(&evidence[0], &evidence[1]).ok_or_else(|| {
        let missing = evidence.iter().flat_map(|one| &one.missing);
        let why = missing.map(|missing| missing.why.as_str()).next();
        Error::Failed(why.unwrap_or("this system does not split CPU time").to_owned())
    })?;
    Ok(RowExplanation { row: row.clone(), explanation, evidence })
}

#[cfg(test)]
mod tests {
    use super::*;
    use runtime_bench_analysis::comparison::{Row, Word};

    fn row(name: &str, unit: &str, word: Word, ratio: f64) -> Row {
        Row {
            name: name.to_owned(),
            workload: "echo".to_owned(),
            metric: "wall".to_owned(),
            unit: unit.to_owned(),
            word,
            ratio: Some(ratio),
            interval: None,
            samples: [40, 40],
            margin: 0.01,
            note: String::new(),
        }
    }

    #[test]
    fn only_rows_that_differ_in_time_are_explained_the_largest_difference_first() {
        let mut document = Document::new("t", "a", "b");
        document.rows = vec![
            row("slower", "ns", Word::Slower, 1.2),
            row("larger", "B", Word::Slower, 3.0),
            row("open", "ns", Word::Inconclusive, 1.5),
            row("faster", "1/s", Word::Faster, 0.5),
        ];
        assert_eq!(rows(&mut document), ["faster", "slower"]);
        document.untrusted = Some("the A/A control failed".to_owned());
        assert!(rows(&mut document).is_empty());
    }

    #[test]
    fn rows_beyond_the_limit_are_counted() {
        let mut document = Document::new("t", "a", "b");
        document.rows = (0..13)
            .map(|n| row(&n.to_string(), "ns", Word::Slower, 2.0 - 0.01 * f64::from(n)))
            .collect();
        assert_eq!(rows(&mut document).len(), MOST_ROWS);
        assert!(
            document.notes.iter().any(|note| note.contains("3 others")),
            "{:?}",
            document.notes
        );
    }
}
