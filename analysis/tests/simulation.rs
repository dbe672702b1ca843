//! The referee: simulated machines, through the production decision code with its stopping rule.
//!
//! How often is a settled verdict wrong for equal runners, how many comparisons are answered, and how often
//! does an interval cover the true value? `docs/validation.md` shows the tables that `cargo test -p
//! runtime-bench-analysis --test simulation -- --nocapture` prints. Seeds are fixed, so a result is the same
//! on every machine.

use std::thread;

use fastrand::Rng;
use runtime_bench_analysis::analysis::{comparisons_of, ladder, level};
use runtime_bench_analysis::stats::{Comparison, ResultClass, Verdict, compare, fewest_pairs};
use runtime_bench_fixtures::normal;

/// Workloads, and runners of each: a full run of the default catalog.
const WORKLOADS: usize = 39;
const RUNNERS: usize = 9;
/// Comparisons of one table: every pair of runners of every workload.
const TABLE: usize = WORKLOADS * RUNNERS * (RUNNERS - 1) / 2;
/// Looks of the quick and of the standard profile.
const LOOKS: [usize; 2] = [4, 6];
const MOST_ROUNDS: usize = 150;
/// Simulated tables.
const TABLES: usize = 20;

/// The model of a machine: the costs of two equal runners, round by round.
type Machine = fn(&mut Rng, rounds: usize) -> Vec<(f64, f64)>;

/// Independent rounds and runners; `one` returns the factor.
fn each(rng: &mut Rng, rounds: usize, one: impl Fn(&mut Rng) -> f64) -> Vec<(f64, f64)> {
    (0..rounds).map(|_| (one(rng), one(rng))).collect()
}

fn independent(rng: &mut Rng, rounds: usize) -> Vec<(f64, f64)> {
    each(rng, rounds, |rng| (0.05 * normal(rng)).exp())
}

/// Both get slower, by a third over the run.
fn drift(rng: &mut Rng, rounds: usize) -> Vec<(f64, f64)> {
    let factor = |round| 1.0 + 0.33 * round as f64 / rounds as f64;
    let costs = independent(rng, rounds).into_iter().enumerate();
    costs.map(|(round, (a, b))| (a * factor(round), b * factor(round))).collect()
}

/// External load hits one trial in seven, which takes up to four times as long.
fn bursts(rng: &mut Rng, rounds: usize) -> Vec<(f64, f64)> {
    each(rng, rounds, |rng| {
        let burst = if rng.f64() < 0.15 { 1.0 + 3.0 * rng.f64() } else { 1.0 };
        burst * (0.03 * normal(rng)).exp()
    })
}

/// Two in five trials fall into a mode that is 2.9 times as slow, as on loopback.
fn two_modes(rng: &mut Rng, rounds: usize) -> Vec<(f64, f64)> {
    each(rng, rounds, |rng| {
        let mode = if rng.f64() < 0.4 { 2.9 } else { 1.0 };
        mode * (0.03 * normal(rng)).exp()
    })
}

/// Pareto with a tail so heavy that the variance is infinite.
fn pareto(rng: &mut Rng, rounds: usize) -> Vec<(f64, f64)> {
    each(rng, rounds, |rng| (1.0 - rng.f64()).powf(-1.0 / 1.5))
}

/// A fifth of the trials are missing.
fn missing(rng: &mut Rng, rounds: usize) -> Vec<(f64, f64)> {
    each(rng, rounds, |rng| if rng.f64() < 0.2 { f64::NAN } else { (0.05 * normal(rng)).exp() })
}

/// Each trial keeps a part of the same runner's deviation in the previous round.
fn autocorrelated(rng: &mut Rng, rounds: usize, memory: f64) -> Vec<(f64, f64)> {
    let mut state = [normal(rng), normal(rng)];
    let fresh = (1.0 - memory * memory).sqrt();
    let round = |_| {
        state = state.map(|x| memory * x + fresh * normal(rng));
        ((0.05 * state[0]).exp(), (0.05 * state[1]).exp())
    };
    (0..rounds).map(round).collect()
}

fn autocorrelated_3(rng: &mut Rng, rounds: usize) -> Vec<(f64, f64)> {
    autocorrelated(rng, rounds, 0.3)
}

fn autocorrelated_6(rng: &mut Rng, rounds: usize) -> Vec<(f64, f64)> {
    autocorrelated(rng, rounds, 0.6)
}

/// A runner enters and leaves a slow mode after three rounds on average.
fn sticky_modes(rng: &mut Rng, rounds: usize) -> Vec<(f64, f64)> {
    let mut slow = [rng.bool(), rng.bool()];
    (0..rounds)
        .map(|_| {
            slow = slow.map(|slow| slow ^ (rng.f64() < 1.0 / 3.0));
            let [a, b] =
                slow.map(|slow| (if slow { 1.5 } else { 1.0 }) * (0.03 * normal(rng)).exp());
            (a, b)
        })
        .collect()
}

/// A comparison as in a run: it is judged at each look, and stops once it is answered.
fn decide(pairs: &[(f64, f64)], level: f64, looks: usize) -> Comparison {
    let ladder = ladder(fewest_pairs(level) as u32, MOST_ROUNDS as u32, looks);
    let mut judged = ladder.iter().map(|&rounds| compare("", &pairs[..rounds as usize], level));
    let last = judged.clone().next_back().expect("a look");
    judged.find(Comparison::is_answered).unwrap_or(last)
}

fn table_level(looks: usize) -> f64 {
    level(WORKLOADS, comparisons_of(RUNNERS, 0), looks)
}

/// False settled verdicts per table of equal runners, over `tables` tables.
fn false_settled(machine: Machine, looks: usize, tables: usize) -> f64 {
    let mut rng = Rng::with_seed(looks as u64);
    let level = table_level(looks);
    let wrong = (0..tables * TABLE)
        .filter(|_| {
            let verdict = decide(&machine(&mut rng, MOST_ROUNDS), level, looks).verdict;
            matches!(verdict, Verdict::Faster | Verdict::Slower)
        })
        .count();
    wrong as f64 / tables as f64
}

#[test]
fn equal_runners_are_settled_as_different_in_fewer_than_one_table_of_ten() {
    let machines: [(&str, Machine, f64); 9] = [
        ("independent", independent, 0.1),
        ("drift", drift, 0.1),
        ("bursts", bursts, 0.1),
        ("two modes", two_modes, 0.1),
        ("Pareto tails", pareto, 0.1),
        ("missing rounds", missing, 0.1),
        ("autocorrelation 0.3", autocorrelated_3, 0.1),
        ("modes of 3 rounds", sticky_modes, 0.1),
        ("autocorrelation 0.6", autocorrelated_6, 4.0),
    ];
    println!("false settled a table of {TABLE} equal pairs\n{:22}4 looks  6 looks", "machine");
    let mut too_many = Vec::new();
    for (name, machine, most) in machines {
        let found = thread::scope(|scope| {
            LOOKS
                .map(|looks| scope.spawn(move || false_settled(machine, looks, TABLES)))
                .map(|found| found.join().expect("no panic"))
        });
        println!("{name:22}{:7.3}  {:7.3}", found[0], found[1]);
        if found.iter().any(|found| *found > most) {
            too_many.push((name, found));
        }
    }
    assert!(too_many.is_empty(), "{too_many:?}");
}

/// Power must not fall when rounds are added.
#[test]
fn more_rounds_never_lower_the_power() {
    let level = table_level(4);
    let power = |rounds: usize| {
        let mut rng = Rng::with_seed(3);
        let found = (0..4_000).filter(|_| {
            let pairs: Vec<(f64, f64)> = each(&mut rng, rounds, |rng| (0.03 * normal(rng)).exp())
                .into_iter()
                .map(|(a, b)| (1.1 * a, b))
                .collect();
            compare("", &pairs, level).verdict == Verdict::Slower
        });
        found.count() as f64 / 4_000.0
    };
    let mut best: f64 = 0.0;
    for rounds in fewest_pairs(level)..=60 {
        let power = power(rounds);
        // Three standard errors of the difference of two shares.
        assert!(power > best - 0.034, "{power} at {rounds} rounds, {best} before");
        best = best.max(power);
    }
}

/// The displayed interval covers the true ratio, 1.2, as often as stated, on every machine.
#[test]
fn shown_intervals_cover_at_their_level() {
    let machines: [(&str, Machine); 6] = [
        ("independent", independent),
        ("drift", drift),
        ("bursts", bursts),
        ("two modes", two_modes),
        ("Pareto tails", pareto),
        ("missing rounds", missing),
    ];
    let runs = 4_000;
    for (name, machine) in machines {
        let mut rng = Rng::with_seed(9);
        let covered = (0..runs)
            .filter(|_| {
                let pairs: Vec<(f64, f64)> =
                    machine(&mut rng, 40).iter().map(|(a, b)| (1.2 * a, *b)).collect();
                let interval = compare("", &pairs, 0.05).interval;
                // If neighbors resemble each other by chance, there may be no interval.
                interval.is_none_or(|interval| (interval.low..=interval.high).contains(&1.2))
            })
            .count();
        println!("{name}: covered {covered} of {runs}");
        // Three standard errors of 4 000 draws below the nominal level.
        assert!(covered as f64 >= (0.95 - 0.0104) * f64::from(runs), "{name}: {covered}");
    }
}

/// Real differences are found, and equal runners are answered.
#[test]
fn comparisons_are_answered() {
    let share = |ratio: f64, looks: usize| {
        let mut rng = Rng::with_seed(4);
        let answered = (0..1_000).filter(|_| {
            let pairs: Vec<(f64, f64)> = independent(&mut rng, MOST_ROUNDS)
                .into_iter()
                .map(|(a, b)| (ratio * a, b))
                .collect();
            let found = decide(&pairs, table_level(looks), looks);
            assert_ne!(found.verdict.class(), None);
            found.is_answered() || found.verdict.class() == Some(ResultClass::Leaning)
        });
        answered.count() as f64 / 1_000.0
    };
    println!("answered of 1000 at 5% noise\n{:10}4 looks  6 looks", "ratio");
    for ratio in [1.0, 1.02, 1.05, 1.1, 1.2, 1.5] {
        let found = LOOKS.map(|looks| share(ratio, looks));
        println!("{ratio:<10}{:7.3}  {:7.3}", found[0], found[1]);
        assert!(found.iter().all(|found| *found > 0.8), "{ratio}: {found:?}");
    }
}
