//! Files that appear under their name in one step.

use std::fs;
use std::path::{Path, PathBuf};

use crate::ReportError;

/// Makes a folder and those above it.
pub(crate) fn make_folder(folder: &Path) -> Result<(), ReportError> {
    fs::create_dir_all(folder)
        .map_err(|source| ReportError::Folder { path: folder.to_path_buf(), source })
}

/// Writes a file beside its target and renames it, so that no reader sees half of it. Folders within
/// `name` are made.
pub(crate) fn write(folder: &Path, name: &str, content: &[u8]) -> Result<PathBuf, ReportError> {
    let target = folder.join(name);
    if let Some(parent) = target.parent() {
        make_folder(parent)?;
    }
    let partial = folder.join(format!("{name}.part"));
    fs::write(&partial, content).and_then(|()| fs::rename(&partial, &target)).map_err(
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
        let path = write(folder.path(), "a.txt", b"one").unwrap();
        assert_eq!(fs::read(path).unwrap(), b"one");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn an_error_names_the_path_and_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("a.txt")).unwrap();
        let error = write(folder.path(), "a.txt", b"one").unwrap_err().to_string();
        assert!(error.contains("a.txt") && error.contains("choose another folder"), "{error}");
        let inside_a_file = folder.path().join("file");
        fs::write(&inside_a_file, "").unwrap();
        let error = make_folder(&inside_a_file.join("site")).unwrap_err().to_string();
        assert!(error.contains("site") && error.contains("may write to"), "{error}");
    }
}
