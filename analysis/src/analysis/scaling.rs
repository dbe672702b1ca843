//! The growth of a cost along one parameter.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::costs::Costed;
use super::parallel::on_all_cores;
use crate::stats::{PowerLaw, SpeedUp, median, power_law, speed_up};
use runtime_bench_results::key::{Param, ParamValue, WORKERS};
use runtime_bench_results::trial::Phase;

/// Minimum number of different values of a parameter.
const FEWEST_VALUES: usize = 3;

/// The cost of one runner along one numeric parameter, with everything else equal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Scaling {
    /// Name of the workload.
    pub workload: String,
    /// Its variant, if it has one.
    pub variant: Option<String>,
    /// Name of the runner.
    pub runner: String,
    /// Phase of the instances.
    pub phase: Phase,
    /// Name of the metric.
    pub headline: String,
    /// Name of the parameter.
    pub param: String,
    /// Unit of the parameter; empty for a plain count.
    pub unit: String,
    /// The other parameters, which all points share.
    pub fixed: Vec<Param>,
    /// At least three, by `x`.
    pub points: Vec<ScalingPoint>,
    /// Cost as a power of the parameter; `None` where fewer than three points are above zero.
    pub power_law: Option<PowerLaw>,
    /// The speed-up, for the parameter `workers`. `None` without a point at one worker.
    pub speed_up: Option<SpeedUp>,
}

/// The cost at one value of the parameter.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ScalingPoint {
    /// The parameter, in its unit.
    pub x: f64,
    /// Median over processes of the headline, or of its inverse if higher is better.
    pub cost: f64,
    /// Processes measured.
    pub samples: usize,
}

/// The common part of the points of one scaling.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Along<'a> {
    workload: &'a str,
    variant: Option<&'a str>,
    runner: &'a str,
    phase: Phase,
    headline: &'a str,
    param: &'a str,
    unit: &'a str,
    fixed: Vec<&'a Param>,
}

/// Every scaling of a run, in the order of their first points in the plan.
pub(super) fn scalings(rows: &[Costed<'_>]) -> Vec<Scaling> {
    let mut lines: BTreeMap<Along<'_>, Line> = BTreeMap::new();
    for (place, row) in rows.iter().enumerate() {
        for (along, x) in parameters(row) {
            let line = lines.entry(along).or_insert(Line { place, points: BTreeMap::new() });
            line.points.entry(x).or_insert_with(|| row.costs.values().copied().collect());
        }
    }
    let mut lines: Vec<(Along<'_>, Line)> = lines.into_iter().collect();
    // A stable sort: the parameters of one row stay in the order of their names.
    lines.sort_by_key(|(_, line)| line.place);
    on_all_cores(&lines, |(along, line)| line.fit(along)).into_iter().flatten().collect()
}

/// Each numeric parameter of a row, and its value.
fn parameters<'a>(row: &Costed<'a>) -> Vec<(Along<'a>, u64)> {
    let (group, key) = (row.group, &row.row.key);
    let params = &key.point.params;
    let along = |(index, param): (usize, &'a Param)| {
        let ParamValue::Count(x) = param.value else { return None };
        let others = params.iter().enumerate().filter(|(other, _)| *other != index);
        let along = Along {
            workload: &key.workload,
            variant: key.point.variant.as_deref(),
            runner: &key.runner,
            phase: group.phase,
            headline: &group.headline,
            param: &param.name,
            unit: &param.unit,
            fixed: others.map(|(_, other)| other).collect(),
        };
        Some((along, x))
    };
    params.iter().enumerate().filter_map(along).collect()
}

/// The costs of every value of a parameter.
struct Line {
    /// The first of its rows.
    place: usize,
    points: BTreeMap<u64, Vec<f64>>,
}

impl Line {
    fn fit(&self, along: &Along<'_>) -> Option<Scaling> {
        let costs: Vec<(f64, Vec<f64>)> =
            self.points.iter().map(|(x, costs)| (*x as f64, costs.clone())).collect();
        let point = |(x, costs): &(f64, Vec<f64>)| {
            Some(ScalingPoint { x: *x, cost: median(costs)?, samples: costs.len() })
        };
        let points: Vec<ScalingPoint> = costs.iter().filter_map(point).collect();
        if points.len() < FEWEST_VALUES {
            return None;
        }
        let medians: Vec<(f64, f64)> = points.iter().map(|point| (point.x, point.cost)).collect();
        Some(Scaling {
            workload: along.workload.to_owned(),
            variant: along.variant.map(str::to_owned),
            runner: along.runner.to_owned(),
            phase: along.phase,
            headline: along.headline.to_owned(),
            param: along.param.to_owned(),
            unit: along.unit.to_owned(),
            fixed: along.fixed.iter().copied().cloned().collect(),
            points,
            power_law: power_law(&costs),
            speed_up: (along.param == WORKERS).then(|| speed_up(&medians)).flatten(),
        })
    }
}
