//! Checks how a runner reacts to invalid requests.

use std::time::Duration;

use runtime_bench_results::external::{Answer, Describe, RUNNER_PROTOCOL, Request, Trial};
use runtime_bench_results::key::{CellKey, Point};
use runtime_bench_results::program::Check;
use runtime_bench_results::trial::{BlockSize, ErrorKind, ExternalCommand, Phase};

use super::process::RunnerProcess;
use crate::program::TrialError;
use crate::tree;

/// Time limit of a check; none takes long.
const LIMIT: Duration = Duration::from_secs(10);
/// An unknown protocol version.
const STRANGE: u32 = 999;
/// An unknown workload.
const UNKNOWN: &str = "no-such-workload";

/// Checks a runner that has just described itself.
pub(super) fn checks(external: &ExternalCommand) -> Vec<Check> {
    let mut left = tree::end_left_behind();
    let mut check = |what: &str, problem: fn(&ExternalCommand) -> Option<String>| {
        let problem = problem(external);
        left += tree::end_left_behind();
        Check { what: what.to_owned(), problem }
    };
    let mut checks = vec![
        check("rejects another protocol version with a message", strange_version),
        check("rejects an unknown workload with a message", unknown_workload),
        check("exits when its standard input closes", end_of_input),
    ];
    checks.push(Check {
        what: "leaves no process behind".to_owned(),
        problem: (left > 0)
            .then(|| format!("processes that outlived it: {left}; they were killed")),
    });
    checks
}

fn strange_version(external: &ExternalCommand) -> Option<String> {
    let describe = Describe { protocol: STRANGE, workers: 1, cells: Vec::new() };
    refusal(external, &Request::Describe(describe), Some(ErrorKind::Protocol))
}

fn unknown_workload(external: &ExternalCommand) -> Option<String> {
    let (point, runner) = (Point::new(), "runner".to_owned());
    let trial = Trial {
        protocol: RUNNER_PROTOCOL,
        cell: CellKey { workload: UNKNOWN.to_owned(), point, runner },
        workers: 1,
        phase: Phase::Warm,
        block: BlockSize::Iterations(1),
        seed: 1,
        limit_s: LIMIT.as_secs_f64(),
        scratch: std::env::temp_dir().to_string_lossy().into_owned(),
        files: Vec::new(),
        address: None,
    };
    refusal(external, &Request::Trial(Box::new(trial)), None)
}

/// A request that the runner must answer with an error, of the given kind if any.
fn refusal(
    external: &ExternalCommand,
    request: &Request,
    wanted: Option<ErrorKind>,
) -> Option<String> {
    let answer = RunnerProcess::start(external, LIMIT).and_then(|mut runner| {
        let answer = runner.ask(request)?;
        runner.close();
        Ok(answer)
    });
    match answer {
        Ok(Answer::Error { kind, message }) => match wanted {
            _ if message.trim().is_empty() => Some("the error has no message".to_owned()),
            Some(wanted) if wanted != kind => {
                Some(format!("the error has kind `{kind}`, expected `{wanted}`"))
            }
            _ => None,
        },
        Ok(_) => Some("it did not reply with an error".to_owned()),
        Err(TrialError { message, .. }) => Some(message),
    }
}

fn end_of_input(external: &ExternalCommand) -> Option<String> {
    match RunnerProcess::start(external, LIMIT).map(RunnerProcess::close) {
        Ok(true) => None,
        Ok(false) => Some("it kept running for 2 s and was killed".to_owned()),
        Err(error) => Some(error.message),
    }
}
