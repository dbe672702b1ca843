//! Parses the reply of a trial process.

use super::{ErrorKind, Outcome, PROTOCOL, TrialReply};

/// Why the output of a trial process contains no reply.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReplyError {
    /// It wrote nothing.
    #[error("no reply")]
    Silent,
    /// It has another protocol version.
    #[error("the trial program speaks protocol {0}, not {PROTOCOL}")]
    Version(u32),
    /// It is not JSON, or has another format.
    #[error("invalid reply: {0}")]
    NotUnderstood(String),
}

impl TrialReply {
    /// Parses the outcome of a trial: the last line of output is the reply, and lines before it are
    /// ignored. Impossible values are errors.
    ///
    /// # Errors
    /// When there is no valid reply of this version.
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
        _ if block.iterations == 0 => "a block without iterations".to_owned(),
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
    fn reply_is_found_after_noise() {
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
