//! Parses the reply of an external runner.

use serde::Deserialize;
use serde_json::Value;

use super::{Answer, RUNNER_PROTOCOL};
use crate::trial::ErrorKind;

/// Maximum length of the quoted text of an invalid reply, in characters.
const SHOWN: usize = 80;

/// Why a line is not a reply.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReplyError {
    /// It is not a JSON object; its beginning.
    #[error(
        "not a reply: `{0}`; standard output is reserved for the protocol, so write messages to standard error"
    )]
    NotAReply(String),
    /// It has no protocol version.
    #[error("the reply has no `protocol`")]
    NoVersion,
    /// It has another protocol version.
    #[error("the runner speaks protocol {0}, but this harness speaks protocol {RUNNER_PROTOCOL}")]
    Version(String),
    /// It has another format.
    #[error("invalid reply: {0}")]
    NotUnderstood(String),
}

/// The fields that replies of all versions have.
#[derive(Deserialize)]
struct Head {
    protocol: Option<Value>,
    status: Option<Value>,
}

#[derive(Deserialize)]
struct Ready {
    address: String,
}

#[derive(Deserialize)]
struct Refused {
    kind: ErrorKind,
    message: String,
}

impl Answer {
    /// Parses a line.
    ///
    /// # Errors
    /// When it is not a reply, or has another version.
    pub fn read(line: &str) -> Result<Self, ReplyError> {
        let line = line.trim();
        // A reply may have a hundred thousand samples, so it is not read into a tree first: as one enum,
        // which serde buffers, 20 000 of them took 20 ms.
        let Ok(Head { protocol, status }) = serde_json::from_str(line) else {
            return Err(ReplyError::NotAReply(line.chars().take(SHOWN).collect()));
        };
        match protocol.as_ref().map(Value::as_u64) {
            Some(Some(version)) if version == u64::from(RUNNER_PROTOCOL) => {}
            Some(version) => {
                let named = version.map(|version| version.to_string());
                return Err(ReplyError::Version(
                    named.unwrap_or_else(|| "something else".to_owned()),
                ));
            }
            None => return Err(ReplyError::NoVersion),
        }
        let answer = match status.as_ref().and_then(Value::as_str) {
            Some("described") => serde_json::from_str(line).map(Self::Described),
            Some("ready") => {
                serde_json::from_str(line).map(|Ready { address }| Self::Ready { address })
            }
            Some("ok") => serde_json::from_str(line).map(Self::Ok),
            Some("error") => serde_json::from_str(line)
                .map(|Refused { kind, message }| Self::Error { kind, message }),
            _ => {
                let reason = "unknown `status`; expected `described`, `ready`, `ok` or `error`";
                return Err(ReplyError::NotUnderstood(reason.to_owned()));
            }
        };
        answer.map_err(|error| ReplyError::NotUnderstood(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Described, Measured, Reply, Sample};
    use super::*;
    use crate::trial::Metric;
    use serde_json::json;

    #[test]
    fn every_answer_is_read_as_it_is_written() {
        let sample = Sample { wall_ns: 1.5, cpu_ns: 2.0, output: json!([1, "two"]) };
        let metrics = vec![Metric::context("threads", "", 3.0)];
        let described = Described { cells: vec![None, Some("why".into())], ..Described::default() };
        for answer in [
            Answer::Described(described),
            Answer::Ready { address: "127.0.0.1:80".into() },
            Answer::Ok(Measured { samples: vec![sample], metrics, ..Measured::default() }),
            Answer::Error { kind: ErrorKind::Setup, message: "no".into() },
        ] {
            let reply = Reply { protocol: RUNNER_PROTOCOL, answer: answer.clone() };
            let line = serde_json::to_string(&reply).unwrap();
            assert_eq!(serde_json::from_str::<Reply>(&line).unwrap(), reply);
            assert_eq!(Answer::read(&line), Ok(answer), "{line}");
        }
    }

    #[test]
    fn invalid_replies_are_explained() {
        let message = |line: &str| Answer::read(line).unwrap_err().to_string();
        assert!(message("Loading…").contains("`Loading…`; standard output is reserved"));
        assert!(message("17").contains("not a reply"));
        assert!(message(&"x".repeat(500)).len() < 250);
        assert!(message("{}").contains("no `protocol`"));
        for version in ["0", "1", "3", "\"2\"", "2.5"] {
            let line = format!(r#"{{"protocol":{version},"status":"ok"}}"#);
            assert!(message(&line).contains("speaks protocol"), "{line}");
        }
        assert!(message(r#"{"protocol":2,"status":"fine"}"#).contains("invalid reply"));
        assert!(matches!(Answer::read(r#"{"protocol":2,"status":"ok"}"#), Ok(Answer::Ok(_))));
    }
}
