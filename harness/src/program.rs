//! Trial programs: where they are, and whether they can be used.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use runtime_bench_api::trial::kind_of;
use runtime_bench_api::workload::Failure;
use runtime_bench_results::trial::ErrorKind;
use sha2::{Digest, Sha256};

/// The argument that makes a program with other purposes serve trials.
pub const TRIAL: &str = "trial";
/// The program that counts allocations.
pub const COUNTING: &str = "runtime-bench-counting";
/// The program on the allocator mimalloc.
pub const MIMALLOC: &str = "runtime-bench-mimalloc";
/// The program that draws flame graphs.
pub const PROFILES: &str = "runtime-bench-profiles";
/// The folder of link layouts, next to the programs.
const LAYOUTS: &str = "layouts";
/// How trial programs are built.
const HOW: &str = "help: build all programs with `cargo build --release`";

/// A program that serves trials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// The executable.
    pub path: PathBuf,
    /// Arguments that make it serve trials.
    pub args: Vec<String>,
}

/// Why a trial program cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ProgramError {
    /// The system does not report the path of this program.
    #[error("cannot find the path of this program: {0}")]
    This(io::Error),
    /// There is no such file.
    #[error("trial program {name} not found in {folder}\n{HOW}")]
    Missing {
        /// Its name.
        name: String,
        /// The folder in which it was expected.
        folder: String,
    },
    /// It has another protocol version.
    #[error("trial program {path} has version {found}, but this program has {expected}\n{HOW}")]
    Version {
        /// The file.
        path: String,
        /// Its version.
        found: String,
        /// This program's version.
        expected: &'static str,
    },
    /// It cannot be started, or does not reply.
    #[error("cannot run trial program {path}: {source}\n{HOW}")]
    Broken {
        /// The file.
        path: String,
        /// The failure.
        source: TrialError,
    },
    /// It cannot be read for its hash.
    #[error("cannot read trial program {path}: {source}")]
    Unreadable {
        /// The file.
        path: String,
        /// The system's reason.
        source: io::Error,
    },
}

impl Program {
    /// This program.
    ///
    /// # Errors
    /// When the system does not report its path.
    pub fn this() -> Result<Self, ProgramError> {
        Ok(Self { path: this_program()?, args: vec![TRIAL.to_owned()] })
    }

    /// A trial program in the folder of `harness`, or one above it: cargo puts bench targets into `deps`.
    ///
    /// # Errors
    /// When it does not exist.
    pub fn beside(harness: &Path, name: &str) -> Result<Self, ProgramError> {
        let file = format!("{name}{}", env::consts::EXE_SUFFIX);
        let mut folders = harness.ancestors().skip(1).take(2);
        let folder = folders.clone().next().map(|folder| folder.display().to_string());
        let found = folders.find_map(|folder| {
            let path = folder.join(&file);
            path.is_file().then_some(path)
        });
        let missing =
            || ProgramError::Missing { name: name.to_owned(), folder: folder.unwrap_or_default() };
        Ok(Self { path: found.ok_or_else(missing)?, args: Vec::new() })
    }

    /// The first half of the SHA-256 of its bytes, in hexadecimal digits: equal programs measure alike.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn hash(&self) -> Result<String, ProgramError> {
        let bytes = fs::read(&self.path).map_err(|source| ProgramError::Unreadable {
            path: self.path.display().to_string(),
            source,
        })?;
        let digest = Sha256::digest(&bytes);
        Ok(digest.iter().take(16).fold(String::new(), |hex, byte| hex + &format!("{byte:02x}")))
    }

    /// The name of its file.
    pub fn file_name(&self) -> String {
        let name = self.path.file_name().unwrap_or(self.path.as_os_str());
        name.to_string_lossy().into_owned()
    }

    /// The folder of its layouts, next to it.
    pub(crate) fn layouts_folder(&self) -> PathBuf {
        self.path.with_file_name(LAYOUTS)
    }

    /// The same program in a link layout: its machine code elsewhere in memory. Layout 0 is the program
    /// itself.
    #[must_use]
    pub fn in_layout(&self, layout: usize) -> Self {
        if layout == 0 {
            return self.clone();
        }
        let path = self.layouts_folder().join(layout.to_string()).join(self.file_name());
        Self { path, args: self.args.clone() }
    }

    /// The same program, run by another one whose command line begins like this.
    pub(crate) fn under(self, wrapper: Vec<String>) -> Self {
        let mut words = wrapper.into_iter();
        let Some(first) = words.next() else { return self };
        let own = [self.path.to_string_lossy().into_owned()];
        Self { path: first.into(), args: words.chain(own).chain(self.args).collect() }
    }

    /// The name of a layout of it in results files: `runtime-bench-tokio`, `layouts/1/runtime-bench-tokio`.
    pub(crate) fn layout_name(&self, layout: usize) -> String {
        let name = self.file_name();
        if layout == 0 { name } else { format!("{LAYOUTS}/{layout}/{name}") }
    }

    /// Number of its layouts, including itself. Layouts of an earlier build do not count.
    pub fn layouts(&self) -> usize {
        let linked = Origins::read(&self.layouts_folder()).0.remove(&self.file_name());
        if linked.is_none() || self.hash().ok() != linked {
            return 1;
        }
        (1..usize::MAX).find(|layout| !self.in_layout(*layout).path.is_file()).unwrap_or(1)
    }
}

/// A file in the folder of layouts, with the hash of each program whose layouts were linked, by file name.
#[derive(Default)]
pub(crate) struct Origins(pub(crate) BTreeMap<String, String>);

impl Origins {
    /// Name of the file.
    const FILE: &str = "linked.json";

    /// Reads a folder's file; a missing or damaged file counts as empty.
    pub(crate) fn read(folder: &Path) -> Self {
        let text = fs::read_to_string(folder.join(Self::FILE)).unwrap_or_default();
        Self(serde_json::from_str(&text).unwrap_or_default())
    }

    /// Replaces the file.
    pub(crate) fn write(&self, folder: &Path) -> io::Result<()> {
        fs::write(folder.join(Self::FILE), serde_json::to_string(&self.0)?)
    }
}

/// The path of this program.
///
/// # Errors
/// When the system does not report it.
pub fn this_program() -> Result<PathBuf, ProgramError> {
    env::current_exe().map_err(ProgramError::This)
}

/// Why a program gives no result.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct TrialError {
    /// What went wrong.
    pub kind: ErrorKind,
    /// One sentence.
    pub message: String,
}

impl TrialError {
    /// An error of a kind.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }
}

impl From<Failure> for TrialError {
    fn from(failure: Failure) -> Self {
        Self { kind: kind_of(&failure), message: failure.to_string() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrapper_runs_the_program_with_its_arguments() {
        let program = Program { path: "a".into(), args: vec![TRIAL.to_owned()] };
        let wrapped = program.clone().under(["valgrind", "-q"].map(str::to_owned).to_vec());
        assert_eq!(
            wrapped,
            Program {
                path: "valgrind".into(),
                args: ["-q", "a", TRIAL].map(str::to_owned).to_vec()
            }
        );
        assert_eq!(program.clone().under(Vec::new()), program);
    }

    #[test]
    fn layouts_of_other_bytes_do_not_count() {
        let folder = tempfile::tempdir().unwrap();
        let program = Program { path: folder.path().join("program"), args: Vec::new() };
        fs::write(&program.path, "code").unwrap();
        assert_eq!(program.layouts(), 1);
        for layout in 1..4 {
            let path = program.in_layout(layout).path;
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "code in another order").unwrap();
        }
        assert_eq!(program.layouts(), 1, "of what, nobody knows");
        let origins = Origins([("program".to_owned(), program.hash().unwrap())].into());
        origins.write(&program.layouts_folder()).unwrap();
        assert_eq!(program.layouts(), 4);
        fs::write(&program.path, "newer code").unwrap();
        assert_eq!(program.layouts(), 1);
        fs::write(program.layouts_folder().join(Origins::FILE), "{").unwrap();
        assert_eq!(program.layouts(), 1);
    }
}
