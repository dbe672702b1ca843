//! Links trial programs in other layouts: the same machine code in another order in memory.
//!
//! The position of functions can change a row by more than a percent, and a run with a single link order
//! attributes that change to the runtime. [`link`] makes cargo link a program again, from the same object
//! files but with shuffled sections, to the place where [`Program::in_layout`] finds it.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use tempfile::TempDir;

use crate::process;
use crate::process::interrupt::Interrupt;
use crate::program::{Origins, Program};
use crate::registry::BuildFacts;

/// Linking takes seconds. If it takes longer, cargo compiles, so the build is not the one of these sources.
const LIMIT: Duration = Duration::from_secs(60);

/// Why a program has no other layouts.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// Its build or its sources are elsewhere.
    #[error("{0} is not in the folder `target/release` of its sources")]
    Elsewhere(String),
    /// Cargo would build other bytes.
    #[error("{program} differs from what cargo builds from these sources{reason}")]
    Outdated {
        /// Name of the program.
        program: String,
        /// Cargo's message, as the end of a sentence.
        reason: String,
    },
    /// The linker cannot shuffle sections.
    #[error("this linker cannot shuffle the sections of {program}{reason}")]
    Linker {
        /// Name of the program.
        program: String,
        /// Cargo's message, as the end of a sentence.
        reason: String,
    },
    /// A file cannot be read or written.
    #[error("cannot store layouts of {0}: {1}")]
    Files(String, io::Error),
}

/// Links a program in the layouts from 1 to `layouts` − 1.
///
/// # Errors
/// When one of them cannot be linked. Then none of them is used.
pub fn link(
    program: &Program,
    layouts: usize,
    build: &BuildFacts,
    interrupt: &Interrupt,
) -> Result<(), LinkError> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    Linking::new(program, build, cargo, interrupt)?.all(layouts)
}

/// A program that is being linked.
struct Linking<'a> {
    program: &'a Program,
    cargo: OsString,
    sources: &'a Path,
    features: String,
    /// Cargo's target folder, with the object files.
    target: PathBuf,
    /// Cargo links into this folder, and leaves the program unchanged.
    scratch: TempDir,
    interrupt: &'a Interrupt,
}

impl<'a> Linking<'a> {
    fn new(
        program: &'a Program,
        build: &'a BuildFacts,
        cargo: OsString,
        interrupt: &'a Interrupt,
    ) -> Result<Self, LinkError> {
        let name = program.file_name();
        let folder = program.path.parent();
        // A program that also has other purposes cannot be linked by its file name alone.
        let release =
            folder.filter(|folder| program.args.is_empty() && folder.ends_with("release"));
        // Cargo marks the folder so. A build for another target is one level deeper.
        let is_target = |folder: &&Path| folder.join("CACHEDIR.TAG").is_file();
        let target = release.and_then(Path::parent).filter(is_target);
        let sources = build.sources.as_deref().filter(|path| path.join("Cargo.toml").is_file());
        let (Some(target), Some(sources)) = (target, sources) else {
            return Err(LinkError::Elsewhere(name));
        };
        let folder = program.layouts_folder();
        let scratch = fs::create_dir_all(&folder)
            .and_then(|()| tempfile::Builder::new().prefix("link-").tempdir_in(&folder));
        Ok(Self {
            program,
            cargo,
            sources,
            features: build.build.features.join(","),
            target: target.to_owned(),
            scratch: scratch.map_err(|error| LinkError::Files(name, error))?,
            interrupt,
        })
    }

    fn all(&self, layouts: usize) -> Result<(), LinkError> {
        let name = self.program.file_name();
        let files = |error| LinkError::Files(name.clone(), error);
        let hash = |program: &Program| program.hash().map_err(|why| files(io::Error::other(why)));
        let own = hash(self.program)?;
        let folder = self.program.layouts_folder();
        let mut origins = Origins::read(&folder);
        if origins.0.remove(&name).is_some() {
            origins.write(&folder).map_err(files)?;
        }
        let outdated = |reason| LinkError::Outdated { program: name.clone(), reason };
        if hash(&self.linked(None).map_err(outdated)?)? != own {
            return Err(outdated(String::new()));
        }
        let refused = |reason| LinkError::Linker { program: name.clone(), reason };
        for layout in 1..layouts {
            let linked = self.linked(Some(layout)).map_err(refused)?;
            if hash(&linked)? == own {
                return Err(refused(": the bytes are the same".to_owned()));
            }
            keep(&linked.path, &self.program.in_layout(layout).path).map_err(files)?;
        }
        origins.0.insert(name.clone(), own);
        origins.write(&folder).map_err(files)
    }

    /// The program as cargo links it in a layout; `None`: the default. An error is the end of a sentence.
    fn linked(&self, layout: Option<usize>) -> Result<Program, String> {
        let scratch = self.scratch.path();
        let name = self.program.file_name();
        let bin = name.trim_end_matches(env::consts::EXE_SUFFIX);
        let mut command = Command::new(&self.cargo);
        command.current_dir(self.sources).env("CARGO_BUILD_BUILD_DIR", &self.target);
        command.args(["rustc", "--quiet", "--release", "--locked", "--offline", "--bin", bin]);
        command.args(["--no-default-features", "--features", &self.features]);
        command.args([OsStr::new("--target-dir"), scratch.as_os_str()]);
        if let Some(seed) = layout {
            command.args(["--", "-C"]);
            command.arg(format!("link-arg=-Wl,--shuffle-sections=.text*={seed}"));
        }
        match process::output(&mut command, LIMIT, self.interrupt) {
            Ok((true, ..)) => {
                let path = scratch.join("release").join(name);
                Ok(Program { path, args: Vec::new() })
            }
            Ok((false, _, stderr)) => Err(stderr.lines().last().map_or_else(
                || ": cargo failed".to_owned(),
                |line| format!(": {}", line.trim_start_matches("error: ")),
            )),
            Err(reason) => Err(format!(": cargo {reason}")),
        }
    }
}

/// Copies a file so that it appears complete; cargo may continue to write to the one that it linked.
fn keep(from: &Path, to: &Path) -> io::Result<()> {
    let part = to.with_extension("part");
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::copy(from, &part)?;
    fs::rename(part, to)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use runtime_bench_results::listing::Build;
    use tempfile::tempdir;

    use super::*;

    const MANIFEST: &str = "\
[package]
name = \"tiny\"
edition = \"2024\"
[features]
loud = []
[workspace]
";
    const SOURCE: &str = "\
#[inline(never)]
fn greeting() -> &'static str {
    if cfg!(feature = \"loud\") { \"HELLO\" } else { \"hello\" }
}

fn main() {
    println!(\"{}\", greeting());
}
";

    fn output(command: &mut Command) -> String {
        let output = command.output().expect("it starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text")
    }

    /// A program that cargo built in a folder, and its build.
    fn built(folder: &Path) -> (Program, BuildFacts) {
        fs::create_dir_all(folder.join("src")).unwrap();
        fs::write(folder.join("Cargo.toml"), MANIFEST).unwrap();
        fs::write(folder.join("src/main.rs"), SOURCE).unwrap();
        let target = folder.join("target");
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["build", "--quiet", "--release", "--offline", "--features", "loud"]);
        output(cargo.current_dir(folder).arg("--target-dir").arg(&target));
        let file = format!("release/tiny{}", env::consts::EXE_SUFFIX);
        let build = Build { features: vec!["loud".to_owned()], ..Build::default() };
        let sources = Some(folder.to_path_buf());
        let program = Program { path: target.join(file), args: Vec::new() };
        (program, BuildFacts { build, sources, ..BuildFacts::default() })
    }

    #[test]
    fn program_is_linked_in_layouts_of_its_own_build() {
        let folder = tempdir().unwrap();
        let (program, build) = built(folder.path());
        let own = program.hash().unwrap();
        let link = |layouts| link(&program, layouts, &build, &Interrupt::default());
        match link(4) {
            Err(LinkError::Linker { reason, .. }) => {
                println!("skipped: the linker cannot shuffle sections{reason}");
                return;
            }
            linked => linked.unwrap(),
        }
        assert_eq!((program.layouts(), program.hash().unwrap()), (4, own));
        let layouts = (0..4).map(|layout| program.in_layout(layout));
        let hashes: BTreeSet<String> = layouts
            .map(|layout| {
                assert_eq!(output(&mut Command::new(&layout.path)).trim(), "HELLO");
                layout.hash().unwrap()
            })
            .collect();
        assert_eq!(hashes.len(), 4);
        let others = fs::read_dir(program.layouts_folder()).unwrap();
        assert_eq!(
            others.count(),
            4,
            "three layouts and a file of hashes, and nothing in progress"
        );
        fs::write(folder.path().join("src/main.rs"), SOURCE.replace("HELLO", "GOODBYE")).unwrap();
        assert!(matches!(link(4), Err(LinkError::Outdated { .. })));
        assert_eq!(program.layouts(), 1);
    }

    #[test]
    fn program_without_its_sources_is_not_linked() {
        let folder = tempdir().unwrap();
        let path = folder.path().join("release/program");
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, "code").unwrap();
        fs::write(folder.path().join("CACHEDIR.TAG"), "").unwrap();
        let program = Program { path, args: Vec::new() };
        let build = BuildFacts::default();
        let error = link(&program, 4, &build, &Interrupt::default()).unwrap_err();
        assert!(matches!(error, LinkError::Elsewhere(_)), "{error}");
        assert!(!program.layouts_folder().exists());
    }
}
