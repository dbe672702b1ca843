//! The trees of `tree-search`.

/// A node of a tree whose shape is unknown until it is searched.
#[derive(Clone, Copy, Debug)]
pub(super) enum Node {
    /// A board with queens in its first rows, which attack squares of the next row.
    Board { size: u32, rows: u32, columns: u32, left: u32, right: u32 },
    /// A node with random children, drawn from its state.
    Random { branching: u32, levels: u32, state: u64, children: u32 },
}

/// The state of the root: a tree that is neither very small nor very large at any depth.
const SEED: u64 = 19;
/// Maximum number of children of a random node, as in the original benchmark.
const MOST_CHILDREN: f64 = 100.0;

impl Node {
    /// An empty board of `size` × `size` squares.
    pub(super) fn board(size: u32) -> Self {
        Self::Board { size, rows: size, columns: 0, left: 0, right: 0 }
    }

    /// The root of a random tree: it has `branching` children, the other nodes as many on average.
    pub(super) fn seed(branching: u32, depth: u32) -> Self {
        Self::Random { branching, levels: depth, state: mixed(SEED), children: branching }
    }

    /// Maximum number of levels below it.
    pub(super) fn levels(self) -> u32 {
        match self {
            Self::Board { rows, .. } => rows,
            Self::Random { levels, .. } => levels,
        }
    }

    /// Its own part of the result: a full board is a solution, and each random node counts.
    pub(super) fn own(self) -> u64 {
        match self {
            Self::Board { rows, .. } => u64::from(rows == 0),
            Self::Random { .. } => 1,
        }
    }

    /// How many children it may have.
    pub(super) fn width(self) -> usize {
        match self {
            Self::Board { rows: 0, .. } | Self::Random { levels: 0, .. } => 0,
            Self::Board { size, .. } => size as usize,
            Self::Random { children, .. } => children as usize,
        }
    }

    /// One of its children; `None` if the square is attacked.
    pub(super) fn child(self, number: usize) -> Option<Self> {
        match self {
            Self::Board { size, rows, columns, left, right } => {
                let queen = 1 << number;
                let free = (columns | left | right) & queen == 0;
                let (columns, left, right) =
                    (columns | queen, (left | queen) << 1, (right | queen) >> 1);
                free.then_some(Self::Board { size, rows: rows - 1, columns, left, right })
            }
            Self::Random { branching, levels, state, .. } => {
                let state = mixed(state.wrapping_add(number as u64 + 1));
                let children = drawn(state, branching);
                Some(Self::Random { branching, levels: levels - 1, state, children })
            }
        }
    }

    /// Its children, in order.
    pub(super) fn children(self) -> impl Iterator<Item = Self> + Send {
        (0..self.width()).filter_map(move |number| self.child(number))
    }

    /// The result of its subtree, by plain recursion.
    pub(super) fn search(self) -> u64 {
        self.own() + self.children().map(Self::search).sum::<u64>()
    }

    /// The number of tasks below it; stops counting above `most`.
    pub(super) fn tasks(self, cut_off: u32, most: u64) -> u64 {
        if self.levels() <= cut_off {
            return 0;
        }
        self.children().fold(0, |tasks, child| match most.saturating_sub(tasks) {
            0 => tasks,
            left => tasks + 1 + child.tasks(cut_off, left),
        })
    }
}

/// A number of children from the geometric distribution with this mean, by inversion.
fn drawn(state: u64, mean: u32) -> u32 {
    let uniform = (state >> 11) as f64 / (1_u64 << 53) as f64;
    let stop = 1.0 / (1.0 + f64::from(mean));
    ((1.0 - uniform).ln() / (1.0 - stop).ln()).floor().min(MOST_CHILDREN) as u32
}

/// The output function of `SplitMix64` (Steele, Lea and Flood, OOPSLA 2014).
fn mixed(state: u64) -> u64 {
    let state = state.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queens_have_the_known_numbers_of_solutions() {
        let solutions = (1..=9).map(|size| Node::board(size).search());
        assert!(solutions.eq([1, 0, 0, 2, 10, 4, 40, 92, 352]));
    }

    #[test]
    fn every_node_but_the_root_is_a_task_without_a_cut_off() {
        let root = Node::seed(4, 5);
        assert_eq!(root.tasks(0, u64::MAX), root.search() - 1);
        assert_eq!(root.tasks(5, u64::MAX), 0);
        let bounded = root.tasks(0, 10);
        assert!((10..200).contains(&bounded), "{bounded}");
    }

    #[test]
    fn random_nodes_have_the_requested_mean_number_of_children() {
        let drawn: Vec<u32> = (0..10_000).map(|state| drawn(mixed(state), 4)).collect();
        let mean = f64::from(drawn.iter().sum::<u32>()) / 10_000.0;
        assert!((3.8..4.2).contains(&mean), "{mean}");
        assert!(drawn.contains(&0) && drawn.iter().any(|children| *children > 15));
    }
}
