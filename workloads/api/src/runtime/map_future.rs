//! A future with a mapped output.
//!
//! An async function would add its own state machine: 10 to 20 more instructions for each item that passes
//! through a channel.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

pin_project! {
    /// Returns `map(output)` of a future.
    pub struct MapFuture<F, M> {
        #[pin]
        future: F,
        map: M,
    }
}

/// Maps the output of `future`.
pub fn map_future<F: Future, M: Fn(F::Output) -> T, T>(future: F, map: M) -> MapFuture<F, M> {
    MapFuture { future, map }
}

impl<F: Future, M: Fn(F::Output) -> T, T> Future for MapFuture<F, M> {
    type Output = T;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        let this = self.project();
        this.future.poll(context).map(this.map)
    }
}
