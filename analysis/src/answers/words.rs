//! Answers in words.

use super::field::{Field, Pick, Relation};
use super::rules::Rule;
use crate::format;
use crate::stats::Verdict;
use runtime_bench_results::run::Run;

/// Maximum width of a recommendation, in characters: it must fit next to the question on a terminal of 100
/// columns.
const WIDEST: usize = 72;
/// Maximum number of rivals in a recommendation.
const RIVALS: usize = 3;

/// `tokio; smol 21–43% slower`.
pub(super) fn recommendation(rule: &Rule, field: &Field<'_>, pick: &Pick) -> String {
    let (best, noisy) = match pick {
        Pick::Best(best, noisy) => (best, noisy),
        Pick::Split(parts) => return split(field, parts),
        Pick::Same => return format!("any of {}: the same within 10%", names(field, None, "and")),
        Pick::Open => {
            return format::clipped(
                &format!("no clear winner: {}", names(field, None, "and")),
                WIDEST,
            );
        }
    };
    let figure = |runner: usize| rule.figures.then(|| figure(field, runner)).flatten();
    let mut words = names(field, Some(best), "or");
    let own = best.first().and_then(|best| figure(*best));
    words.extend(own.map(|own| format!(" ({}{own})", percentile(field))));
    let mut rivals: Vec<usize> = (0..field.candidates)
        .filter(|rival| !best.contains(rival) && !noisy.contains(rival))
        .collect();
    rivals.sort_by(|a, b| worst(field, *a, best[0]).total_cmp(&worst(field, *b, best[0])));
    let of_rivals = rivals.iter().take(RIVALS).filter_map(|rival| {
        let said = figure(*rival).or_else(|| span(field, *rival, best[0]))?;
        Some(format!("{} {said}", field.runners[*rival]))
    });
    let of_noisy =
        (!noisy.is_empty()).then(|| format!("open: {}", names(field, Some(noisy), "and")));
    for (place, clause) in of_rivals.chain(of_noisy).enumerate() {
        let joint = if place == 0 { "; " } else { ", " };
        if words.chars().count() + joint.len() + clause.chars().count() <= WIDEST {
            words.push_str(joint);
            words.push_str(&clause);
        }
    }
    format::clipped(&words, WIDEST)
}

/// `depends: smol for http-server; tokio for connect-churn`, as many parts as fit.
fn split(field: &Field<'_>, parts: &[(usize, Vec<usize>)]) -> String {
    let mut winners: Vec<(&[usize], Vec<&str>)> = Vec::new();
    for (place, best) in parts {
        let workload = field.groups[*place].workload.as_str();
        match winners.iter_mut().find(|(known, _)| known == best) {
            Some((_, workloads)) => workloads.push(workload),
            None => winners.push((best, vec![workload])),
        }
    }
    let part = |(best, workloads): &(&[usize], Vec<&str>)| {
        format!("{} for {}", names(field, Some(best), "or"), format::list(workloads))
    };
    let mut words = String::new();
    for clause in winners.iter().map(part) {
        let joint = if words.is_empty() { "depends: " } else { "; " };
        if words.chars().count() + joint.len() + clause.chars().count() + 3 > WIDEST {
            words.push_str(if words.is_empty() { "depends on the workload" } else { "; …" });
            break;
        }
        words.push_str(joint);
        words.push_str(&clause);
    }
    words
}

/// The names of some candidates, or of all.
fn names(field: &Field<'_>, some: Option<&[usize]>, joint: &str) -> String {
    let all: Vec<usize> = (0..field.candidates).collect();
    let names = some.unwrap_or(&all).iter().map(|runner| field.runners[*runner]);
    let names: Vec<&str> = names.collect();
    match (names.as_slice(), joint) {
        ([rest @ .., last], "or") if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        (names, _) => names.join(", "),
    }
}

/// `p99 ` if the headline of the first workload is a percentile.
fn percentile(field: &Field<'_>) -> String {
    let headline = field.groups.first().map_or("", |group| group.headline.as_str());
    let is_one = headline
        .strip_prefix('p')
        .is_some_and(|rest| rest.bytes().all(|digit| digit.is_ascii_digit() || digit == b'.'));
    if is_one { format!("{headline} ") } else { String::new() }
}

/// The headline of the first workload: `8.70 ms`, `131 B`.
fn figure(field: &Field<'_>, runner: usize) -> Option<String> {
    let group = field.groups.first()?;
    let row = group.rows.iter().find(|row| row.key.runner == field.runners[runner])?;
    let metric = row.metric(&group.headline)?;
    Some(format::brief(metric.value, &metric.unit))
}

/// The highest cost of a rival relative to `best`.
fn worst(field: &Field<'_>, rival: usize, best: usize) -> f64 {
    let shown = field.relations(rival, best).filter(|relation| !relation.is_open());
    shown.map(|relation| relation.ratio).fold(0.0, f64::max)
}

/// `21–43% slower` over the workloads that show a difference: a runner, compared with the best.
pub(super) fn span(field: &Field<'_>, runner: usize, best: usize) -> Option<String> {
    let shown: Vec<Relation<'_>> =
        field.relations(runner, best).filter(|relation| !relation.is_open()).collect();
    let different: Vec<&Relation<'_>> = shown.iter().filter(|one| !one.is_same()).collect();
    let ratios = different.iter().map(|relation| relation.ratio);
    let low = ratios.clone().min_by(f64::total_cmp);
    let (Some(low), Some(high)) = (low, ratios.max_by(f64::total_cmp)) else {
        return (!shown.is_empty()).then(|| "the same within 10%".to_owned());
    };
    let unit = unit(field, 0);
    let settled = different.iter().any(|one| one.verdict.differs());
    let mark = if settled { "" } else { "~" };
    let same = different.len() < shown.len();
    Some(if same && low >= 1.0 {
        format!("up to {mark}{}", format::change(high, unit))
    } else {
        format!("{mark}{}", format::change_range(low, high, unit))
    })
}

fn unit<'f>(field: &'f Field<'_>, place: usize) -> &'f str {
    let group = field.groups[place];
    let metric = group.rows.iter().find_map(|row| row.metric(&group.headline));
    metric.map_or("", |metric| metric.unit.as_str())
}

/// A line per workload: each runner against the best.
pub(super) fn evidence(field: &Field<'_>, pick: &Pick) -> Vec<String> {
    let of_workload = |place: usize| {
        let best = match pick {
            Pick::Best(best, _) => best[0],
            Pick::Split(parts) => {
                parts.iter().find(|(at, _)| *at == place).map_or(0, |(_, winners)| winners[0])
            }
            Pick::Same | Pick::Open => 0,
        };
        let others = (0..field.runners.len()).filter(|runner| *runner != best);
        let one = |runner: usize| {
            let relation = field.relation(place, runner, best)?;
            let thread = if runner < field.candidates { "" } else { " (one thread)" };
            let said = said(relation, unit(field, place));
            Some(format!("{}{thread} {said}", field.runners[runner]))
        };
        let others: Vec<String> = others.filter_map(one).collect();
        let group = field.groups[place];
        format!("{}: compared with {}, {}", group.workload, field.runners[best], others.join(", "))
    };
    (0..field.groups.len()).map(of_workload).collect()
}

/// `43% slower`, `~6% faster`, `same within 10%`, `0.70–2.1× (open)`.
fn said(relation: Relation<'_>, unit: &str) -> String {
    match relation.verdict {
        _ if relation.is_same() => {
            let within = relation.comparison.within.unwrap_or(0.03);
            format!("same within {}", format::percent(within))
        }
        Verdict::Faster | Verdict::Slower => format::change(relation.ratio, unit),
        Verdict::LeansFaster | Verdict::LeansSlower => {
            format!("~{}", format::change(relation.ratio, unit))
        }
        _ => "open".to_owned(),
    }
}

/// The missing rounds: `about 60 more rounds: cargo bench -- ping-pong --profile standard`.
pub(super) fn more_rounds(run: &Run, field: &Field<'_>, pick: &Pick) -> String {
    let best: Vec<usize> = match pick {
        Pick::Best(best, _) => best.clone(),
        _ => (0..field.candidates).collect(),
    };
    let pairs = best.iter().flat_map(|a| (0..field.candidates).map(move |b| (*a, b)));
    let relations = pairs.filter(|(a, b)| a != b).flat_map(|(a, b)| field.relations(a, b));
    let rounds = relations.filter_map(|relation| relation.comparison.more_rounds).max();
    let workloads: Vec<&str> = field.groups.iter().map(|group| group.workload.as_str()).collect();
    let command = command(run, &workloads, true);
    match rounds {
        Some(rounds) => format!("needs about {rounds} more rounds: `{command}`"),
        None => format!("needs a longer run: `{command}`"),
    }
}

/// The command that measures some workloads, with more rounds than the run had if `longer`.
pub(super) fn command(run: &Run, workloads: &[&str], longer: bool) -> String {
    let cargo = run.header.command.first().is_none_or(|word| word == "cargo");
    let program = if cargo { "cargo bench --" } else { "runtime-bench bench" };
    let profile = longer_profile(&run.header.plan.profile).unwrap_or("thorough");
    let profile = if longer { format!(" --profile {profile}") } else { String::new() };
    format!("{program} {}{profile}", workloads.join(" "))
}

/// The profile with the next higher number of rounds; `None` if there is none.
pub fn longer_profile(profile: &str) -> Option<&'static str> {
    match profile {
        "smoke" | "quick" => Some("standard"),
        "standard" => Some("thorough"),
        _ => None,
    }
}
