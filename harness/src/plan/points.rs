//! The points at which workloads are measured, with the parameters of the command line.

use runtime_bench_analysis::claims;
use runtime_bench_results::key::{ALLOCATOR, LOAD, ParamError, ParamValue, Point, RATE, WORKERS};

use super::request::{PlanRequest, Rate};
use crate::machine::Limits;
use crate::registry::Entry;

/// Shares of the capacity, in percent: relaxed, and busy.
const LOADS: [u64; 2] = [50, 80];

/// The workload's own points for a request, before parameters of the command line.
fn own(entry: &Entry, request: &PlanRequest) -> Vec<Point> {
    if request.claims {
        return of_claims(entry, request);
    }
    let points = match request.suite {
        Some(suite) => suite.points(&**entry, request.workers),
        None if entry.by_name() && !request.names(&entry.info.name) => Vec::new(),
        None => entry.points(request.points, request.workers),
    };
    match request.rate {
        Some(Rate::Auto) => by_load(entry, points),
        None => points,
    }
}

/// Points at shares of the capacity instead of fixed rates; points without a rate are unchanged.
fn by_load(entry: &Entry, points: Vec<Point>) -> Vec<Point> {
    let mut shares: Vec<Point> = Vec::new();
    for point in points {
        let rate = point.params.iter().position(|param| param.name == RATE);
        let with = match rate.filter(|_| entry.capacity(&point).is_some()) {
            Some(place) => LOADS.map(|load| at_load(&point, place, load)).to_vec(),
            None => vec![point],
        };
        for point in with {
            if !shares.contains(&point) {
                shares.push(point);
            }
        }
    }
    shares
}

fn at_load(point: &Point, place: usize, load: u64) -> Point {
    let mut point = point.clone();
    let param = &mut point.params[place];
    (param.name, param.value, param.unit) = (LOAD.to_owned(), load.into(), "%".to_owned());
    point
}

/// The points that claims name, each once.
fn of_claims(entry: &Entry, request: &PlanRequest) -> Vec<Point> {
    let mut points = Vec::new();
    for claim in claims::all(request.workers) {
        for cell in claim.cells().filter(|cell| cell.workload == entry.info.name) {
            if !points.contains(&cell.point) {
                points.push(cell.point.clone());
            }
        }
    }
    points
}

/// Whether a point is the workload's own, on any allocator, and not made by a parameter of the command line.
pub(super) fn is_own(point: &Point, entry: &Entry, request: &PlanRequest) -> bool {
    let mut point = point.clone();
    point.params.retain(|param| param.name != ALLOCATOR);
    own(entry, request).contains(&point)
}

/// The points of a workload with the requested parameters, each point once.
pub(super) fn of(entry: &Entry, request: &PlanRequest) -> Vec<Point> {
    let mut points = own(entry, request);
    for (name, values) in &request.params {
        let mut replaced: Vec<Point> = Vec::new();
        for point in points {
            for with in with_param(&point, entry, name, values) {
                if !replaced.contains(&with) {
                    replaced.push(with);
                }
            }
        }
        points = replaced;
    }
    let Some(allocator) = request.allocator else { return points };
    let other = points.iter().map(|point| point.clone().with(ALLOCATOR, allocator.name(), ""));
    points.iter().cloned().chain(other).collect()
}

/// Workers at a point: its own, or those of the run.
///
/// # Errors
/// When the point requests zero, or more threads than this machine allows.
pub(super) fn workers(
    point: &Point,
    request: &PlanRequest,
    limits: Limits,
) -> Result<usize, ParamError> {
    if point.params.iter().all(|param| param.name != WORKERS) {
        return Ok(request.workers);
    }
    let most = limits.threads.and_then(|most| usize::try_from(most).ok());
    point.count_in(WORKERS, 1..=most.unwrap_or(usize::MAX))
}

fn with_param(point: &Point, entry: &Entry, name: &str, values: &[ParamValue]) -> Vec<Point> {
    if let Some((_, default)) = entry.options().iter().find(|(option, _)| *option == name) {
        let mut without = point.clone();
        without.params.retain(|param| param.name != name);
        let with = |value: &ParamValue| {
            let point = without.clone();
            if value.to_string() == *default { point } else { point.with(name, value.clone(), "") }
        };
        return values.iter().map(with).collect();
    }
    let Some(place) = point.params.iter().position(|param| param.name == name) else {
        // Every workload runs on workers, whether or not its sweep varies them.
        let with = |value: &ParamValue| point.clone().with(WORKERS, value.clone(), "");
        return match name {
            WORKERS => values.iter().map(with).collect(),
            _ => vec![point.clone()],
        };
    };
    let with = |value: &ParamValue| {
        let mut point = point.clone();
        let param = &mut point.params[place];
        match (&param.value, value) {
            // The point has no unit for a number: `block=whole` has none, `block=64KiB` has.
            (ParamValue::Text(_), ParamValue::Count(_)) => return None,
            (ParamValue::Count(_), ParamValue::Text(_)) => param.unit.clear(),
            _ => {}
        }
        param.value = value.clone();
        Some(point)
    };
    values.iter().filter_map(with).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::Registry;

    #[test]
    fn load_shares_replace_rates_where_a_capacity_is_known() {
        let registry = Registry::default().with_catalog(runtime_bench_catalog::each);
        let entry = |name: &str| {
            registry
                .entries()
                .iter()
                .find(|entry| entry.info.name == name)
                .expect("it is registered")
        };
        let at = |rate: u64| {
            Point::new()
                .with("connections", 4, "")
                .with(RATE, rate, "messages/s")
                .with("duration", 10, "ms")
        };
        let labels: Vec<String> = by_load(entry("echo-latency"), vec![at(1_000), at(5_000)])
            .iter()
            .map(Point::label)
            .collect();
        let expected = LOADS.map(|load| format!("connections=4,load={load}%,duration=10ms"));
        assert_eq!(labels, expected, "two rates are one load");
        let other = vec![Point::new().with(RATE, 5, "")];
        assert_eq!(by_load(entry("mixed-load"), other.clone()), other);
    }
}
