//! Temporary folders. A killed process leaves its folder behind, and the next process removes it.

use std::env;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::Path;

use tempfile::TempDir;

use crate::error::Error;

const PREFIX: &str = "runtime-bench-";
/// A file in each folder, locked for as long as its process lives.
const OWNER: &str = ".owner";

/// A temporary folder, removed when it is dropped.
#[derive(Debug)]
pub struct Scratch {
    folder: TempDir,
    /// `None` if the file system does not support locks; other processes then leave the folder alone.
    _owner: Option<File>,
}

impl Scratch {
    /// Creates a folder, and removes those of processes that were killed.
    ///
    /// # Errors
    /// When it cannot be created.
    pub fn new() -> Result<Self, Error> {
        let place = env::temp_dir();
        Self::within(&place).map_err(|error| {
            Error::CouldNotRun(format!(
                "cannot create a temporary folder in {}: {error}\nhelp: set TMPDIR to another folder",
                place.display()
            ))
        })
    }

    fn within(place: &Path) -> io::Result<Self> {
        remove_abandoned(place);
        let folder = tempfile::Builder::new().prefix(PREFIX).tempdir_in(place)?;
        let owner = owned(folder.path()).ok();
        Ok(Self { folder, _owner: owner })
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// Marks a folder as that of this process. The mark is locked before it appears, so that another process
/// never sees it unlocked while this one lives.
fn owned(folder: &Path) -> io::Result<File> {
    let new = folder.join(".new");
    let file = OpenOptions::new().write(true).create_new(true).open(&new)?;
    file.try_lock()?;
    fs::rename(new, folder.join(OWNER))?;
    Ok(file)
}

/// Removes folders whose process has ended. Folders of other users cannot be opened, and stay.
fn remove_abandoned(place: &Path) {
    for entry in fs::read_dir(place).into_iter().flatten().flatten() {
        let is_ours = entry.file_name().to_string_lossy().starts_with(PREFIX);
        if is_ours && entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            let owner = OpenOptions::new().write(true).open(entry.path().join(OWNER));
            if owner.is_ok_and(|owner| owner.try_lock().is_ok()) {
                let _ = fs::remove_dir_all(entry.path());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folder_of_a_killed_process_is_removed_and_that_of_a_living_one_stays() {
        let place = tempfile::tempdir().unwrap();
        let living = Scratch::within(place.path()).unwrap();
        let Scratch { folder, _owner: owner } = Scratch::within(place.path()).unwrap();
        fs::write(folder.path().join("input"), "x").unwrap();
        // As a kill does: the lock is gone, the folder is not.
        let left = folder.keep();
        drop(owner);
        let foreign = place.path().join(format!("{PREFIX}foreign"));
        fs::create_dir(&foreign).unwrap();
        let next = Scratch::within(place.path()).unwrap();
        assert!(!left.exists() && living.path().exists() && foreign.exists());
        drop((living, next));
        assert_eq!(fs::read_dir(place.path()).unwrap().count(), 1, "only the foreign one is left");
    }
}
