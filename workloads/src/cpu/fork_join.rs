//! `fork-join`: recursion that splits its work in two or in ten.

use std::future::Future;

use runtime_bench_api::prelude::*;

/// Many systems refuse more OS threads than this.
const MOST_THREADS: usize = 4_000;

/// The workload.
#[derive(Clone, Copy, Debug)]
pub struct ForkJoin;

/// The tree that is computed.
#[derive(Clone, Copy, Debug)]
pub enum Tree {
    /// Fibonacci numbers.
    Fib {
        /// Index of the number.
        n: u64,
        /// Up to this index, plain recursion computes the number.
        cut_off: u64,
    },
    /// A tree of ten children per node; the result is the sum of its leaves' numbers.
    Skynet(Leaves),
}

impl FromPoint for Tree {
    fn from_point(point: &Point) -> Result<Self, Unsupported> {
        match point.variant.as_deref() {
            Some("fib") => Ok(Self::Fib {
                n: point.count_in("n", 1..=50)? as u64,
                cut_off: point.count_in("cut-off", 1..=50)? as u64,
            }),
            Some("skynet") => {
                let count = point.count_in("leaves", 1..=1_000_000_000)? as u64;
                Ok(Self::Skynet(Leaves { first: 0, count }))
            }
            _ => Err(Unsupported::variant(&["fib", "skynet"])),
        }
    }
}

impl Tree {
    fn expected(self) -> u64 {
        match self {
            Self::Fib { n, .. } => (0..n).fold((0, 1), |(a, b), _| (b, a + b)).0,
            Self::Skynet(Leaves { count, .. }) => count * count.saturating_sub(1) / 2,
        }
    }

    /// Tasks that one iteration spawns, without walking the tree.
    fn tasks(self) -> u64 {
        match self {
            // One per node that splits: t(n) = 1 + t(n − 1) + t(n − 2), and 0 up to the cut-off.
            Self::Fib { n, cut_off } => {
                (cut_off..n).fold((0, 0), |(before, last), _| (last, 1 + last + before)).1
            }
            Self::Skynet(leaves) => leaves.tasks(),
        }
    }
}

/// Consecutive leaves of `skynet`.
#[derive(Clone, Copy, Debug)]
pub struct Leaves {
    first: u64,
    count: u64,
}

impl Leaves {
    const CHILDREN: usize = 10;

    fn tasks(self) -> u64 {
        if self.count <= 1 {
            return 0;
        }
        // All children but the last non-empty one have the same size.
        let part = self.count.div_ceil(Self::CHILDREN as u64);
        let tasks = |count| Self { first: 0, count }.tasks();
        Self::CHILDREN as u64 + self.count / part * tasks(part) + tasks(self.count % part)
    }

    /// The sum of a leaf or of no leaves; `None` for a node that splits.
    fn sum(self) -> Option<u64> {
        (self.count <= 1).then_some(self.first * self.count)
    }

    fn child(self, number: usize) -> Self {
        let part = self.count.div_ceil(Self::CHILDREN as u64);
        let start = (part * number as u64).min(self.count);
        Self { first: self.first + start, count: part.min(self.count - start) }
    }

    fn children(self) -> impl Iterator<Item = Self> {
        (0..Self::CHILDREN).map(move |number| self.child(number))
    }
}

fn plain_fib(n: u64) -> u64 {
    if n < 2 { n } else { plain_fib(n - 1) + plain_fib(n - 2) }
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
            model: "Each node of a recursion spawns part of its work and joins it. `fib` spawns \
                    one half of a Fibonacci recursion and computes the other half itself. \
                    `skynet` spawns ten children per node and sums the numbers of all leaves."
                .into(),
            check: "The result is the Fibonacci number, or the sum of the leaves' numbers.".into(),
            headline: Self::METRICS[0].id.into(),
            headline_phase: Phase::Warm,
            notes: vec![
                "An async recursion must box the future of the half that a `fib` node computes \
                 itself. The cost of that box is included."
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
        Ok(Requirements::of_tasks(tasks))
    }

    fn verify(&self, trial: &Trial<Tree>, output: &u64) -> Result<(), String> {
        let expected = trial.params.expected();
        ensure(*output == expected, || format!("the result is {output}, expected {expected}"))
    }

    fn describe(&self, output: &u64) -> String {
        output.to_string()
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
        Ok(repeat_async(move || async move {
            Ok(match tree {
                Tree::Fib { n, cut_off } => fib_async::<R>(n, cut_off).await,
                Tree::Skynet(leaves) => skynet_async::<R>(leaves).await,
            })
        }))
    }

    fn on_threads<T: ThreadRuntime>(
        self,
        Trial { params: tree, .. }: Trial<Tree>,
    ) -> Result<impl Session<Output = u64>, Failure> {
        Ok(repeat(move || {
            Ok(match tree {
                Tree::Fib { n, cut_off } => fib_threads::<T>(n, cut_off),
                Tree::Skynet(leaves) => skynet_threads::<T>(leaves),
            })
        }))
    }

    fn on_data_parallel<D: DataParallel>(
        self,
        Trial { params: tree, .. }: Trial<Tree>,
    ) -> Result<impl Session<Output = u64>, Failure> {
        Ok(repeat(move || {
            Ok(match tree {
                Tree::Fib { n, cut_off } => fib_pool::<D>(n, cut_off),
                Tree::Skynet(leaves) => skynet_pool::<D>(leaves),
            })
        }))
    }
}

// Each form is written as the documentation of its runtimes recommends, with nothing else in a future or a
// closure: a join takes rayon about 10 ns, and spawning moves the whole future.

/// Boxes only the future that the parent awaits itself, whose type would otherwise contain itself.
#[allow(clippy::manual_async_fn, reason = "recursion needs the bound `Send` in the signature")]
fn fib_async<R: AsyncRuntime>(n: u64, cut_off: u64) -> impl Future<Output = u64> + Send {
    async move {
        if n <= cut_off {
            return plain_fib(n);
        }
        let left = R::spawn(fib_async::<R>(n - 1, cut_off));
        let right = Box::pin(fib_async::<R>(n - 2, cut_off)).await;
        left.await + right
    }
}

#[allow(clippy::manual_async_fn, reason = "recursion needs the bound `Send` in the signature")]
fn skynet_async<R: AsyncRuntime>(leaves: Leaves) -> impl Future<Output = u64> + Send {
    async move {
        if let Some(sum) = leaves.sum() {
            return sum;
        }
        let spawn = |child| R::spawn(skynet_async::<R>(child));
        let children: Vec<_> = leaves.children().map(spawn).collect();
        let mut sum = 0;
        for child in children {
            sum += child.await;
        }
        sum
    }
}

fn fib_threads<T: ThreadRuntime>(n: u64, cut_off: u64) -> u64 {
    if n <= cut_off {
        return plain_fib(n);
    }
    let left = T::spawn(move || fib_threads::<T>(n - 1, cut_off));
    let right = fib_threads::<T>(n - 2, cut_off);
    T::join(left) + right
}

fn skynet_threads<T: ThreadRuntime>(leaves: Leaves) -> u64 {
    leaves.sum().unwrap_or_else(|| {
        let spawn = |child| T::spawn(move || skynet_threads::<T>(child));
        let children: Vec<_> = leaves.children().map(spawn).collect();
        children.into_iter().map(T::join).sum()
    })
}

fn fib_pool<D: DataParallel>(n: u64, cut_off: u64) -> u64 {
    if n <= cut_off {
        return plain_fib(n);
    }
    let (left, right) =
        D::join(move || fib_pool::<D>(n - 1, cut_off), move || fib_pool::<D>(n - 2, cut_off));
    left + right
}

fn skynet_pool<D: DataParallel>(leaves: Leaves) -> u64 {
    leaves.sum().unwrap_or_else(|| {
        D::sum(Leaves::CHILDREN, |number| skynet_pool::<D>(leaves.child(number)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sum and number of tasks, by walking the tree.
    fn walk(leaves: Leaves) -> (u64, u64) {
        let add = |all: (u64, u64), child: (u64, u64)| (all.0 + child.0, all.1 + child.1 + 1);
        let split = || leaves.children().map(walk).fold((0, 0), add);
        leaves.sum().map_or_else(split, |sum| (sum, 0))
    }

    #[test]
    fn expected_outputs_match_plain_recursion() {
        assert_eq!(Tree::Fib { n: 27, cut_off: 12 }.expected(), plain_fib(27));
        for count in [0, 1, 2, 9, 10, 11, 57, 100, 1_234] {
            let leaves = Leaves { first: 0, count };
            let tree = Tree::Skynet(leaves);
            assert_eq!((tree.expected(), tree.tasks()), walk(leaves), "{count} leaves");
        }
    }

    #[test]
    fn fib_tasks_are_counted() {
        fn spawned(n: u64) -> u64 {
            if n <= 4 { 0 } else { 1 + spawned(n - 1) + spawned(n - 2) }
        }
        for n in 0..15 {
            assert_eq!(Tree::Fib { n, cut_off: 4 }.tasks(), spawned(n), "fib({n})");
        }
    }
}
