//! What a comparison found, in sentences computed from its rows.

use std::fmt;

use runtime_bench_analysis::analysis::{Row, Status};
use runtime_bench_analysis::stats::Verdict;
use runtime_bench_results::catalogue::Class;

use super::group::Group;
use super::wording;
use crate::format;

/// What a comparison found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    /// Who is unbeaten, or why nothing can be said.
    pub(crate) lead: String,
    /// How the others differ from the reference.
    pub(crate) detail: Option<String>,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.lead)?;
        match &self.detail {
            Some(detail) => write!(f, " {detail}"),
            None => Ok(()),
        }
    }
}

impl Finding {
    /// What a comparison found.
    pub(crate) fn of(group: &Group<'_>) -> Self {
        let measured: Vec<&Row> = group.measured().filter(|row| row.is_ranked()).collect();
        let only = |lead: String| Self { lead, detail: None };
        match measured.as_slice() {
            [] => only(nothing(group)),
            [one] => only(format!(
                "Only {} has a figure, so there is nothing to compare.",
                one.key.runner
            )),
            _ if !group.is_decided() => {
                only("No verdict: too few rounds to tell the runners apart.".to_owned())
            }
            _ => Self { lead: leaders(group, &measured), detail: differences(group, &measured) },
        }
    }
}

fn nothing(group: &Group<'_>) -> String {
    let failed =
        group.source.rows.iter().filter(|row| matches!(row.status, Status::Failed(_))).count();
    match failed {
        0 => "No runner has a figure; each says why.".to_owned(),
        _ => format!(
            "No runner has a figure: {} failed; each says why.",
            format::count(failed, "runner")
        ),
    }
}

/// Who is unbeaten, class by class; a class of one has no leader.
fn leaders(group: &Group<'_>, measured: &[&Row]) -> String {
    let mut sentences = Vec::new();
    let mut done: Vec<&str> = Vec::new();
    for row in measured {
        if done.contains(&row.key.runner.as_str()) {
            continue;
        }
        let peers = group.peers(row);
        done.extend(peers.iter().map(|peer| peer.key.runner.as_str()));
        if peers.len() > 1 {
            let among = match group.class(row) {
                Some(Class::Reference) => "Among the reference rows: ",
                _ => "",
            };
            sentences.push(format!("{among}{}", leaders_of(&peers)));
        }
    }
    if sentences.is_empty() {
        return "No two runners of one class have a result, so none is ranked.".to_owned();
    }
    sentences.join(" ")
}

fn leaders_of(peers: &[&Row]) -> String {
    let unbeaten = peers.iter().filter(|peer| peer.beaten_by.is_empty());
    let unbeaten: Vec<&str> = unbeaten.map(|peer| peer.key.runner.as_str()).collect();
    match unbeaten.as_slice() {
        [] if peers.iter().all(|peer| !peer.beaten_by.is_empty()) => {
            "Each runner is beaten by another.".to_owned()
        }
        [] => {
            let names: Vec<&str> = peers.iter().map(|peer| peer.key.runner.as_str()).collect();
            format!("No verdict on {}: too few rounds.", format::list(&names))
        }
        [one] => format!("{one} alone is unbeaten."),
        [one, two] if peers.len() == 2 => format!("Neither {one} nor {two} is beaten."),
        all if all.len() == peers.len() => format!("None of {} is beaten.", format::list(all)),
        some => format!("{} are unbeaten.", format::list(some)),
    }
}

/// How the others differ from the reference, the cheapest first.
fn differences(group: &Group<'_>, measured: &[&Row]) -> Option<String> {
    let reference = group.reference()?;
    let mut rows: Vec<&Row> = measured.to_vec();
    let ratio = |row: &Row| row.comparison.as_ref().and_then(|comparison| comparison.ratio);
    rows.sort_by(|a, b| ratio(a).unwrap_or(1.0).total_cmp(&ratio(b).unwrap_or(1.0)));
    let (mut ties, mut inconclusive): (Vec<String>, Vec<String>) = Default::default();
    let mut parts: Vec<String> = Vec::new();
    for row in rows {
        let Some(comparison) = &row.comparison else { continue };
        let name = named(group, row);
        if comparison.verdict == Verdict::Tie {
            ties.push(name);
        } else if comparison.verdict == Verdict::Open {
            inconclusive.push(name);
        } else if let Some(words) = wording::difference(comparison, group.unit()) {
            parts.push(format!("{name} {words}"));
        }
    }
    match ties.as_slice() {
        [] => {}
        [one] => parts.push(format!("{one} ties")),
        many => parts.push(format!("{} tie", format::list(many))),
    }
    if !inconclusive.is_empty() {
        parts.push(format!("{} inconclusive", format::list(&inconclusive)));
    }
    if parts.is_empty() {
        return None;
    }
    Some(format!("Against {}: {}.", reference.key.runner, parts.join("; ")))
}

/// A runner without a rival of its class is compared, but not ranked.
fn named(group: &Group<'_>, row: &Row) -> String {
    let name = &row.key.runner;
    if group.peers(row).len() > 1 {
        return name.clone();
    }
    let class = wording::class(group.class(row)).to_lowercase();
    format!("{name} ({class}, not ranked)")
}
