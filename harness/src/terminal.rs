//! Output to standard output and standard error.
//!
//! Much of it is untrusted text: titles of a results file, replies of a runner in another language, the
//! last messages of a process that crashed. It must not control the terminal.

use std::io::{self, Write};

use runtime_bench_results::sanitize::{is_control, sanitize};

use crate::error::Error;

/// Prints text to standard output. A closed pipe, as with `head`, is not an error.
///
/// # Errors
/// When it cannot be written.
pub fn print(text: &str) -> Result<(), Error> {
    hand_over(&sanitize(text))
}

/// Prints JSON to standard output: equivalent for parsers, and harmless on a terminal.
///
/// # Errors
/// As [`print()`].
pub fn print_json(json: &str) -> Result<(), Error> {
    hand_over(&escaped(json))
}

/// Prints a line to standard error, if that is possible.
pub fn print_error(text: &str) {
    // `eprintln!` would panic where standard error is closed or full.
    let _ = io::stderr().lock().write_all((sanitize(text) + "\n").as_bytes());
}

/// Writes to standard output.
///
/// # Errors
/// When it cannot be written.
fn hand_over(text: &str) -> Result<(), Error> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Error::CouldNotRun(format!("cannot write to standard output: {error}")))
        }
        _ => Ok(()),
    }
}

/// JSON whose strings contain no raw control characters. There are none outside strings.
fn escaped(json: &str) -> String {
    // All of them take one unit of UTF-16.
    let shown =
        |c: char| if is_control(c) { format!("\\u{:04x}", u32::from(c)) } else { c.to_string() };
    json.chars().map(shown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_means_the_same_without_control_characters() {
        let odd = "a\u{1b}[31m\u{9b}\u{7f}\u{202e}\u{2066}\u{ffff}\n\té\"\\";
        let json = serde_json::to_string_pretty(&[odd]).unwrap();
        let harmless = escaped(&json);
        assert!(!harmless.chars().any(is_control), "{harmless:?}");
        assert!(harmless.contains("\\u009b") && harmless.contains('é'), "{harmless}");
        let read: Vec<String> = serde_json::from_str(&harmless).unwrap();
        assert_eq!(read, [odd]);
    }
}
