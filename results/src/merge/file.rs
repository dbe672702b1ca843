//! A shard's results file, and why files are not merged.

use crate::run::Run;
use crate::shard::Shard;

/// Why files are not merged. The text is one sentence with the way out.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum MergeError {
    /// There is no file.
    #[error("there is nothing to merge: name the results files of the shards")]
    Nothing,
    /// A file is of a run without `--shard`.
    #[error(
        "{0} is a whole run and no shard: runs with --shard are merged, and `runtime-bench report` shows whole runs side by side"
    )]
    Whole(String),
    /// A file is a merged run.
    #[error("{0} is merged already: give the files of its shards")]
    Merged(String),
    /// Two files do not share one plan.
    #[error(
        "{base} and {file} are shards of different plans ({what}): measure all shards with the same options, among them --seed"
    )]
    Plans {
        /// The first file.
        base: String,
        /// The file that differs from it.
        file: String,
        /// In what.
        what: String,
    },
    /// Two files were measured by different executables.
    #[error(
        "{base} and {file} were measured by different builds ({what}): measure all shards with one executable"
    )]
    Builds {
        /// The first file.
        base: String,
        /// The file that differs from it.
        file: String,
        /// In what.
        what: String,
    },
    /// Two files are of machines of different kinds.
    #[error(
        "{base} and {file} are of machines of different kinds ({what}), which are never one run: measure all shards on one kind, or merge those of each kind with --partial and let `runtime-bench report` show them side by side"
    )]
    Machines {
        /// The first file.
        base: String,
        /// The file that differs from it.
        file: String,
        /// In what.
        what: String,
    },
    /// A workload was measured by more than one shard, or by none.
    #[error(
        "the shards do not split the plan: {0} belongs to more than one of them, or to none; measure all shards with one executable"
    )]
    Split(String),
    /// A shard was measured twice.
    #[error(
        "{shard} is there twice with different trials, in {base} and in {file}: name one of them"
    )]
    Twice {
        /// Which shard.
        shard: String,
        /// The first file.
        base: String,
        /// The second one.
        file: String,
    },
    /// A shard did not come to its end.
    #[error(
        "{shard} ({file}) was stopped before its end: measure it again, or take what there is with --partial"
    )]
    Unfinished {
        /// Which shard.
        shard: String,
        /// Its file.
        file: String,
    },
    /// Shards are missing.
    #[error(
        "of {of} shards these are missing: {missing}; add their files, or do without them with --partial"
    )]
    Missing {
        /// Their numbers.
        missing: String,
        /// How many there are in all.
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
    /// Of a shard, and of nothing else.
    pub(super) fn new(label: String, run: Run) -> Result<Self, MergeError> {
        match &run.header.plan.shard {
            _ if !run.shards.is_empty() => Err(MergeError::Merged(label)),
            None => Err(MergeError::Whole(label)),
            Some(shard) => Ok(Self { label, shard: shard.clone(), run }),
        }
    }

    /// Whether its shard came to its end.
    pub(super) fn ended(&self) -> bool {
        self.run.end.is_some_and(|end| !end.interrupted)
    }
}
