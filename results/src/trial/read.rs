//! What a line says, or why it says nothing.

use super::{ErrorKind, Outcome, PROTOCOL, TrialReply, TrialRequest};

/// Why what a trial process read is no request.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoRequest {
    /// It is of another version of the protocol.
    #[error("the request speaks protocol {0} where this runner speaks {PROTOCOL}")]
    Version(u32),
    /// It is no JSON, or of another form.
    #[error("the request cannot be understood: {0}")]
    NotUnderstood(String),
}

/// Why what a trial process wrote holds no reply.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoReply {
    /// It wrote nothing.
    #[error("there was no reply")]
    Silent,
    /// It is of another version of the protocol.
    #[error("the runner speaks protocol {0} and not {PROTOCOL}")]
    Version(u32),
    /// It is no JSON, or of another form.
    #[error("the reply cannot be understood: {0}")]
    NotUnderstood(String),
}

impl TrialRequest {
    /// The request in what a trial process read.
    ///
    /// # Errors
    /// When there is none that this version understands.
    pub fn read(text: &str) -> Result<Self, NoRequest> {
        match serde_json::from_str::<Self>(text) {
            Ok(request) if request.protocol == PROTOCOL => Ok(request),
            Ok(request) => Err(NoRequest::Version(request.protocol)),
            Err(error) => Err(NoRequest::NotUnderstood(error.to_string())),
        }
    }
}

impl TrialReply {
    /// What came of a trial, by what its process wrote: the last line is the reply, and whatever a runtime
    /// printed before it is noise. A figure that cannot be is an error, not a figure.
    ///
    /// # Errors
    /// When there is no reply that this version understands.
    pub fn read(output: &str) -> Result<Outcome, NoReply> {
        let last = output.lines().rfind(|line| !line.trim().is_empty()).ok_or(NoReply::Silent)?;
        match serde_json::from_str::<Self>(last) {
            Ok(reply) if reply.protocol == PROTOCOL => Ok(checked(reply.outcome)),
            Ok(reply) => Err(NoReply::Version(reply.protocol)),
            Err(error) => Err(NoReply::NotUnderstood(error.to_string())),
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

    const GOOD: &str = r#"{"protocol":1,"status":"ok","block":{"iterations":1,"warm_up_iterations":0,"metrics":[],"answer":"","phases":{"prepare_s":0,"warm_up_s":0,"measure_s":0}}}"#;

    #[test]
    fn a_reply_is_found_behind_noise() {
        let read = |text: &str| TrialReply::read(text);
        assert!(matches!(read(&format!("noise\n{GOOD}\n\n")), Ok(Outcome::Ok { .. })));
        let none = read(&GOOD.replace("\"iterations\":1", "\"iterations\":0"));
        assert!(matches!(none, Ok(Outcome::Error { kind: ErrorKind::Protocol, .. })), "{none:?}");
        assert_eq!(
            read(&GOOD.replace("\"protocol\":1", "\"protocol\":9")),
            Err(NoReply::Version(9))
        );
        assert_eq!(read(" \n"), Err(NoReply::Silent));
        assert!(matches!(read(&format!("{GOOD}\nnoise")), Err(NoReply::NotUnderstood(_))));
    }

    #[test]
    fn a_request_of_another_version_is_named() {
        let cell = r#"{"workload":"w","params":[],"runner":"r"}"#;
        let rest = r#""workers":1,"pool_threads":1,"age":"young","block":{"iterations":1},"seed":1,"scratch":"""#;
        let of = |version: u32| format!(r#"{{"protocol":{version},"cell":{cell},{rest}}}"#);
        assert_eq!(TrialRequest::read(&of(1)).unwrap().cell.runner, "r");
        assert_eq!(TrialRequest::read(&of(2)), Err(NoRequest::Version(2)));
        assert!(matches!(TrialRequest::read("{}"), Err(NoRequest::NotUnderstood(_))));
    }
}
