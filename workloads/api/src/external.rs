//! What an external runner is given for a trial, and what it answers.
//!
//! Such a runner prepares, iterates and times itself. Its answers come as JSON and become the same types
//! that the runners of this program answer with, so that they are checked, and turned into figures, by
//! the same code.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::failure::Failure;
use crate::scratch::write_whole;
use crate::setup::Setup;

/// What a runner is given besides its request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExternalInputs {
    /// Files with its input, in the workload's order. What is in them the workload's model tells.
    pub files: Vec<PathBuf>,
    /// A server to talk to, which lives as long as the trial.
    pub address: Option<SocketAddr>,
}

/// One file in the scratch folder.
///
/// # Errors
/// When it cannot be written.
pub fn input_file(setup: &Setup, workload: &str, bytes: &[u8]) -> Result<ExternalInputs, Failure> {
    // Trials of several points and seeds share the folder; a file is made anew for each.
    let path = setup.scratch.join(format!("{workload}-{}", std::process::id()));
    write_whole(&path, bytes).map_err(Failure::io("making the file with the input"))?;
    Ok(ExternalInputs { files: vec![path], ..ExternalInputs::default() })
}

/// Reads one answer an iteration.
///
/// # Errors
/// Which of them is not of the form, and where.
pub fn parse_outputs<A: DeserializeOwned>(outputs: Vec<Value>) -> Result<Vec<A>, Failure> {
    let answers = outputs.into_iter().enumerate().map(|(number, answer)| {
        serde_json::from_value(answer).map_err(|error| {
            Failure::Request(format!(
                "the answer of iteration {number} has not the form of this workload's: {error}"
            ))
        })
    });
    answers.collect()
}

/// A duration that is written as a whole number of nanoseconds.
pub fn nanoseconds<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
    u64::deserialize(from).map(Duration::from_nanos)
}

/// The same of a list.
pub fn each_nanoseconds<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Duration>, D::Error> {
    Ok(Vec::<u64>::deserialize(from)?.into_iter().map(Duration::from_nanos).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[derive(Debug, Deserialize)]
    struct Answer {
        #[serde(rename = "took_ns", deserialize_with = "nanoseconds")]
        took: Duration,
    }

    #[test]
    fn an_answer_of_another_form_is_named_with_its_iteration() {
        let answers: Vec<Answer> = parse_outputs(vec![json!({ "took_ns": 5 })]).unwrap();
        assert_eq!(answers[0].took, Duration::from_nanos(5));
        for wrong in [json!({ "took_ns": -5 }), json!({ "took": 5 }), json!(7)] {
            let outputs = vec![json!({ "took_ns": 5 }), wrong];
            let error = parse_outputs::<Answer>(outputs).unwrap_err().to_string();
            assert!(error.contains("iteration 1"), "{error}");
        }
    }
}
