//! Where names stand so that none covers another.

use plotters_backend::BackendCoord;

/// Moves places along one axis apart until neighbours are `apart` from each other, each as little
/// as possible, and none beyond `from` or `to` as long as there is room.
pub(super) fn spread(wanted: &[i32], apart: i32, (from, to): (i32, i32)) -> Vec<i32> {
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by_key(|place| wanted[*place]);
    // Those that would touch form a block, which stands around the mean of what its members want.
    let mut blocks: Vec<Block> = Vec::new();
    for place in order {
        let mut block = Block { members: vec![place], begins: f64::from(wanted[place]) };
        while let Some(before) = blocks.pop_if(|before| before.end(apart) > block.begins) {
            block = before.joined(block, apart);
        }
        blocks.push(block);
    }
    let mut places = vec![0; wanted.len()];
    let mut free = from;
    let mut left = i32::try_from(wanted.len()).unwrap_or(i32::MAX);
    for block in blocks {
        for (number, member) in (0..).zip(block.members) {
            let at = block.begins.round() as i32 + number * apart;
            // Everything after this must fit below it.
            left -= 1;
            places[member] = at.min(to - left * apart).max(free);
            free = places[member] + apart;
        }
    }
    places
}

struct Block {
    members: Vec<usize>,
    begins: f64,
}

impl Block {
    fn end(&self, apart: i32) -> f64 {
        self.begins + self.members.len() as f64 * f64::from(apart)
    }

    fn joined(mut self, after: Self, apart: i32) -> Self {
        let (own, other) = (self.members.len() as f64, after.members.len() as f64);
        let shifted = after.begins - own * f64::from(apart);
        self.begins = (self.begins * own + shifted * other) / (own + other);
        self.members.extend(after.members);
        self
    }
}

/// A rectangle by its edges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Space {
    /// Left, top.
    pub(super) from: BackendCoord,
    /// Right, bottom.
    pub(super) to: BackendCoord,
}

impl Space {
    /// The space around a place.
    pub(super) fn around((x, y): BackendCoord, (width, height): (i32, i32)) -> Self {
        let (right, down) = (width / 2, height / 2);
        Self { from: (x - right, y - down), to: (x + right, y + down) }
    }

    /// The space of a whisker, with its ends.
    pub(super) fn along([from, to]: [BackendCoord; 2]) -> Self {
        let (left, right) = (from.0.min(to.0), from.0.max(to.0));
        let (top, bottom) = (from.1.min(to.1), from.1.max(to.1));
        Self { from: (left - 50, top - 50), to: (right + 50, bottom + 50) }
    }

    /// Whether two share anything.
    pub(super) fn touches(&self, other: &Self) -> bool {
        self.from.0 < other.to.0
            && other.from.0 < self.to.0
            && self.from.1 < other.to.1
            && other.from.1 < self.to.1
    }

    fn is_within(&self, outer: &Self) -> bool {
        outer.from.0 <= self.from.0
            && outer.from.1 <= self.from.1
            && self.to.0 <= outer.to.0
            && self.to.1 <= outer.to.1
    }
}

/// The nearest free space of a size beside a place; `None` if there is none near.
pub(super) fn free_space(
    (x, y): BackendCoord,
    size: (i32, i32),
    taken: &[Space],
    inside: &Space,
) -> Option<Space> {
    const RINGS: i32 = 12;
    let (right, down) = (size.0 / 2, size.1 / 2);
    let around = (1..=RINGS).flat_map(|ring| {
        let (across, along) = (right + 40 + 40 * ring, down + 20 + 40 * ring);
        let (near, far) = (across / 2, along / 2);
        [
            (across, 0),
            (-across, 0),
            (0, -along),
            (0, along),
            (across, -far),
            (across, far),
            (-across, -far),
            (-across, far),
            (near, -along),
            (near, along),
            (-near, -along),
            (-near, along),
        ]
    });
    let spaces = around.map(|(to_x, to_y)| Space::around((x + to_x, y + to_y), size));
    spaces
        .filter(|space| space.is_within(inside))
        .find(|space| !taken.iter().any(|other| space.touches(other)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_that_do_not_touch_stay() {
        assert_eq!(spread(&[50, 10, 90], 20, (0, 100)), [50, 10, 90]);
        assert!(spread(&[], 20, (0, 100)).is_empty());
    }

    #[test]
    fn places_that_touch_move_apart_and_keep_their_order() {
        assert_eq!(spread(&[50, 51, 49], 20, (0, 100)), [50, 70, 30]);
        assert_eq!(spread(&[0, 0, 0], 20, (0, 100)), [0, 20, 40]);
        assert_eq!(spread(&[100, 100], 20, (0, 100)), [80, 100]);
        let many: Vec<i32> = (0..40).map(|n| 300 + n % 3).collect();
        let mut places = spread(&many, 15, (0, 600));
        places.sort_unstable();
        assert!(places.windows(2).all(|pair| pair[1] - pair[0] >= 15), "{places:?}");
        assert!(places[0] >= 0 && places[39] <= 600, "{places:?}");
    }

    #[test]
    fn a_label_finds_a_free_space_or_none() {
        let inside = Space { from: (0, 0), to: (1000, 1000) };
        let mut taken = Vec::new();
        for _ in 0..12 {
            let space = free_space((500, 500), (200, 40), &taken, &inside).unwrap();
            assert!(!taken.iter().any(|other| space.touches(other)));
            taken.push(space);
        }
        assert_eq!(free_space((500, 500), (200, 40), &[inside], &inside), None);
        assert_eq!(free_space((500, 500), (2000, 40), &[], &inside), None);
    }
}
