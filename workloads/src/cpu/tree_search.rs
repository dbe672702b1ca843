//! `tree-search`: divide and conquer over trees whose shape is unknown beforehand.

use std::future::Future;

use runtime_bench_results::catalog::{Kind, WorkloadInfo};
use runtime_bench_results::key::Point;
use runtime_bench_results::metric::{self, MetricDef};
use runtime_bench_results::trial::{Metric, Phase};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::irregular::Node;
use runtime_bench_api::external;
use runtime_bench_api::instance::{AsyncSession, Session, repeat, repeat_async};
use runtime_bench_api::runtime::{AsyncRuntime, DataParallel, Family, ThreadRuntime};
use runtime_bench_api::workload::{
    Failure, FromPoint, PointSet, Requirements, Timed, Trial, Unsupported, Workload, most_threads,
    over_workers,
};

/// Above this, one OS thread per task is no longer realistic.
const MOST_THREADS: usize = 1_000;
/// Tasks that are counted before a point is known to have many.
const MANY: u64 = 100_000;

const QUEENS: &str = "nqueens";
const UTS: &str = "uts";

/// The workload.
#[derive(Clone, Copy, Debug)]
pub struct TreeSearch;

/// The parameters of a point.
#[derive(Clone, Copy, Debug)]
pub struct Params {
    root: Node,
    /// A node with this many levels below it, or fewer, is searched without tasks.
    cut_off: u32,
}

impl FromPoint for Params {
    fn from_point(point: &Point) -> Result<Self, Unsupported> {
        let cut_off = point.count_in("cut-off", 0..=32)? as u32;
        let root = match point.variant.as_deref() {
            Some(QUEENS) => Node::board(point.count_in("n", 1..=18)? as u32),
            Some(UTS) => {
                let branching = point.count_in("branching", 1..=8)? as u32;
                Node::seed(branching, point.count_in("depth", 1..=12)? as u32)
            }
            _ => return Err(Unsupported::variant(&[QUEENS, UTS])),
        };
        Ok(Self { root, cut_off })
    }
}

/// The result of a plain recursion, and the number of tasks of a parallel one.
#[derive(Clone, Copy, Debug, Default)]
struct Expected {
    result: u64,
    tasks: u64,
}

impl Params {
    fn expected(self) -> Expected {
        Expected { result: self.root.search(), tasks: self.root.tasks(self.cut_off, u64::MAX) }
    }
}

/// What a search found.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub struct Found {
    /// Solutions of `nqueens`, nodes of `uts`.
    result: u64,
    // Never taken from the runner.
    #[serde(skip)]
    expected: Expected,
}

impl Workload for TreeSearch {
    type Params = Params;
    type Output = Found;
    const METRICS: &'static [&'static MetricDef] =
        &[&metric::PER_TASK, &metric::CPU_PER_TASK, &metric::CPU_OVER_WALL];

    const BY_NAME: bool = true;

    fn info(&self) -> WorkloadInfo {
        WorkloadInfo {
            name: "tree-search".into(),
            title: "Divide and conquer over irregular trees".into(),
            kind: Kind::Cpu,
            model: "Each node spawns a task for every child and joins them in order. `nqueens` \
                    counts the ways to place queens on a board; each child places a queen in the \
                    next row where no other queen attacks it. `uts` counts the nodes of a tree in \
                    which the number of children is random and known only at the node (unbalanced \
                    tree search, geometric)."
                .into(),
            check: "The result is that of a plain recursion on one thread.".into(),
            headline: Self::METRICS[0].id.into(),
            headline_phase: Phase::Warm,
            notes: vec![
                "Both trees are the same in every run. Unlike in `fork-join`, subtrees differ in \
                 size by orders of magnitude, so workers must find new work all the time."
                    .into(),
                "rayon sums a parallel iterator over the children, as its documentation \
                 recommends, and decides which of them become jobs. Its time is divided by the \
                 same number of tasks as that of the other runners."
                    .into(),
                "The random numbers of `uts` come from a 64-bit mixer. The original uses SHA-1, \
                 whose cost would hide that of a task."
                    .into(),
            ],
        }
    }

    fn points(&self, set: PointSet, workers: usize) -> Vec<Point> {
        let queens = |n: u64, cut_off: u64| {
            Point::new().variant(QUEENS).with("n", n, "").with("cut-off", cut_off, "")
        };
        let uts = |depth: u64, cut_off: u64| {
            let point = Point::new().variant(UTS).with("branching", 4, "");
            point.with("depth", depth, "").with("cut-off", cut_off, "")
        };
        match set {
            PointSet::Smoke => vec![queens(6, 3), uts(3, 1)],
            PointSet::Quick => vec![queens(8, 0)],
            PointSet::Full => [
                vec![queens(8, 0), queens(11, 0), queens(11, 6), uts(5, 0), uts(8, 0), uts(8, 3)],
                over_workers(&queens(11, 6), workers),
            ]
            .concat(),
        }
    }

    fn requirements(&self, params: &Params, family: Family) -> Result<Requirements, Unsupported> {
        let tasks = params.root.tasks(params.cut_off, MANY);
        most_threads(family, tasks as usize, MOST_THREADS)?;
        Ok(Requirements { tasks: tasks as usize, memory: tasks * 1_024, ..Requirements::default() })
    }

    fn parse_outputs(
        &self,
        trial: &Trial<Params>,
        outputs: Vec<Value>,
    ) -> Result<Vec<Found>, Failure> {
        let expected = trial.params.expected();
        let outputs = external::parse_outputs::<Found>(outputs)?;
        Ok(outputs.into_iter().map(|found| Found { expected, ..found }).collect())
    }

    fn verify(&self, _: &Trial<Params>, found: &Found) -> Result<(), String> {
        let expected = found.expected.result;
        if found.result == expected {
            return Ok(());
        }
        Err(format!("the search found {}, expected {expected}", found.result))
    }

    fn describe(&self, found: &Found) -> String {
        found.result.to_string()
    }

    fn metrics(&self, _: &Trial<Params>, block: &Timed<Found>) -> Vec<Metric> {
        let tasks = block.mean(|found| found.expected.tasks.max(1) as f64);
        vec![
            Metric::of(&metric::PER_TASK, block.wall_ns() / tasks),
            Metric::of(&metric::CPU_PER_TASK, block.cpu_ns() / tasks),
            Metric::of(&metric::CPU_OVER_WALL, block.cpu_ns() / block.wall_ns()),
        ]
    }

    async fn on_async<R: AsyncRuntime>(
        self,
        Trial { params, .. }: Trial<Params>,
    ) -> Result<impl AsyncSession<Output = Found>, Failure> {
        let (Params { root, cut_off }, expected) = (params, params.expected());
        Ok(repeat_async(move || async move {
            Ok(Found { result: on_tasks::<R>(root, cut_off).await, expected })
        }))
    }

    fn on_threads<T: ThreadRuntime>(
        self,
        Trial { params, .. }: Trial<Params>,
    ) -> Result<impl Session<Output = Found>, Failure> {
        let (Params { root, cut_off }, expected) = (params, params.expected());
        Ok(repeat(move || Ok(Found { result: on_threads::<T>(root, cut_off), expected })))
    }

    fn on_data_parallel<D: DataParallel>(
        self,
        Trial { params, .. }: Trial<Params>,
    ) -> Result<impl Session<Output = Found>, Failure> {
        let (Params { root, cut_off }, expected) = (params, params.expected());
        Ok(repeat(move || Ok(Found { result: on_pool::<D>(root, cut_off), expected })))
    }
}

#[allow(clippy::manual_async_fn, reason = "recursion needs the bound `Send` in the signature")]
fn on_tasks<R: AsyncRuntime>(node: Node, cut_off: u32) -> impl Future<Output = u64> + Send {
    async move {
        if node.levels() <= cut_off {
            return node.search();
        }
        let spawn = |child| R::spawn(on_tasks::<R>(child, cut_off));
        let children: Vec<_> = node.children().map(spawn).collect();
        let mut sum = node.own();
        for child in children {
            sum += child.await;
        }
        sum
    }
}

fn on_threads<T: ThreadRuntime>(node: Node, cut_off: u32) -> u64 {
    if node.levels() <= cut_off {
        return node.search();
    }
    let spawn = |child| T::spawn(move || on_threads::<T>(child, cut_off));
    let children: Vec<_> = node.children().map(spawn).collect();
    node.own() + children.into_iter().map(T::join).sum::<u64>()
}

fn on_pool<D: DataParallel>(node: Node, cut_off: u32) -> u64 {
    if node.levels() <= cut_off {
        return node.search();
    }
    let search = |number| node.child(number).map_or(0, |child| on_pool::<D>(child, cut_off));
    node.own() + D::sum(node.width(), search)
}
