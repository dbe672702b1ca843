//! Parallel work on many items.

use std::num::NonZero;
use std::thread;

/// Maps items on as many threads as there are cores, in order.
pub fn on_all_cores<T: Sync, U: Send>(items: &[T], map: impl Fn(&T) -> U + Sync) -> Vec<U> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let share = items.len().div_ceil(cores).max(1);
    let map = &map;
    thread::scope(|scope| {
        let chunks: Vec<_> = items
            .chunks(share)
            .map(|chunk| scope.spawn(move || chunk.iter().map(map).collect::<Vec<U>>()))
            .collect();
        let results = chunks.into_iter().flat_map(|chunk| match chunk.join() {
            Ok(results) => results,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        results.collect()
    })
}
