//! Messages to a server, and the expected replies.

use serde::{Deserialize, Serialize};

/// The protocol of a server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Talk {
    /// Messages of a fixed size, which are echoed.
    Echo {
        /// Bytes of a message, at least 8.
        size: usize,
    },
    /// HTTP/1.1 GET on a keep-alive connection, with a known body as the reply.
    Http {
        /// Length of the body, bytes.
        length: usize,
        /// CRC-32 of the body.
        checksum: u32,
    },
    /// A fixed request with a known reply, in any protocol.
    Exchange {
        /// Bytes of a request, at least one.
        request: Vec<u8>,
        /// Bytes of its reply, at least one.
        reply: Vec<u8>,
    },
}

/// The first reply in the bytes received so far.
pub(super) struct Answer {
    /// Its length, bytes.
    pub(super) length: usize,
    /// Whether it is the expected one.
    pub(super) correct: bool,
}

/// Ends the head of an HTTP message.
const HEAD_END: &[u8] = b"\r\n\r\n";
/// Maximum number of headers of a reply.
const MOST_HEADERS: usize = 32;

impl Talk {
    /// Appends message `number` to the bytes to send.
    pub(super) fn write(&self, number: u64, out: &mut Vec<u8>) {
        match self {
            Self::Echo { size } => {
                let start = out.len();
                out.resize(start + size, number as u8);
                let numbered = number.to_le_bytes();
                out[start..start + numbered.len()].copy_from_slice(&numbered);
            }
            Self::Http { .. } => {
                out.extend_from_slice(b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n");
            }
            Self::Exchange { request, .. } => out.extend_from_slice(request),
        }
    }

    /// The reply to message `number`; `None` while it is incomplete. A malformed reply is wrong and as long
    /// as all bytes received.
    pub(super) fn read(&self, number: u64, bytes: &[u8]) -> Option<Answer> {
        match self {
            Self::Echo { size } => {
                let echo = bytes.get(..*size)?;
                let (head, rest) = echo.split_at(size_of::<u64>().min(*size));
                let correct =
                    head == number.to_le_bytes() && rest.iter().all(|byte| *byte == number as u8);
                Some(Answer { length: *size, correct })
            }
            Self::Http { length, checksum } => http(bytes, *length, *checksum),
            Self::Exchange { reply, .. } => exchange(bytes, reply),
        }
    }
}

/// A wrong reply may be shorter than the expected one, so the first byte that differs decides.
fn exchange(bytes: &[u8], reply: &[u8]) -> Option<Answer> {
    let known = bytes.len().min(reply.len());
    if bytes[..known] != reply[..known] {
        return Some(Answer { length: bytes.len(), correct: false });
    }
    (known > 0 && known == reply.len()).then_some(Answer { length: known, correct: true })
}

fn http(bytes: &[u8], length: usize, checksum: u32) -> Option<Answer> {
    // Parsed only once its head is complete, which contains the length; a wrong reply may be shorter.
    if !bytes.windows(HEAD_END.len()).any(|part| part == HEAD_END) {
        return None;
    }
    let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut response = httparse::Response::new(&mut headers);
    let wrong = Answer { length: bytes.len(), correct: false };
    let Ok(httparse::Status::Complete(head)) = response.parse(bytes) else {
        return Some(wrong);
    };
    let said =
        response.headers.iter().find(|header| header.name.eq_ignore_ascii_case("content-length"));
    let said = said.and_then(|header| str::from_utf8(header.value).ok()?.parse::<usize>().ok());
    let Some(said) = said else { return Some(wrong) };
    let body = bytes.get(head..head.checked_add(said)?)?;
    let correct = response.code == Some(200) && said == length && crc32fast::hash(body) == checksum;
    Some(Answer { length: head + said, correct })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn echoes_must_be_complete_and_have_the_right_number() {
        let talk = Talk::Echo { size: 16 };
        let mut out = Vec::new();
        talk.write(300, &mut out);
        assert_eq!(out.len(), 16);
        assert!(talk.read(300, &out[..15]).is_none());
        assert!(talk.read(300, &out).is_some_and(|answer| answer.correct && answer.length == 16));
        assert!(talk.read(44, &out).is_some_and(|answer| !answer.correct), "300 % 256 is 44");
        out[15] ^= 1;
        assert!(talk.read(300, &out).is_some_and(|answer| !answer.correct));
    }

    #[test]
    fn exchanges_are_compared_byte_by_byte() {
        let talk = Talk::Exchange { request: b"get\n".to_vec(), reply: b"value\n".to_vec() };
        let mut out = Vec::new();
        talk.write(7, &mut out);
        assert_eq!(out, b"get\n");
        let read = |bytes: &[u8]| talk.read(7, bytes).map(|answer| (answer.length, answer.correct));
        assert_eq!((read(b""), read(b"val")), (None, None));
        assert_eq!(read(b"value\nval"), Some((6, true)));
        assert_eq!((read(b"no\n"), read(b"valve\n")), (Some((3, false)), Some((6, false))));
        let empty = Talk::Exchange { request: vec![1], reply: Vec::new() };
        assert!(empty.read(0, b"").is_none(), "nothing is never a reply");
    }

    #[test]
    fn http_replies_are_checked_by_status_length_and_checksum() {
        let talk = Talk::Http { length: 2, checksum: crc32fast::hash(b"ok") };
        let correct =
            |text: &[u8]| talk.read(0, text).map(|answer| (answer.length, answer.correct));
        let whole = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
        assert_eq!(correct(whole), Some((whole.len(), true)));
        assert_eq!(correct(&[whole.as_slice(), b"HTTP"].concat()), Some((whole.len(), true)));
        assert_eq!(correct(&whole[..whole.len() - 1]), None);
        for wrong in [
            "HTTP/1.1 500 Oh\r\nContent-Length: 2\r\n\r\nok",
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nko",
            "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok!",
            "HTTP/1.1 200 OK\r\n\r\nok",
            "what is this?\r\n\r\nok",
        ] {
            assert!(correct(wrong.as_bytes()).is_some_and(|(_, correct)| !correct), "{wrong}");
        }
        let long = Talk::Http { length: 1_000, checksum: 0 };
        let short = b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n";
        assert!(long.read(0, short).is_some_and(|answer| !answer.correct), "shorter than expected");
    }
}
