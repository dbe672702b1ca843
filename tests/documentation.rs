//! Help, completions, manual pages, and the pages of `docs/`.

mod common;

use std::collections::HashSet;
use std::env;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use common::{Ended, command};
use runtime_bench::api::workload::PointSet;
use runtime_bench::cli::Cli;
use runtime_bench::harness::registry::Entry;
use runtime_bench::results::trial::Better;
use tempfile::tempdir;

/// Internal subcommands.
const INNER: [&str; 3] = ["trial", "load", "criterion-replay"];

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The documented subcommands.
fn commands() -> Vec<String> {
    Cli::documented().get_subcommands().map(|command| command.get_name().to_owned()).collect()
}

/// Standard output of a successful run of the binary.
fn said(args: &[&str]) -> String {
    let folder = tempdir().unwrap();
    let mut command = command(folder.path());
    // Help is wrapped to the terminal's width, or to this variable.
    let ended = Ended::of(command.args(args).env("COLUMNS", "100").output().unwrap());
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{args:?}");
    ended.stdout
}

/// Compares a generated page with the file in `docs/`, or replaces the file if `UPDATE_DOCS` is set.
#[track_caller]
fn is_up_to_date(name: &str, page: &str) {
    let path = Path::new(ROOT).join("docs").join(name);
    if env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, page).unwrap();
    }
    assert!(
        fs::read_to_string(&path).is_ok_and(|file| file == page),
        "docs/{name} is out of date: UPDATE_DOCS=1 cargo test -p runtime-bench --test documentation"
    );
}

#[test]
fn command_line_page_is_up_to_date() {
    let mut page =
        "# Command line\n\nGenerated from `--help`. `cargo bench -- OPTIONS` measures like \
                    `runtime-bench bench OPTIONS`, and also takes criterion's options.\n"
            .to_owned();
    let mut section = |title: &str, args: &[&str]| {
        let help = said(args);
        let lines: Vec<&str> = help.lines().map(str::trim_end).collect();
        let text = lines.join("\n");
        page.extend(["\n## ", title, "\n\n```text\n", text.trim_end(), "\n```\n"]);
    };
    section("runtime-bench", &["--help"]);
    section("cargo bench", &["cargo-bench", "--help"]);
    for name in commands() {
        section(&format!("runtime-bench {name}"), &[&name, "--help"]);
    }
    is_up_to_date("cli.md", &page);
}

/// The section of a workload on the page of workloads.
fn workload_section(entry: &Entry) -> String {
    let info = &entry.info;
    let headline = entry.metrics().iter().find(|metric| metric.id == info.headline).unwrap();
    let better = match headline.direction {
        Better::Lower => ", lower is better",
        Better::Higher => ", higher is better",
        Better::Neither => "",
    };
    let unit = if headline.unit.is_empty() { "" } else { &format!(" in {}", headline.unit) };
    let points: Vec<String> = entry
        .points(PointSet::Quick, 2)
        .iter()
        .map(|point| {
            let variant = point.variant.iter().map(|variant| format!("{variant}: "));
            format!("`{}{}`", variant.collect::<String>(), point.label())
        })
        .collect();
    let named = "Points, if selected by name (`--features all-workloads`)";
    let listed = if entry.by_name() { named } else { "Default points" };
    let options = entry.options().iter();
    let options =
        options.map(|(name, default)| format!("- Option: `{name}`, `{default}` by default\n"));
    let options: String = options.collect();
    let notes: String = info.notes.iter().flat_map(|note| ["- ", note, "\n"]).collect();
    format!(
        "\n### {}\n\n**{}.** {}\n\n- Headline: `{}`{unit}{better}\n- Check: {}\n- {listed}: {}\n{options}{notes}",
        info.name,
        info.title,
        info.model,
        headline.id,
        info.check,
        points.join(", "),
    )
}

#[test]
fn workloads_page_is_up_to_date() {
    let mut page =
        "# Workloads\n\nGenerated from the catalog. `runtime-bench list --points full` shows the \
                    sweeps, and `--param NAME=VALUES` sets other points. \
                    [Workload details](workload-details.md) explains implementation choices.\n"
            .to_owned();
    let registry = runtime_bench::catalog();
    let mut kinds: Vec<_> = registry.entries().iter().map(|entry| entry.info.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    for kind in kinds {
        page.extend(["\n## ", &kind.to_string(), "\n"]);
        let entries = registry.entries().iter().filter(|entry| entry.info.kind == kind);
        page.extend(entries.map(workload_section));
    }
    is_up_to_date("workloads.md", &page);
}

/// The Markdown files of the project.
fn pages() -> Vec<PathBuf> {
    let files = Command::new("git").args(["ls-files", "*.md"]).current_dir(ROOT).output().unwrap();
    let files = String::from_utf8(files.stdout).unwrap();
    files.lines().map(|file| Path::new(ROOT).join(file)).collect()
}

/// The anchors of a page, as GitHub derives them from its headings.
fn anchors(page: &str) -> HashSet<String> {
    let headings = page.lines().filter(|line| line.starts_with('#'));
    let kept = |c: char| c.is_alphanumeric() || "-_ ".contains(c);
    headings
        .map(|line| line.trim_start_matches('#').trim().to_lowercase())
        .map(|title| title.chars().filter(|c| kept(*c)).collect::<String>().replace(' ', "-"))
        .collect()
}

#[test]
fn links_between_pages_lead_somewhere() {
    for path in pages() {
        let page = fs::read_to_string(&path).unwrap();
        // Code blocks do not contain links.
        let prose: String = page.split("```").step_by(2).collect();
        for link in prose.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            if link.contains("://") || file.contains(char::is_whitespace) {
                continue;
            }
            let target =
                if file.is_empty() { path.clone() } else { path.with_file_name("").join(file) };
            assert!(target.exists(), "{}: {link}", path.display());
            if !anchor.is_empty() {
                let anchors = anchors(&fs::read_to_string(&target).unwrap());
                assert!(anchors.contains(anchor), "{}: {link}", path.display());
            }
        }
    }
}

/// The words of a text, including options and names of commands.
fn words(text: &str) -> Vec<&str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '-').collect()
}

/// Whether a program is installed.
fn has(program: &str) -> bool {
    let found = Command::new(program).arg("--version").stdout(Stdio::null()).status();
    found.is_ok_and(|status| status.success())
}

/// Runs an installed program with a text on its standard input.
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
fn help_lists_documented_commands_only() {
    let help = said(&["--help"]);
    let named: Vec<&str> = help
        .lines()
        .filter_map(|line| line.strip_prefix("  ")?.split_whitespace().next())
        .filter(|word| word.chars().next().is_some_and(char::is_lowercase) && *word != "help")
        .collect();
    assert_eq!(named, commands(), "{help}");
}

#[test]
fn completions_cover_every_command() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = said(&["completions", shell]);
        let words = words(&script);
        for name in commands().into_iter().chain(["--profile", "--single-file"].map(str::to_owned))
        {
            // Fish writes `-l profile`.
            let bare = name.trim_start_matches('-');
            assert!(words.contains(&&*name) || words.contains(&bare), "{shell} has no {name}");
        }
        // Other shells show descriptions of options, which contain these words.
        for name in if shell == "bash" { &INNER[..] } else { &INNER[2..] } {
            assert!(!words.contains(name), "{shell} completes {name}");
        }
    }
    common::run(tempdir().unwrap().path(), &["completions", "tcsh"])
        .fails_with(2, &["tcsh", "bash"]);
}

#[test]
fn installed_shells_accept_their_completion_scripts() {
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
fn manual_has_a_page_for_every_command() {
    let folder = tempdir().unwrap();
    let ended = common::run(folder.path(), &["man", "--out", "share/man1"]);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
    let entries = fs::read_dir(folder.path().join("share/man1")).unwrap();
    let mut found: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    found.sort();
    let mut wanted: Vec<String> =
        commands().iter().map(|name| format!("runtime-bench-{name}.1")).collect();
    wanted.push("runtime-bench.1".to_owned());
    wanted.sort();
    assert_eq!(found, wanted);
    for name in found {
        let page = fs::read_to_string(folder.path().join("share/man1").join(&name)).unwrap();
        assert!(page.contains(".TH ") && page.contains(".SH SYNOPSIS"), "{name}");
        formatted(&page);
    }
    fs::write(folder.path().join("file"), "").unwrap();
    common::run(folder.path(), &["man", "--out", "file/man1"])
        .fails_with(2, &["file/man1", "another --out"]);
}

#[test]
fn first_manual_page_lists_commands_and_exit_codes() {
    let page = said(&["man"]);
    let shown = formatted(&page).unwrap_or_else(|| page.replace('\\', ""));
    for name in commands() {
        assert!(shown.contains(&format!("runtime-bench-{name}(1)")), "no {name} in {shown}");
    }
    for name in INNER {
        assert!(!shown.contains(&format!("runtime-bench-{name}")), "{name}");
    }
    assert!(shown.contains("130 interrupted"), "{shown}");
}

/// A manual page as a terminal shows it, if groff is installed; groff must accept it without warnings.
fn formatted(page: &str) -> Option<String> {
    if !has("groff") {
        return None;
    }
    // All warnings except those about lines that cannot be filled.
    let args = ["-man", "-Tutf8", "-ww", "-Wbreak", "-P-c", "-P-b", "-P-u", "-rLL=200n"];
    let judged = judged_by("groff", &args, page);
    assert_eq!((judged.code, judged.stderr.as_str()), (Some(0), ""), "{page}");
    // Long names may be hyphenated.
    Some(judged.stdout.replace("\u{2010}\n", ""))
}
