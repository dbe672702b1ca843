//! Properties of any arguments and declarations. Shared with `fuzz/fuzz_targets`.
#![allow(dead_code, reason = "each test and each target uses its part of this")]

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::Path;

use clap::Parser;
use runtime_bench::cli::Cli;
use runtime_bench::harness::external::file::parse;

/// Checks a text as `runners.toml`.
pub(crate) fn declarations(text: &str) {
    match parse(text, Path::new("/nowhere")) {
        Ok(runners) => {
            let names: BTreeSet<&str> = runners.iter().map(|runner| runner.name.as_str()).collect();
            assert_eq!(names.len(), runners.len(), "names are unique");
            for runner in &runners {
                let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
                assert!(runner.name.chars().all(plain) && runner.name.len() <= 40, "{runner:?}");
                assert!(!runner.command.is_empty(), "{runner:?}");
            }
        }
        Err(why) => assert!(!why.trim().is_empty()),
    }
}

/// Checks arguments, without the name of the program: they are parsed, or rejected with a message and the
/// exit code of bad usage. Nothing is run.
pub(crate) fn arguments(args: Vec<OsString>) {
    let program = OsString::from("runtime-bench");
    if let Err(error) = Cli::try_parse_from([program].into_iter().chain(args)) {
        let told = error.to_string();
        match error.exit_code() {
            // Help and versions.
            0 => assert!(!told.is_empty()),
            2 => assert!(told.starts_with("error: ") || told.contains("Usage:"), "{told}"),
            code => panic!("exit code {code}: {told}"),
        }
    }
}
