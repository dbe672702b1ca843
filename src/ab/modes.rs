//! The cores that rows are measured on.

use clap::ValueEnum;

use runtime_bench_harness::error::Error;
use runtime_bench_harness::machine::{self, allowed_cores};

/// The requested cores.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Cores {
    /// Pinned to one core, with one worker.
    One,
    /// On all cores, with one worker per core.
    All,
    /// Each row both ways.
    Both,
}

/// Cores and workers that rows are measured on.
pub struct Mode {
    /// Its name in a row.
    pub name: String,
    /// Worker threads of the runners.
    pub workers: usize,
    /// The only core, if there is one.
    pub core: Option<usize>,
    /// Whether it is the only mode.
    pub alone: bool,
}

/// The requested modes.
///
/// # Errors
/// When this system cannot pin a process to a core, or workers are requested on one core.
pub fn modes(cores: Cores, workers: Option<usize>) -> Result<Vec<Mode>, Error> {
    let core = allowed_cores().and_then(|cores| cores.last().copied());
    let all = machine::cores();
    let one = core.map(|core| Mode {
        name: "one core".to_owned(),
        workers: 1,
        core: Some(core),
        alone: true,
    });
    let many = Mode {
        name: if all == 1 { "the only core".to_owned() } else { format!("{all} cores") },
        workers: workers.unwrap_or(all),
        core: None,
        alone: all == 1,
    };
    match (cores, one) {
        (Cores::One, _) if workers.is_some() => Err(Error::Usage(
            "cannot combine --cores one with --workers: one core has one worker\nhelp: drop \
             --workers, or use --cores all"
                .to_owned(),
        )),
        (Cores::One, Some(one)) => Ok(vec![one]),
        // On one core the two are the same.
        (Cores::Both, Some(one)) if all > 1 => Ok(vec![one, many]),
        (Cores::All | Cores::Both, _) => Ok(vec![many]),
        (Cores::One, None) => Err(Error::Usage(
            "cannot pin a process to a core: this system does not support it\nhelp: use --cores \
             all"
            .to_owned(),
        )),
    }
}
