//! A plan split over machines.
//!
//! The split follows from the plan alone, so that each machine finds its part without asking the others.

use std::fmt;
use std::str::FromStr;

use runtime_bench_results::run::PlannedCell;
use runtime_bench_results::shard::Shard;

use crate::error::Error;

/// `I/N`: one of N shards, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShardNumber {
    index: usize,
    of: usize,
}

impl FromStr for ShardNumber {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let numbers = text.split_once('/').and_then(|(index, of)| {
            Some(Self { index: index.parse().ok()?, of: of.parse().ok()? })
        });
        let number = numbers.ok_or("expected I/N, such as 1/8")?;
        let known = (1..=number.of).contains(&number.index);
        if known { Ok(number) } else { Err("I must be between 1 and N") }
    }
}

impl fmt::Display for ShardNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.of)
    }
}

/// A workload of the plan, and what its cells are expected to take, seconds.
struct Part<'a> {
    workload: &'a str,
    cost_s: f64,
}

/// The part of a plan that a shard measures: whole workloads, the dearest first and each to the shard that
/// has the least to do so far.
///
/// # Errors
/// When there are more shards than workloads that run.
pub(super) fn split(cells: &[(PlannedCell, f64)], number: ShardNumber) -> Result<Shard, Error> {
    let ShardNumber { index, of } = number;
    let mut parts = parts(cells);
    let running = parts.iter().filter(|part| part.cost_s > 0.0).count();
    if of > running {
        return Err(Error::Usage(format!(
            "invalid --shard {number}: N must not exceed the workloads that run here ({running})\n\
             help: a workload stays on one machine"
        )));
    }
    // Stable: what costs the same stays in the order of the plan.
    parts.sort_by(|a, b| b.cost_s.total_cmp(&a.cost_s));
    let mut loads = vec![0.0; of];
    let mut workloads = Vec::new();
    for part in parts {
        let least = (0..of).min_by(|&a, &b| f64::total_cmp(&loads[a], &loads[b])).unwrap_or(0);
        loads[least] += part.cost_s;
        if least + 1 == index {
            workloads.push(part.workload.to_owned());
        }
    }
    Ok(Shard { index, of, workloads })
}

/// Every workload with its cost, in the order of the plan.
fn parts(cells: &[(PlannedCell, f64)]) -> Vec<Part<'_>> {
    let mut parts: Vec<Part<'_>> = Vec::new();
    for (cell, cost_s) in cells {
        match parts.iter_mut().find(|part| part.workload == cell.key.workload) {
            Some(part) => part.cost_s += cost_s,
            None => parts.push(Part { workload: &cell.key.workload, cost_s: *cost_s }),
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use runtime_bench_results::key::{CellKey, Point};
    use runtime_bench_results::run::Role;
    use runtime_bench_results::trial::Phase;

    /// A plan of workloads `w0`, `w1`, … at the given seconds each.
    fn plan(costs_s: &[f64]) -> Vec<(PlannedCell, f64)> {
        let cell = |(number, cost_s): (usize, &f64)| {
            let workload = format!("w{number}");
            let key = CellKey { workload, point: Point::new(), runner: "tokio".to_owned() };
            let phase = Phase::Warm;
            (PlannedCell { key, role: Role::Subject, phase, not_applicable: None }, *cost_s)
        };
        costs_s.iter().enumerate().map(cell).collect()
    }

    fn shards(costs_s: &[f64], of: usize) -> Vec<Vec<String>> {
        let cells = plan(costs_s);
        let shard = |index| split(&cells, ShardNumber { index, of }).unwrap().workloads;
        (1..=of).map(shard).collect()
    }

    #[test]
    fn a_number_is_one_of_so_many() {
        assert_eq!("2/8".parse(), Ok(ShardNumber { index: 2, of: 8 }));
        for wrong in ["", "2", "0/8", "9/8", "0/0", "a/b", "-1/2", "1/2/3"] {
            assert!(wrong.parse::<ShardNumber>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn longest_workload_goes_to_the_least_loaded_shard() {
        assert_eq!(shards(&[1.0, 5.0, 2.0, 2.0], 2), [vec!["w1"], vec!["w2", "w3", "w0"]]);
        assert_eq!(shards(&[1.0, 1.0, 1.0], 3), [["w0"], ["w1"], ["w2"]]);
    }

    #[test]
    fn every_workload_is_in_one_shard_and_none_has_much_more_than_the_mean() {
        for seed in 0..200 {
            let mut rng = fastrand::Rng::with_seed(seed);
            let costs_s: Vec<f64> = (0..rng.usize(8..60)).map(|_| rng.f64() + 0.01).collect();
            let of = rng.usize(1..9);
            let shards = shards(&costs_s, of);
            let cost = |names: &Vec<String>| -> f64 {
                names.iter().map(|name| costs_s[name[1..].parse::<usize>().unwrap()]).sum()
            };
            let mut all: Vec<&String> = shards.iter().flatten().collect();
            all.sort();
            all.dedup();
            assert_eq!(all.len(), costs_s.len(), "seed {seed}");
            assert_eq!(shards.iter().map(Vec::len).sum::<usize>(), costs_s.len(), "seed {seed}");
            // What greedy can be off by is one part.
            let mean = costs_s.iter().sum::<f64>() / of as f64;
            let most = costs_s.iter().copied().fold(0.0, f64::max);
            assert!(shards.iter().map(cost).all(|cost| cost <= mean + most), "seed {seed}");
        }
    }

    #[test]
    fn more_shards_than_workloads_that_run_are_refused_by_each_of_them() {
        let cells = plan(&[1.0, 0.0, 1.0]);
        for index in 1..=3 {
            let error = split(&cells, ShardNumber { index, of: 3 }).unwrap_err().to_string();
            assert!(error.contains("run here (2)"), "{error}");
        }
    }
}
