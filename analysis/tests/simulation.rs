//! Simulated machines: how often a verdict is wrong, and how often an interval covers the truth.
//!
//! A table is 31 workloads × 7 runners that are all the same; every pair of runners is compared at
//! the level that a run would use. Seeds are fixed, so a result is the same on every machine. A
//! debug build takes minutes, so these are for `cargo test --release`.

use fastrand::Rng;
use runtime_bench_analysis::analysis::level;
use runtime_bench_analysis::stats::{Verdict, compare};

const WORKLOADS: usize = 31;
const RUNNERS: usize = 7;
const TABLES: usize = 100;

/// Standard normal, by Box and Muller.
fn normal(rng: &mut Rng) -> f64 {
    let radius = (-2.0 * (1.0 - rng.f64()).ln()).sqrt();
    radius * (std::f64::consts::TAU * rng.f64()).cos()
}

/// What a machine does to one workload: the factor on the cost of each runner, round by round.
type Machine = fn(&mut Rng, rounds: usize) -> Vec<[f64; RUNNERS]>;

/// Each round and runner by itself: `one` tells the factor.
fn each(rng: &mut Rng, rounds: usize, one: impl Fn(&mut Rng) -> f64) -> Vec<[f64; RUNNERS]> {
    (0..rounds).map(|_| std::array::from_fn(|_| one(rng))).collect()
}

fn quiet(rng: &mut Rng, rounds: usize) -> Vec<[f64; RUNNERS]> {
    each(rng, rounds, |rng| (0.03 * normal(rng)).exp())
}

/// Everybody gets slower, by a third over the run.
fn drift(rng: &mut Rng, rounds: usize) -> Vec<[f64; RUNNERS]> {
    let mut costs = quiet(rng, rounds);
    for (round, costs) in costs.iter_mut().enumerate() {
        let factor = 1.0 + 0.33 * round as f64 / rounds as f64;
        for cost in costs {
            *cost *= factor;
        }
    }
    costs
}

/// One trial in seven is hit by foreign load and takes up to four times as long.
fn bursts(rng: &mut Rng, rounds: usize) -> Vec<[f64; RUNNERS]> {
    each(rng, rounds, |rng| {
        let burst = if rng.f64() < 0.15 { 1.0 + 3.0 * rng.f64() } else { 1.0 };
        burst * (0.03 * normal(rng)).exp()
    })
}

/// Two in five trials fall into a mode that is 2.9 times as slow, as loopback does.
fn bimodal(rng: &mut Rng, rounds: usize) -> Vec<[f64; RUNNERS]> {
    each(rng, rounds, |rng| {
        let mode = if rng.f64() < 0.4 { 2.9 } else { 1.0 };
        mode * (0.03 * normal(rng)).exp()
    })
}

/// Pareto with a tail so heavy that the variance is infinite.
fn heavy_tails(rng: &mut Rng, rounds: usize) -> Vec<[f64; RUNNERS]> {
    each(rng, rounds, |rng| (1.0 - rng.f64()).powf(-1.0 / 1.5))
}

/// A fifth of the trials is missing.
fn missing(rng: &mut Rng, rounds: usize) -> Vec<[f64; RUNNERS]> {
    each(rng, rounds, |rng| if rng.f64() < 0.2 { f64::NAN } else { (0.05 * normal(rng)).exp() })
}

/// Each trial keeps 0.3 of what the same runner had the round before.
fn autocorrelated(rng: &mut Rng, rounds: usize) -> Vec<[f64; RUNNERS]> {
    let mut state: [f64; RUNNERS] = std::array::from_fn(|_| normal(rng));
    let fresh = (1.0_f64 - 0.3 * 0.3).sqrt();
    (0..rounds)
        .map(|_| {
            for x in &mut state {
                *x = 0.3 * *x + fresh * normal(rng);
            }
            state.map(|x| (0.05 * x).exp())
        })
        .collect()
}

/// A runner that is in the slow mode stays there with probability 0.65, in the fast one with 0.65.
fn sticky(rng: &mut Rng, rounds: usize) -> Vec<[f64; RUNNERS]> {
    let mut slow: [bool; RUNNERS] = std::array::from_fn(|_| rng.bool());
    (0..rounds)
        .map(|_| {
            for slow in &mut slow {
                *slow ^= rng.f64() < 0.35;
            }
            slow.map(|slow| (if slow { 1.5 } else { 1.0 }) * (0.03 * normal(rng)).exp())
        })
        .collect()
}

/// False verdicts in `TABLES` tables of equals.
fn false_verdicts(machine: Machine, rounds: usize, seed: u64) -> usize {
    let mut rng = Rng::with_seed(seed);
    let level = level(RUNNERS, 1);
    let mut wrong = 0;
    for _ in 0..TABLES * WORKLOADS {
        let costs = machine(&mut rng, rounds);
        for a in 0..RUNNERS {
            for b in 0..a {
                let pairs: Vec<(f64, f64)> = costs.iter().map(|all| (all[a], all[b])).collect();
                let verdict = compare("", &pairs, level).verdict;
                wrong += usize::from(matches!(verdict, Verdict::Faster | Verdict::Slower));
            }
        }
    }
    println!("{wrong} false verdicts in {TABLES} tables of {rounds} rounds");
    wrong
}

/// Rounds of a short, a usual and a long run.
const ROUNDS: [usize; 3] = [14, 40, 150];

fn at_most(machine: Machine, a_table: f64) {
    for (seed, rounds) in (1..).zip(ROUNDS) {
        let wrong = false_verdicts(machine, rounds, seed);
        assert!(wrong as f64 <= a_table * TABLES as f64, "{wrong} in {TABLES}, {rounds} rounds");
    }
}

#[test]
#[cfg_attr(debug_assertions, ignore = "too slow without optimisation")]
fn quiet_machine() {
    at_most(quiet, 0.1);
}

#[test]
#[cfg_attr(debug_assertions, ignore = "too slow without optimisation")]
fn drifting_machine() {
    at_most(drift, 0.1);
}

#[test]
#[cfg_attr(debug_assertions, ignore = "too slow without optimisation")]
fn machine_with_bursts() {
    at_most(bursts, 0.1);
}

#[test]
#[cfg_attr(debug_assertions, ignore = "too slow without optimisation")]
fn bimodal_workloads() {
    at_most(bimodal, 0.1);
}

#[test]
#[cfg_attr(debug_assertions, ignore = "too slow without optimisation")]
fn tails_without_variance() {
    at_most(heavy_tails, 0.1);
}

#[test]
#[cfg_attr(debug_assertions, ignore = "too slow without optimisation")]
fn missing_rounds() {
    at_most(missing, 0.1);
}

#[test]
#[cfg_attr(debug_assertions, ignore = "too slow without optimisation")]
fn neighbours_that_resemble_each_other() {
    at_most(autocorrelated, 1.0);
}

#[test]
#[cfg_attr(debug_assertions, ignore = "too slow without optimisation")]
fn sticky_modes() {
    at_most(sticky, 1.0);
}

/// The interval covers the true ratio, 1.2, as often as its level says, whatever the machine does.
#[test]
#[cfg_attr(debug_assertions, ignore = "too slow without optimisation")]
fn intervals_cover_at_their_level() {
    let machines: [(&str, Machine); 6] = [
        ("quiet", quiet),
        ("drift", drift),
        ("bursts", bursts),
        ("bimodal", bimodal),
        ("heavy tails", heavy_tails),
        ("missing", missing),
    ];
    let (runs, alpha) = (4_000, 0.05);
    for (name, machine) in machines {
        let mut rng = Rng::with_seed(9);
        let covered = (0..runs)
            .filter(|_| {
                let costs = machine(&mut rng, 40);
                let pairs: Vec<(f64, f64)> =
                    costs.iter().map(|all| (1.2 * all[0], all[1])).collect();
                let interval = compare("", &pairs, alpha).interval;
                // Where chance makes neighbours look alike, there may be none.
                interval.is_none_or(|interval| (interval.low..=interval.high).contains(&1.2))
            })
            .count();
        println!("{name}: covered {covered} of {runs}");
        // Three standard errors of 4 000 draws below the nominal level.
        assert!(covered as f64 >= (0.95 - 0.0104) * f64::from(runs), "{name}: {covered}");
    }
}

/// What is really different is found: twice the noise, most of the time.
#[test]
#[cfg_attr(debug_assertions, ignore = "too slow without optimisation")]
fn differences_are_found() {
    let mut rng = Rng::with_seed(4);
    let found = (0..1_000)
        .filter(|_| {
            let costs = quiet(&mut rng, 150);
            let pairs: Vec<(f64, f64)> = costs.iter().map(|all| (1.05 * all[0], all[1])).collect();
            compare("", &pairs, level(RUNNERS, 1)).verdict == Verdict::Slower
        })
        .count();
    assert!(found >= 990, "{found} of 1000");
}
