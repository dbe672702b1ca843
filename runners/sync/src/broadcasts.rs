//! Channels of one sender and many receivers. All of them work on every async runtime.

use std::future::{Future, ready};

use runtime_bench_api::runtime::{Broadcast, map_future};
use tokio::sync::{broadcast, watch};

/// `tokio::sync::broadcast`: a receiver that lags behind loses items.
pub struct Tokio;

impl Broadcast for Tokio {
    type Sender = broadcast::Sender<u64>;
    type Receiver = broadcast::Receiver<u64>;

    fn channel(capacity: usize, receivers: usize) -> (Self::Sender, Vec<Self::Receiver>) {
        let (sender, first) = broadcast::channel(capacity);
        let others: Vec<_> = (1..receivers).map(|_| sender.subscribe()).collect();
        (sender, std::iter::once(first).chain(others).collect())
    }

    fn send(sender: &Self::Sender, number: u64) -> impl Future<Output = ()> + Send {
        // Without a receiver, the output shows that nothing was delivered.
        let _ = sender.send(number);
        ready(())
    }

    fn receive(receiver: &mut Self::Receiver) -> impl Future<Output = Option<u64>> + Send {
        map_future(receiver.recv(), Result::ok)
    }
}

/// `tokio::sync::watch`: a receiver sees only the latest item.
pub struct Watch;

impl Broadcast for Watch {
    type Sender = watch::Sender<u64>;
    type Receiver = watch::Receiver<u64>;

    fn channel(_: usize, receivers: usize) -> (Self::Sender, Vec<Self::Receiver>) {
        let (sender, first) = watch::channel(0);
        (sender, vec![first; receivers])
    }

    fn send(sender: &Self::Sender, number: u64) -> impl Future<Output = ()> + Send {
        let _ = sender.send(number);
        ready(())
    }

    // Programs also need these two steps.
    async fn receive(receiver: &mut Self::Receiver) -> Option<u64> {
        receiver.changed().await.ok()?;
        Some(*receiver.borrow_and_update())
    }
}

/// async-broadcast: a full queue makes the sender wait.
pub struct AsyncBroadcast;

impl Broadcast for AsyncBroadcast {
    type Sender = async_broadcast::Sender<u64>;
    type Receiver = async_broadcast::Receiver<u64>;

    fn channel(capacity: usize, receivers: usize) -> (Self::Sender, Vec<Self::Receiver>) {
        let (sender, first) = async_broadcast::broadcast(capacity);
        (sender, vec![first; receivers])
    }

    fn send(sender: &Self::Sender, number: u64) -> impl Future<Output = ()> + Send {
        map_future(sender.broadcast(number), |_| ())
    }

    fn receive(receiver: &mut Self::Receiver) -> impl Future<Output = Option<u64>> + Send {
        map_future(receiver.recv(), Result::ok)
    }
}
