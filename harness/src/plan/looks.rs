//! Looks: the numbers of rounds at which a comparison is judged, and which rows get the remaining time.
//!
//! The numbers of rounds are fixed before the first round, so that a look may stop a comparison and its error
//! level still holds (see [`Levels`](runtime_bench_analysis::analysis::Levels)). Which comparisons continue
//! may then depend on everything measured so far.

use runtime_bench_analysis::analysis::{Levels, ladder};
use runtime_bench_analysis::stats::fewest_pairs;
use runtime_bench_results::run::{Allocation, Look, Plan, StoppedRow};

use super::groups::Group;
use super::profile::Profile;
use super::schedule::Count;

/// Additional rounds, so that a stall does not leave a comparison without a verdict.
const SPARE_ROUNDS: u32 = 2;

/// The range of rounds of a comparison: enough for a verdict at its level, one of the `levels` of the plan.
pub(crate) fn count(plan: &Plan, levels: &Levels<'_>, profile: Profile, group: &Group) -> Count {
    if let Some(rounds) = plan.rounds {
        return Count::Exactly(rounds);
    }
    let workload = &plan.cells[group.cells[0]].key.workload;
    let level = levels.level(workload);
    let (least, most) = profile.rounds(group.phase).into_inner();
    let fewest = fewest_pairs(level) as u32;
    if plan.looks > 1 {
        return Count::Looks(ladder(fewest.max(least), most, plan.looks));
    }
    let fewest = (fewest + SPARE_ROUNDS).max(least);
    Count::Fitting(fewest..=fewest.max(most))
}

/// A comparison with rows that have no answer yet.
#[derive(Debug)]
pub(crate) struct OpenGroup<'a> {
    /// Its reference and A/A control, which every row needs.
    pub(crate) shared: Vec<usize>,
    /// Time of these per round, seconds.
    pub(crate) shared_s: f64,
    /// Rounds so far.
    pub(crate) rounds: u32,
    /// Rounds until each remaining look.
    pub(crate) looks: &'a [u32],
    pub(crate) rows: Vec<OpenRow>,
}

/// A row without an answer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OpenRow {
    pub(crate) cell: usize,
    /// Duration of a trial, seconds.
    pub(crate) trial_s: f64,
    /// Number of further rounds that its answer needs; `None` if it is out of reach.
    pub(crate) more: Option<u32>,
}

impl OpenGroup<'_> {
    /// Rounds until the look that should answer a row.
    fn target(&self, row: &OpenRow) -> Option<u32> {
        let needed = self.rounds.saturating_add(row.more?);
        self.looks.iter().copied().find(|&look| look >= needed)
    }

    /// Time of rows until their looks, seconds, if the group continues until `reach` anyway.
    fn cost_s(&self, rows: &[(u32, OpenRow)], reach: u32) -> f64 {
        let own = rows.iter().map(|(look, row)| f64::from(look - self.rounds) * row.trial_s);
        let longest = rows.iter().map(|(look, _)| look.saturating_sub(reach)).max().unwrap_or(0);
        own.sum::<f64>() + f64::from(longest) * self.shared_s
    }
}

/// Chooses what continues in the remaining time: first the rows whose answers are cheapest, then, if
/// there is time, the rows that are cheapest to judge again. The estimated costs are rough.
///
/// Rows of a comparison share its reference and control, so the choice is between sets of rows: in each
/// comparison, the rows with the nearest looks, as many as minimize their mean cost.
pub(crate) fn allocate(groups: &[OpenGroup<'_>], left_s: f64) -> Look {
    let mut reach: Vec<u32> = groups.iter().map(|group| group.rounds).collect();
    let mut chosen: Vec<Vec<usize>> = vec![Vec::new(); groups.len()];
    let mut rest_s = left_s;
    let answer = |group: &OpenGroup<'_>, row: &OpenRow| group.target(row);
    let look_again = |group: &OpenGroup<'_>, _: &OpenRow| group.looks.first().copied();
    for until in [&answer as &dyn Fn(&OpenGroup<'_>, &OpenRow) -> Option<u32>, &look_again] {
        let open = groups.iter().zip(&chosen).map(|(group, chosen)| {
            let rows = group.rows.iter().filter(|row| !chosen.contains(&row.cell));
            let mut rows: Vec<(u32, OpenRow)> =
                rows.filter_map(|row| Some((until(group, row)?, *row))).collect();
            rows.sort_by_key(|(until, _)| *until);
            rows
        });
        let mut waiting: Vec<Vec<(u32, OpenRow)>> = open.collect();
        while let Some((index, count, cost_s)) = cheapest(groups, &waiting, &reach, rest_s) {
            rest_s -= cost_s;
            for (until, row) in waiting[index].drain(..count) {
                reach[index] = reach[index].max(until);
                chosen[index].push(row.cell);
            }
        }
    }
    let mut look = Look { left_s, ..Look::default() };
    for (group, mut chosen) in groups.iter().zip(chosen) {
        let stopped = group.rows.iter().filter(|row| !chosen.contains(&row.cell)).map(|row| {
            let needs_s =
                group.target(row).map(|until| group.cost_s(&[(until, *row)], group.rounds));
            StoppedRow { cell: row.cell, needs_s }
        });
        look.stopped.extend(stopped);
        if let Some(&rounds) = group.looks.first().filter(|_| !chosen.is_empty()) {
            let mut cells = group.shared.clone();
            cells.append(&mut chosen);
            look.going_on.push(Allocation { cells, rounds });
        }
    }
    look
}

/// The comparison, the number of its rows, and their time, with the lowest cost per row that fits.
fn cheapest(
    groups: &[OpenGroup<'_>],
    waiting: &[Vec<(u32, OpenRow)>],
    reach: &[u32],
    left_s: f64,
) -> Option<(usize, usize, f64)> {
    let sets = groups.iter().enumerate().flat_map(|(index, group)| {
        let rows = &waiting[index];
        (1..=rows.len())
            .map(move |count| (index, count, group.cost_s(&rows[..count], reach[index])))
    });
    let a_row = |&(_, count, cost_s): &(usize, usize, f64)| cost_s / count as f64;
    sets.filter(|(_, _, cost_s)| *cost_s <= left_s).min_by(|a, b| a_row(a).total_cmp(&a_row(b)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(looks: &[u32], rows: Vec<OpenRow>) -> OpenGroup<'_> {
        OpenGroup { shared: vec![0, 1], shared_s: 0.02, rounds: 20, looks, rows }
    }

    fn row(cell: usize, more: Option<u32>) -> OpenRow {
        OpenRow { cell, trial_s: 0.01, more }
    }

    #[test]
    fn looks_grow_and_reach_the_most_rounds() {
        for looks in 1..8 {
            let ladder = ladder(13, 150, looks);
            assert_eq!(ladder.len(), looks);
            assert!(ladder.is_sorted_by(|a, b| a < b), "{ladder:?}");
            assert!(looks == 1 || *ladder.last().unwrap() == 150, "{ladder:?}");
        }
        assert_eq!(ladder(200, 150, 6).len(), 1, "more at once than ever are one look");
    }

    #[test]
    fn cheap_answers_come_first_and_the_rest_report_the_time_they_need() {
        let looks = [40, 80];
        let groups = [
            group(&looks, vec![row(2, Some(50)), row(3, Some(5))]),
            group(&looks, vec![row(4, Some(1_000)), row(5, None)]),
        ];
        // The near row takes 20 · 10 ms and 20 · 20 ms; the far one of its group 60 · 10 ms and 40 · 20 ms more.
        let going_on = |left_s: f64| allocate(&groups, left_s).going_on;
        let near = Allocation { cells: vec![0, 1, 3], rounds: 40 };
        assert_eq!(going_on(0.1), []);
        assert_eq!(going_on(0.65), [near]);
        // Time for no other answer, but for another look at that row.
        let both = Allocation { cells: vec![0, 1, 3, 2], rounds: 40 };
        assert_eq!(going_on(0.85), std::slice::from_ref(&both));
        let far = Allocation { cells: vec![0, 1, 4, 5], rounds: 40 };
        assert_eq!(going_on(2.9), [both, far], "the unlikely last");
        let stopped = allocate(&groups, 0.65).stopped;
        let needs_ms = |row: &StoppedRow| row.needs_s.map(|s| (s * 1e3).round() as u32);
        let needs: Vec<_> = stopped.iter().map(|row| (row.cell, needs_ms(row))).collect();
        assert_eq!(needs, [(2, Some(1_800)), (4, None), (5, None)]);
    }
}
