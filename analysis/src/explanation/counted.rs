//! The counts of each process.

use runtime_bench_results::evidence::{Event, Evidence};

/// The system calls of each process with selected names; `None` if nothing was traced.
pub(super) fn calls(evidence: &Evidence, is_wanted: impl Fn(&str) -> bool) -> Option<Vec<f64>> {
    let calls = || {
        evidence.counts.iter().filter_map(|count| match &count.event {
            Event::Syscall(name) => Some((name, &count.values)),
            _ => None,
        })
    };
    let mut sums = vec![0.0; calls().next()?.1.len()];
    for (_, values) in calls().filter(|(name, _)| is_wanted(name)) {
        sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
    }
    Some(sums)
}

/// The values of an event. A system call that a runner never makes is not in its list.
pub(super) fn values(evidence: &Evidence, event: &Event) -> Option<Vec<f64>> {
    match event {
        Event::Syscall(wanted) => calls(evidence, |name| name == wanted),
        _ => evidence.values(event).map(<[f64]>::to_vec),
    }
}
