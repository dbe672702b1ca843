//! What tells of the command line: help, completions and manual pages.

mod common;

use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};

use common::{Ended, run};
use tempfile::tempdir;

/// What a person may ask for.
const COMMANDS: [&str; 14] = [
    "analyze",
    "bench",
    "list",
    "verify",
    "report",
    "history",
    "merge",
    "check-runner",
    "compare",
    "ab",
    "doctor",
    "serve",
    "completions",
    "man",
];
/// What only this program asks for.
const INNER: [&str; 3] = ["trial", "load", "criterion-replay"];

fn said(args: &[&str]) -> String {
    let ended = run(tempdir().unwrap().path(), args);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{args:?}");
    ended.stdout
}

/// The words that a text is made of, options and names of commands among them.
fn words(text: &str) -> Vec<&str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '-').collect()
}

/// Whether a program of the system is there.
fn has(program: &str) -> bool {
    let found = Command::new(program).arg("--version").stdout(Stdio::null()).status();
    found.is_ok_and(|status| status.success())
}

/// What a program of the system says of a text on its standard input.
fn judged_by(program: &str, args: &[&str], text: &str) -> Ended {
    let mut child = Command::new(program)
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut to, text) = (child.stdin.take().unwrap(), text.to_owned());
    let writer = std::thread::spawn(move || to.write_all(text.as_bytes()));
    let ended = Ended::of(child.wait_with_output().unwrap());
    writer.join().unwrap().unwrap();
    ended
}

#[test]
fn help_names_every_command_and_none_of_the_inner_ones() {
    let help = said(&["--help"]);
    let named: Vec<&str> = help
        .lines()
        .filter_map(|line| line.strip_prefix("  ")?.split_whitespace().next())
        .filter(|word| word.chars().next().is_some_and(char::is_lowercase) && *word != "help")
        .collect();
    assert_eq!(named, COMMANDS, "{help}");
}

#[test]
fn every_shell_has_completions_for_every_command() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = said(&["completions", shell]);
        let words = words(&script);
        for name in COMMANDS.into_iter().chain(["--profile", "--single-file"]) {
            // Fish writes `-l profile`.
            let bare = name.trim_start_matches('-');
            assert!(words.contains(&name) || words.contains(&bare), "{shell} has no {name}");
        }
        // Where options are explained, the words of the others are among the explanations.
        for name in if shell == "bash" { &INNER[..] } else { &INNER[2..] } {
            assert!(!words.contains(name), "{shell} completes {name}");
        }
    }
    run(tempdir().unwrap().path(), &["completions", "tcsh"]).fails_with(2, &["tcsh", "bash"]);
}

#[test]
fn shells_that_are_here_accept_their_scripts() {
    for (shell, args) in [("bash", ["-n"]), ("zsh", ["-n"]), ("fish", ["--no-execute"])] {
        if has(shell) {
            let judged = judged_by(shell, &args, &said(&["completions", shell]));
            assert_eq!((judged.code, judged.stderr.as_str()), (Some(0), ""), "{shell}");
        }
    }
}

#[test]
fn bash_completes_commands_and_options() {
    if !has("bash") {
        return;
    }
    let complete = |line: &str| {
        let script = said(&["completions", "bash"]);
        let last = line.split(' ').count() - 1;
        let typed: Vec<String> = line.split(' ').map(|word| format!("'{word}'")).collect();
        // As bash calls the function that completes a command.
        let asked = format!(
            "{script}\nCOMP_WORDS=({}); COMP_CWORD={last}\n\
             set -- $(complete -p runtime-bench)\n\
             while [ \"$1\" != -F ]; do shift; done\n\
             \"$2\" runtime-bench \"${{COMP_WORDS[{last}]}}\" \"${{COMP_WORDS[{last} - 1]}}\"\n\
             printf '%s\\n' \"${{COMPREPLY[@]}}\"\n",
            typed.join(" ")
        );
        judged_by("bash", &["--norc"], &asked).stdout
    };
    assert_eq!(complete("runtime-bench ver"), "verify\n");
    assert!(complete("runtime-bench bench --pro").contains("--profile\n"));
    assert!(complete("runtime-bench bench --profile s").contains("smoke\n"));
}

#[test]
fn the_manual_has_a_page_for_every_command() {
    let folder = tempdir().unwrap();
    let ended = run(folder.path(), &["man", "--out", "share/man1"]);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
    let entries = fs::read_dir(folder.path().join("share/man1")).unwrap();
    let mut found: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    found.sort();
    let mut wanted: Vec<String> =
        COMMANDS.iter().map(|name| format!("runtime-bench-{name}.1")).collect();
    wanted.push("runtime-bench.1".to_owned());
    wanted.sort();
    assert_eq!(found, wanted);
    for name in found {
        let page = fs::read_to_string(folder.path().join("share/man1").join(&name)).unwrap();
        assert!(page.contains(".TH ") && page.contains(".SH SYNOPSIS"), "{name}");
        formatted(&page);
    }
    fs::write(folder.path().join("file"), "").unwrap();
    run(folder.path(), &["man", "--out", "file/man1"])
        .fails_with(2, &["file/man1", "another --out"]);
}

#[test]
fn the_first_page_names_the_others_and_tells_exit_codes() {
    let page = said(&["man"]);
    let shown = formatted(&page).unwrap_or_else(|| page.replace('\\', ""));
    for name in COMMANDS {
        assert!(shown.contains(&format!("runtime-bench-{name}(1)")), "no {name} in {shown}");
    }
    for name in INNER {
        assert!(!shown.contains(&format!("runtime-bench-{name}")), "{name}");
    }
    assert!(shown.contains("130 interrupted"), "{shown}");
}

/// A page as a terminal shows it, where something formats it; nothing in it may be wrong.
fn formatted(page: &str) -> Option<String> {
    if !has("groff") {
        return None;
    }
    // Every warning, but for one of lines that cannot be filled.
    let args = ["-man", "-Tutf8", "-ww", "-Wbreak", "-P-c", "-P-b", "-P-u", "-rLL=200n"];
    let judged = judged_by("groff", &args, page);
    assert_eq!((judged.code, judged.stderr.as_str()), (Some(0), ""), "{page}");
    // A long name may be hyphenated.
    Some(judged.stdout.replace("\u{2010}\n", ""))
}
