//! Channels of crates that do not belong to a runtime, for any number of senders and receivers.

use std::future::Future;
use std::iter;

use runtime_bench_api::runtime::{Channels, ChannelsVisitor, map_future};

/// As [`crate::channels::by_name`], for these crates.
pub(crate) fn by_name<V: ChannelsVisitor>(
    name: &str,
    bounded: bool,
    visitor: V,
) -> Option<V::Output> {
    match (name, bounded) {
        ("flume", true) => Some(visitor.visit::<Flume<true>>()),
        ("flume", false) if V::UNBOUNDED => Some(visitor.visit::<Flume<false>>()),
        ("kanal", true) => Some(visitor.visit::<Kanal<true>>()),
        ("kanal", false) if V::UNBOUNDED => Some(visitor.visit::<Kanal<false>>()),
        _ => None,
    }
}

/// flume's channels, which serve async tasks and threads.
struct Flume<const BOUNDED: bool>;

impl<const BOUNDED: bool> Channels for Flume<BOUNDED> {
    type Sender<T: Send + 'static> = flume::Sender<T>;
    type Receiver<T: Send + 'static> = flume::Receiver<T>;

    fn channel<T: Send + 'static>(capacity: usize) -> (flume::Sender<T>, flume::Receiver<T>) {
        if BOUNDED { flume::bounded(capacity) } else { flume::unbounded() }
    }

    fn another<T: Send + 'static>(receiver: &flume::Receiver<T>) -> Option<flume::Receiver<T>> {
        Some(receiver.clone())
    }

    fn send<T: Send + 'static>(
        sender: &flume::Sender<T>,
        item: T,
    ) -> impl Future<Output = bool> + Send {
        map_future(sender.send_async(item), |sent| sent.is_ok())
    }

    fn receive<T: Send + 'static>(
        receiver: &mut flume::Receiver<T>,
    ) -> impl Future<Output = Option<T>> + Send {
        map_future(receiver.recv_async(), Result::ok)
    }

    async fn receive_many<T: Send + 'static>(
        receiver: &mut flume::Receiver<T>,
        items: &mut Vec<T>,
        limit: usize,
    ) -> usize {
        items.extend(receiver.recv_async().await.ok());
        if !items.is_empty() {
            items.extend(receiver.try_iter().take(limit - 1));
        }
        items.len()
    }
}

/// kanal's channels for async tasks. Its futures lose items if they are dropped early, which does not happen
/// here.
struct Kanal<const BOUNDED: bool>;

impl<const BOUNDED: bool> Channels for Kanal<BOUNDED> {
    type Sender<T: Send + 'static> = kanal::AsyncSender<T>;
    type Receiver<T: Send + 'static> = kanal::AsyncReceiver<T>;

    fn channel<T: Send + 'static>(
        capacity: usize,
    ) -> (kanal::AsyncSender<T>, kanal::AsyncReceiver<T>) {
        if BOUNDED { kanal::bounded_async(capacity) } else { kanal::unbounded_async() }
    }

    fn another<T: Send + 'static>(
        receiver: &kanal::AsyncReceiver<T>,
    ) -> Option<kanal::AsyncReceiver<T>> {
        Some(receiver.clone())
    }

    fn send<T: Send + 'static>(
        sender: &kanal::AsyncSender<T>,
        item: T,
    ) -> impl Future<Output = bool> + Send {
        map_future(sender.send(item), |sent| sent.is_ok())
    }

    fn receive<T: Send + 'static>(
        receiver: &mut kanal::AsyncReceiver<T>,
    ) -> impl Future<Output = Option<T>> + Send {
        map_future(receiver.recv(), Result::ok)
    }

    async fn receive_many<T: Send + 'static>(
        receiver: &mut kanal::AsyncReceiver<T>,
        items: &mut Vec<T>,
        limit: usize,
    ) -> usize {
        items.extend(receiver.recv().await.ok());
        if !items.is_empty() {
            let there = iter::from_fn(|| receiver.try_recv().ok().flatten());
            items.extend(there.take(limit - 1));
        }
        items.len()
    }
}

#[cfg(test)]
mod tests {
    use futures_lite::future::block_on;

    use super::*;

    /// Sends three items, takes up to two at once, and counts the takes.
    struct Takes;

    impl ChannelsVisitor for Takes {
        type Output = Vec<usize>;
        const UNBOUNDED: bool = true;

        fn visit<C: Channels>(self) -> Vec<usize> {
            block_on(async {
                let (sender, mut receiver) = C::channel::<u64>(8);
                for item in 0..3 {
                    assert!(C::send(&sender, item).await);
                }
                drop(sender);
                let mut other = C::another(&receiver).expect("several receivers");
                let mut takes = Vec::new();
                loop {
                    let mut items = Vec::new();
                    takes.push(C::receive_many(&mut receiver, &mut items, 2).await);
                    if items.is_empty() {
                        assert_eq!(C::receive(&mut other).await, None);
                        return takes;
                    }
                }
            })
        }
    }

    #[test]
    fn receivers_take_available_items_until_the_senders_are_gone() {
        for (name, bounded) in
            [("flume", true), ("flume", false), ("kanal", true), ("kanal", false)]
        {
            assert_eq!(by_name(name, bounded, Takes).unwrap(), [2, 1, 0], "{name}");
        }
    }
}
