//! A thread outside all runtimes that serves requests and wakes the waiting task.

use std::future::{Future, poll_fn};
use std::io;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, JoinHandle, Thread};

/// A thread that serves requests. Dropping it joins the thread.
pub struct ExternalThread<Q, A> {
    shared: Arc<Mutex<Mailbox<Q, A>>>,
    thread: Option<JoinHandle<()>>,
}

struct Mailbox<Q, A> {
    request: Option<Q>,
    reply: Option<A>,
    waker: Option<Waker>,
    closed: bool,
}

impl<Q: Send + 'static, A: Send + 'static> ExternalThread<Q, A> {
    /// Starts the thread, which serves each request with `work`.
    ///
    /// # Errors
    /// When the system refuses a thread.
    pub fn start(mut work: impl FnMut(Q) -> A + Send + 'static) -> io::Result<Self> {
        let mailbox = Mailbox { request: None, reply: None, waker: None, closed: false };
        let shared = Arc::new(Mutex::new(mailbox));
        let mailbox = Arc::clone(&shared);
        let thread = thread::Builder::new().name("external".to_owned()).spawn(move || {
            loop {
                let request = {
                    let mut mailbox = lock(&mailbox);
                    if mailbox.closed {
                        return;
                    }
                    mailbox.request.take()
                };
                let Some(request) = request else {
                    thread::park();
                    continue;
                };
                let reply = work(request);
                let waker = {
                    let mut mailbox = lock(&mailbox);
                    mailbox.reply = Some(reply);
                    mailbox.waker.take()
                };
                if let Some(waker) = waker {
                    waker.wake();
                }
            }
        })?;
        Ok(Self { shared, thread: Some(thread) })
    }

    /// Sends a request and waits for the reply. The waker is stored before the request is sent, so every
    /// reply wakes the task.
    pub async fn ask(&self, request: Q) -> A {
        let mut request = Some(request);
        poll_fn(|context| {
            let mut mailbox = lock(&self.shared);
            if let Some(reply) = mailbox.reply.take() {
                return Poll::Ready(reply);
            }
            mailbox.waker = Some(context.waker().clone());
            if let Some(request) = request.take() {
                mailbox.request = Some(request);
                drop(mailbox);
                self.unpark();
            }
            Poll::Pending
        })
        .await
    }

    /// The same on a thread that may block; it parks until the waker unparks it.
    pub fn ask_blocking(&self, request: Q) -> A {
        let waker = Waker::from(Arc::new(Unpark(thread::current())));
        let mut reply = pin!(self.ask(request));
        loop {
            match reply.as_mut().poll(&mut Context::from_waker(&waker)) {
                Poll::Ready(reply) => return reply,
                Poll::Pending => thread::park(),
            }
        }
    }
}

impl<Q, A> ExternalThread<Q, A> {
    fn unpark(&self) {
        if let Some(thread) = &self.thread {
            thread.thread().unpark();
        }
    }
}

impl<Q, A> Drop for ExternalThread<Q, A> {
    fn drop(&mut self) {
        lock(&self.shared).closed = true;
        self.unpark();
        if let Some(thread) = self.thread.take() {
            // A panic in `work` has already been printed.
            let _ = thread.join();
        }
    }
}

fn lock<Q, A>(mailbox: &Mutex<Mailbox<Q, A>>) -> MutexGuard<'_, Mailbox<Q, A>> {
    mailbox.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_request_gets_its_own_reply() {
        let external = ExternalThread::start(|number: u64| number * 2).unwrap();
        let replies: Vec<u64> = (0..50).map(|number| external.ask_blocking(number)).collect();
        assert_eq!(replies, (0..50).map(|number| number * 2).collect::<Vec<_>>());
    }

    #[test]
    fn dropping_ends_the_thread() {
        let alive = Arc::new(());
        let held = Arc::clone(&alive);
        let external = ExternalThread::start(move |()| Arc::strong_count(&held)).unwrap();
        assert_eq!(external.ask_blocking(()), 2);
        drop(external);
        assert_eq!(Arc::strong_count(&alive), 1);
    }
}
