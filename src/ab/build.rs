//! An executable of this harness.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use runtime_bench_results::listing::Listing;
use runtime_bench_results::trial::PROTOCOL;
use serde_json::Value;

use runtime_bench_harness::error::Error;
use runtime_bench_harness::process;
use runtime_bench_harness::process::interrupt::Interrupt;

/// Time limit for the list: a program that exceeds it is not one of ours.
const LIST_LIMIT: Duration = Duration::from_secs(20);

/// An executable of this harness: this build or another one.
#[derive(Clone, Debug)]
pub struct Build {
    /// The option that names it, such as `--head`.
    pub role: &'static str,
    /// The executable.
    pub program: PathBuf,
}

impl Build {
    /// Finds an executable.
    ///
    /// # Errors
    /// When the file does not exist.
    pub fn find(role: &'static str, program: &Path) -> Result<Self, Error> {
        let found = program.canonicalize().map_err(|error| {
            Error::Usage(format!(
                "cannot use {role} {}: {error}\nhelp: name an executable",
                program.display()
            ))
        })?;
        if found.is_dir() {
            return Err(Error::Usage(format!(
                "cannot use {role} {}: it is a folder\nhelp: name an executable in it",
                program.display()
            )));
        }
        Ok(Self { role, program: found })
    }

    /// The cells selected by `args` that it can measure.
    ///
    /// # Errors
    /// When it is not an executable of this harness, speaks another protocol, is a debug build, or
    /// refuses the arguments.
    pub fn list(&self, args: &[String], interrupt: &Interrupt) -> Result<Listing, Error> {
        let mut command = Command::new(&self.program);
        command.args(["list", "--format", "json"]).args(args);
        let (succeeded, stdout, stderr) = process::output(&mut command, LIST_LIMIT, interrupt)
            .map_err(|reason| {
                if interrupt.requested() {
                    Error::Interrupted("interrupted; nothing was measured".to_owned())
                } else {
                    self.refused(&reason)
                }
            })?;
        if !succeeded && stderr.starts_with("error:") {
            return Err(self.refused(stderr.trim().trim_start_matches("error: ")));
        }
        let value: Value = serde_json::from_str(&stdout)
            .map_err(|_| self.refused("it is not a runtime-bench executable (no `list`)"))?;
        match value.get("protocol").and_then(Value::as_u64) {
            Some(protocol) if protocol == u64::from(PROTOCOL) => {}
            Some(other) => {
                return Err(self.refused(&format!(
                    "it speaks protocol {other}, but this executable speaks {PROTOCOL}\nhelp: \
                     compare builds with the same protocol"
                )));
            }
            None => {
                return Err(self.refused(
                    "it is not a runtime-bench executable, or it is too old (no protocol version)",
                ));
            }
        }
        let listing: Listing = serde_json::from_value(value)
            .map_err(|error| self.refused(&format!("invalid list: {error}")))?;
        if listing.build.profile.starts_with("debug") {
            return Err(self.refused("it is a debug build\nhelp: build it with --release"));
        }
        Ok(listing)
    }

    fn refused(&self, why: &str) -> Error {
        Error::Usage(format!("cannot use {} {}: {why}", self.role, self.program.display()))
    }
}
