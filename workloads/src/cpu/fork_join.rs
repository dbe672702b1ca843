//! `fork-join`: recursion that splits its work in two, or in ten.

use std::future::Future;
use std::pin::Pin;

use runtime_bench_results::catalogue::{Kind, WorkloadInfo};
use runtime_bench_results::key::Point;
use runtime_bench_results::metric::{self, MetricDef};
use runtime_bench_results::trial::{Metric, Phase};

use runtime_bench_api::instance::{AsyncSession, Session, repeat, repeat_async};
use runtime_bench_api::runtime::{AsyncRuntime, DataParallel, Family, ThreadRuntime};
use runtime_bench_api::workload::{
    Failure, FromPoint, PointSet, Requirements, Timed, Trial, Unsupported, Workload, most_threads,
    over_workers,
};

/// Above this many tasks at once, one OS thread per task is refused by many systems.
const MOST_THREADS: usize = 4_000;

/// The workload.
#[derive(Clone, Copy, Debug)]
pub struct ForkJoin;

/// The tree that is computed: a node either splits or is a leaf.
#[derive(Clone, Copy, Debug)]
pub enum Tree {
    /// Fibonacci numbers; from the cut-off downwards by plain recursion.
    Fib {
        /// Its index.
        n: u64,
        /// Below it nothing splits.
        cut_off: u64,
    },
    /// Leaves numbered from `first`, ten children a node; the answer is their sum.
    Skynet {
        /// Number of the first leaf.
        first: u64,
        /// Number of leaves.
        leaves: u64,
    },
}

impl FromPoint for Tree {
    fn from_point(point: &Point) -> Result<Self, Unsupported> {
        match point.variant.as_deref() {
            Some("fib") => Ok(Self::Fib {
                n: point.count_in("n", 1..=50)? as u64,
                cut_off: point.count_in("cut-off", 1..=50)? as u64,
            }),
            Some("skynet") => Ok(Self::Skynet {
                first: 0,
                leaves: point.count_in("leaves", 1..=1_000_000_000)? as u64,
            }),
            _ => {
                Err(Unsupported::Point("fork-join has the variants `fib` and `skynet`".to_owned()))
            }
        }
    }
}

impl Tree {
    /// The parts that may run in parallel; none for a leaf.
    fn children(self) -> Children {
        match self {
            Self::Fib { n, cut_off } if n > cut_off.max(1) => {
                Children::Two(Self::Fib { n: n - 1, cut_off }, Self::Fib { n: n - 2, cut_off })
            }
            Self::Skynet { first, leaves } if leaves > 1 => {
                let part = leaves.div_ceil(10);
                Children::Ten(std::array::from_fn(|child| {
                    let start = (part * child as u64).min(leaves);
                    Self::Skynet { first: first + start, leaves: part.min(leaves - start) }
                }))
            }
            leaf => Children::None(leaf.leaf()),
        }
    }

    fn leaf(self) -> u64 {
        fn fib(n: u64) -> u64 {
            if n < 2 { n } else { fib(n - 1) + fib(n - 2) }
        }
        match self {
            Self::Fib { n, .. } => fib(std::hint::black_box(n)),
            Self::Skynet { first, leaves } => first * leaves,
        }
    }

    fn expected(self) -> u64 {
        match self {
            Self::Fib { n, .. } => (0..n).fold((0, 1), |(a, b), _| (b, a + b)).0,
            Self::Skynet { leaves, .. } => leaves * leaves.saturating_sub(1) / 2,
        }
    }

    /// Tasks that one iteration spawns, without walking the tree.
    fn tasks(self) -> u64 {
        match self {
            // One a node that splits: t(n) = 1 + t(n − 1) + t(n − 2), and 0 up to the cut-off.
            Self::Fib { n, cut_off } => {
                (cut_off.max(1)..n).fold((0, 0), |(before, last), _| (last, 1 + last + before)).1
            }
            // All but the last of the children are alike.
            Self::Skynet { leaves, .. } if leaves > 1 => {
                let part = leaves.div_ceil(10);
                let tasks = |leaves| Self::Skynet { first: 0, leaves }.tasks();
                10 + leaves / part * tasks(part) + tasks(leaves % part)
            }
            Self::Skynet { .. } => 0,
        }
    }
}

enum Children {
    None(u64),
    /// The first is spawned, the second is computed by the parent meanwhile.
    Two(Tree, Tree),
    /// All are spawned.
    Ten([Tree; 10]),
}

impl Workload for ForkJoin {
    type Params = Tree;
    type Output = u64;
    const METRICS: &'static [&'static MetricDef] =
        &[&metric::PER_TASK, &metric::CPU_PER_TASK, &metric::CPU_OVER_WALL];

    fn info(&self) -> WorkloadInfo {
        WorkloadInfo {
            name: "fork-join".into(),
            title: "Divide and conquer".into(),
            kind: Kind::Cpu,
            model: "A recursion whose every node spawns part of its work and joins it. `fib` \
                    spawns one half of a Fibonacci recursion and computes the other; `skynet` is \
                    a tree of ten children a node that adds up the numbers of its leaves."
                .into(),
            check: "The Fibonacci number, or the sum of the leaves' numbers.".into(),
            headline: Self::METRICS[0].id.into(),
            headline_phase: Phase::Warm,
            notes: vec![
                "An asynchronous recursion needs a boxed future per task; that is part of what it \
                 costs."
                    .into(),
            ],
        }
    }

    fn points(&self, set: PointSet, workers: usize) -> Vec<Point> {
        let fib = |n: u64, cut_off: u64| {
            Point::new().variant("fib").with("n", n, "").with("cut-off", cut_off, "")
        };
        let skynet = |leaves: u64| Point::new().variant("skynet").with("leaves", leaves, "");
        match set {
            PointSet::Smoke => vec![fib(10, 6), skynet(50)],
            PointSet::Quick => vec![fib(27, 14)],
            PointSet::Full => [
                vec![fib(27, 10), fib(27, 14), fib(27, 18), skynet(100_000)],
                over_workers(&fib(27, 14), workers),
            ]
            .concat(),
        }
    }

    fn requirements(&self, tree: &Tree, family: Family) -> Result<Requirements, Unsupported> {
        let tasks = usize::try_from(tree.tasks()).unwrap_or(usize::MAX);
        most_threads(family, tasks, MOST_THREADS)?;
        Ok(Requirements {
            tasks,
            memory: (tasks as u64).saturating_mul(1_024),
            ..Requirements::default()
        })
    }

    fn verify(&self, trial: &Trial<Tree>, answer: &u64) -> Result<(), String> {
        let expected = trial.params.expected();
        if *answer == expected {
            Ok(())
        } else {
            Err(format!("the trial.params gave {answer}, expected {expected}"))
        }
    }

    fn describe(&self, answer: &u64) -> String {
        answer.to_string()
    }

    fn metrics(&self, trial: &Trial<Tree>, block: &Timed<u64>) -> Vec<Metric> {
        let tasks = trial.params.tasks().max(1) as f64;
        vec![
            Metric::of(&metric::PER_TASK, block.wall_ns() / tasks),
            Metric::of(&metric::CPU_PER_TASK, block.cpu_ns() / tasks),
            Metric::of(&metric::CPU_OVER_WALL, block.cpu_ns() / block.wall_ns()),
        ]
    }

    async fn on_async<R: AsyncRuntime>(
        self,
        Trial { params: tree, .. }: Trial<Tree>,
    ) -> Result<impl AsyncSession<Output = u64>, Failure> {
        Ok(repeat_async(move || async move { Ok(future::<R>(tree).await) }))
    }

    fn on_threads<T: ThreadRuntime>(
        self,
        Trial { params: tree, .. }: Trial<Tree>,
    ) -> Result<impl Session<Output = u64>, Failure> {
        Ok(repeat(move || Ok(threads::<T>(tree))))
    }

    fn on_data_parallel<D: DataParallel>(
        self,
        Trial { params: tree, .. }: Trial<Tree>,
    ) -> Result<impl Session<Output = u64>, Failure> {
        Ok(repeat(move || Ok(pool::<D>(tree))))
    }
}

/// A recursive future must be boxed: its type would contain itself.
fn future<R: AsyncRuntime>(tree: Tree) -> Pin<Box<dyn Future<Output = u64> + Send>> {
    Box::pin(async move {
        match tree.children() {
            Children::None(answer) => answer,
            Children::Two(left, right) => {
                let left = R::spawn(future::<R>(left));
                let right = future::<R>(right).await;
                left.await + right
            }
            Children::Ten(children) => {
                let children = children.map(|child| R::spawn(future::<R>(child)));
                let mut sum = 0;
                for child in children {
                    sum += child.await;
                }
                sum
            }
        }
    })
}

fn threads<T: ThreadRuntime>(tree: Tree) -> u64 {
    match tree.children() {
        Children::None(answer) => answer,
        Children::Two(left, right) => {
            let left = T::spawn(move || threads::<T>(left));
            let right = threads::<T>(right);
            T::join(left) + right
        }
        Children::Ten(children) => {
            let children = children.map(|child| T::spawn(move || threads::<T>(child)));
            children.into_iter().map(T::join).sum()
        }
    }
}

fn pool<D: DataParallel>(tree: Tree) -> u64 {
    match tree.children() {
        Children::None(answer) => answer,
        Children::Two(left, right) => {
            let (left, right) = D::join(|| pool::<D>(left), || pool::<D>(right));
            left + right
        }
        Children::Ten(children) => {
            D::map(children.len(), |child| pool::<D>(children[child])).into_iter().sum()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sequential(tree: Tree) -> u64 {
        match tree.children() {
            Children::None(answer) => answer,
            Children::Two(left, right) => sequential(left) + sequential(right),
            Children::Ten(children) => children.into_iter().map(sequential).sum(),
        }
    }

    #[test]
    fn both_trees_give_what_they_should() {
        for point in ForkJoin.points(PointSet::Smoke, 2) {
            let tree = Tree::from_point(&point).unwrap();
            assert_eq!(sequential(tree), tree.expected(), "{point:?}");
        }
        assert_eq!(Tree::Fib { n: 27, cut_off: 12 }.expected(), 196_418);
        for leaves in 0..120 {
            let tree = Tree::Skynet { first: 0, leaves };
            assert_eq!(sequential(tree), tree.expected(), "{leaves} leaves");
        }
    }

    #[test]
    fn tasks_are_counted() {
        assert_eq!(Tree::Fib { n: 3, cut_off: 1 }.tasks(), 2);
        assert_eq!(Tree::Skynet { first: 0, leaves: 100 }.tasks(), 110);
        for leaves in [0, 1, 2, 9, 10, 11, 57, 1_234] {
            let tree = Tree::Skynet { first: 0, leaves };
            assert_eq!(tree.tasks(), spawned(tree), "{leaves} leaves");
        }
        for n in 0..15 {
            let tree = Tree::Fib { n, cut_off: 4 };
            assert_eq!(tree.tasks(), spawned(tree), "fib({n})");
        }
    }

    /// Tasks by walking the tree.
    fn spawned(tree: Tree) -> u64 {
        match tree.children() {
            Children::None(_) => 0,
            Children::Two(left, right) => 1 + spawned(left) + spawned(right),
            Children::Ten(children) => 10 + children.into_iter().map(spawned).sum::<u64>(),
        }
    }
}
