//! How often change points are found in series without and with a change.
//!
//! `cargo test --release -p runtime-bench-results --test change_points -- --nocapture` prints the
//! figures. Seeds are fixed, so they are the same on every machine; a debug build uses fewer series.

use fastrand::Rng;
use runtime_bench_analysis::stats::{Change, change_points, upper_bound};
use runtime_bench_fixtures::normal;

/// One run in ten is an outlier: nine times the spread.
fn restless(rng: &mut Rng) -> f64 {
    let wild = if rng.f64() < 0.1 { 9.0 } else { 1.0 };
    wild * normal(rng)
}

/// Exponential: skewed.
fn skewed(rng: &mut Rng) -> f64 {
    -(1.0 - rng.f64()).ln()
}

/// A distribution.
type Noise = fn(&mut Rng) -> f64;

const SHAPES: [(&str, Noise); 3] = [("normal", normal), ("restless", restless), ("skewed", skewed)];

fn series(rng: &mut Rng, noise: Noise, length: usize, at: usize, step: f64) -> Vec<f64> {
    (0..length).map(|k| noise(rng) + if k >= at { step } else { 0.0 }).collect()
}

/// Trials of a simulation; a tenth of them without optimization.
fn some(trials: u64) -> u64 {
    if cfg!(debug_assertions) { trials / 10 } else { trials }
}

/// The number of events in `trials` that a rate of `rate` exceeds with a probability of 1 in 1000.
fn most(rate: f64, trials: u64) -> u64 {
    (0..trials)
        .take_while(|events| upper_bound(*events, trials, 0.999).is_none_or(|b| b < rate))
        .count() as u64
}

#[test]
fn unchanged_series_have_change_points_at_the_stated_rate() {
    let (rate, trials) = (0.05, some(2_000));
    for (name, noise) in SHAPES {
        let mut rng = Rng::with_seed(21);
        let found = (0..trials)
            .filter(|_| {
                let samples = series(&mut rng, noise, 20, 20, 0.0);
                !change_points(&[samples], rate)[0].is_empty()
            })
            .count() as u64;
        println!("{name}: {found} of {trials} series of 20 runs at {rate}");
        assert!(found <= most(rate, trials), "{name}: {found} of {trials}");
    }
}

#[test]
fn unchanged_histories_have_change_points_at_the_stated_rate() {
    // With the settings of the program.
    let (rate, histories) = (0.01, some(300));
    let mut rng = Rng::with_seed(22);
    let with_any = (0..histories)
        .filter(|_| {
            let cells: Vec<Vec<f64>> =
                (0..40).map(|_| series(&mut rng, normal, 24, 24, 0.0)).collect();
            change_points(&cells, rate).iter().any(|found| !found.is_empty())
        })
        .count() as u64;
    println!("{with_any} of {histories} histories of 40 cells and 24 runs at {rate}");
    assert!(with_any <= most(rate, histories), "{with_any} of {histories}");
}

#[test]
fn autocorrelated_runs_are_split_too_often() {
    // A known limit: the method assumes independent runs.
    let trials = some(1_000);
    let mut counts = Vec::new();
    for memory in [0.2, 0.4] {
        let mut rng = Rng::with_seed(25);
        let found = (0..trials)
            .filter(|_| {
                let mut last = normal(&mut rng);
                let mut next = || {
                    last = memory * last + (1.0 - memory * memory).sqrt() * normal(&mut rng);
                    last
                };
                let samples: Vec<f64> = (0..20).map(|_| next()).collect();
                !change_points(&[samples], 0.05)[0].is_empty()
            })
            .count();
        println!("autocorrelation {memory}: {found} of {trials} series of 20 runs at 0.05");
        counts.push(found as u64);
    }
    assert!(counts[0] < counts[1] && counts[1] > most(0.05, trials), "{counts:?}");
}

/// The number of series with a step in run `at` in which it was found, found at that run, and found within
/// one.
fn power(seed: u64, noise: Noise, length: usize, at: usize, step: f64, trials: u64) -> [u64; 3] {
    let mut rng = Rng::with_seed(seed);
    let mut counts = [0; 3];
    for _ in 0..trials {
        let samples = series(&mut rng, noise, length, at, step);
        let found: &[Change] = &change_points(&[samples], 0.01)[0];
        let Some(nearest) = found.iter().map(|change| change.at.abs_diff(at)).min() else {
            continue;
        };
        counts[0] += 1;
        counts[1] += u64::from(nearest == 0);
        counts[2] += u64::from(nearest <= 1);
    }
    counts
}

#[test]
fn clear_step_is_found_at_its_run() {
    let trials = some(200);
    for (length, at, step) in
        [(20, 10, 5.0), (20, 14, 5.0), (30, 24, 5.0), (20, 10, 3.0), (20, 10, 2.0)]
    {
        for (name, noise) in [("normal", normal as Noise), ("restless", restless)] {
            let [found, exact, near] = power(23, noise, length, at, step, trials);
            println!(
                "{name}, {step} σ in run {at} of {length}: {found} of {trials}, exact {exact}, within one {near}"
            );
            if name == "normal" && step > 4.0 {
                assert!(
                    100 * found >= 98 * trials
                        && 10 * exact >= 9 * trials
                        && 100 * near >= 98 * trials,
                    "{length} {at}: {found} {exact} {near}"
                );
            }
        }
    }
}

#[test]
fn few_reported_changes_are_false() {
    let (rate, histories) = (0.01, some(100));
    let mut rng = Rng::with_seed(24);
    let (mut said, mut falsely, mut missed) = (0, 0, 0);
    for _ in 0..histories {
        // A release that moves five cells of forty.
        let cells: Vec<Vec<f64>> = (0..40)
            .map(|cell| series(&mut rng, normal, 20, 12, if cell < 5 { 4.0 } else { 0.0 }))
            .collect();
        let found = change_points(&cells, rate);
        said += found.iter().filter(|found| !found.is_empty()).count();
        falsely += found[5..].iter().filter(|found| !found.is_empty()).count();
        missed += found[..5].iter().filter(|found| found.is_empty()).count() as u64;
    }
    println!(
        "{said} cells said to have changed, {falsely} falsely; {missed} of {} missed",
        5 * histories
    );
    assert!(falsely as u64 <= most(rate, said as u64), "{falsely} of {said}");
    assert!(20 * missed <= 5 * histories, "{missed}");
}
