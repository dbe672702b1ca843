//! Files that appear under their name in one step.

use std::fs;
use std::path::{Path, PathBuf};

use crate::ReportError;

/// Makes a folder and those above it.
pub(crate) fn make_folder(folder: &Path) -> Result<(), ReportError> {
    fs::create_dir_all(folder)
        .map_err(|source| ReportError::Folder { path: folder.to_path_buf(), source })
}

/// A file that is not yet written.
#[derive(Debug)]
pub(crate) struct File {
    /// Where it goes, below the folder of the site, with `/` between folders.
    pub(crate) path: String,
    /// What is in it.
    pub(crate) content: Vec<u8>,
}

impl File {
    /// A file of text.
    pub(crate) fn new(path: &str, content: impl Into<Vec<u8>>) -> Self {
        Self { path: path.to_owned(), content: content.into() }
    }
}

/// Writes a file beside its target and renames it, so that no reader sees half of it. The folders that
/// it lies in are made.
pub(crate) fn write(folder: &Path, file: &File) -> Result<PathBuf, ReportError> {
    let target = folder.join(&file.path);
    if let Some(parent) = target.parent() {
        make_folder(parent)?;
    }
    let partial = folder.join(format!("{}.part", file.path));
    fs::write(&partial, &file.content).and_then(|()| fs::rename(&partial, &target)).map_err(
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

    #[test]
    fn a_written_file_leaves_no_partial_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = write(folder.path(), &File::new("a.txt", "one")).unwrap();
        assert_eq!(fs::read(path).unwrap(), b"one");
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
