//! What a line says, or why it says nothing.

use super::{ErrorKind, Outcome, PROTOCOL, TrialReply};

/// Why what a trial process wrote holds no reply.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReplyError {
    /// It wrote nothing.
    #[error("no reply")]
    Silent,
    /// It is of another version of the protocol.
    #[error("the trial program speaks protocol {0}, not {PROTOCOL}")]
    Version(u32),
    /// It is no JSON, or of another form.
    #[error("invalid reply: {0}")]
    NotUnderstood(String),
}

impl TrialReply {
    /// What came of a trial, by what its process wrote: the last line is the reply, and whatever a runtime
    /// printed before it is noise. A figure that cannot be is an error, not a figure.
    pub fn read(output: &str) -> Result<Outcome, ReplyError> {
        let last =
            output.lines().rfind(|line| !line.trim().is_empty()).ok_or(ReplyError::Silent)?;
        match serde_json::from_str::<Self>(last) {
            Ok(reply) if reply.protocol == PROTOCOL => Ok(checked(reply.outcome)),
            Ok(reply) => Err(ReplyError::Version(reply.protocol)),
            Err(error) => Err(ReplyError::NotUnderstood(error.to_string())),
        }
    }
}

fn checked(outcome: Outcome) -> Outcome {
    let Outcome::Ok { block } = &outcome else { return outcome };
    let impossible = block.metrics.iter().find(|metric| !metric.value.is_finite());
    let message = match impossible {
        _ if block.iterations == 0 => "a block without an iteration".to_owned(),
        Some(metric) => format!("the metric {} is not a finite number", metric.name),
        None => return outcome,
    };
    Outcome::Error { kind: ErrorKind::Protocol, message }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"{"protocol":2,"status":"ok","block":{"iterations":1,"warm_up_iterations":0,"metrics":[],"answer":"","phases":{"prepare_s":0,"warm_up_s":0,"measure_s":0}}}"#;

    #[test]
    fn a_reply_is_found_behind_noise() {
        let read = |text: &str| TrialReply::read(text);
        assert!(matches!(read(&format!("noise\n{GOOD}\n\n")), Ok(Outcome::Ok { .. })));
        let none = read(&GOOD.replace("\"iterations\":1", "\"iterations\":0"));
        assert!(matches!(none, Ok(Outcome::Error { kind: ErrorKind::Protocol, .. })), "{none:?}");
        assert_eq!(
            read(&GOOD.replace("\"protocol\":2", "\"protocol\":9")),
            Err(ReplyError::Version(9))
        );
        assert_eq!(read(" \n"), Err(ReplyError::Silent));
        assert!(matches!(read(&format!("{GOOD}\nnoise")), Err(ReplyError::NotUnderstood(_))));
    }
}
