//! Answers for named use cases: a recommendation, its evidence, and what would change it.
//!
//! - `rules`: the use cases and their workloads.
//! - `field`: the runners that are comparable in all workloads of a rule, in pairs.
//! - `words`: the sentences.

mod field;
mod rules;
mod words;

pub use field::AnswerState;
pub use words::longer_profile;

use serde::Serialize;

use crate::analysis::{Analysis, Gathered};
use crate::stats::lean;
use field::Field;
use rules::{RULES, Rule};
use runtime_bench_results::run::Run;

/// The answer for one use case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// Name in documents and links.
    pub id: &'static str,
    /// The use case in a few words.
    pub question: &'static str,
    /// The runners to use and how the nearest others compare, in at most 72 characters; or why there is no
    /// recommendation.
    pub recommendation: String,
    /// The evidence, one entry per workload.
    pub evidence: Vec<String>,
    /// What would change it: more rounds, other work, or a command.
    pub would_change: String,
    /// How certain it is.
    pub state: AnswerState,
}

impl AnswerState {
    /// The state in a word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Decided => "decided",
            Self::Leaning => "leaning",
            Self::Open => "open",
            Self::NotMeasured => "not measured",
        }
    }
}

/// Answers every use case. `gathered` and `analysis` are those of the same run.
pub fn answers(run: &Run, gathered: &Gathered<'_>, analysis: &Analysis) -> Vec<Answer> {
    let mut fields: Vec<Result<Field<'_>, String>> =
        RULES.iter().map(|rule| Field::of(rule, run, analysis, gathered)).collect();
    // For comparisons with the reference, the table of the run decides whether they lean.
    let new = fields.iter_mut().flatten().flat_map(Field::new_comparisons);
    lean(new);
    let answered = RULES.iter().zip(&fields);
    answered.map(|(rule, field)| answer(run, rule, field.as_ref())).collect()
}

fn answer(run: &Run, rule: &Rule, field: Result<&Field<'_>, &String>) -> Answer {
    let field = match field {
        Ok(field) => field,
        Err(why) => {
            return Answer {
                id: rule.id,
                question: rule.question,
                recommendation: format!("not measured: {why}"),
                evidence: Vec::new(),
                would_change: format!(
                    "measure it with `{}`",
                    words::command(run, rule.workloads, false)
                ),
                state: AnswerState::NotMeasured,
            };
        }
    };
    let pick = field.pick();
    let state = field.state(&pick);
    let would_change = match state {
        AnswerState::Decided => rule.unless.to_owned(),
        _ => words::more_rounds(run, field, &pick),
    };
    Answer {
        id: rule.id,
        question: rule.question,
        recommendation: words::recommendation(rule, field, &pick),
        evidence: words::evidence(field, &pick),
        would_change,
        state,
    }
}
