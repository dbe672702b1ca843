//! Channels of each crate. All of them work on every async runtime.
//!
//! No function here is `async`: its future would wrap the crate's own in every hop. Where a program needs an
//! `async` block itself, as for the one item of an async-channel, there is one.

use std::future::{Future, ready};

use runtime_bench_api::runtime::{Channels, ChannelsVisitor, OWN, Oneshot};
use tokio::sync::{mpsc, oneshot};

use runtime_bench_api::runtime::map_future;

/// Passes the named channels, bounded or not, to a visitor: those of the runtime, or of a crate that is
/// compiled in. `None` for an unknown name.
pub fn by_name<Own: Channels, OwnUnbounded: Channels, V: ChannelsVisitor>(
    name: &str,
    bounded: bool,
    visitor: V,
) -> Option<V::Output> {
    const ALL: bool = cfg!(feature = "all-workloads");
    match (name, bounded) {
        (OWN, true) => Some(visitor.visit::<Own>()),
        (OWN, false) if V::UNBOUNDED => Some(visitor.visit::<OwnUnbounded>()),
        ("tokio", true) if ALL => Some(visitor.visit::<Tokio>()),
        ("tokio", false) if ALL && V::UNBOUNDED => Some(visitor.visit::<TokioUnbounded>()),
        ("async-channel", true) if ALL => Some(visitor.visit::<AsyncChannel>()),
        ("async-channel", false) if ALL && V::UNBOUNDED => {
            Some(visitor.visit::<AsyncChannelUnbounded>())
        }
        #[cfg(feature = "channel-crates")]
        (name, bounded) => crate::channel_crates::by_name(name, bounded, visitor),
        #[cfg(not(feature = "channel-crates"))]
        _ => None,
    }
}

/// `tokio::sync::mpsc`: a single receiver; consumes tokio's cooperative budget.
pub struct Tokio;

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
        map_future(sender.send(item), |sent| sent.is_ok())
    }

    fn receive<T: Send + 'static>(
        receiver: &mut mpsc::Receiver<T>,
    ) -> impl Future<Output = Option<T>> + Send {
        receiver.recv()
    }

    fn receive_many<T: Send + 'static>(
        receiver: &mut mpsc::Receiver<T>,
        items: &mut Vec<T>,
        limit: usize,
    ) -> impl Future<Output = usize> + Send {
        receiver.recv_many(items, limit)
    }
}

impl Oneshot for Tokio {
    type Once<T: Send + 'static> = oneshot::Sender<T>;

    fn oneshot<T: Send + 'static>()
    -> (oneshot::Sender<T>, impl Future<Output = Option<T>> + Send + 'static) {
        let (sender, receiver) = oneshot::channel();
        (sender, map_future(receiver, Result::ok))
    }

    fn fulfill<T: Send + 'static>(once: oneshot::Sender<T>, item: T) {
        // The receiver may be gone.
        let _ = once.send(item);
    }
}

/// The same without a bound: separate types in tokio.
pub struct TokioUnbounded;

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

    fn receive_many<T: Send + 'static>(
        receiver: &mut mpsc::UnboundedReceiver<T>,
        items: &mut Vec<T>,
        limit: usize,
    ) -> impl Future<Output = usize> + Send {
        receiver.recv_many(items, limit)
    }
}

/// Implements [`Channels`] for one version of async-channel: two versions share no trait.
#[macro_export]
macro_rules! async_channel {
    ($(#[$about:meta])* $name:ident, $($channel:ident)::+, $make:expr) => {
        $(#[$about])*
        pub struct $name;

        impl ::runtime_bench_api::runtime::Channels for $name {
            type Sender<T: Send + 'static> = $($channel)::+::Sender<T>;
            type Receiver<T: Send + 'static> = $($channel)::+::Receiver<T>;

            fn channel<T: Send + 'static>(
                capacity: usize,
            ) -> (Self::Sender<T>, Self::Receiver<T>) {
                $make(capacity)
            }

            fn another<T: Send + 'static>(
                receiver: &Self::Receiver<T>,
            ) -> Option<Self::Receiver<T>> {
                Some(receiver.clone())
            }

            fn send<T: Send + 'static>(
                sender: &Self::Sender<T>,
                item: T,
            ) -> impl ::std::future::Future<Output = bool> + Send {
                ::runtime_bench_api::runtime::map_future(sender.send(item), |sent| sent.is_ok())
            }

            fn receive<T: Send + 'static>(
                receiver: &mut Self::Receiver<T>,
            ) -> impl ::std::future::Future<Output = Option<T>> + Send {
                ::runtime_bench_api::runtime::map_future(receiver.recv(), Result::ok)
            }

            async fn receive_many<T: Send + 'static>(
                receiver: &mut Self::Receiver<T>,
                items: &mut Vec<T>,
                limit: usize,
            ) -> usize {
                items.extend(receiver.recv().await.ok());
                if !items.is_empty() {
                    let there = ::std::iter::from_fn(|| receiver.try_recv().ok());
                    items.extend(there.take(limit - 1));
                }
                items.len()
            }
        }

        impl ::runtime_bench_api::runtime::Oneshot for $name {
            type Once<T: Send + 'static> = $($channel)::+::Sender<T>;

            fn oneshot<T: Send + 'static>() -> (
                Self::Once<T>,
                impl ::std::future::Future<Output = Option<T>> + Send + 'static,
            ) {
                let (sender, receiver) = $($channel)::+::bounded(1);
                (sender, async move { receiver.recv().await.ok() })
            }

            fn fulfill<T: Send + 'static>(once: Self::Once<T>, item: T) {
                // The receiver may be gone.
                let _ = once.try_send(item);
            }
        }
    };
}

async_channel!(
    /// async-channel, in the version that smol re-exports.
    AsyncChannel,
    async_channel,
    async_channel::bounded
);
async_channel!(
    /// The same without a bound.
    AsyncChannelUnbounded,
    async_channel,
    |_| async_channel::unbounded()
);
