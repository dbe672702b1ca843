//! Tasks that spawn tasks: the tree and the chain of `spawn-join`.

use std::future::Future;
use std::pin::Pin;
use std::sync::mpsc;

use runtime_bench_api::runtime::{AsyncRuntime, DataParallel, LocalRuntime, Sender, ThreadRuntime};

/// The children of a task in a binary tree.
fn children(number: u64, tasks: u64) -> impl Iterator<Item = u64> + Send {
    [2 * number + 1, 2 * number + 2].into_iter().filter(move |child| *child < tasks)
}

/// A future that spawns itself must be boxed: its type would contain itself.
pub(super) type Boxed<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Task `number` of a tree. Returns the sum of its own number and all numbers below it.
pub(super) fn tree<R: AsyncRuntime>(number: u64, tasks: u64) -> Boxed<u64> {
    Box::pin(async move {
        let spawned = children(number, tasks).map(|child| R::spawn(tree::<R>(child, tasks)));
        let mut sum = number;
        for task in spawned.collect::<Vec<_>>() {
            sum += task.await;
        }
        sum
    })
}

/// The same where tasks stay on one thread.
pub(super) fn tree_local<R: LocalRuntime>(
    number: u64,
    tasks: u64,
) -> Pin<Box<dyn Future<Output = u64>>> {
    Box::pin(async move {
        let spawned = children(number, tasks).map(|child| R::spawn(tree_local::<R>(child, tasks)));
        let mut sum = number;
        for task in spawned.collect::<Vec<_>>() {
            sum += task.await;
        }
        sum
    })
}

/// The same on threads.
pub(super) fn tree_of_threads<T: ThreadRuntime>(number: u64, tasks: u64) -> u64 {
    let spawned =
        children(number, tasks).map(|child| T::spawn(move || tree_of_threads::<T>(child, tasks)));
    let spawned: Vec<_> = spawned.collect();
    number + spawned.into_iter().map(T::join).sum::<u64>()
}

/// The same on a data-parallel pool.
pub(super) fn tree_of_joins<D: DataParallel>(number: u64, tasks: u64) -> u64 {
    if number >= tasks {
        return 0;
    }
    let [left, right] = [2 * number + 1, 2 * number + 2];
    let (left, right) =
        D::join(|| tree_of_joins::<D>(left, tasks), || tree_of_joins::<D>(right, tasks));
    number + left + right
}

/// Task `number` of a chain. The last task sends the sum of all numbers.
pub(super) fn chain<R: AsyncRuntime>(
    number: u64,
    tasks: u64,
    sum: u64,
    last: Sender<R, u64>,
) -> Boxed<()> {
    Box::pin(async move {
        let sum = sum + number;
        if number + 1 < tasks {
            R::detach(R::spawn(chain::<R>(number + 1, tasks, sum, last)));
        } else {
            // A send fails only if the root is gone.
            R::send(&last, sum).await;
        }
    })
}

/// The same on threads.
pub(super) fn chain_of_threads<T: ThreadRuntime>(
    number: u64,
    tasks: u64,
    sum: u64,
    last: mpsc::SyncSender<u64>,
) {
    let sum = sum + number;
    if number + 1 < tasks {
        drop(T::spawn(move || chain_of_threads::<T>(number + 1, tasks, sum, last)));
    } else {
        let _ = last.send(sum);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_task_but_the_first_has_one_parent() {
        for tasks in [1, 2, 3, 10, 100] {
            let mut all: Vec<u64> = (0..tasks).flat_map(|task| children(task, tasks)).collect();
            all.sort_unstable();
            assert_eq!(all, (1..tasks).collect::<Vec<_>>());
        }
    }
}
