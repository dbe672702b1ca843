//! Writes a whole run as a document, atomically.

use std::io;
use std::path::Path;

use super::document::write_by_rename;
use super::write::make_folder;
use super::{StoreError, io_error};
use crate::run::Run;

/// Writes a run that was merged from others instead of measured.
///
/// # Errors
/// When `target` exists already or cannot be written.
pub fn save(run: &Run, target: &Path) -> Result<(), StoreError> {
    let exists = || StoreError::Exists(target.to_path_buf());
    if target.exists() {
        return Err(exists());
    }
    if let Some(folder) = target.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        make_folder(folder)?;
    }
    write_by_rename(target, run, false).map_err(|source| match source.kind() {
        io::ErrorKind::AlreadyExists => exists(),
        _ => io_error(target, "write")(source),
    })
}

#[cfg(test)]
mod tests {
    use super::super::{read, tests::header};
    use super::*;
    use tempfile::tempdir;

    #[test]
    fn file_name_determines_compression() {
        let folder = tempdir().unwrap();
        let run = Run::new(header("one"));
        for (name, first) in [("run.json.gz", 0x1f), ("run.json", b'{'), ("run", b'{')] {
            let target = folder.path().join(name);
            save(&run, &target).unwrap();
            assert_eq!(std::fs::read(&target).unwrap()[0], first, "{name}");
            assert_eq!(read(&target).unwrap(), run);
        }
    }

    #[test]
    fn a_saved_run_is_the_run_and_never_replaces_another() {
        let folder = tempdir().unwrap();
        let target = folder.path().join("made/on/the/way.json");
        let run = Run::new(header("one"));
        save(&run, &target).unwrap();
        assert_eq!(read(&target).unwrap(), run);
        let error = save(&Run::new(header("two")), &target).unwrap_err();
        assert!(matches!(error, StoreError::Exists(_)), "{error}");
        assert_eq!(read(&target).unwrap(), run);
    }
}
