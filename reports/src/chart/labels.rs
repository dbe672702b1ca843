//! Places names so that none covers another.

/// Moves places along one axis until neighbors are `apart` from each other, each as little as possible, and
/// none beyond `from` or `to` if there is room.
pub(super) fn spread(wanted: &[i32], apart: i32, (from, to): (i32, i32)) -> Vec<i32> {
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by_key(|place| wanted[*place]);
    // Places that would touch form a block around the mean of their positions.
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
}
