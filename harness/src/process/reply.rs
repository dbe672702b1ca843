//! The reply of a trial program, or why there is none.

use std::process::ExitStatus;

use runtime_bench_results::trial::{ErrorKind, Outcome, ReplyError, TrialReply};

/// The message for EAGAIN of a program that cannot start a thread.
const REFUSED: &str = "Resource temporarily unavailable";

/// The outcome of a process that has ended.
pub(super) fn reply(status: ExitStatus, stdout: &str, stderr: &str) -> Outcome {
    let error = |kind, message| Outcome::Error { kind, message };
    match TrialReply::read(stdout) {
        Ok(outcome) => outcome,
        Err(ReplyError::Silent | ReplyError::NotUnderstood(_)) if !status.success() => {
            let words = last_words(stderr);
            if let Some(words) = words.as_deref().filter(|words| words.contains(REFUSED)) {
                let message = format!(
                    "the system refused to start a thread or a process (ulimit -u, pids.max): {words}"
                );
                return error(ErrorKind::Setup, message);
            }
            let words =
                words.map_or_else(String::new, |line| format!("; its last message: {line}"));
            let hint = if killed(status) {
                "; the system may kill a process like this when memory runs out"
            } else {
                ""
            };
            let message = format!("the process ended without a reply ({status}){words}{hint}");
            error(ErrorKind::Crashed, message)
        }
        Err(why) => error(ErrorKind::Protocol, why.to_string()),
    }
}

/// The last message of a process: a line, and the next one if the first announces it, as a panic does.
fn last_words(stderr: &str) -> Option<String> {
    let mut lines = stderr.lines().map(str::trim).filter(|line| !line.is_empty());
    let first = lines.next()?;
    let more = lines.next().filter(|_| first.ends_with(':'));
    Some(more.map_or_else(|| first.to_owned(), |more| format!("{first} {more}")))
}

/// Whether a signal that cannot be caught ended it.
#[cfg(unix)]
fn killed(status: ExitStatus) -> bool {
    use std::os::unix::process::ExitStatusExt;
    status.signal() == Some(nix::sys::signal::Signal::SIGKILL as i32)
}

#[cfg(not(unix))]
fn killed(_: ExitStatus) -> bool {
    false
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::process::ExitStatusExt;

    fn kind(raw_status: i32, stdout: &str) -> Option<ErrorKind> {
        match reply(ExitStatus::from_raw(raw_status), stdout, "") {
            Outcome::Ok { .. } => None,
            Outcome::Error { kind, .. } => Some(kind),
        }
    }

    #[test]
    fn panic_is_reported_with_its_message() {
        let told =
            last_words("\nthread 'x' panicked at a.rs:1:2:\nno luck\nnote: run with").unwrap();
        assert_eq!(told, "thread 'x' panicked at a.rs:1:2: no luck");
        assert_eq!(last_words("out of luck\nand more").as_deref(), Some("out of luck"));
        assert_eq!((last_words(""), last_words("only:").as_deref()), (None, Some("only:")));
    }

    #[test]
    fn refused_thread_is_a_setup_failure() {
        let stderr = "thread 'main' panicked at pool.rs:1:1:\nOS can't spawn worker thread: \
                      Resource temporarily unavailable (os error 11)\n";
        let Outcome::Error { kind, message } = reply(ExitStatus::from_raw(101 << 8), "", stderr)
        else {
            panic!("it failed")
        };
        assert_eq!(kind, ErrorKind::Setup);
        assert!(message.contains("pids.max") && message.contains("worker thread"), "{message}");
    }

    #[test]
    fn invalid_replies_have_an_error_kind() {
        assert_eq!(kind(0, ""), Some(ErrorKind::Protocol));
        assert_eq!(kind(0, "hello"), Some(ErrorKind::Protocol));
        assert_eq!(kind(6, ""), Some(ErrorKind::Crashed));
        assert_eq!(kind(101 << 8, "half a li"), Some(ErrorKind::Crashed));
        let newer = r#"{"protocol":9,"status":"error","kind":"setup","message":""}"#;
        assert_eq!(kind(101 << 8, newer), Some(ErrorKind::Protocol));
    }
}
