//! Sessions: prepared outside the timed code, and iterated inside it.

use std::future::Future;
use std::marker::PhantomData;

use crate::failure::Failure;

/// A prepared workload on an asynchronous runtime.
pub trait AsyncSession: Send + 'static {
    /// The output of an iteration.
    type Output: Send + 'static;
    /// Runs one iteration.
    fn iterate(&mut self) -> impl Future<Output = Result<Self::Output, Failure>> + Send;
}

/// A prepared workload on an asynchronous runtime whose tasks stay on one thread.
pub trait LocalSession: 'static {
    /// The output of an iteration.
    type Output: 'static;
    /// Runs one iteration.
    fn iterate(&mut self) -> impl Future<Output = Result<Self::Output, Failure>>;
}

/// A session that may move between threads may also stay on one.
impl<S: AsyncSession> LocalSession for S {
    type Output = S::Output;
    fn iterate(&mut self) -> impl Future<Output = Result<Self::Output, Failure>> {
        AsyncSession::iterate(self)
    }
}

/// A prepared workload on threads or on a data-parallel pool.
pub trait Session: Send + 'static {
    /// Whether the workload has such a session. If not, nothing is compiled for it.
    const EXISTS: bool = true;
    /// The output of an iteration.
    type Output: Send + 'static;
    /// Runs one iteration.
    fn iterate(&mut self) -> Result<Self::Output, Failure>;
}

/// A session whose only state is its closure.
pub struct Repeat<F>(F);

/// A session on threads or on a data-parallel pool that calls `work` for each iteration.
pub fn repeat<A, F: FnMut() -> Result<A, Failure> + Send + 'static>(work: F) -> Repeat<F> {
    Repeat(work)
}

impl<A: Send + 'static, F: FnMut() -> Result<A, Failure> + Send + 'static> Session for Repeat<F> {
    type Output = A;
    fn iterate(&mut self) -> Result<A, Failure> {
        (self.0)()
    }
}

/// An async session whose only state is its closure.
pub struct RepeatAsync<F>(F);

/// A session on an asynchronous runtime that awaits `work()` for each iteration.
pub fn repeat_async<A, W, F>(work: F) -> RepeatAsync<F>
where
    F: FnMut() -> W + Send + 'static,
    W: Future<Output = Result<A, Failure>> + Send,
{
    RepeatAsync(work)
}

impl<A, W, F> AsyncSession for RepeatAsync<F>
where
    A: Send + 'static,
    F: FnMut() -> W + Send + 'static,
    W: Future<Output = Result<A, Failure>> + Send,
{
    type Output = A;
    fn iterate(&mut self) -> impl Future<Output = Result<A, Failure>> + Send {
        (self.0)()
    }
}

/// As [`RepeatAsync`], on a runtime whose tasks stay on one thread.
pub struct RepeatLocal<F>(F);

/// A session on a runtime whose tasks stay on one thread that awaits `work()` for each iteration.
pub fn repeat_local<A, W, F>(work: F) -> RepeatLocal<F>
where
    F: FnMut() -> W + 'static,
    W: Future<Output = Result<A, Failure>>,
{
    RepeatLocal(work)
}

impl<A, W, F> LocalSession for RepeatLocal<F>
where
    A: 'static,
    F: FnMut() -> W + 'static,
    W: Future<Output = Result<A, Failure>>,
{
    type Output = A;
    fn iterate(&mut self) -> impl Future<Output = Result<A, Failure>> {
        (self.0)()
    }
}

/// A session of one of two types, chosen by the point.
pub enum Either<L, R> {
    /// Of the first type.
    Left(L),
    /// Of the second type.
    Right(R),
}

impl<L: AsyncSession, R: AsyncSession<Output = L::Output>> AsyncSession for Either<L, R> {
    type Output = L::Output;
    async fn iterate(&mut self) -> Result<L::Output, Failure> {
        match self {
            Self::Left(session) => AsyncSession::iterate(session).await,
            Self::Right(session) => AsyncSession::iterate(session).await,
        }
    }
}

impl<L: Session, R: Session<Output = L::Output>> Session for Either<L, R> {
    type Output = L::Output;
    fn iterate(&mut self) -> Result<L::Output, Failure> {
        match self {
            Self::Left(session) => Session::iterate(session),
            Self::Right(session) => Session::iterate(session),
        }
    }
}

/// The session of a workload without one; it cannot be constructed.
#[derive(Debug)]
pub struct NoSession<A>(std::convert::Infallible, PhantomData<fn() -> A>);

impl<A: Send + 'static> AsyncSession for NoSession<A> {
    type Output = A;
    async fn iterate(&mut self) -> Result<A, Failure> {
        match self.0 {}
    }
}

impl<A: Send + 'static> Session for NoSession<A> {
    const EXISTS: bool = false;
    type Output = A;
    fn iterate(&mut self) -> Result<A, Failure> {
        match self.0 {}
    }
}
