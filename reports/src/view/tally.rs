//! How often each runner is unbeaten among the comparisons of one kind.

use super::{Group, Runner, Section};

/// A runner and its share of comparisons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tally<'a> {
    /// Name of the runner.
    pub(crate) runner: &'a str,
    /// Comparisons in which nobody of its class is proven faster.
    pub(crate) unbeaten: usize,
    /// Comparisons in which everybody else of its class is proven slower.
    pub(crate) best: usize,
    /// Comparisons with a verdict in which it met a rival of its class.
    pub(crate) of: usize,
    /// Comparisons with a verdict, whether it took part or not.
    pub(crate) decided: usize,
}

impl Tally<'_> {
    /// It took part in every comparison, was beaten in none and the best in at least one.
    pub(crate) fn leads(&self) -> bool {
        self.unbeaten == self.decided && self.best > 0
    }
}

/// The runners of a section, the most often unbeaten first; empty without any verdict.
pub(crate) fn tallies<'a>(section: &Section<'_, 'a>, runners: &[Runner<'a>]) -> Vec<Tally<'a>> {
    let groups = section.workloads.iter().flat_map(|workload| &workload.groups);
    let decided: Vec<&Group<'a>> = groups.filter(|group| group.is_decided()).collect();
    let mut tallies: Vec<Tally<'a>> = runners
        .iter()
        .map(|runner| {
            let rows = decided.iter().filter_map(|group| Some((group, group.row(runner.name)?)));
            let met = rows
                .filter(|(group, row)| group.figure(row).is_some() && group.peers(row).len() > 1);
            let (mut unbeaten, mut best, mut of) = (0, 0, 0);
            for (_, row) in met {
                of += 1;
                unbeaten += usize::from(row.unbeaten);
                best += usize::from(row.best);
            }
            Tally { runner: runner.name, unbeaten, best, of, decided: decided.len() }
        })
        .filter(|tally| tally.of > 0)
        .collect();
    tallies.sort_by_key(|tally| (std::cmp::Reverse(tally.unbeaten), tally.of));
    tallies
}
