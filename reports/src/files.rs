//! Files that appear under their name in one step.

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use runtime_bench_analysis::report::Report;
use serde::Serialize;

use crate::ReportError;

/// Makes a folder and those above it.
pub(crate) fn make_folder(folder: &Path) -> Result<(), ReportError> {
    fs::create_dir_all(folder)
        .map_err(|source| ReportError::Folder { path: folder.to_path_buf(), source })
}

/// A document as JSON that people can read, with a line break at its end.
///
/// # Errors
/// When the encoder fails.
pub fn json(document: &impl Serialize) -> Result<String, ReportError> {
    let text = serde_json::to_string_pretty(document)
        .map_err(|error| ReportError::encode("JSON", &error))?;
    Ok(text + "\n")
}

/// A file that is not yet written.
#[derive(Debug)]
pub(crate) struct File<'a> {
    /// Where it goes, below the folder of the site, with `/` between folders.
    pub(crate) path: String,
    /// What is in it.
    content: Content<'a>,
}

/// What is in a file.
#[derive(Debug)]
enum Content<'a> {
    /// What is rendered already.
    Bytes(Vec<u8>),
    /// A document that becomes JSON as it is written: it is larger than all the rest together, and
    /// nothing in it can fail but the writing.
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
            Self::Json(document) => {
                serde_json::to_writer(&mut file, document)?;
                file.write_all(b"\n")?;
            }
        }
        file.flush()
    }
}

/// Writes a file beside its target and renames it, so that no reader sees half of it. The folders that
/// it lies in are made.
pub(crate) fn write(folder: &Path, file: &File<'_>) -> Result<PathBuf, ReportError> {
    let target = folder.join(&file.path);
    if let Some(parent) = target.parent() {
        make_folder(parent)?;
    }
    let partial = folder.join(format!("{}.part", file.path));
    file.content.write_to(&partial).and_then(|()| fs::rename(&partial, &target)).map_err(
        |source| {
            // What is left of a failed write would only mislead.
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
        let document = Report::new(&run, &analysis);
        let path = write(folder.path(), &File::json("a.json", document)).unwrap();
        let expected = serde_json::to_string(&document).unwrap() + "\n";
        assert_eq!(fs::read_to_string(path).unwrap(), expected);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
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
