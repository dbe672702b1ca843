//! Executables of this build that stand beside this one and answer trials on another allocator.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use runtime_bench_results::listing::Build;

use crate::machine;

/// The executable that counts allocations.
pub(super) const COUNTING: &str = "runtime-bench-counting";
/// The executable of the allocator mimalloc.
pub(super) const MIMALLOC: &str = "runtime-bench-mimalloc";

/// The argument that makes one of them tell its build instead of answering a trial.
pub(crate) const BUILD: &str = "build";

/// Why there is no such executable.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Missing {
    /// There is no such file.
    #[error("there is no {0} beside this program")]
    File(String),
    /// What it says would be said of something else.
    #[error("{0} is of another build than this program; build both anew")]
    Stale(String),
}

/// Finds an executable of this very build: cargo puts it beside this one, or one folder above the bench
/// targets.
pub(super) fn find(program: &Path, name: &str) -> Result<PathBuf, Missing> {
    let file = format!("{name}{}", env::consts::EXE_SUFFIX);
    let folders = program.ancestors().skip(1).take(2);
    let path = folders.map(|folder| folder.join(&file)).find(|path| path.is_file());
    let path = path.ok_or_else(|| Missing::File(name.to_owned()))?;
    if build(&path) == Some(machine::build()) {
        Ok(path)
    } else {
        Err(Missing::Stale(path.display().to_string()))
    }
}

/// What an executable says about its build. One that is too old for the question says something else.
fn build(program: &Path) -> Option<Build> {
    let output = Command::new(program).arg(BUILD).output().ok()?;
    serde_json::from_slice(&output.stdout).ok()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    fn says(folder: &Path, what: &str) {
        let path = folder.join(COUNTING);
        fs::write(&path, format!("#!/bin/sh\necho '{what}'\n")).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    #[test]
    fn only_an_executable_of_this_build_is_believed() {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("deps/runtime-bench");
        let found = || find(&program, COUNTING);
        assert_eq!(found(), Err(Missing::File(COUNTING.to_owned())));
        let own = machine::build();
        says(folder.path(), &serde_json::to_string(&own).unwrap());
        assert_eq!(found(), Ok(folder.path().join(COUNTING)));
        let other = Build { source: "another".to_owned(), ..own };
        for stale in [serde_json::to_string(&other).unwrap(), "{\"protocol\":1}".to_owned()] {
            says(folder.path(), &stale);
            assert!(matches!(found(), Err(Missing::Stale(_))));
        }
    }
}
