//! What the consumers of `bounded-queue` received, and the standard library's channels for it.

use std::sync::{Mutex, PoisonError, mpsc};

use serde::{Deserialize, Serialize};

/// Items received by all consumers together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct Received {
    /// Distinct items received.
    pub(super) distinct: usize,
    pub(super) sum: u64,
    /// Items received more than once or never sent.
    pub(super) repeated: u64,
    /// Items of the consumer that received the fewest.
    #[serde(skip)]
    pub(super) fewest: usize,
    /// Items of the consumer that received the most.
    #[serde(skip)]
    pub(super) most: usize,
}

/// One consumer's record of received items.
pub(super) struct Delivery {
    seen: Vec<bool>,
    items: usize,
    sum: u64,
    repeated: u64,
}

impl Delivery {
    pub(super) fn expecting(items: usize) -> Self {
        Self { seen: vec![false; items], items: 0, sum: 0, repeated: 0 }
    }

    pub(super) fn take(&mut self, item: usize) {
        self.items += 1;
        self.sum += item as u64;
        match self.seen.get_mut(item) {
            Some(seen) if !*seen => *seen = true,
            _ => self.repeated += 1,
        }
    }

    /// The combined items of several consumers.
    pub(super) fn merged(mut all: Vec<Self>) -> Received {
        let fewest = all.iter().map(|one| one.items).min().unwrap_or_default();
        let most = all.iter().map(|one| one.items).max().unwrap_or_default();
        let Some(mut first) = all.pop() else { return Received::default() };
        for other in all {
            first.sum += other.sum;
            first.repeated += other.repeated;
            for (seen, also) in first.seen.iter_mut().zip(other.seen) {
                first.repeated += u64::from(*seen && also);
                *seen |= also;
            }
        }
        let Self { seen, sum, repeated, .. } = first;
        let distinct = seen.into_iter().filter(|seen| *seen).count();
        Received { distinct, sum, repeated, fewest, most }
    }
}

/// Takes items until the channel closes.
pub(super) fn consume(items: impl IntoIterator<Item = usize>, total: usize) -> Delivery {
    let mut delivery = Delivery::expecting(total);
    for item in items {
        delivery.take(item);
    }
    delivery
}

/// The items of a receiver that several threads share: one of them waits, the others wait for it.
pub(super) struct Shared<'a>(pub(super) &'a Mutex<mpsc::Receiver<usize>>);

impl Shared<'_> {
    /// Takes items until the channel closes: waits for one, then takes the available ones, up to `batch` in
    /// total.
    pub(super) fn consume(&self, total: usize, batch: usize) -> Delivery {
        let mut delivery = Delivery::expecting(total);
        let mut items = Vec::with_capacity(batch);
        while self.take(&mut items, batch) {
            items.drain(..).for_each(|item| delivery.take(item));
        }
        delivery
    }

    fn take(&self, items: &mut Vec<usize>, batch: usize) -> bool {
        let receiver = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        items.extend(receiver.recv().ok());
        if !items.is_empty() {
            items.extend(receiver.try_iter().take(batch - 1));
        }
        !items.is_empty()
    }
}

/// A sender of the standard library, which has two types.
#[derive(Clone)]
pub(super) enum Sender {
    Bounded(mpsc::SyncSender<usize>),
    Unbounded(mpsc::Sender<usize>),
}

impl Sender {
    pub(super) fn channel(capacity: Option<usize>) -> (Self, mpsc::Receiver<usize>) {
        if let Some(capacity) = capacity {
            let (sender, receiver) = mpsc::sync_channel(capacity);
            (Self::Bounded(sender), receiver)
        } else {
            let (sender, receiver) = mpsc::channel();
            (Self::Unbounded(sender), receiver)
        }
    }

    pub(super) fn send_all(self, mut items: impl Iterator<Item = usize>) {
        // A send fails only if the consumer is gone; the consumer's output then shows the failure.
        let _ = match self {
            Self::Bounded(sender) => items.try_for_each(|item| sender.send(item)),
            Self::Unbounded(sender) => items.try_for_each(|item| sender.send(item)),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delivery(items: &[usize]) -> Delivery {
        let mut delivery = Delivery::expecting(3);
        for item in items {
            delivery.take(*item);
        }
        delivery
    }

    #[test]
    fn lost_and_repeated_items_are_detected() {
        let received = Delivery::merged(vec![delivery(&[0, 1, 1, 99])]);
        let expected = Received { distinct: 2, sum: 101, repeated: 2, fewest: 4, most: 4 };
        assert_eq!(received, expected);
    }

    #[test]
    fn item_that_two_consumers_received_is_repeated() {
        let received = Delivery::merged(vec![delivery(&[0, 1]), delivery(&[2]), delivery(&[1])]);
        let expected = Received { distinct: 3, sum: 4, repeated: 1, fewest: 1, most: 2 };
        assert_eq!(received, expected);
    }
}
