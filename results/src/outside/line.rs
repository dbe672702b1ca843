//! What a line from a runner says, or why it says nothing.

use serde::Deserialize;
use serde_json::Value;

use super::{Answer, RUNNER_PROTOCOL, Reply};

/// What is shown of something that is no reply.
const SHOWN: usize = 80;

/// Why a line is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoAnswer {
    /// It is no JSON object; its beginning.
    #[error(
        "it printed what is no reply: `{0}`; standard output is for the protocol alone, and messages go \
         to standard error"
    )]
    NoReply(String),
    /// It names no version.
    #[error("its reply names no `protocol`")]
    NoVersion,
    /// It is of another version.
    #[error("the runner speaks protocol {0}, and this harness {RUNNER_PROTOCOL}")]
    Version(String),
    /// It is of another form.
    #[error("its reply cannot be understood: {0}")]
    NotUnderstood(String),
}

/// What every reply begins with, in whatever version.
#[derive(Deserialize)]
struct Head {
    protocol: Option<Value>,
}

impl Answer {
    /// What a line says.
    ///
    /// # Errors
    /// When it is no reply, or one of another version.
    pub fn read(line: &str) -> Result<Self, NoAnswer> {
        let line = line.trim();
        // A reply may have a hundred thousand samples, so it is not read into a tree first.
        let Ok(Head { protocol }) = serde_json::from_str(line) else {
            return Err(NoAnswer::NoReply(line.chars().take(SHOWN).collect()));
        };
        match protocol.as_ref().map(Value::as_u64) {
            Some(Some(version)) if version == u64::from(RUNNER_PROTOCOL) => {}
            Some(version) => {
                let named = version.map(|version| version.to_string());
                return Err(NoAnswer::Version(
                    named.unwrap_or_else(|| "something else".to_owned()),
                ));
            }
            None => return Err(NoAnswer::NoVersion),
        }
        let reply: Result<Reply, _> = serde_json::from_str(line);
        reply.map(|reply| reply.answer).map_err(|error| NoAnswer::NotUnderstood(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_reply_says_so() {
        let message = |line: &str| Answer::read(line).unwrap_err().to_string();
        assert!(message("Loading…").contains("`Loading…`; standard output is for"));
        assert!(message("17").contains("no reply"));
        assert!(message(&"x".repeat(500)).len() < 250);
        assert!(message("{}").contains("names no `protocol`"));
        for version in ["0", "2", "\"1\"", "1.5"] {
            let line = format!(r#"{{"protocol":{version},"status":"ok"}}"#);
            assert!(message(&line).contains("speaks protocol"), "{line}");
        }
        assert!(message(r#"{"protocol":1,"status":"fine"}"#).contains("cannot be understood"));
        assert!(matches!(Answer::read(r#"{"protocol":1,"status":"ok"}"#), Ok(Answer::Ok(_))));
    }
}
