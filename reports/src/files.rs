//! Files that are written atomically.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Component, Path, PathBuf};

use runtime_bench_analysis::report::Report;
use serde::Serialize;

use crate::ReportError;

/// Creates a folder and its parents.
fn make_folder(folder: &Path) -> Result<(), ReportError> {
    fs::create_dir_all(folder)
        .map_err(|source| ReportError::Folder { path: folder.to_path_buf(), source })
}

/// A document as human-readable JSON, with a final line break.
///
/// # Errors
/// When the encoder fails.
pub fn pretty_json(document: &impl Serialize) -> Result<String, ReportError> {
    let text = serde_json::to_string_pretty(document)
        .map_err(|error| ReportError::encode("JSON", &error))?;
    Ok(text + "\n")
}

/// A file that is not yet written.
#[derive(Debug)]
pub(crate) struct File<'a> {
    /// Its path below the folder of the site, with `/` between folders.
    pub(crate) path: String,
    /// Its content.
    content: Content<'a>,
}

/// The content of a file.
#[derive(Debug)]
enum Content<'a> {
    /// A rendered text.
    Bytes(Vec<u8>),
    /// A document that is converted to JSON while it is written, because it is larger than all other files
    /// together, and only writing it can fail.
    Json(Report<'a>),
}

impl<'a> File<'a> {
    /// A file of text.
    pub(crate) fn new(path: &str, content: impl Into<Vec<u8>>) -> Self {
        Self { path: path.to_owned(), content: Content::Bytes(content.into()) }
    }

    /// A file of one line of JSON.
    pub(crate) fn json(path: &str, document: Report<'a>) -> Self {
        Self { path: path.to_owned(), content: Content::Json(document) }
    }
}

impl Content<'_> {
    fn write_to(&self, path: &Path) -> io::Result<()> {
        let mut file = BufWriter::new(fs::File::create(path)?);
        match self {
            Self::Bytes(bytes) => file.write_all(bytes)?,
            Self::Json(document) => document.write_to(&mut file)?,
        }
        file.flush()
    }
}

/// The list of the files of a site, in its folder.
const MANIFEST: &str = ".runtime-bench-report.json";
/// The text in every page, including pages of versions that did not write a list.
const MADE_BY: &str = "Made by runtime-bench ";

/// Writes the files of a site, the first one last, so that it never links to missing files; returns its path.
/// The files of an earlier site are removed.
///
/// # Errors
/// When a foreign file is at the path of a file of the site, or a file cannot be written.
pub(crate) fn write_all(folder: &Path, files: &[File<'_>]) -> Result<PathBuf, ReportError> {
    let (first, rest) = files.split_first().ok_or(ReportError::NoRun)?;
    make_folder(folder)?;
    let older = older(folder);
    let names: BTreeSet<String> = files.iter().map(|file| file.path.clone()).collect();
    let is_taken = |name: &&String| {
        older.as_ref().is_none_or(|older| !older.contains(*name)) && folder.join(name).exists()
    };
    if let Some(taken) = names.iter().find(is_taken).filter(|_| !is_ours(folder)) {
        return Err(ReportError::Taken(folder.join(taken)));
    }
    let older = older.unwrap_or_default();
    // Until the end, the list contains both sites, so that a killed process leaves no unknown files.
    list(folder, older.union(&names))?;
    for file in rest {
        write(folder, file)?;
    }
    let index = write(folder, first)?;
    for name in older.difference(&names) {
        remove(folder, name);
    }
    list(folder, names.iter())?;
    Ok(index)
}

/// The files of the site in a folder; `None` if their list cannot be read.
fn older(folder: &Path) -> Option<BTreeSet<String>> {
    let names: Vec<String> = serde_json::from_slice(&fs::read(folder.join(MANIFEST)).ok()?).ok()?;
    let is_inside = |name: &String| {
        let mut parts = Path::new(name).components();
        parts.all(|part| matches!(part, Component::Normal(_)))
    };
    Some(names.into_iter().filter(is_inside).collect())
}

/// Whether the first page of a folder without a list is one of ours.
fn is_ours(folder: &Path) -> bool {
    !folder.join(MANIFEST).exists()
        && fs::read_to_string(folder.join("index.html")).is_ok_and(|page| page.contains(MADE_BY))
}

fn list<'a>(folder: &Path, names: impl Iterator<Item = &'a String>) -> Result<(), ReportError> {
    let names: Vec<&String> = names.collect();
    write(folder, &File::new(MANIFEST, pretty_json(&names)?)).map(drop)
}

/// Removes a file of an earlier site, and the folders that are empty without it.
fn remove(folder: &Path, name: &str) {
    // A page that cannot be removed is outdated but otherwise harmless.
    let _ = fs::remove_file(folder.join(name));
    let inner = Path::new(name).ancestors().skip(1).filter(|inner| *inner != Path::new(""));
    for inner in inner {
        if fs::remove_dir(folder.join(inner)).is_err() {
            return;
        }
    }
}

/// Writes a file next to its target and renames it, so that no reader sees a partial file. Its folders are
/// created.
fn write(folder: &Path, file: &File<'_>) -> Result<PathBuf, ReportError> {
    let target = folder.join(&file.path);
    if let Some(parent) = target.parent() {
        make_folder(parent)?;
    }
    let partial = folder.join(format!("{}.part", file.path));
    file.content.write_to(&partial).and_then(|()| fs::rename(&partial, &target)).map_err(
        |source| {
            // The remains of a failed write would only mislead.
            let _ = fs::remove_file(&partial);
            ReportError::File { path: target.clone(), source }
        },
    )?;
    Ok(target)
}

#[cfg(test)]
mod tests {
    use super::*;
    use runtime_bench_analysis::analysis::Analysis;

    #[test]
    fn written_file_leaves_no_partial_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = write(folder.path(), &File::new("a.txt", "one")).unwrap();
        assert_eq!(fs::read(path).unwrap(), b"one");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_document_is_a_line_of_json() {
        let (folder, analysis) = (tempfile::tempdir().unwrap(), Analysis::default());
        let run = crate::fixtures::run();
        let document = Report::new(&run, &analysis, &[]);
        let path = write(folder.path(), &File::json("a.json", document)).unwrap();
        let expected = serde_json::to_string(&document).unwrap() + "\n";
        assert_eq!(fs::read_to_string(path).unwrap(), expected);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap().flatten();
        let mut names: Vec<String> =
            entries.map(|entry| entry.file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn site_replaces_the_whole_of_an_earlier_one_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let site = |names: &[&str]| {
            let files: Vec<File<'_>> = names.iter().map(|name| File::new(name, MADE_BY)).collect();
            write_all(folder.path(), &files)
        };
        site(&["index.html", "w/a.html", "w/b.html", "r/c.html"]).unwrap();
        fs::write(folder.path().join("w/mine.txt"), "").unwrap();
        let index = site(&["index.html", "w/b.html"]).unwrap();
        assert_eq!(index, folder.path().join("index.html"));
        assert_eq!(names(folder.path()), [MANIFEST, "index.html", "w"]);
        assert_eq!(names(&folder.path().join("w")), ["b.html", "mine.txt"]);
        fs::write(folder.path().join("method.html"), "mine").unwrap();
        let error = site(&["index.html", "method.html"]).unwrap_err();
        assert!(matches!(error, ReportError::Taken(_)), "{error}");
    }

    #[test]
    fn site_of_something_else_is_refused_and_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("index.html");
        fs::write(&path, "a blog").unwrap();
        let error = write_all(folder.path(), &[File::new("index.html", MADE_BY)]).unwrap_err();
        assert!(matches!(error, ReportError::Taken(_)), "{error}");
        assert_eq!(names(folder.path()), ["index.html"]);
        // A version that wrote no list.
        fs::write(&path, format!("<p>{MADE_BY}0.0.1")).unwrap();
        write_all(folder.path(), &[File::new("index.html", MADE_BY)]).unwrap();
    }

    #[test]
    fn list_of_files_never_leads_out_of_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let site = folder.path().join("site");
        fs::create_dir(&site).unwrap();
        fs::write(folder.path().join("precious"), "").unwrap();
        let outside = folder.path().join("precious");
        let list = serde_json::to_string(&["../precious", outside.to_str().unwrap(), ""]).unwrap();
        fs::write(site.join(MANIFEST), list).unwrap();
        write_all(&site, &[File::new("index.html", MADE_BY)]).unwrap();
        assert!(outside.exists());
    }

    #[test]
    fn an_error_names_the_path_and_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("a.txt")).unwrap();
        let error = write(folder.path(), &File::new("a.txt", "one")).unwrap_err().to_string();
        assert!(error.contains("a.txt") && error.contains("choose another folder"), "{error}");
        let inside_a_file = folder.path().join("file");
        fs::write(&inside_a_file, "").unwrap();
        let error = make_folder(&inside_a_file.join("site")).unwrap_err().to_string();
        assert!(error.contains("site") && error.contains("may write to"), "{error}");
    }
}
