//! Judges a document: pass or fail.

use serde::{Deserialize, Serialize};

use super::{Document, Row, Word};

/// The condition on which a gate fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum FailOn {
    /// Never.
    Nothing,
    /// A row that regressed.
    Regression,
    /// A regression, or a row without a result.
    Inconclusive,
}

/// The outcome of a gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// No regression.
    Pass,
    /// A row regressed.
    Regression,
    /// No row has a result, or a row that the gate requires has none.
    Inconclusive,
    /// The control of a run failed.
    Untrusted,
}

impl Outcome {
    /// The outcome in a word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Regression => "regression",
            Self::Inconclusive => "inconclusive",
            Self::Untrusted => "untrusted",
        }
    }
}

/// Judges a document. A *regression* is a row whose candidate failed, or that is slower with its
/// whole interval beyond `threshold`, a share such as 0.01.
///
/// - A failure is a regression even if the control failed.
/// - A document without rows is inconclusive, and so is one that should fail on a regression but has no
///   row with a result: a gate that compared nothing has not passed.
pub fn judge(document: &Document, fail_on: FailOn, threshold: f64) -> Outcome {
    let any = |of: &dyn Fn(&Row) -> bool| document.rows.iter().any(of);
    let open = |row: &Row| row.word.is_open();
    if any(&|row| regressed(document, row, fail_on, threshold)) {
        Outcome::Regression
    } else if document.untrusted.is_some() {
        Outcome::Untrusted
    } else if document.rows.is_empty() {
        Outcome::Inconclusive
    } else {
        match fail_on {
            FailOn::Regression if document.rows.iter().all(open) => Outcome::Inconclusive,
            // A cell that the head no longer runs cannot have been compared.
            FailOn::Inconclusive if any(&open) || !document.only_base.is_empty() => {
                Outcome::Inconclusive
            }
            _ => Outcome::Pass,
        }
    }
}

fn regressed(document: &Document, row: &Row, fail_on: FailOn, threshold: f64) -> bool {
    let beyond = row.interval.is_some_and(|interval| interval.low > 1.0 + threshold);
    fail_on != FailOn::Nothing
        && match row.word {
            Word::Failed => true,
            Word::Slower => beyond && document.untrusted.is_none(),
            _ => false,
        }
}

/// A share as a percentage: 0.07 is 7%, not 7.000000000000001%.
pub(crate) fn in_percent(share: f64) -> f64 {
    (share * 1e6).round() / 1e4
}

/// A document and the outcome of a gate: the complete output.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Judged {
    /// What was compared. Its fields are inlined in JSON.
    #[serde(flatten)]
    pub document: Document,
    /// What the gate fails on.
    pub fail_on: FailOn,
    /// Share that a regression's whole interval lies beyond.
    pub threshold: f64,
    /// The outcome.
    pub outcome: Outcome,
    /// Names of the rows that regressed.
    pub regressions: Vec<String>,
}

impl Judged {
    /// Judges a document by [`judge`].
    pub fn new(document: Document, fail_on: FailOn, threshold: f64) -> Self {
        let outcome = judge(&document, fail_on, threshold);
        let regressed = |row: &&Row| regressed(&document, row, fail_on, threshold);
        let regressions =
            document.rows.iter().filter(regressed).map(|row| row.name.clone()).collect();
        Self { document, fail_on, threshold, outcome, regressions }
    }

    /// Whether a row of the document regressed.
    pub fn regressed(&self, row: &Row) -> bool {
        regressed(&self.document, row, self.fail_on, self.threshold)
    }

    /// The outcome as one sentence with its reason.
    pub fn sentence(&self) -> String {
        let document = &self.document;
        let open = document.rows.iter().filter(|row| row.word.is_open()).count();
        let (regressions, rows) = (self.regressions.len(), document.rows.len());
        let threshold = in_percent(self.threshold);
        match self.outcome {
            Outcome::Pass if self.fail_on == FailOn::Nothing => format!("{rows} rows compared"),
            Outcome::Pass => format!(
                "none of {rows} rows is proven slower by more than {threshold}%{}",
                if open > 0 { format!("; {open} are inconclusive") } else { String::new() }
            ),
            Outcome::Regression => format!(
                "{regressions} of {rows} rows failed or are slower by more than {threshold}%: {}",
                self.regressions.join(", ")
            ),
            Outcome::Untrusted => document.untrusted.clone().unwrap_or_default(),
            Outcome::Inconclusive if rows == 0 => {
                "nothing to compare: no cell is on both sides".to_owned()
            }
            Outcome::Inconclusive => format!(
                "{open} of {rows} rows are inconclusive: see their notes\nhelp: measure longer, on \
                 an idle machine, or interleave both builds with `ab`"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::Interval;

    fn row(word: Word, low: f64) -> Row {
        Row {
            name: format!("{} {low}", word.word()),
            workload: "echo".into(),
            metric: "wall".into(),
            unit: "ns".into(),
            word,
            ratio: Some(low * 1.01),
            interval: Some(Interval { low, high: low * 1.02 }),
            samples: [40, 40],
            margin: 0.01,
            note: String::new(),
        }
    }

    fn document(rows: Vec<Row>) -> Document {
        Document { rows, ..Document::new("a title", "a", "b") }
    }

    #[test]
    fn a_regression_is_slower_beyond_the_threshold() {
        let slower = document(vec![row(Word::Tie, 0.99), row(Word::Slower, 1.05)]);
        assert_eq!(judge(&slower, FailOn::Regression, 0.01), Outcome::Regression);
        assert_eq!(judge(&slower, FailOn::Regression, 0.06), Outcome::Pass);
        assert_eq!(judge(&slower, FailOn::Nothing, 0.01), Outcome::Pass);
        let faster = document(vec![row(Word::Faster, 0.5)]);
        assert_eq!(judge(&faster, FailOn::Inconclusive, 0.01), Outcome::Pass);
        let judged = Judged::new(slower, FailOn::Regression, 0.01);
        assert_eq!(judged.regressions, ["slower 1.05"]);
        assert!(judged.sentence().contains("1 of 2 rows") && judged.sentence().contains("1%"));
    }

    #[test]
    fn failure_is_a_regression_despite_a_failed_control() {
        let mut failed = document(vec![row(Word::Slower, 2.0)]);
        failed.untrusted = Some("told apart".into());
        assert_eq!(judge(&failed, FailOn::Regression, 0.01), Outcome::Untrusted);
        assert_eq!(judge(&failed, FailOn::Nothing, 0.01), Outcome::Untrusted);
        failed.rows.push(Row { interval: None, ratio: None, ..row(Word::Failed, 1.0) });
        let judged = Judged::new(failed, FailOn::Regression, 0.01);
        assert_eq!((judged.outcome, judged.regressions.len()), (Outcome::Regression, 1));
    }

    #[test]
    fn gate_without_results_is_inconclusive() {
        for word in Word::ALL.into_iter().filter(|word| word.is_open()) {
            let all = document(vec![row(word, 1.0), row(word, 1.0)]);
            assert_eq!(judge(&all, FailOn::Regression, 0.01), Outcome::Inconclusive, "{word:?}");
            assert_eq!(judge(&all, FailOn::Nothing, 0.01), Outcome::Pass, "{word:?}");
            let some = document(vec![row(word, 1.0), row(Word::Tie, 1.0)]);
            assert_eq!(judge(&some, FailOn::Regression, 0.01), Outcome::Pass, "{word:?}");
            assert_eq!(judge(&some, FailOn::Inconclusive, 0.01), Outcome::Inconclusive, "{word:?}");
        }
        let none = Judged::new(document(Vec::new()), FailOn::Regression, 0.01);
        assert_eq!(none.outcome, Outcome::Inconclusive);
        assert!(none.sentence().contains("nothing to compare"));
        assert_eq!(judge(&none.document, FailOn::Nothing, 0.01), Outcome::Inconclusive);
    }

    #[test]
    fn a_judged_document_survives_json() {
        let judged = Judged::new(document(vec![row(Word::Tie, 1.0)]), FailOn::Regression, 0.03);
        let text = serde_json::to_string(&judged).unwrap();
        assert!(text.starts_with(r#"{"schema":"runtime-bench/comparison/1","#), "{text}");
        assert_eq!(serde_json::from_str::<Judged>(&text).unwrap(), judged);
    }
}
