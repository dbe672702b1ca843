//! Inputs and outputs of an external runner.
//!
//! Such a runner prepares, iterates and times itself. Its outputs arrive as JSON and are parsed into the
//! types that built-in runners return, so that the same code verifies them and computes metrics.

use std::net::SocketAddr;
use std::path::PathBuf;

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::failure::Failure;
use crate::scratch::write_whole;
use crate::setup::Setup;

/// Inputs of a runner in addition to its request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExternalInputs {
    /// Input files in the workload's order; its model describes their content.
    pub files: Vec<PathBuf>,
    /// A server to talk to, which lives as long as the trial.
    pub address: Option<SocketAddr>,
}

/// Writes one input file to the scratch folder.
///
/// # Errors
/// When it cannot be written.
pub fn input_file(setup: &Setup, workload: &str, bytes: &[u8]) -> Result<ExternalInputs, Failure> {
    // Trials of several points and seeds share the folder, so each writes its own file.
    let path = setup.scratch.join(format!("{workload}-{}", std::process::id()));
    write_whole(&path, bytes).map_err(Failure::io("writing the input file"))?;
    Ok(ExternalInputs { files: vec![path], ..ExternalInputs::default() })
}

/// Parses one output per iteration.
///
/// # Errors
/// When an output is malformed; names its iteration.
pub fn parse_outputs<A: DeserializeOwned>(outputs: Vec<Value>) -> Result<Vec<A>, Failure> {
    let outputs = outputs.into_iter().enumerate().map(|(number, output)| {
        serde_json::from_value(output).map_err(|error| {
            Failure::Request(format!("invalid output of iteration {number}: {error}"))
        })
    });
    outputs.collect()
}

/// A duration as a whole number of nanoseconds: `#[serde(with = "…")]`.
pub mod nanoseconds {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    /// Reads one.
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
        u64::deserialize(from).map(Duration::from_nanos)
    }

    /// Writes one.
    pub fn serialize<S: Serializer>(duration: &Duration, to: S) -> Result<S::Ok, S::Error> {
        (duration.as_nanos() as u64).serialize(to)
    }
}

/// The same for a list.
pub mod each_nanoseconds {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer};

    /// Reads a list.
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Duration>, D::Error> {
        Ok(Vec::<u64>::deserialize(from)?.into_iter().map(Duration::from_nanos).collect())
    }

    /// Writes a list.
    pub fn serialize<S: Serializer>(durations: &[Duration], to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(durations.iter().map(|duration| duration.as_nanos() as u64))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde::{Deserialize, Serialize};
    use serde_json::json;

    use super::*;

    #[derive(Debug, Deserialize, Serialize)]
    struct Output {
        #[serde(rename = "took_ns", with = "nanoseconds")]
        took: Duration,
    }

    #[test]
    fn malformed_outputs_are_reported_with_their_iteration() {
        let outputs: Vec<Output> = parse_outputs(vec![json!({ "took_ns": 5 })]).unwrap();
        assert_eq!(outputs[0].took, Duration::from_nanos(5));
        for wrong in [json!({ "took_ns": -5 }), json!({ "took": 5 }), json!(7)] {
            let outputs = vec![json!({ "took_ns": 5 }), wrong];
            let error = parse_outputs::<Output>(outputs).unwrap_err().to_string();
            assert!(error.contains("iteration 1"), "{error}");
        }
    }
}
