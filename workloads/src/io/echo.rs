//! Serving echoes of messages of a size.

use std::io::{Read, Write};
use std::net::TcpStream;

use crate::runtime::AsyncRuntime;

/// On a task, until the connection ends.
pub(super) async fn on_task<R: AsyncRuntime>(mut stream: R::Tcp, size: usize) {
    let mut message = vec![0; size];
    while R::read_exact(&mut stream, &mut message).await.is_ok() {
        if R::write_all(&mut stream, &message).await.is_err() {
            return;
        }
    }
}

/// On a thread, until the connection ends.
pub(super) fn on_thread(mut stream: TcpStream, size: usize) {
    let mut message = vec![0; size];
    while stream.read_exact(&mut message).is_ok() {
        if stream.write_all(&message).is_err() {
            return;
        }
    }
}
