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
pub fn map_future<F, M, T>(future: F, map: M) -> MapFuture<F, M>
where
    F: Future,
    M: Fn(F::Output) -> T,
{
    MapFuture { future, map }
}

impl<F, M, T> Future for MapFuture<F, M>
where
    F: Future,
    M: Fn(F::Output) -> T,
{
    type Output = T;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        let this = self.project();
        this.future.poll(context).map(this.map)
    }
}
