//! A run as a compressed document under its own name.

use std::fs;
use std::path::{Path, PathBuf};

use super::document::{encode, partial};
use super::write::make_folder;
use super::{StoreError, io_error};
use crate::run::Run;

/// Maximum length of a run's id, so that it is a valid file name everywhere, including the ending.
const LONGEST_NAME: usize = 120;

/// Writes `<folder>/<run>.json.gz`, in one step; an older file of the same run is replaced. The same
/// run gives the same bytes.
///
/// # Errors
/// When the run's id is not a file name, or the file cannot be written.
pub fn keep(run: &Run, folder: &Path) -> Result<PathBuf, StoreError> {
    let id = &run.header.id;
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    // The id comes from the file, so it could be `../../elsewhere`.
    if id.is_empty() || id.len() > LONGEST_NAME || id.starts_with('.') || !id.chars().all(plain) {
        return Err(StoreError::Name(id.chars().take(LONGEST_NAME).collect()));
    }
    make_folder(folder)?;
    let target = folder.join(format!("{id}.json.gz"));
    let partial = partial(&target);
    let written = encode(run, &partial, &target).and_then(|()| fs::rename(&partial, &target));
    written.map_err(|source| {
        // The remains of a failed write would only mislead.
        let _ = fs::remove_file(&partial);
        io_error(&target, "write")(source)
    })?;
    Ok(target)
}

#[cfg(test)]
mod tests {
    use super::super::{read, tests::header};
    use super::*;
    use tempfile::tempdir;

    #[test]
    fn a_kept_run_is_the_run_and_the_same_bytes_each_time() {
        let folder = tempdir().unwrap();
        let run = Run::new(header("20260131T120000-ab12"));
        let path = keep(&run, &folder.path().join("made/on/the/way")).unwrap();
        assert_eq!(path.file_name().unwrap(), "20260131T120000-ab12.json.gz");
        assert_eq!(read(&path).unwrap(), run);
        let bytes = fs::read(&path).unwrap();
        assert_eq!(fs::read(keep(&run, path.parent().unwrap()).unwrap()).unwrap(), bytes);
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn run_id_with_a_path_is_rejected() {
        let folder = tempdir().unwrap();
        for name in ["", "../up", "a/b", "a\\b", ".hidden", "a\0", "ä", &"x".repeat(121)] {
            let error = keep(&Run::new(header(name)), folder.path()).unwrap_err();
            assert!(matches!(error, StoreError::Name(_)), "{error}");
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
