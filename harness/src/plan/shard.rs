//! A plan split over machines.
//!
//! The split depends only on the plan, so that each machine computes its part without the others.

use std::collections::BTreeMap;
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

/// Duration of each workload in an earlier run, seconds, by which a plan is split.
pub type Durations = BTreeMap<String, f64>;

/// A workload, and the time of its cells, seconds.
struct Part<'a> {
    workload: &'a str,
    cost_s: f64,
}

/// The part of a plan that a shard measures: whole workloads, the longest first, each to the shard with the
/// least work so far. Workloads with a measured duration come before the others, even if they are not in the
/// plan, so that each stays on its machine regardless of the other workloads.
///
/// # Errors
/// When there are more shards than workloads that run, or none is left for this one.
pub(super) fn split(
    cells: &[(PlannedCell, f64)],
    number: ShardNumber,
    measured: &Durations,
) -> Result<Shard, Error> {
    let ShardNumber { index, of } = number;
    let planned = parts(cells);
    let running = planned.iter().filter(|part| part.cost_s > 0.0).count();
    if of > running {
        return Err(Error::Usage(format!(
            "invalid --shard {number}: N must not exceed the workloads that run here ({running})\n\
             help: a workload stays on one machine"
        )));
    }
    let mut loads = vec![0.0; of];
    let mut own = Vec::new();
    for part in in_order(&planned, measured) {
        let least = (0..of).min_by(|&a, &b| f64::total_cmp(&loads[a], &loads[b])).unwrap_or(0);
        loads[least] += part.cost_s;
        if least + 1 == index {
            own.push(part.workload);
        }
    }
    let mine: Vec<&Part<'_>> = planned.iter().filter(|part| own.contains(&part.workload)).collect();
    if mine.iter().all(|part| part.cost_s <= 0.0) {
        return Err(Error::Usage(format!(
            "nothing to measure for --shard {number}: according to --durations, its workloads are \
             not in this plan\nhelp: use fewer shards, or no --durations"
        )));
    }
    let workloads = own.into_iter().filter(|name| mine.iter().any(|part| part.workload == *name));
    Ok(Shard { index, of, workloads: workloads.map(str::to_owned).collect() })
}

/// Workloads with a measured duration, then those of the plan without one; in both groups, the longest first.
fn in_order<'a>(planned: &[Part<'a>], measured: &'a Durations) -> Vec<Part<'a>> {
    let measured_s = |part: &&Part<'_>| measured.get(part.workload).copied();
    let both = planned.iter().filter(|part| part.cost_s > 0.0 && measured_s(part).is_some());
    let expected_s: f64 = both.clone().map(|part| part.cost_s).sum();
    let took_s: f64 = both.filter_map(|part| measured_s(&part)).sum();
    // The earlier run may have had another budget.
    let scale = if expected_s > 0.0 { took_s / expected_s } else { 1.0 };
    let known = measured.iter().map(|(workload, cost_s)| Part { workload, cost_s: *cost_s });
    let others = planned.iter().filter(|part| measured_s(part).is_none());
    let others = others.map(|part| Part { workload: part.workload, cost_s: part.cost_s * scale });
    let sorted = |mut parts: Vec<Part<'a>>| {
        // A stable sort: workloads of equal cost stay in order.
        parts.sort_by(|a, b| b.cost_s.total_cmp(&a.cost_s));
        parts
    };
    [sorted(known.collect()), sorted(others.collect())].into_iter().flatten().collect()
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

    fn split_by(costs_s: &[f64], of: usize, measured: &Durations) -> Vec<Vec<String>> {
        let cells = plan(costs_s);
        let shard = |index| split(&cells, ShardNumber { index, of }, measured).unwrap().workloads;
        (1..=of).map(shard).collect()
    }

    fn shards(costs_s: &[f64], of: usize) -> Vec<Vec<String>> {
        split_by(costs_s, of, &Durations::new())
    }

    fn took(durations: &[(&str, f64)]) -> Durations {
        durations.iter().map(|(name, cost_s)| ((*name).to_owned(), *cost_s)).collect()
    }

    #[test]
    fn shard_number_is_between_one_and_the_total() {
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
            // The greedy split is off by one workload at most.
            let mean = costs_s.iter().sum::<f64>() / of as f64;
            let most = costs_s.iter().copied().fold(0.0, f64::max);
            assert!(shards.iter().map(cost).all(|cost| cost <= mean + most), "seed {seed}");
        }
    }

    #[test]
    fn more_shards_than_workloads_that_run_are_refused_by_each_of_them() {
        let cells = plan(&[1.0, 0.0, 1.0]);
        for index in 1..=3 {
            let error = split(&cells, ShardNumber { index, of: 3 }, &Durations::new())
                .unwrap_err()
                .to_string();
            assert!(error.contains("run here (2)"), "{error}");
        }
    }

    #[test]
    fn measured_durations_replace_the_expected_ones() {
        let measured = took(&[("w0", 9.0), ("w1", 2.0), ("w2", 3.0), ("w3", 5.0)]);
        assert_eq!(split_by(&[1.0; 4], 2, &measured), [vec!["w0"], vec!["w3", "w2", "w1"]]);
    }

    #[test]
    fn workload_stays_on_its_machine_when_others_come_and_go() {
        let measured = took(&[("w0", 9.0), ("w1", 2.0), ("w2", 3.0), ("w3", 5.0)]);
        let machine = |shards: Vec<Vec<String>>, name: &str| {
            shards.iter().position(|names| names.iter().any(|own| own == name))
        };
        let all = split_by(&[1.0; 4], 2, &measured);
        let more = split_by(&[1.0, 0.5, 1.0, 1.0, 7.0, 8.0], 2, &measured);
        let fewer = split_by(&[1.0, 1.0], 2, &measured);
        for name in ["w0", "w1"] {
            let here = machine(all.clone(), name);
            assert_eq!(machine(more.clone(), name), here, "{name}");
            assert_eq!(machine(fewer.clone(), name), here, "{name}");
        }
        assert_eq!(more.iter().map(Vec::len).sum::<usize>(), 6);
        // Workloads without a duration are scaled like the others.
        let known = took(&[("w0", 10.0), ("w1", 10.0)]);
        assert_eq!(
            split_by(&[1.0, 1.0, 2.0, 1.0], 2, &known),
            [vec!["w0", "w2"], vec!["w1", "w3"]]
        );
    }

    #[test]
    fn shard_whose_workloads_are_not_planned_is_rejected() {
        let measured = took(&[("gone", 99.0), ("w0", 9.0), ("w1", 1.0), ("w2", 1.0)]);
        let cells = plan(&[1.0, 0.0, 1.0, 1.0]);
        let split = |index| split(&cells, ShardNumber { index, of: 2 }, &measured);
        let error = split(1).unwrap_err().to_string();
        assert!(error.contains("--shard 1/2") && error.contains("--durations"), "{error}");
        assert_eq!(split(2).unwrap().workloads, ["w0", "w1", "w2", "w3"]);
    }
}
