//! Channels.
//!
//! Like locks, most of them work on any runtime, so whose they are is a parameter of a workload:
//! `channel=own` are the runtime's own, and the others go by the name of their crate.

use std::future::Future;

/// The channels of one crate, with or without a bound, for several senders and one receiver.
pub trait Channels: 'static {
    /// The sending half.
    type Sender<T: Send + 'static>: Clone + Send + Sync + 'static;
    /// The receiving half.
    type Receiver<T: Send + 'static>: Send + 'static;

    /// Makes a channel that holds at most `capacity` items; one without a bound takes no notice.
    fn channel<T: Send + 'static>(capacity: usize) -> (Self::Sender<T>, Self::Receiver<T>);

    /// Waits until there is room, then sends. `false` when the receiver is gone.
    fn send<T: Send + 'static>(
        sender: &Self::Sender<T>,
        item: T,
    ) -> impl Future<Output = bool> + Send;

    /// Waits for an item; `None` once every sender is gone and the channel is empty.
    fn receive<T: Send + 'static>(
        receiver: &mut Self::Receiver<T>,
    ) -> impl Future<Output = Option<T>> + Send;
}

/// Something that is done with the channels of a crate.
pub trait ChannelsVisitor {
    /// What comes of it.
    type Output;
    /// Does it.
    fn visit<C: Channels>(self) -> Self::Output;
}
