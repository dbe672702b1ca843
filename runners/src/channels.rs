//! The channels of each crate: all of them work on every asynchronous runtime.
//!
//! No function here is asynchronous: its future would stand around the crate's own in every hop.

use std::future::{Future, ready};

use runtime_bench_api::runtime::{Channels, ChannelsVisitor};
use tokio::sync::mpsc;

use crate::mapped::mapped;

/// Shows the channels of a name, with or without a bound, to a visitor; `None` for a name that nobody
/// has.
pub(crate) fn by_name<V: ChannelsVisitor>(
    name: &str,
    bounded: bool,
    visitor: V,
) -> Option<V::Output> {
    match (name, bounded) {
        ("tokio", true) => Some(visitor.visit::<Tokio>()),
        ("tokio", false) => Some(visitor.visit::<TokioUnbounded>()),
        ("async-channel", true) => Some(visitor.visit::<AsyncChannel>()),
        ("async-channel", false) => Some(visitor.visit::<AsyncChannelUnbounded>()),
        _ => None,
    }
}

/// `tokio::sync::mpsc`: one receiver, and part of tokio's cooperative budget.
pub(crate) struct Tokio;

impl Channels for Tokio {
    type Sender<T: Send + 'static> = mpsc::Sender<T>;
    type Receiver<T: Send + 'static> = mpsc::Receiver<T>;

    fn channel<T: Send + 'static>(capacity: usize) -> (mpsc::Sender<T>, mpsc::Receiver<T>) {
        mpsc::channel(capacity)
    }

    fn send<T: Send + 'static>(
        sender: &mpsc::Sender<T>,
        item: T,
    ) -> impl Future<Output = bool> + Send {
        mapped(sender.send(item), |sent| sent.is_ok())
    }

    fn receive<T: Send + 'static>(
        receiver: &mut mpsc::Receiver<T>,
    ) -> impl Future<Output = Option<T>> + Send {
        receiver.recv()
    }
}

/// The same without a bound, which in tokio are types of their own.
pub(crate) struct TokioUnbounded;

impl Channels for TokioUnbounded {
    type Sender<T: Send + 'static> = mpsc::UnboundedSender<T>;
    type Receiver<T: Send + 'static> = mpsc::UnboundedReceiver<T>;

    fn channel<T: Send + 'static>(
        _: usize,
    ) -> (mpsc::UnboundedSender<T>, mpsc::UnboundedReceiver<T>) {
        mpsc::unbounded_channel()
    }

    fn send<T: Send + 'static>(
        sender: &mpsc::UnboundedSender<T>,
        item: T,
    ) -> impl Future<Output = bool> + Send {
        ready(sender.send(item).is_ok())
    }

    fn receive<T: Send + 'static>(
        receiver: &mut mpsc::UnboundedReceiver<T>,
    ) -> impl Future<Output = Option<T>> + Send {
        receiver.recv()
    }
}

/// Two versions of async-channel have one shape, and share no trait.
macro_rules! async_channel {
    ($(#[$about:meta])* $name:ident, $($channel:ident)::+, $make:expr) => {
        $(#[$about])*
        pub(crate) struct $name;

        impl Channels for $name {
            type Sender<T: Send + 'static> = $($channel)::+::Sender<T>;
            type Receiver<T: Send + 'static> = $($channel)::+::Receiver<T>;

            fn channel<T: Send + 'static>(
                capacity: usize,
            ) -> (Self::Sender<T>, Self::Receiver<T>) {
                $make(capacity)
            }

            fn send<T: Send + 'static>(
                sender: &Self::Sender<T>,
                item: T,
            ) -> impl Future<Output = bool> + Send {
                mapped(sender.send(item), |sent| sent.is_ok())
            }

            fn receive<T: Send + 'static>(
                receiver: &mut Self::Receiver<T>,
            ) -> impl Future<Output = Option<T>> + Send {
                mapped(receiver.recv(), Result::ok)
            }
        }
    };
}

async_channel!(
    /// async-channel in the version that smol re-exports.
    AsyncChannel,
    smol::channel,
    smol::channel::bounded
);
async_channel!(
    /// The same without a bound.
    AsyncChannelUnbounded,
    smol::channel,
    |_| smol::channel::unbounded()
);
async_channel!(
    /// async-channel in the version that async-std re-exports.
    AsyncStd,
    async_std::channel,
    async_std::channel::bounded
);
async_channel!(
    /// The same without a bound.
    AsyncStdUnbounded,
    async_std::channel,
    |_| async_std::channel::unbounded()
);
