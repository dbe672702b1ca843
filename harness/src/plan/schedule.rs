//! Computes rounds from costs, and their random order.
//!
//! The rounds of all comparisons are shuffled, so that a burst of background load affects a few rounds
//! of many workloads instead of all rounds of one.

use std::ops::RangeInclusive;

use fastrand::Rng;
use runtime_bench_results::run::{Reference, Schedule};

use super::request::MAX_SEED;

/// A comparison may cost this many times its budget before it is left to a longer profile: enough for 16
/// instances of a third of a second in the quick profile, and for 16 instances that are loaded for a second,
/// or 20 steady ones of half a second, in the standard one.
const TOLERANCE: f64 = 9.0;

/// Minimum number of processes whose median has a 95% interval.
const REFERENCE_ROUNDS: u32 = 6;

/// The number of rounds of a comparison.
#[derive(Clone, Debug)]
pub(crate) enum Count {
    /// This number, regardless of its cost.
    Exactly(u32),
    /// As many as the budget allows, within a range.
    Fitting(RangeInclusive<u32>),
    /// As many as its answers need, up to one of these looks.
    Looks(Vec<u32>),
}

/// Computes the number of rounds of a comparison of `cells` from the cost of one round.
pub(crate) fn schedule(
    group: String,
    count: Count,
    budget_s: f64,
    cells: usize,
    round_cost_s: f64,
) -> Schedule {
    let whole_s = budget_s * cells as f64;
    let cost_s = |rounds: u32| round_cost_s * f64::from(rounds);
    let (rounds, looks, tolerance) = match count {
        Count::Exactly(rounds) => (rounds, Vec::new(), f64::INFINITY),
        Count::Fitting(range) => {
            let (fewest, most) = range.into_inner();
            let fitting = (whole_s / round_cost_s).floor();
            let tolerance = if fewest < most { TOLERANCE } else { f64::INFINITY };
            (fitting.clamp(f64::from(fewest), f64::from(most)) as u32, Vec::new(), tolerance)
        }
        Count::Looks(mut looks) => (looks.remove(0), looks, TOLERANCE),
    };
    let left_out = (cells > 0 && cost_s(rounds) > whole_s * tolerance).then(|| {
        let needed = (cost_s(rounds) / cells as f64 * 10.0).ceil() / 10.0;
        format!(
            "{rounds} rounds would take {needed} s per cell, but this run has {budget_s} s: use a \
             longer profile, or --budget {needed}s"
        )
    });
    let runs = left_out.is_none() && cells > 0;
    let rounds = if runs { rounds } else { 0 };
    let own_s = if looks.is_empty() || !runs { 0.0 } else { whole_s };
    let time_s = cost_s(rounds).max(own_s);
    Schedule { group, round_cost_s, rounds, looks, time_s, left_out, references: Vec::new() }
}

/// Decides in how many rounds of its comparison a reference row takes part, from the cost of one of its trials,
/// and adds its time to that of the others. It is never ranked, so a median with an interval is enough, or a
/// single figure if there is no time for more.
pub(crate) fn add_reference(schedule: &mut Schedule, cell: usize, budget_s: f64, trial_s: f64) {
    let fitting = (budget_s / trial_s.max(f64::MIN_POSITIVE)).floor() as u32;
    let wanted = if fitting == 0 { 1 } else { fitting.max(REFERENCE_ROUNDS) };
    let rounds = wanted.min(schedule.rounds);
    let own_s = trial_s * f64::from(rounds);
    schedule.round_cost_s += own_s / f64::from(schedule.rounds.max(1));
    schedule.time_s += own_s;
    schedule.references.push(Reference { cell, rounds, left_out: None });
}

/// Whether a row with fewer rounds than its comparison takes part in a round, counted from 1: they are
/// spread evenly.
pub(crate) fn takes_part(round: u32, rounds: u32, of: u32) -> bool {
    let until = |round: u32| u64::from(round) * u64::from(rounds) / u64::from(of.max(1));
    until(round) > until(round.saturating_sub(1))
}

/// The random numbers of one round of one comparison, both counted from 1; 0 for numbers that concern all.
/// They do not depend on what was measured before, so that a resumed run continues exactly as it would have.
pub(crate) fn rng(seed: u64, comparison: usize, round: u32) -> Rng {
    // SplitMix64 (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014,
    // fig. 14): neighbors get unrelated seeds.
    let mixed = [comparison as u64, u64::from(round)].into_iter().fold(seed, |state, word| {
        let z = state.wrapping_add(word.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    });
    Rng::with_seed(mixed)
}

/// Seed of the inputs of a round: the same for all cells of the run, so that they are compared on the same
/// inputs, and a different one for each round, so that intervals include the effect of inputs. Outside rounds
/// it is the run's own seed.
pub(crate) fn input_seed(seed: u64, round: u32) -> u64 {
    if round == 0 { seed } else { rng(seed, usize::MAX, round).u64(..MAX_SEED) }
}

/// Every round of every comparison of a stage in random order, each as the comparison's index from 0.
pub(crate) fn order(seed: u64, stage: u32, rounds: &[u32]) -> Vec<usize> {
    let each = rounds.iter().enumerate();
    let mut order: Vec<usize> =
        each.flat_map(|(index, &rounds)| std::iter::repeat_n(index, rounds as usize)).collect();
    rng(seed, 0, stage).shuffle(&mut order);
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rounds(budget_s: f64, round_cost_s: f64) -> Schedule {
        schedule("g".into(), Count::Fitting(13..=150), budget_s, 8, round_cost_s)
    }

    #[test]
    fn reference_row_takes_part_in_the_rounds_that_it_has_time_for() {
        let of = |trial_s: f64, rounds: u32| {
            let mut schedule = schedule("g".into(), Count::Exactly(rounds), 0.8, 8, 0.1);
            let others_s = schedule.time_s;
            add_reference(&mut schedule, 0, 0.8, trial_s);
            let rounds = schedule.references[0].rounds;
            let own_s = schedule.time_s - others_s;
            assert!((own_s - f64::from(rounds) * trial_s).abs() < 1e-9, "its time is its own");
            rounds
        };
        assert_eq!([0.001, 0.04, 0.7, 2.6].map(|cost_s| of(cost_s, 40)), [40, 20, 6, 1]);
        assert_eq!([0.001, 0.7, 2.6].map(|cost_s| of(cost_s, 0)), [0, 0, 0]);
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
    fn comparison_below_13_rounds_is_skipped_with_its_needs() {
        let schedule = rounds(0.8, 8.0);
        assert_eq!(schedule.rounds, 0);
        assert!(schedule.left_out.unwrap().contains("--budget 13s"));
        assert_eq!(rounds(13.0, 8.0).rounds, 13);
    }

    #[test]
    fn looks_have_the_time_of_the_budget_or_of_the_first_look() {
        let of = |budget_s, round_cost_s| {
            let looks = Count::Looks(vec![20, 50, 150]);
            schedule("g".into(), looks, budget_s, 8, round_cost_s)
        };
        let (cheap, dear) = (of(0.8, 0.01), of(0.8, 1.0));
        assert_eq!((cheap.rounds, cheap.looks), (20, vec![50, 150]));
        assert!((cheap.time_s - 6.4).abs() < 1e-9 && (dear.time_s - 20.0).abs() < 1e-9);
        let left_out = of(0.8, 8.0);
        assert_eq!((left_out.rounds, left_out.time_s.to_bits()), (0, 0));
        let exactly = schedule("g".into(), Count::Exactly(3), 0.8, 8, 1e3);
        assert_eq!((exactly.rounds, exactly.left_out), (3, None));
    }

    #[test]
    fn every_round_has_its_own_random_numbers() {
        let first = |seed, comparison, round| rng(seed, comparison, round).u64(..);
        let drawn = (0..3).flat_map(|seed| {
            (0..40).flat_map(move |group| (0..40).map(move |round| first(seed, group, round)))
        });
        assert_eq!(drawn.collect::<std::collections::HashSet<u64>>().len(), 3 * 40 * 40);
        assert_eq!(first(7, 2, 3), first(7, 2, 3));
    }

    #[test]
    fn order_contains_every_round_once() {
        for seed in 0..300 {
            let mut rng = Rng::with_seed(seed);
            let rounds: Vec<u32> = (0..rng.usize(..12)).map(|_| rng.u32(..40)).collect();
            let order = order(seed, 0, &rounds);
            for (index, &rounds) in rounds.iter().enumerate() {
                let count = order.iter().filter(|&&i| i == index).count();
                assert_eq!(count, rounds as usize, "seed {seed}");
            }
            assert!(order.iter().all(|&index| index < rounds.len()), "seed {seed}");
        }
    }
}
