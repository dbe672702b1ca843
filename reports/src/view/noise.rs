//! Disturbances of a comparison, in sentences.

use runtime_bench_analysis::analysis::{
    AaControl, Analysis, Group, GroupNoise, LOADED, LoadChange, Row,
};
use runtime_bench_analysis::stats::ControlCheck;
use runtime_bench_results::interruption::Break;
use runtime_bench_results::run::Run;

use super::wording;
use crate::format;

/// `other programs used 0.7 of 2 cores, so multi-threaded runners had fewer`; `None` if the cores were free
/// or not monitored.
pub(crate) fn busy_cores(noise: &GroupNoise) -> Option<String> {
    if !noise.crowded() {
        return None;
    }
    let (free, ideal) = (noise.free_cores()?, noise.ideal_cores?);
    Some(format!(
        "other programs used {:.1} of {ideal:.0} cores, so multi-threaded runners had fewer",
        (ideal - free).max(0.0)
    ))
}

/// `50 of 160 trials ran while other programs used 0.5 cores or more`; `None` below one in ten, which is
/// common.
pub(crate) fn loaded(noise: &GroupNoise) -> Option<String> {
    (noise.loaded > 0 && noise.loaded * 10 >= noise.trials).then(|| {
        format!(
            "{} of {} ran while other programs used {LOADED} cores or more",
            noise.loaded,
            format::count(noise.trials, "trial")
        )
    })
}

/// A note that a run did not finish.
pub(crate) fn unfinished(run: &Run) -> Option<&'static str> {
    match run.end {
        None => Some("The run is incomplete: it was killed, or it is still running."),
        Some(end) if end.interrupted => Some("The run was stopped before it was complete."),
        Some(_) => None,
    }
}

/// Relevant disturbances of a whole run, a sentence each.
pub(crate) fn run_warnings(run: &Run, analysis: &Analysis) -> impl Iterator<Item = String> {
    let load_change = analysis.load_change.as_ref().map(load_change);
    load_change.into_iter().chain(resumed(run)).map(|words| sentence(&words))
}

/// `Other programs used 1.2 cores from minute 2 on, 0.1 before`.
fn load_change(change: &LoadChange) -> String {
    let LoadChange { at_s, before, after } = change;
    let since = if *at_s < 120.0 {
        format!("second {at_s:.0}")
    } else {
        format!("minute {:.0}", at_s / 60.0)
    };
    format!(
        "Other programs used {after:.1} cores from {since} on, {before:.1} before. Runners take \
         turns, so all of them were affected"
    )
}

/// `tokio lost 2 samples and smol 1 sample to machine stalls or interruptions`; `None` if
/// none did.
pub(crate) fn dropped(group: &Group) -> Option<String> {
    let lost = group.rows.iter().filter(|row| row.dropped > 0);
    let part =
        |row: &Row| format!("{} lost {}", row.key.runner, format::count(row.dropped, "sample"));
    let parts: Vec<String> = lost.map(part).collect();
    (!parts.is_empty())
        .then(|| format!("{} to machine stalls or interruptions", format::list(&parts)))
}

/// `the run was stopped and resumed 1 time, last on …`; `None` for an uninterrupted run.
fn resumed(run: &Run) -> Option<String> {
    let of_shards = run.shards.iter().flat_map(|shard| &shard.breaks);
    let breaks: Vec<&Break> = run.breaks.iter().chain(of_shards).collect();
    let last = breaks.last()?;
    let partial_round = breaks.iter().filter(|one| one.partial_round.is_some()).count();
    let times = format::count(breaks.len(), "time");
    let partial_round = if partial_round == 0 {
        String::new()
    } else {
        format!("; partial rounds excluded: {partial_round}")
    };
    Some(format!(
        "the run was stopped and resumed {times}, last on {}{partial_round}",
        last.resumed
    ))
}

/// `smol is client-bound and not compared: the load generator used 0.91 of its one core`; `None` if none is.
pub(crate) fn client_bound(group: &Group) -> Option<String> {
    let part = |row: &Row| {
        let why = row.client_bound.as_ref()?;
        Some(format!("{} is client-bound and not compared: {why}", row.key.runner))
    };
    let parts: Vec<String> = group.rows.iter().filter_map(part).collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}

/// The result of the A/A control, unless it passed.
pub(crate) fn control(group: &Group) -> Option<String> {
    let AaControl { comparison, check } = group.control.as_ref()?;
    let against = |interval| format!("itself: {}×", format::ratio_interval(interval));
    let showed = comparison.interval.map_or_else(|| "itself".to_owned(), against);
    match check {
        ControlCheck::Passed => None,
        ControlCheck::Inconclusive => Some(format!(
            "the A/A control is inconclusive ({} against {showed}), so small differences stay open",
            comparison.reference
        )),
        ControlCheck::Failed => Some(format!(
            "the A/A control failed ({} against {showed}): do not trust this comparison",
            comparison.reference
        )),
    }
}

/// Adds a capital letter and a period.
pub(crate) fn sentence(words: &str) -> String {
    if words.is_empty() { String::new() } else { format!("{}.", wording::capital(words)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn busy_cores_are_reported_with_both_numbers() {
        let noise =
            GroupNoise { free_median: Some(0.65), ideal_cores: Some(2.0), ..GroupNoise::default() };
        let words = busy_cores(&noise).unwrap();
        assert!(words.starts_with("other programs used 0.7 of 2 cores"), "{words}");
        assert!(sentence(&words).starts_with("Other") && sentence(&words).ends_with("fewer."));
        assert_eq!(loaded(&noise), None);
        let words = loaded(&GroupNoise { loaded: 50, trials: 160, ..noise }).unwrap();
        assert!(words.starts_with("50 of 160 trials ran"), "{words}");
        assert_eq!(busy_cores(&GroupNoise { free_median: Some(0.9), ..noise }), None);
        assert_eq!(busy_cores(&GroupNoise::default()), None);
    }
}
