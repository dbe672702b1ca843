//! TLS over a runtime's own sockets.
//!
//! One adapter between rustls and the I/O traits that every async runtime here implements for its sockets. It works
//! like those of tokio-rustls and futures-rustls: encrypted bytes go directly between the socket and rustls's
//! buffers.

use std::future::poll_fn;
use std::io::{self, BufRead, ErrorKind, IoSlice, Write as _};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use hyper::rt::{Read, ReadBuf, ReadBufCursor, Write};
use rustls::{Connection, Writer};

/// A connection during or after its handshake.
pub struct Stream<S> {
    socket: S,
    connection: Connection,
}

impl<S: Read + Write + Unpin> Stream<S> {
    /// Continues a connection whose first bytes were exchanged over another type of the same socket.
    pub fn over(socket: S, connection: Connection) -> Self {
        Self { socket, connection }
    }

    pub(super) async fn shake_hands(&mut self) -> io::Result<()> {
        poll_fn(|context| {
            loop {
                ready!(self.poll_send(context))?;
                if !self.connection.is_handshaking() {
                    return Poll::Ready(Ok(()));
                }
                if ready!(self.poll_receive(context))? == 0 {
                    return Poll::Ready(Err(ErrorKind::UnexpectedEof.into()));
                }
            }
        })
        .await
    }

    /// Reads the bytes that have arrived, at least one; 0 after the peer has announced the end.
    ///
    /// # Errors
    /// When the connection fails, or ends without an announcement.
    pub async fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        poll_fn(|context| {
            self.poll_take(context, |bytes| {
                let taken = bytes.len().min(buffer.len());
                buffer[..taken].copy_from_slice(&bytes[..taken]);
                taken
            })
        })
        .await
    }

    /// Fills a buffer.
    ///
    /// # Errors
    /// As for [`Stream::read`], and when the connection ends before the buffer is full.
    pub async fn read_exact(&mut self, mut buffer: &mut [u8]) -> io::Result<()> {
        while !buffer.is_empty() {
            match self.read(buffer).await? {
                0 => return Err(ErrorKind::UnexpectedEof.into()),
                read => buffer = &mut buffer[read..],
            }
        }
        Ok(())
    }

    /// Sends all bytes.
    ///
    /// # Errors
    /// When the connection fails.
    pub async fn write_all(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let put = poll_fn(|context| self.poll_put(context, |writer| writer.write(bytes)));
            bytes = &bytes[put.await?..];
        }
        poll_fn(|context| self.poll_send(context)).await
    }

    /// Tells the peer that this end sends nothing more.
    ///
    /// # Errors
    /// When the connection fails.
    pub async fn close(&mut self) -> io::Result<()> {
        self.connection.send_close_notify();
        poll_fn(|context| self.poll_send(context)).await
    }

    /// Passes received bytes to `take`, which returns how many it has taken; none after the peer has
    /// announced the end.
    fn poll_take(
        &mut self,
        context: &mut Context<'_>,
        take: impl FnOnce(&[u8]) -> usize,
    ) -> Poll<io::Result<usize>> {
        loop {
            let mut reader = self.connection.reader();
            match reader.fill_buf() {
                Ok(bytes) => {
                    let taken = take(bytes);
                    reader.consume(taken);
                    return Poll::Ready(Ok(taken));
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
            ready!(self.poll_receive(context))?;
        }
    }

    /// Takes bytes to send and sends as many as the socket has room for; the next write or flush sends the rest.
    fn poll_put(
        &mut self,
        context: &mut Context<'_>,
        put: impl FnOnce(&mut Writer<'_>) -> io::Result<usize>,
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_send(context))?;
        let taken = put(&mut self.connection.writer())?;
        if let Poll::Ready(Err(error)) = self.poll_send(context) {
            return Poll::Ready(Err(error));
        }
        Poll::Ready(Ok(taken))
    }

    /// Reads encrypted bytes once and decrypts them; 0 at the end of the socket.
    fn poll_receive(&mut self, context: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let mut socket = Socket { socket: &mut self.socket, context };
        let read = ready!(unless_blocked(self.connection.read_tls(&mut socket)))?;
        if let Err(error) = self.connection.process_new_packets() {
            // The alert tells the peer the reason. If it cannot be sent, this error matters more.
            let _ = self.poll_send(context);
            return Poll::Ready(Err(io::Error::new(ErrorKind::InvalidData, error)));
        }
        Poll::Ready(Ok(read))
    }

    /// Sends all encrypted bytes.
    fn poll_send(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while self.connection.wants_write() {
            let mut socket = Socket { socket: &mut self.socket, context };
            if ready!(unless_blocked(self.connection.write_tls(&mut socket)))? == 0 {
                return Poll::Ready(Err(ErrorKind::WriteZero.into()));
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: Read + Write + Unpin> Read for Stream<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        mut cursor: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        let read = self.get_mut().poll_take(context, |bytes| {
            let taken = bytes.len().min(cursor.remaining());
            cursor.put_slice(&bytes[..taken]);
            taken
        });
        read.map_ok(|_| ())
    }
}

impl<S: Read + Write + Unpin> Write for Stream<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.get_mut().poll_put(context, |writer| writer.write(bytes))
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_send(context))?;
        Pin::new(&mut this.socket).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        this.connection.send_close_notify();
        ready!(this.poll_send(context))?;
        Pin::new(&mut this.socket).poll_shutdown(context)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.get_mut().poll_put(context, |writer| writer.write_vectored(parts))
    }
}

/// A socket with the interface that rustls needs: an operation that has to wait fails with `WouldBlock`.
struct Socket<'a, 'b, S> {
    socket: &'a mut S,
    context: &'a mut Context<'b>,
}

impl<S: Read + Unpin> io::Read for Socket<'_, '_, S> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let mut buffer = ReadBuf::new(bytes);
        let read = Pin::new(&mut *self.socket).poll_read(self.context, buffer.unfilled());
        blocked_unless(read)?;
        Ok(buffer.filled().len())
    }
}

impl<S: Write + Unpin> io::Write for Socket<'_, '_, S> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        blocked_unless(Pin::new(&mut *self.socket).poll_write(self.context, bytes))
    }

    fn write_vectored(&mut self, parts: &[IoSlice<'_>]) -> io::Result<usize> {
        blocked_unless(Pin::new(&mut *self.socket).poll_write_vectored(self.context, parts))
    }

    fn flush(&mut self) -> io::Result<()> {
        blocked_unless(Pin::new(&mut *self.socket).poll_flush(self.context))
    }
}

fn blocked_unless<T>(done: Poll<io::Result<T>>) -> io::Result<T> {
    match done {
        Poll::Ready(result) => result,
        Poll::Pending => Err(ErrorKind::WouldBlock.into()),
    }
}

fn unless_blocked<T>(result: io::Result<T>) -> Poll<io::Result<T>> {
    match result {
        Err(error) if error.kind() == ErrorKind::WouldBlock => Poll::Pending,
        result => Poll::Ready(result),
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::collections::VecDeque;
    use std::future::Future;
    use std::pin::pin;
    use std::rc::Rc;
    use std::task::Waker;

    use super::*;
    use crate::tls::pair;

    type Bytes = Rc<RefCell<VecDeque<u8>>>;

    /// A socket that blocks every other time, and otherwise sends or receives only a few bytes. It ends when
    /// the other end is dropped.
    struct Slow {
        incoming: Bytes,
        outgoing: Bytes,
        blocked: bool,
    }

    /// Maximum number of bytes per operation.
    const FEW: usize = 700;
    /// More than one record holds, and more than rustls buffers.
    const LONG: usize = 100_000;

    impl Slow {
        fn pair() -> (Self, Self) {
            let (one, other) = (Bytes::default(), Bytes::default());
            let end = |incoming: &Bytes, outgoing: &Bytes| Self {
                incoming: Rc::clone(incoming),
                outgoing: Rc::clone(outgoing),
                blocked: false,
            };
            (end(&one, &other), end(&other, &one))
        }

        fn blocked(&mut self) -> bool {
            self.blocked = !self.blocked;
            self.blocked
        }
    }

    impl Read for Slow {
        fn poll_read(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
            mut cursor: ReadBufCursor<'_>,
        ) -> Poll<io::Result<()>> {
            let ended = Rc::strong_count(&self.incoming) == 1;
            if self.blocked() || !ended && self.incoming.borrow().is_empty() {
                return Poll::Pending;
            }
            let mut incoming = self.incoming.borrow_mut();
            let most = cursor.remaining().min(FEW).min(incoming.len());
            cursor.put_slice(&incoming.drain(..most).collect::<Vec<u8>>());
            Poll::Ready(Ok(()))
        }
    }

    impl Write for Slow {
        fn poll_write(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
            bytes: &[u8],
        ) -> Poll<io::Result<usize>> {
            if self.blocked() {
                return Poll::Pending;
            }
            let taken = bytes.len().min(FEW);
            self.outgoing.borrow_mut().extend(&bytes[..taken]);
            Poll::Ready(Ok(taken))
        }

        fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }

        fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }
    }

    /// Polls two futures in turn until both have ended.
    fn both<A, B>(one: impl Future<Output = A>, other: impl Future<Output = B>) -> (A, B) {
        let (mut one, mut other) = (pin!(one), pin!(other));
        let (mut first, mut second) = (None, None);
        let mut context = Context::from_waker(Waker::noop());
        loop {
            if first.is_none() {
                first = as_option(one.as_mut().poll(&mut context));
            }
            if second.is_none() {
                second = as_option(other.as_mut().poll(&mut context));
            }
            if let (Some(_), Some(_)) = (&first, &second) {
                return first.zip(second).unwrap();
            }
        }
    }

    fn as_option<T>(poll: Poll<T>) -> Option<T> {
        match poll {
            Poll::Ready(output) => Some(output),
            Poll::Pending => None,
        }
    }

    #[test]
    fn long_messages_pass_through_slow_sockets_until_the_client_closes() {
        let (server, client) = pair().unwrap();
        let (near, far) = Slow::pair();
        let message: Vec<u8> = (0..LONG).map(|index| (index % 251) as u8).collect();
        let serving = async {
            let mut stream = server.accept(far).await?;
            let mut echo = vec![0; LONG];
            stream.read_exact(&mut echo).await?;
            stream.write_all(&echo).await?;
            stream.read(&mut [0]).await
        };
        let asking = async {
            let mut stream = client.connect(near).await?;
            stream.write_all(&message).await?;
            let mut echo = vec![0; LONG];
            stream.read_exact(&mut echo).await?;
            stream.close().await?;
            io::Result::Ok(echo)
        };
        let (ended, echo) = both(serving, asking);
        assert!(echo.unwrap() == message, "every byte comes back");
        assert_eq!(ended.unwrap(), 0, "the end is announced");
    }

    #[test]
    fn untrusted_certificates_end_the_handshake_on_both_sides() {
        let ((server, _), (_, client)) = (pair().unwrap(), pair().unwrap());
        let (near, far) = Slow::pair();
        let (accepted, connected) = both(server.accept(far), client.connect(near));
        let refused = connected.err().unwrap();
        assert_eq!(refused.kind(), ErrorKind::InvalidData);
        assert!(refused.to_string().contains("certificate"), "{refused}");
        assert!(accepted.is_err());
    }
}
