//! Parsers for the values of options.

use std::time::Duration;

use clap::ValueEnum;
use regex::Regex;

pub(crate) use runtime_bench_harness::machine::cores;
pub(crate) use runtime_bench_harness::plan::request::{MAX_SEED, POOL_THREADS};

/// Maximum number of rounds of a comparison.
const MAX_ROUNDS: u32 = 100_000;
/// Maximum number of link layouts of a program: each takes a second or two to link.
const MAX_LAYOUTS: usize = 16;

/// Output format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}

pub(crate) fn regex(text: &str) -> Result<Regex, String> {
    Regex::new(text).map_err(|error| error.to_string())
}

pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let duration = humantime::parse_duration(text).map_err(|error| error.to_string())?;
    let sensible = Duration::from_millis(1)..=Duration::from_secs(24 * 60 * 60);
    if sensible.contains(&duration) {
        Ok(duration)
    } else {
        Err("must be between 1ms and 24h".to_owned())
    }
}

pub(crate) fn at_least_one(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) => Err("must be at least 1".to_owned()),
        Ok(number) => Ok(number),
        Err(error) => Err(format!("{error}")),
    }
}

/// A number of rounds.
pub(crate) fn rounds(text: &str) -> Result<u32, String> {
    let rounds = text.parse().map_err(|error| format!("{error}"))?;
    if (1..=MAX_ROUNDS).contains(&rounds) {
        Ok(rounds)
    } else {
        Err(format!("must be between 1 and {MAX_ROUNDS}"))
    }
}

/// A number of link layouts.
pub(crate) fn layouts(text: &str) -> Result<usize, String> {
    let layouts = at_least_one(text)?;
    if layouts <= MAX_LAYOUTS { Ok(layouts) } else { Err(format!("between 1 and {MAX_LAYOUTS}")) }
}

/// A seed that JSON readers in other languages can represent.
pub(crate) fn seed(text: &str) -> Result<u64, String> {
    match text.parse() {
        Ok(seed) if seed < MAX_SEED => Ok(seed),
        Ok(_) => Err(format!("must be below {MAX_SEED}")),
        Err(error) => Err(format!("{error}")),
    }
}
