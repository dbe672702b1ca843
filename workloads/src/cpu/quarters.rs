//! A square of tiles that is divided into four, and each of these again, down to single tiles.

use std::future::Future;
use std::sync::Arc;

use runtime_bench_api::runtime::{AsyncRuntime, DataParallel, ThreadRuntime};

/// A square of tiles. Lengths are in tiles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Square {
    row: usize,
    column: usize,
    side: usize,
    /// Side of the whole matrix.
    across: usize,
}

/// Computes the tile of a number; tiles are numbered row by row.
pub(super) trait Tiles: Send + Sync + 'static {
    /// The type of a tile.
    type Tile: Send + 'static;

    /// One tile.
    fn tile(&self, number: usize) -> Self::Tile;
}

/// Tiles with their numbers.
type Numbered<T> = Vec<(usize, <T as Tiles>::Tile)>;

impl Square {
    /// The whole matrix; the number of tiles in a row must be a power of two.
    pub(super) fn whole(across: usize) -> Self {
        Self { row: 0, column: 0, side: across, across }
    }

    fn quarters(self) -> [Self; 4] {
        let half = self.side / 2;
        [(0, 0), (0, half), (half, 0), (half, half)].map(|(down, right)| Self {
            row: self.row + down,
            column: self.column + right,
            side: half,
            ..self
        })
    }

    /// The tile, if the square is a single one.
    fn computed<T: Tiles>(self, tiles: &T) -> Option<Numbered<T>> {
        let number = self.row * self.across + self.column;
        (self.side == 1).then(|| vec![(number, tiles.tile(number))])
    }
}

/// Sorts tiles by their numbers.
pub(super) fn sorted<T>(mut tiles: Vec<(usize, T)>) -> Vec<T> {
    tiles.sort_unstable_by_key(|(number, _)| *number);
    tiles.into_iter().map(|(_, tile)| tile).collect()
}

/// A task for each quarter.
#[allow(clippy::manual_async_fn, reason = "recursion needs the bound `Send` in the signature")]
pub(super) fn on_async<R: AsyncRuntime, T: Tiles>(
    tiles: Arc<T>,
    square: Square,
) -> impl Future<Output = Numbered<T>> + Send {
    async move {
        if let Some(tile) = square.computed(&*tiles) {
            return tile;
        }
        let spawn = |quarter| R::spawn(on_async::<R, T>(Arc::clone(&tiles), quarter));
        let tasks = square.quarters().map(spawn);
        let mut all = Vec::with_capacity(square.side * square.side);
        for task in tasks {
            all.extend(task.await);
        }
        all
    }
}

/// A task for each quarter.
pub(super) fn on_threads<R: ThreadRuntime, T: Tiles>(
    tiles: &Arc<T>,
    square: Square,
) -> Numbered<T> {
    if let Some(tile) = square.computed(&**tiles) {
        return tile;
    }
    let tasks = square.quarters().map(|own| {
        let tiles = Arc::clone(tiles);
        R::spawn(move || on_threads::<R, T>(&tiles, own))
    });
    tasks.into_iter().flat_map(R::join).collect()
}

/// Two joins of two quarters.
pub(super) fn on_data_parallel<D: DataParallel, T: Tiles>(
    tiles: &T,
    square: Square,
) -> Numbered<T> {
    if let Some(tile) = square.computed(tiles) {
        return tile;
    }
    let [a, b, c, d] = square.quarters();
    let own = |square| on_data_parallel::<D, T>(tiles, square);
    let half = |one, other| D::join(|| own(one), || own(other));
    let ((a, b), (c, d)) = D::join(|| half(a, b), || half(c, d));
    [a, b, c, d].into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Squares of one tile, in the order in which they are reached.
    fn leaves(square: Square) -> Vec<Square> {
        if square.side == 1 {
            return vec![square];
        }
        square.quarters().into_iter().flat_map(leaves).collect()
    }

    #[test]
    fn quarters_reach_every_tile_once() {
        struct Numbers;
        impl Tiles for Numbers {
            type Tile = usize;

            fn tile(&self, number: usize) -> usize {
                number
            }
        }
        let reached = leaves(Square::whole(8)).into_iter();
        let tiles = reached.flat_map(|leaf| leaf.computed(&Numbers).unwrap()).collect();
        assert_eq!(sorted(tiles), (0..64).collect::<Vec<_>>());
    }
}
