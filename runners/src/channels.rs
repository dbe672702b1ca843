//! The channels of each crate: all of them work on every asynchronous runtime.

use runtime_bench_workloads::runtime::{Channels, ChannelsVisitor};
use tokio::sync::mpsc;

/// Shows the channels of a name to a visitor; `None` for a name that nobody has.
pub(crate) fn by_name<V: ChannelsVisitor>(name: &str, visitor: V) -> Option<V::Output> {
    match name {
        "tokio" => Some(visitor.visit::<Tokio>()),
        "async-channel" => Some(visitor.visit::<AsyncChannel>()),
        _ => None,
    }
}

/// `tokio::sync::mpsc`: one receiver, and part of tokio's cooperative budget.
pub(crate) struct Tokio;

impl Channels for Tokio {
    type Sender<T: Send + 'static> = Sender<T>;
    type Receiver<T: Send + 'static> = Receiver<T>;

    fn channel<T: Send + 'static>(capacity: Option<usize>) -> (Sender<T>, Receiver<T>) {
        if let Some(capacity) = capacity {
            let (sender, receiver) = mpsc::channel(capacity);
            (Sender::Bounded(sender), Receiver::Bounded(receiver))
        } else {
            let (sender, receiver) = mpsc::unbounded_channel();
            (Sender::Unbounded(sender), Receiver::Unbounded(receiver))
        }
    }

    async fn send<T: Send + 'static>(sender: &Sender<T>, item: T) -> bool {
        match sender {
            Sender::Bounded(sender) => sender.send(item).await.is_ok(),
            Sender::Unbounded(sender) => sender.send(item).is_ok(),
        }
    }

    async fn receive<T: Send + 'static>(receiver: &mut Receiver<T>) -> Option<T> {
        match receiver {
            Receiver::Bounded(receiver) => receiver.recv().await,
            Receiver::Unbounded(receiver) => receiver.recv().await,
        }
    }
}

/// tokio has a type each for channels with and without a bound.
pub(crate) enum Sender<T> {
    Bounded(mpsc::Sender<T>),
    Unbounded(mpsc::UnboundedSender<T>),
}

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Self {
        match self {
            Self::Bounded(sender) => Self::Bounded(sender.clone()),
            Self::Unbounded(sender) => Self::Unbounded(sender.clone()),
        }
    }
}

pub(crate) enum Receiver<T> {
    Bounded(mpsc::Receiver<T>),
    Unbounded(mpsc::UnboundedReceiver<T>),
}

/// Two versions of async-channel have one shape, and share no trait.
macro_rules! async_channel {
    ($(#[$about:meta])* $name:ident, $($channel:ident)::+) => {
        $(#[$about])*
        pub(crate) struct $name;

        impl Channels for $name {
            type Sender<T: Send + 'static> = $($channel)::+::Sender<T>;
            type Receiver<T: Send + 'static> = $($channel)::+::Receiver<T>;

            fn channel<T: Send + 'static>(
                capacity: Option<usize>,
            ) -> (Self::Sender<T>, Self::Receiver<T>) {
                capacity.map_or_else($($channel)::+::unbounded, $($channel)::+::bounded)
            }

            async fn send<T: Send + 'static>(sender: &Self::Sender<T>, item: T) -> bool {
                sender.send(item).await.is_ok()
            }

            async fn receive<T: Send + 'static>(receiver: &mut Self::Receiver<T>) -> Option<T> {
                receiver.recv().await.ok()
            }
        }
    };
}

async_channel!(
    /// async-channel in the version that smol re-exports.
    AsyncChannel, smol::channel
);
async_channel!(
    /// async-channel in the version that async-std re-exports.
    AsyncStd, async_std::channel
);
