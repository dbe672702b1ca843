//! Channels.
//!
//! Like locks, most channels work on any runtime, so their crate is a parameter of a workload: `channel=own`
//! selects the runtime's own channels, other values name a crate.

use std::future::Future;

/// The channels of one crate, with or without a bound, for several senders.
pub trait Channels: 'static {
    /// The sending half.
    type Sender<T: Send + 'static>: Clone + Send + Sync + 'static;
    /// The receiving half.
    type Receiver<T: Send + 'static>: Send + 'static;

    /// Creates a channel that holds at most `capacity` items; unbounded channels ignore it.
    fn channel<T: Send + 'static>(capacity: usize) -> (Self::Sender<T>, Self::Receiver<T>);

    /// Another receiver of the same channel; each item goes to one of them; `None` if a channel has one
    /// receiver.
    fn another<T: Send + 'static>(_receiver: &Self::Receiver<T>) -> Option<Self::Receiver<T>> {
        None
    }

    /// Waits until there is room, then sends. `false` when the receiver is gone.
    fn send<T: Send + 'static>(
        sender: &Self::Sender<T>,
        item: T,
    ) -> impl Future<Output = bool> + Send;

    /// Waits for an item; `None` once every sender is gone and the channel is empty.
    fn receive<T: Send + 'static>(
        receiver: &mut Self::Receiver<T>,
    ) -> impl Future<Output = Option<T>> + Send;

    /// Waits for an item, and takes those available by then, up to `limit` in total; returns how many it
    /// added to `items`, 0 once every sender is gone and the channel is empty.
    fn receive_many<T: Send + 'static>(
        receiver: &mut Self::Receiver<T>,
        items: &mut Vec<T>,
        limit: usize,
    ) -> impl Future<Output = usize> + Send;
}

/// Channels for one item, with the same names as in the crate of a runtime's other channels.
pub trait Oneshot: 'static {
    /// The sending half.
    type Once<T: Send + 'static>: Send + 'static;

    /// Creates a channel for one item. The future gives the item, or `None` if the sender is gone.
    fn oneshot<T: Send + 'static>()
    -> (Self::Once<T>, impl Future<Output = Option<T>> + Send + 'static);

    /// Sends the item, which never waits. It is dropped if the receiver is gone.
    fn fulfill<T: Send + 'static>(once: Self::Once<T>, item: T);
}

/// Channels of one sender and many receivers; each receiver gets every number.
pub trait Broadcast: 'static {
    /// The sending half.
    type Sender: Send + Sync + 'static;
    /// A receiving half.
    type Receiver: Send + 'static;

    /// Creates a channel that holds at most `capacity` numbers, or only the latest one, with at least one
    /// receiver.
    fn channel(capacity: usize, receivers: usize) -> (Self::Sender, Vec<Self::Receiver>);

    /// Sends a number.
    fn send(sender: &Self::Sender, number: u64) -> impl Future<Output = ()> + Send;

    /// Waits for the next number; `None` once the sender is gone or if numbers were lost.
    fn receive(receiver: &mut Self::Receiver) -> impl Future<Output = Option<u64>> + Send;
}

/// Code that is generic over the channels of a crate.
pub trait ChannelsVisitor {
    /// The result.
    type Output;
    /// Whether it also accepts unbounded channels. If not, no code is compiled for them.
    const UNBOUNDED: bool = false;
    /// Runs the code.
    fn visit<C: Channels>(self) -> Self::Output;
}
