//! Writing a run line by line.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::document::{partial, point_to, write_by_rename};
use super::lock::{Lock, claim};
use super::{StoreError, io_error};
use crate::run::{End, Line, Run, RunHeader};

/// A run being written.
#[derive(Debug)]
pub struct RunWriter {
    pub(super) journal: File,
    pub(super) journal_path: PathBuf,
    pub(super) target: PathBuf,
    /// The link to the newest results; `None` leaves it alone.
    pub(super) latest: Option<PathBuf>,
    pub(super) run: Run,
    /// Whether the document from before the interruption is at the path of this one.
    pub(super) replaces: bool,
    /// The lock of the folder of all results; a `.jsonl` elsewhere is locked itself.
    pub(super) _lock: Option<Lock>,
    /// Whether a line could not be written completely; nothing may follow it.
    pub(super) partial_round: bool,
}

impl RunWriter {
    /// Opens `<folder>/<run>.jsonl` and writes the header to it.
    ///
    /// At its end, the run becomes `<folder>/<run>.json`. With `out`, the run becomes that file, and its
    /// `.jsonl` is next to it. The newest run is also reachable as `<folder>/latest.json`, if that can be
    /// written.
    ///
    /// # Errors
    /// When the folder or the file cannot be created, another run is in progress in the folder, or
    /// `out` already exists.
    pub fn create(
        folder: &Path,
        out: Option<&Path>,
        header: RunHeader,
    ) -> Result<Self, StoreError> {
        let target =
            out.map_or_else(|| folder.join(format!("{}.json", header.id)), Path::to_path_buf);
        if target.exists() {
            return Err(StoreError::Exists(target));
        }
        if let Some(parent) = target.parent().filter(|p| !p.as_os_str().is_empty()) {
            make_folder(parent)?;
        }
        // Several runs may write into a folder that machines share.
        let lock = if out.is_none() { Some(Lock::take(folder)?) } else { None };
        let journal_path = target.with_file_name(format!("{}.jsonl", header.id));
        let journal = create_new(&journal_path)?;
        claim(&journal, &journal_path)?;
        // Fails now rather than after measuring, and reserves the name.
        create_new(&partial(&target)).inspect_err(|_| drop(fs::remove_file(&journal_path)))?;
        let mut writer = Self {
            journal,
            journal_path,
            latest: Some(folder.join("latest.json")),
            target,
            run: Run::new(header.clone()),
            replaces: false,
            _lock: lock,
            partial_round: false,
        };
        writer.append(Line::Header(Box::new(header)))?;
        if out.is_some() && cfg!(unix) {
            // So that a killed run is found in the same folder as the others.
            writer.point_latest_to(&writer.journal_path);
        }
        Ok(writer)
    }

    /// Appends one line and flushes it to the operating system. After a failed write, nothing more is
    /// appended.
    ///
    /// # Errors
    /// When the line cannot be written; the lines before it are complete.
    pub fn append(&mut self, line: Line) -> Result<(), StoreError> {
        let mut text = serde_json::to_string(&line).map_err(|error| StoreError::Broken {
            path: self.journal_path.clone(),
            reason: error.to_string(),
        })?;
        text.push('\n');
        if self.partial_round {
            return Ok(());
        }
        if let Err(source) = self.journal.write_all(text.as_bytes()) {
            self.partial_round = true;
            return Err(io_error(&self.journal_path, "append the finished trial to")(source));
        }
        self.run.push(line);
        Ok(())
    }

    /// The run so far.
    pub fn run(&self) -> &Run {
        &self.run
    }

    /// The `.jsonl`.
    pub fn journal_path(&self) -> &Path {
        &self.journal_path
    }

    /// Ends the run: the document appears atomically.
    ///
    /// # Errors
    /// When it cannot be written; the `.jsonl` still contains everything.
    pub fn finish(mut self, end: End) -> Result<(Run, PathBuf), StoreError> {
        self.append(Line::End(end))?;
        write_by_rename(&self.target, &self.run, self.replaces).map_err(|source| {
            StoreError::NotWritten {
                path: self.target.clone(),
                journal: self.journal_path.clone(),
                source,
            }
        })?;
        self.point_latest_to(&self.target);
        Ok((self.run, self.target))
    }

    /// A convenience: a failure must not fail a run that is already stored.
    fn point_latest_to(&self, target: &Path) {
        let Some(latest) = &self.latest else { return };
        let _ = latest.parent().map_or(Ok(()), make_folder).and_then(|()| point_to(latest, target));
    }
}

pub(super) fn make_folder(folder: &Path) -> Result<(), StoreError> {
    fs::create_dir_all(folder).map_err(io_error(folder, "create the folder"))
}

fn create_new(path: &Path) -> Result<File, StoreError> {
    OpenOptions::new().write(true).create_new(true).open(path).map_err(|source| {
        match source.kind() {
            io::ErrorKind::AlreadyExists => StoreError::Exists(path.to_path_buf()),
            _ => io_error(path, "create")(source),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::super::{read, tests::header};
    use super::*;
    use crate::noise::{Noise, NoiseWindow, Stall};
    use tempfile::tempdir;

    const END: End = End { interrupted: false, elapsed_s: 0.1, control: None, trusted: None };

    #[test]
    fn the_newest_run_is_reachable_wherever_it_was_written() {
        let folder = tempdir().unwrap();
        for out in [None, Some(folder.path().join("elsewhere/mine.json"))] {
            let results = folder.path().join("results");
            let mut named = header("run");
            named.id = format!("run-{}", out.is_some());
            let writer = RunWriter::create(&results, out.as_deref(), named.clone()).unwrap();
            let (run, path) = writer.finish(END).unwrap();
            assert_eq!(read(&path).unwrap(), run);
            assert_eq!(read(&results.join("latest.json")).unwrap().header.id, named.id);
        }
        let left: Vec<_> = fs::read_dir(folder.path().join("results")).unwrap().flatten().collect();
        assert_eq!(left.len(), 4, "one file of lines, one document, one link, one lock: {left:?}");
    }

    #[test]
    fn named_run_does_not_need_the_results_folder() {
        let folder = tempdir().unwrap();
        let out = folder.path().join("mine.json.gz");
        // Nothing can be made below a file.
        let results = folder.path().join("file/results");
        fs::write(folder.path().join("file"), "").unwrap();
        let writer = RunWriter::create(&results, Some(&out), header("run")).unwrap();
        assert_eq!(writer.journal_path(), folder.path().join("run.jsonl"));
        let error = RunWriter::resume(writer.journal_path(), None).unwrap_err();
        assert!(matches!(error, StoreError::Busy { .. }), "{error}");
        let (run, path) = writer.finish(END).unwrap();
        assert_eq!((path.as_path(), read(&out).unwrap()), (out.as_path(), run));
    }

    #[test]
    fn killed_named_run_is_found_and_resumed() {
        let folder = tempdir().unwrap();
        let results = folder.path().join("results");
        let out = folder.path().join("elsewhere/mine.json");
        drop(RunWriter::create(&results, Some(&out), header("run")).unwrap());
        fs::remove_file(partial(&out)).unwrap();
        let newest = super::super::newest(&results).unwrap();
        let writer = RunWriter::resume(&newest, Some(&out)).unwrap();
        writer.finish(END).unwrap();
        assert_eq!(read(&newest).unwrap().end, Some(END));
        assert_eq!(fs::read_dir(out.parent().unwrap()).unwrap().count(), 2);
    }

    #[test]
    fn incomplete_line_file_is_read() {
        let folder = tempdir().unwrap();
        let writer = RunWriter::create(folder.path(), None, header("run")).unwrap();
        let path = writer.journal_path().to_path_buf();
        drop(writer);
        assert_eq!(read(&path).unwrap().end, None);
        fs::write(&path, "{\"line\":\"header\"").unwrap();
        assert!(matches!(read(&path), Err(StoreError::Broken { .. })));
    }

    #[test]
    fn the_lines_of_a_run_become_its_document() {
        let folder = tempdir().unwrap();
        let mut writer = RunWriter::create(folder.path(), None, header("run")).unwrap();
        let journal = writer.journal_path().to_path_buf();
        let window = NoiseWindow { until_s: 0.1, load: Some(0.5), ..NoiseWindow::default() };
        writer.append(Line::Noise(window)).unwrap();
        writer.append(Line::Stall(Stall { at_s: 0.1, until_s: 0.5 })).unwrap();
        let end = End { control: Some(Noise::default()), trusted: Some(true), ..END };
        let (run, path) = writer.finish(end).unwrap();
        assert_eq!((run.noise.len(), run.stalls.len(), run.end), (1, 1, Some(end)));
        assert_eq!(read(&path).unwrap(), run);
        assert_eq!(read(&journal).unwrap(), run);
    }

    #[test]
    fn a_document_from_before_the_noise_context_is_read() {
        let folder = tempdir().unwrap();
        let writer = RunWriter::create(folder.path(), None, header("run")).unwrap();
        let (run, path) = writer.finish(END).unwrap();
        let text = fs::read_to_string(&path).unwrap();
        for newer in ["\"noise\"", "\"stalls\"", "\"control\"", "\"trusted\""] {
            assert!(!text.contains(newer), "{newer} is not written when there is none");
        }
        assert_eq!(read(&path).unwrap(), run);
    }

    #[test]
    fn nothing_is_overwritten() {
        let folder = tempdir().unwrap();
        let create = || RunWriter::create(folder.path(), None, header("run"));
        let writer = create().unwrap();
        assert!(matches!(create(), Err(StoreError::Busy { .. })));
        drop(writer);
        assert!(matches!(create(), Err(StoreError::Exists(_))));
    }
}
