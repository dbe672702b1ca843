//! Equal builds on simulated machines: how often `ab` calls a row slower, with the production code.
//!
//! Several second stages are drawn for each first stage that requires one, so that rare events need fewer
//! draws. Seeds are fixed.

use fastrand::Rng;
use runtime_bench_analysis::stats::gate::{Stage, check, fewest_rounds, gate, suspicious};
use runtime_bench_analysis::stats::{ControlCheck, Verdict};
use runtime_bench_fixtures::normal;

/// Rows of equal builds on each machine and at each size.
const ROWS: usize = 1_500;
/// Number of second stages for each first stage that requires one.
const REPEATS: usize = 10;
/// Maximum share of rows called slower: with independent, steady rounds, and otherwise.
const STEADY: f64 = 0.0001;
const RESTLESS: f64 = 0.001;

/// Costs of one side, round by round.
type Machine = fn(&mut Rng, rounds: usize) -> Vec<f64>;

/// Log-normal noise of 3%.
fn noise(rng: &mut Rng) -> f64 {
    (0.03 * normal(rng)).exp()
}

fn quiet(rng: &mut Rng, rounds: usize) -> Vec<f64> {
    (0..rounds).map(|_| noise(rng)).collect()
}

/// One trial in seven takes up to four times as long.
fn bursts(rng: &mut Rng, rounds: usize) -> Vec<f64> {
    let burst = |rng: &mut Rng| if rng.f64() < 0.15 { 1.0 + 3.0 * rng.f64() } else { 1.0 };
    (0..rounds).map(|_| burst(rng) * noise(rng)).collect()
}

/// A tail so heavy that the variance is infinite.
fn pareto(rng: &mut Rng, rounds: usize) -> Vec<f64> {
    (0..rounds).map(|_| (1.0 - rng.f64()).powf(-1.0 / 1.5)).collect()
}

/// A slow mode that applies `share` of the time, and lasts `length` rounds on average.
fn modes(rng: &mut Rng, rounds: usize, length: f64, share: f64, factor: f64) -> Vec<f64> {
    let mut slow = rng.f64() < share;
    let (leave, enter) = (1.0 / length, share / (1.0 - share) / length);
    (0..rounds)
        .map(|_| {
            slow ^= rng.f64() < if slow { leave } else { enter };
            noise(rng) * if slow { factor } else { 1.0 }
        })
        .collect()
}

fn stage(rng: &mut Rng, machine: Machine, number: usize, rounds: usize) -> Stage {
    let rounds = (rounds << number).max(fewest_rounds(number));
    let base = machine(rng, rounds);
    let mut beside = || machine(rng, rounds).into_iter().zip(base.iter().copied()).collect();
    Stage { head: beside(), control: beside(), ..Stage::default() }
}

/// Shares of rows that are called slower, and of rows whose control fails.
fn wrong(machine: Machine, rounds: usize) -> [f64; 2] {
    let mut rng = Rng::with_seed(rounds as u64);
    let mut wrong = [0, 0];
    for _ in 0..ROWS {
        let first = stage(&mut rng, machine, 0, rounds);
        if !suspicious(&first) {
            assert_ne!(check(std::slice::from_ref(&first)), ControlCheck::Failed);
            continue;
        }
        for _ in 0..REPEATS {
            let stages = [first.clone(), stage(&mut rng, machine, 1, rounds)];
            wrong[0] += usize::from(gate(&stages).verdict == Verdict::Slower);
            wrong[1] += usize::from(check(&stages) == ControlCheck::Failed);
        }
    }
    wrong.map(|rows| rows as f64 / (ROWS * REPEATS) as f64)
}

fn at_most(limit: f64, machine: Machine) {
    for rounds in [fewest_rounds(0), 80] {
        let [slower, controls] = wrong(machine, rounds);
        println!(
            "{rounds} rounds: {:.4}% slower, {:.4}% controls failed",
            100.0 * slower,
            100.0 * controls
        );
        assert!(slower <= limit, "{rounds} rounds: {slower} of rows are slower");
        // In either direction.
        assert!(controls <= 2.0 * limit, "{rounds} rounds: {controls} of controls failed");
    }
}

#[test]
fn equal_builds_on_a_quiet_machine_pass() {
    at_most(STEADY, quiet);
}

#[test]
fn equal_builds_among_bursts_pass() {
    at_most(RESTLESS, bursts);
}

#[test]
fn equal_builds_with_heavy_tails_pass() {
    at_most(RESTLESS, pareto);
}

#[test]
fn equal_builds_with_modes_of_three_rounds_pass() {
    at_most(RESTLESS, |rng, rounds| modes(rng, rounds, 3.0, 0.5, 1.5));
    at_most(RESTLESS, |rng, rounds| modes(rng, rounds, 3.0, 0.2, 2.9));
}

#[test]
fn equal_builds_with_modes_of_ten_rounds_pass() {
    at_most(RESTLESS, |rng, rounds| modes(rng, rounds, 10.0, 0.5, 1.5));
    at_most(RESTLESS, |rng, rounds| modes(rng, rounds, 10.0, 0.2, 2.9));
}

/// A slower head, and a head with a new slow mode that its median does not show.
#[test]
fn slower_heads_and_new_modes_are_found() {
    let found = |share: f64, factor: f64| {
        let mut rng = Rng::with_seed(3);
        let mut row = || {
            [0, 1].map(|number| {
                let mut stage = stage(&mut rng, quiet, number, 100);
                for (head, _) in &mut stage.head {
                    *head *= if rng.f64() < share { factor } else { 1.0 };
                }
                stage
            })
        };
        (0..500).filter(|_| gate(&row()).verdict == Verdict::Slower).count() as f64 / 500.0
    };
    for (share, factor, least) in [(1.0, 1.05, 0.99), (0.2, 2.0, 0.8), (0.3, 3.0, 0.9)] {
        let power = found(share, factor);
        println!("{share} of rounds cost {factor} times as much: found in {power}");
        assert!(power >= least, "{share} of rounds, {factor}: {power}");
    }
}
