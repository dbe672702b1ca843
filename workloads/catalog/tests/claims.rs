//! The claims against the points of the workloads.

use std::collections::BTreeMap;

use runtime_bench_analysis::claims;
use runtime_bench_api::cells::WorkloadVisitor;
use runtime_bench_api::workload::{PointSet, Workload};
use runtime_bench_results::key::Point;

const WORKERS: [usize; 3] = [1, 2, 8];

/// Every point of every workload.
struct Points(usize, BTreeMap<String, Vec<Point>>);

impl WorkloadVisitor for Points {
    fn visit<W: Workload>(&mut self, workload: W) {
        let sets = [PointSet::Quick, PointSet::Full];
        let points = sets.into_iter().flat_map(|set| workload.points(set, self.0));
        self.1.insert(workload.info().name, points.collect());
    }
}

#[test]
fn claims_name_points_that_workloads_have() {
    for workers in WORKERS {
        let mut points = Points(workers, BTreeMap::new());
        runtime_bench_catalog::each(&mut points);
        for claim in claims::all(workers) {
            for cell in claim.cells() {
                let known = points.1.get(&cell.workload).is_some_and(|p| p.contains(&cell.point));
                assert!(known, "{}: {cell:?}", claim.name);
            }
        }
    }
}
