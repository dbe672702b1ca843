//! Draws the recordings of `runtime-bench explain --profile-stacks`. Its only argument is the request, as
//! JSON.

use std::env;
use std::process::ExitCode;

use runtime_bench_profiles::draw;

fn main() -> ExitCode {
    let request = env::args().nth(1).unwrap_or_default();
    let drawn = serde_json::from_str(&request)
        .map_err(|error| format!("cannot read the request: {error}"))
        .and_then(|request| draw(&request).map_err(|error| error.to_string()))
        .and_then(|reply| serde_json::to_string(&reply).map_err(|error| error.to_string()));
    match drawn {
        Ok(reply) => {
            println!("{reply}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
