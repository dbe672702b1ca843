//! Where in their parameter spaces workloads are measured, with what the command line puts in.

use runtime_bench_analysis::claims;
use runtime_bench_results::key::{ALLOCATOR, ParamError, ParamValue, Point, WORKERS};

use super::calibration;
use super::request::{PlanRequest, Rate};
use crate::machine::Limits;
use crate::registry::Entry;

/// The points that a workload itself has for what is wished, before parameters are put in.
fn own(entry: &Entry, request: &PlanRequest) -> Vec<Point> {
    if request.claims {
        return of_claims(entry, request);
    }
    let points = entry.points(request.points, request.workers);
    match request.rate {
        Some(Rate::Auto) => calibration::by_load(entry, points),
        None => points,
    }
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

/// Whether a point is the workload's own, on whatever allocator, and not made by a parameter of the
/// command line.
pub(super) fn is_own(point: &Point, entry: &Entry, request: &PlanRequest) -> bool {
    let mut point = point.clone();
    point.params.retain(|param| param.name != ALLOCATOR);
    own(entry, request).contains(&point)
}

/// The points of a workload, with the wished parameters put in, each point once.
pub(super) fn of(entry: &Entry, request: &PlanRequest) -> Vec<Point> {
    let mut points = own(entry, request);
    for (name, values) in &request.params {
        let mut replaced: Vec<Point> = Vec::new();
        for point in points {
            for with in with_param(&point, name, values) {
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
/// When the point asks for none, or for more than this machine allows threads.
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

fn with_param(point: &Point, name: &str, values: &[ParamValue]) -> Vec<Point> {
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
