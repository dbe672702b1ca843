//! Rounds from costs, and their random order.
//!
//! The rounds of all comparisons are shuffled among each other, so that a burst of foreign load
//! touches a few rounds of many workloads and not all rounds of one.

use std::ops::RangeInclusive;

use fastrand::Rng;
use runtime_bench_results::run::{Reference, Schedule};

use super::request::MAX_SEED;

/// A comparison may cost this many times its budget before it is left to a longer profile: enough
/// for 16 instances of a third of a second in the quick profile, and for 16 that are loaded for a second
/// or 20 steady ones of half a second in the standard one.
const TOLERANCE: f64 = 9.0;

/// Decides how many rounds a comparison of `cells` gets, from the cost of one round.
pub(crate) fn schedule(
    group: String,
    rounds: RangeInclusive<u32>,
    budget_s: f64,
    cells: usize,
    round_cost_s: f64,
) -> Schedule {
    let whole_s = budget_s * cells as f64;
    let (fewest, most) = rounds.into_inner();
    let least_s = round_cost_s * f64::from(fewest);
    let left_out = (least_s > whole_s * TOLERANCE && fewest < most).then(|| {
        let needed = (least_s / cells as f64 * 10.0).ceil() / 10.0;
        format!(
            "{fewest} rounds would take {needed} s a cell, and this run has {budget_s} s: use a \
             longer profile, or --budget {needed}s"
        )
    });
    let rounds = (whole_s / round_cost_s).floor().clamp(f64::from(fewest), f64::from(most)) as u32;
    Schedule {
        group,
        round_cost_s,
        rounds: if left_out.is_some() || cells == 0 { 0 } else { rounds },
        left_out,
        references: Vec::new(),
    }
}

/// Decides in how many of the `rounds` of its comparison a reference row takes part, from the cost of a
/// trial of it.
pub(crate) fn reference(
    cell: usize,
    range: RangeInclusive<u32>,
    budget_s: f64,
    cost_s: f64,
    rounds: u32,
) -> Reference {
    let alone = schedule(String::new(), range, budget_s, 1, cost_s);
    Reference { cell, rounds: alone.rounds.min(rounds), left_out: alone.left_out }
}

/// Whether a row with fewer rounds than its comparison takes part in a round, counted from 1: they are
/// spread evenly.
pub(crate) fn takes_part(round: u32, rounds: u32, of: u32) -> bool {
    let until = |round: u32| u64::from(round) * u64::from(rounds) / u64::from(of.max(1));
    until(round) > until(round.saturating_sub(1))
}

/// The random numbers of one round of one comparison, both counted from 1; of what concerns all, 0. They
/// are the same however much was measured before, so that a run that was stopped goes on as it would have.
pub(crate) fn rng(seed: u64, comparison: usize, round: u32) -> Rng {
    // SplitMix64 (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014,
    // fig. 14): neighbours get seeds that have nothing in common.
    let mixed = [comparison as u64, u64::from(round)].into_iter().fold(seed, |state, word| {
        let z = state.wrapping_add(word.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    });
    Rng::with_seed(mixed)
}

/// Seed of the inputs of a round: the same for all cells of the run, so that they are compared on the same
/// inputs, and another one for each round, so that intervals hold the luck of inputs, too. Outside rounds
/// it is the run's own.
pub(crate) fn input_seed(seed: u64, round: u32) -> u64 {
    if round == 0 { seed } else { rng(seed, usize::MAX, round).u64(..MAX_SEED) }
}

/// Every round of every comparison, as the comparison's index, in random order.
pub(crate) fn order(seed: u64, schedules: &[Schedule]) -> Vec<usize> {
    let rounds = |schedule: &Schedule| schedule.rounds as usize;
    let mut order: Vec<usize> = schedules
        .iter()
        .enumerate()
        .flat_map(|(index, schedule)| std::iter::repeat_n(index, rounds(schedule)))
        .collect();
    rng(seed, 0, 0).shuffle(&mut order);
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rounds(budget_s: f64, round_cost_s: f64) -> Schedule {
        schedule("g".into(), 13..=150, budget_s, 8, round_cost_s)
    }

    #[test]
    fn a_reference_row_takes_part_in_as_many_rounds_as_it_has_time_for() {
        let of = |cost_s: f64, rounds: u32| reference(0, 13..=150, 0.8, cost_s, rounds);
        assert_eq!(of(0.001, 40).rounds, 40);
        assert_eq!(of(0.04, 40).rounds, 20);
        let dear = of(0.7, 40);
        assert_eq!(dear.rounds, 0);
        assert!(dear.left_out.unwrap().contains("--budget 9.1s"));
        for (rounds, of) in [(40, 40), (20, 40), (13, 40), (0, 40), (13, 13), (7, 9)] {
            let taken = (1..=of).filter(|round| takes_part(*round, rounds, of)).count();
            assert_eq!(taken, rounds as usize, "{rounds} of {of}");
        }
        let spread: Vec<u32> = (1..=9).filter(|round| takes_part(*round, 3, 9)).collect();
        assert_eq!(spread, [3, 6, 9]);
    }

    #[test]
    fn rounds_fill_the_budget_between_thirteen_and_a_hundred_and_fifty() {
        assert_eq!(rounds(0.8, 0.2).rounds, 32);
        assert_eq!(rounds(0.8, 0.001).rounds, 150);
        assert_eq!(rounds(0.8, 2.4).rounds, 13);
    }

    #[test]
    fn what_cannot_get_thirteen_is_left_out_and_says_what_it_needs() {
        let schedule = rounds(0.8, 8.0);
        assert_eq!(schedule.rounds, 0);
        assert!(schedule.left_out.unwrap().contains("--budget 13s"));
        assert_eq!(rounds(13.0, 8.0).rounds, 13);
    }

    #[test]
    fn every_round_has_numbers_of_its_own() {
        let first = |seed, comparison, round| rng(seed, comparison, round).u64(..);
        let drawn = (0..3).flat_map(|seed| {
            (0..40).flat_map(move |group| (0..40).map(move |round| first(seed, group, round)))
        });
        assert_eq!(drawn.collect::<std::collections::HashSet<u64>>().len(), 3 * 40 * 40);
        assert_eq!(first(7, 2, 3), first(7, 2, 3));
    }

    #[test]
    fn an_order_holds_every_round_once() {
        for seed in 0..300 {
            let mut rng = Rng::with_seed(seed);
            let rounds: Vec<u32> = (0..rng.usize(..12)).map(|_| rng.u32(..40)).collect();
            let schedule = |&rounds: &u32| Schedule {
                group: String::new(),
                round_cost_s: 0.0,
                rounds,
                left_out: None,
                references: Vec::new(),
            };
            let schedules: Vec<Schedule> = rounds.iter().map(schedule).collect();
            let order = order(seed, &schedules);
            for (index, &rounds) in rounds.iter().enumerate() {
                let count = order.iter().filter(|&&i| i == index).count();
                assert_eq!(count, rounds as usize, "seed {seed}");
            }
            assert!(order.iter().all(|&index| index < rounds.len()), "seed {seed}");
        }
    }
}
