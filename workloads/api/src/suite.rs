//! Named sets of cells.

use runtime_bench_results::key::Point;

use crate::dyn_workload::DynWorkload;
use crate::workload::PointSet;

/// A set of cells with a purpose.
#[derive(Clone, Copy, Debug)]
pub struct Suite {
    /// Its name on the command line.
    pub name: &'static str,
    /// What it is for, in one sentence.
    pub purpose: &'static str,
    /// What is in it.
    pub members: &'static [Members],
}

/// Cells of a suite.
#[derive(Clone, Copy, Debug)]
pub enum Members {
    /// The cells of a run without a filter.
    Usual,
    /// The sweeps of every workload.
    Sweeps,
    /// The usual points of these workloads.
    Workloads(&'static [&'static str]),
    /// These points of these workloads.
    Points(fn() -> Vec<(&'static str, Point)>),
}

impl Suite {
    /// The points of a workload in this suite, given the number of workers.
    pub fn points(&self, workload: &dyn DynWorkload, workers: usize) -> Vec<Point> {
        self.members.iter().flat_map(|members| members.points(workload, workers)).collect()
    }

    /// Whether this suite contains a workload that is measured at `points`: at any of them, or at one of the
    /// suite's points if it has a list of points. The sweeps contain none, because every workload has one.
    pub fn names(&self, workload: &dyn DynWorkload, points: &[&Point]) -> bool {
        !points.is_empty() && self.members.iter().any(|members| members.names(workload, points))
    }
}

impl Members {
    /// As [`Suite::points`].
    fn points(self, workload: &dyn DynWorkload, workers: usize) -> Vec<Point> {
        let name = workload.info().name;
        let usual = || workload.points(PointSet::Quick, workers);
        match self {
            Self::Usual if !workload.by_name() => usual(),
            Self::Sweeps => workload.points(PointSet::Full, workers),
            Self::Workloads(names) if names.contains(&name.as_str()) => usual(),
            Self::Usual | Self::Workloads(_) => Vec::new(),
            Self::Points(list) => {
                let own = list().into_iter().filter(|(workload, _)| name == *workload);
                own.map(|(_, point)| point).collect()
            }
        }
    }

    /// As [`Suite::names`].
    fn names(self, workload: &dyn DynWorkload, points: &[&Point]) -> bool {
        let name = workload.info().name;
        match self {
            Self::Usual => !workload.by_name(),
            Self::Sweeps => false,
            Self::Workloads(names) => names.contains(&name.as_str()),
            Self::Points(list) => {
                list().iter().any(|(workload, point)| name == *workload && points.contains(&point))
            }
        }
    }
}
