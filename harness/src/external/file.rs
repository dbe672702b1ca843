//! `runners.toml`: declares external runners.

use std::fs;
use std::path::Path;

use serde::Deserialize;

use super::{ExternalRunner, find};
use crate::error::Error;

/// The default file, in the current folder.
pub const FILE: &str = "runners.toml";
/// Maximum length of a name, which becomes part of file names and paths.
const LONGEST_NAME: usize = 40;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default, rename = "runner")]
    runners: Vec<Declared>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Declared {
    name: String,
    title: Option<String>,
    command: Vec<String>,
    #[serde(default)]
    needs: Vec<String>,
    hint: Option<String>,
    memory_mib: Option<u64>,
    #[serde(default)]
    notes: Vec<String>,
}

/// The runners of a file; without one, those of `runners.toml` in the current folder, if it exists.
///
/// # Errors
/// When the file cannot be read or is invalid.
pub fn external_runners(file: Option<&Path>) -> Result<Vec<ExternalRunner>, Error> {
    let path = file.unwrap_or_else(|| Path::new(FILE));
    if file.is_none() && !path.exists() {
        return Ok(Vec::new());
    }
    let wrong = |what: String| Error::Usage(format!("{}: {what}", path.display()));
    let text = fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or_else(|| Path::new("."));
    // Runners start in this folder, so a relative path would be resolved against it twice.
    let folder = folder.canonicalize().map_err(|error| wrong(error.to_string()))?;
    parse(&text, &folder).map_err(wrong)
}

/// The runners that a text declares; they are started in `folder`.
///
/// # Errors
/// The reason why the text is invalid.
pub fn parse(text: &str, folder: &Path) -> Result<Vec<ExternalRunner>, String> {
    let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
    let mut external_runners: Vec<ExternalRunner> = Vec::new();
    for declared in file.runners {
        let runner = runner(declared, folder)?;
        if external_runners.iter().any(|known| known.name == runner.name) {
            return Err(format!("duplicate runner name `{}`", runner.name));
        }
        external_runners.push(runner);
    }
    Ok(external_runners)
}

fn runner(declared: Declared, folder: &Path) -> Result<ExternalRunner, String> {
    let Declared { name, title, command, needs, hint, memory_mib, notes } = declared;
    if !is_name(&name) {
        return Err(format!(
            "invalid runner name `{name}`: use lower-case letters, digits and `-`, starting with a letter, \
             at most {LONGEST_NAME} characters"
        ));
    }
    if command.is_empty() {
        return Err(format!("`{name}` has an empty `command`"));
    }
    let bare = ExternalRunner::of_command(&name, &command, folder);
    let needed = needs.iter().find(|need| find(need, folder).is_none());
    let missing = needed.map(|need| format!("`{need}` not found")).or(bare.missing);
    let missing = missing.map(|missing| match &hint {
        Some(hint) => format!("{missing}: {hint}"),
        None => missing,
    });
    let title = title.unwrap_or(name);
    let memory = memory_mib.map(|mib| mib.saturating_mul(1 << 20));
    Ok(ExternalRunner { title, memory, notes, missing, ..bare })
}

/// Whether a name is safe in paths, in file names and on a page.
fn is_name(name: &str) -> bool {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    name.len() <= LONGEST_NAME
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<Vec<ExternalRunner>, String> {
        parse(text, Path::new("/nowhere"))
    }

    #[test]
    fn declaration_is_parsed_with_its_needs() {
        let text = r#"
            [[runner]]
            name = "other-2"
            title = "Another"
            command = ["sh", "-c", "exit"]
            memory-mib = 64
            [[runner]]
            name = "absent"
            command = ["sh"]
            needs = ["./not/there", "sh"]
            hint = "make it"
        "#;
        let [other, absent] = &parsed(text).unwrap()[..] else { panic!("there are two") };
        assert_eq!((other.missing.as_deref(), other.memory), (None, Some(64 << 20)));
        assert!(other.command[0].ends_with("/sh") && other.command[1..] == ["-c", "exit"]);
        assert_eq!(absent.missing.as_deref(), Some("`./not/there` not found: make it"));
        assert_eq!((absent.title.as_str(), absent.memory), ("absent", None));
    }

    #[test]
    fn absent_program_is_missing_not_an_error() {
        let text = "[[runner]]\nname = \"a\"\ncommand = [\"no-such-program-at-all\"]";
        let missing = parsed(text).unwrap()[0].missing.clone();
        assert_eq!(missing.as_deref(), Some("`no-such-program-at-all` not found"));
    }

    #[test]
    fn invalid_declarations_are_rejected_with_reason() {
        let named = |name: &str| format!("[[runner]]\nname = {name:?}\ncommand = [\"sh\"]\n");
        for name in ["../up", "a/b", "", "Upper", "1st", "<b>", &"a".repeat(41), "a b"] {
            assert!(parsed(&named(name)).unwrap_err().contains("invalid runner name"), "{name}");
        }
        let twice = named("a") + &named("a");
        assert!(parsed(&twice).unwrap_err().contains("duplicate runner name"));
        let empty = "[[runner]]\nname = \"a\"\ncommand = []";
        assert!(parsed(empty).unwrap_err().contains("empty `command`"));
        for text in ["[[runner]]\nname = 3", "[[runner]\n", "[runners]", "nonsense = 1"] {
            assert!(parsed(text).is_err(), "{text}");
        }
    }
}
