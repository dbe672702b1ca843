//! The content of a site's preview picture: title, machine, date, and the strongest answers.

use runtime_bench_analysis::answers::{Answer, AnswerState};

use super::{answers, document, header};
use crate::ReportError;
use crate::files::File;
use crate::preview::Preview;
use crate::view::View;
use crate::view::finding::Finding;

/// The picture.
pub(super) fn file(view: &View<'_>) -> Result<File<'static>, ReportError> {
    let counts = view.counts;
    Preview {
        title: header::title(view),
        facts: header::machine_and_date(view.run),
        parts: vec![
            (counts.settled, "good"),
            (counts.same, "link"),
            (counts.leaning, "caution"),
            (counts.open, "line"),
        ],
        summary: document::description(view),
        rows: rows(view),
    }
    .file()
}

/// The answers, the strongest first; for a run without answers, the results of its first workloads.
fn rows(view: &View<'_>) -> Vec<[String; 3]> {
    let measured = view.answers.iter().filter(|answer| answer.state != AnswerState::NotMeasured);
    let mut found: Vec<&Answer> = measured.collect();
    found.sort_by_key(|answer| answer.state);
    if found.is_empty() {
        let main = view.compared_groups().map(|group| (group.title, Finding::of(group).lead));
        return main.map(|(title, lead)| [title.to_owned(), String::new(), lead]).collect();
    }
    let row = |answer: &&Answer| {
        let (name, rivals) = answers::parts(&answer.recommendation);
        [answer.question, name, rivals].map(str::to_owned)
    };
    found.iter().map(row).collect()
}
