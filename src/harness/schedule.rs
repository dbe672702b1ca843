//! Rounds from costs, and their random order.
//!
//! The rounds of all comparisons are shuffled among each other, so that a burst of foreign load
//! touches a few rounds of many workloads and not all rounds of one.

use std::ops::RangeInclusive;

use fastrand::Rng;
use runtime_bench_results::run::Schedule;

/// A comparison may cost this many times its budget before it is left to a longer profile: enough
/// for 16 instances of a third of a second in the quick profile, and for 16 that are loaded for a second
/// or 20 steady ones of half a second in the standard one.
const TOLERANCE: f64 = 9.0;

/// Decides how many rounds a comparison of `cells` gets, from the cost of one round.
pub(super) fn schedule(
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
    }
}

/// Every round of every comparison, as the comparison's index, in random order.
pub(super) fn order(rng: &mut Rng, schedules: &[Schedule]) -> Vec<usize> {
    let rounds = |schedule: &Schedule| schedule.rounds as usize;
    let mut order: Vec<usize> = schedules
        .iter()
        .enumerate()
        .flat_map(|(index, schedule)| std::iter::repeat_n(index, rounds(schedule)))
        .collect();
    rng.shuffle(&mut order);
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rounds(budget_s: f64, round_cost_s: f64) -> Schedule {
        schedule("g".into(), 13..=150, budget_s, 8, round_cost_s)
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
    fn an_order_holds_every_round_once() {
        for seed in 0..300 {
            let mut rng = Rng::with_seed(seed);
            let rounds: Vec<u32> = (0..rng.usize(..12)).map(|_| rng.u32(..40)).collect();
            let schedule = |&rounds: &u32| Schedule {
                group: String::new(),
                round_cost_s: 0.0,
                rounds,
                left_out: None,
            };
            let schedules: Vec<Schedule> = rounds.iter().map(schedule).collect();
            let order = order(&mut rng, &schedules);
            for (index, &rounds) in rounds.iter().enumerate() {
                let count = order.iter().filter(|&&i| i == index).count();
                assert_eq!(count, rounds as usize, "seed {seed}");
            }
            assert!(order.iter().all(|&index| index < rounds.len()), "seed {seed}");
        }
    }
}
