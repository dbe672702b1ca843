//! Counts the instructions of a process in user mode by valgrind's callgrind, which simulates them: a busy machine
//! does not change the count.

use std::fs;
use std::process::{Command, Stdio};

use runtime_bench_results::evidence::Missing;

use crate::process::watch::Watch;
use crate::scratch::Scratch;

const VALGRIND: &str = "valgrind";

/// Runs one process under valgrind.
pub(super) struct Callgrind {
    folder: Scratch,
}

impl Callgrind {
    /// # Errors
    /// When valgrind is not installed, or its output cannot be written.
    pub(super) fn new() -> Result<Self, Missing> {
        let mut version = Command::new(VALGRIND);
        version.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
        if version.status().is_err() {
            let help = Some("install valgrind".to_owned());
            return Err(Missing { help, ..missing("valgrind not found".to_owned()) });
        }
        let folder = Scratch::new().map_err(|error| missing(error.summary()))?;
        Ok(Self { folder })
    }

    /// The instructions of the whole process.
    ///
    /// # Errors
    /// When valgrind did not report them.
    pub(super) fn instructions(&self) -> Result<f64, Missing> {
        let text = fs::read_to_string(self.folder.path().join("out")).unwrap_or_default();
        total(&text).ok_or_else(|| missing("valgrind wrote no total".to_owned()))
    }
}

impl Watch for Callgrind {
    fn wrapper(&self) -> Vec<String> {
        let out = self.folder.path().join("out");
        let out = format!("--callgrind-out-file={}", out.display());
        vec![VALGRIND.to_owned(), "-q".to_owned(), "--tool=callgrind".to_owned(), out]
    }
}

/// The total of an output file, in which instructions are the only event.
fn total(text: &str) -> Option<f64> {
    let mut lines = text.lines();
    lines.find_map(|line| line.strip_prefix("totals: ")?.trim().parse().ok())
}

fn missing(why: String) -> Missing {
    Missing { what: "instructions by valgrind".to_owned(), why, help: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn total_of_an_output_file_is_found() {
        let text = "version: 1\nevents: Ir\n\nfn=(1) main\n16 5\n\ntotals: 124391\n";
        assert_eq!(total(text), Some(124_391.0));
        assert_eq!(total("events: Ir\n"), None);
    }
}
