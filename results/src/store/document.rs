//! Writes a run as a document, atomically.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;

use super::{StoreError, io_error};
use crate::run::Run;

/// Writes a document atomically. An existing document is only replaced if `replaces` is set.
pub(super) fn write_by_rename(target: &Path, run: &Run, replaces: bool) -> io::Result<()> {
    let partial = partial(target);
    let write = || -> io::Result<()> {
        encode(run, &partial, target)?;
        if replaces {
            return fs::rename(&partial, target);
        }
        // Unlike a rename, a link never replaces an existing file.
        fs::hard_link(&partial, target).or_else(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => Err(error),
            _ => fs::rename(&partial, target),
        })
    };
    let written = write();
    // The `.jsonl` is complete; a partly written document would only mislead.
    let _ = fs::remove_file(&partial);
    written
}

/// Writes a document to `path`, compressed if its final name `target` ends in `.gz`.
pub(super) fn encode(run: &Run, path: &Path, target: &Path) -> io::Result<()> {
    let write = |to: &mut dyn Write| -> io::Result<()> {
        // Serializing writes a few bytes at a time.
        let mut text = BufWriter::new(to);
        serde_json::to_writer(&mut text, run)?;
        text.write_all(b"\n")?;
        text.flush()
    };
    let mut file = BufWriter::new(File::create(path)?);
    if target.extension().is_some_and(|ending| ending == "gz") {
        let mut compressed = GzEncoder::new(&mut file, Compression::default());
        write(&mut compressed)?;
        compressed.finish()?;
    } else {
        write(&mut file)?;
    }
    file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()
}

/// Makes `latest` a link to the newest results, replaced in one step.
pub(super) fn point_to(latest: &Path, target: &Path) -> Result<(), StoreError> {
    let partial = partial(latest);
    let link = || -> io::Result<()> {
        let _ = fs::remove_file(&partial);
        link_or_copy(target, &partial)?;
        fs::rename(&partial, latest)
    };
    link().map_err(io_error(latest, "update the link"))
}

#[cfg(unix)]
fn link_or_copy(target: &Path, link: &Path) -> io::Result<()> {
    let whole = fs::canonicalize(target)?;
    let folder = fs::canonicalize(link.parent().unwrap_or(Path::new(".")))?;
    // Within one folder the link is relative, so that the folder can be moved.
    std::os::unix::fs::symlink(whole.strip_prefix(folder).unwrap_or(&whole), link)
}

#[cfg(not(unix))]
fn link_or_copy(target: &Path, link: &Path) -> io::Result<()> {
    fs::copy(target, link).map(|_| ())
}

pub(super) fn partial(target: &Path) -> PathBuf {
    let mut name = target.file_name().unwrap_or_default().to_os_string();
    name.push(".part");
    target.with_file_name(name)
}
