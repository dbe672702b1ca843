//! A shard's results file, and why files are not merged.

use crate::run::Run;
use crate::shard::Shard;

/// Why files cannot be merged.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum MergeError {
    /// There is no file.
    #[error("nothing to merge\nhelp: name the results files of the shards")]
    Nothing,
    /// A file belongs to a run without `--shard`.
    #[error(
        "cannot merge {0}: it is a whole run, not a shard\nhelp: `runtime-bench report` shows whole runs side by side"
    )]
    Whole(String),
    /// A file is a merged run.
    #[error("cannot merge {0}: it is already merged\nhelp: name the files of its shards")]
    Merged(String),
    /// Two files differ in something that all shards must share.
    #[error(
        "cannot merge {base} and {file}: their {aspect} differ ({what})\nhelp: measure all shards {help}"
    )]
    Different {
        /// The first file.
        base: String,
        /// The file that differs from it.
        file: String,
        /// Plans, builds or machines.
        aspect: &'static str,
        /// The difference.
        what: String,
        /// How all shards must be measured.
        help: &'static str,
    },
    /// A workload was measured by more than one shard, or by none.
    #[error(
        "cannot merge: {0} belongs to several shards or to none\nhelp: measure all shards with the same executable, and with the same --durations"
    )]
    Split(String),
    /// A shard was measured twice.
    #[error(
        "cannot merge: {base} and {file} are both {shard}, with different trials\nhelp: name one of them"
    )]
    Twice {
        /// Which shard.
        shard: String,
        /// The first file.
        base: String,
        /// The second one.
        file: String,
    },
    /// A shard is unfinished.
    #[error(
        "cannot merge {file}: {shard} was interrupted\nhelp: resume it, or merge its finished \
         trials with --partial"
    )]
    Unfinished {
        /// Which shard.
        shard: String,
        /// Its file.
        file: String,
    },
    /// Shards are missing.
    #[error(
        "cannot merge: missing shards {missing} of {of}\nhelp: add their files, or merge without them with --partial"
    )]
    Missing {
        /// Their numbers.
        missing: String,
        /// The total number of shards.
        of: usize,
    },
}

/// A results file of a shard.
pub(super) struct File {
    pub(super) label: String,
    pub(super) shard: Shard,
    pub(super) run: Run,
}

impl File {
    /// A file that must belong to a shard.
    pub(super) fn new(label: String, run: Run) -> Result<Self, MergeError> {
        match &run.header.plan.shard {
            _ if !run.shards.is_empty() => Err(MergeError::Merged(label)),
            None => Err(MergeError::Whole(label)),
            Some(shard) => Ok(Self { label, shard: shard.clone(), run }),
        }
    }

    /// Whether its shard finished.
    pub(super) fn ended(&self) -> bool {
        self.run.end.is_some_and(|end| !end.interrupted)
    }
}
