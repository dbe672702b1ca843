//! The machine, idle or under load.

use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use runtime_bench::harness::error::Error;
use runtime_bench::harness::machine::Counters;
use runtime_bench::harness::process::interrupt::Interrupt;

use crate::jobs::Machine;

/// The subcommand that makes this program a load process.
pub(crate) const SPIN: &str = "spin";
/// Number of processes that spin.
const SPINNERS: usize = 4;
/// CPU time of others below which a machine counts as idle, cores.
const IDLE: f64 = 0.15;
/// Length of the observation.
const LOOK: Duration = Duration::from_millis(300);

/// Spins until its standard input closes, which happens when its parent ends.
pub(crate) fn spin() -> Result<(), Error> {
    thread::spawn(|| {
        loop {
            std::hint::spin_loop();
        }
    });
    let mut line = String::new();
    std::io::stdin()
        .read_line(&mut line)
        .map(|_| ())
        .map_err(|error| Error::CouldNotRun(format!("cannot wait: {error}")))
}

/// Processes that spin, ended when dropped.
pub(crate) struct Load(Vec<Child>);

impl Load {
    pub(crate) fn none() -> Self {
        Self(Vec::new())
    }

    /// Puts the machine into the state of a question; waits until it is idle if required.
    pub(crate) fn become_like(
        &mut self,
        machine: Machine,
        interrupt: &Interrupt,
    ) -> Result<(), Error> {
        match machine {
            Machine::Idle => {
                self.end();
                wait_for_idle(interrupt)
            }
            Machine::Loaded if self.0.is_empty() => self.start(),
            Machine::Loaded => Ok(()),
        }
    }

    fn start(&mut self) -> Result<(), Error> {
        let refused = |error| Error::CouldNotRun(format!("cannot start the load: {error}"));
        let program = std::env::current_exe().map_err(refused)?;
        for _ in 0..SPINNERS {
            let spinner = Command::new(&program)
                .arg(SPIN)
                .stdin(Stdio::piped())
                .stdout(Stdio::null())
                .spawn()
                .map_err(refused)?;
            self.0.push(spinner);
        }
        // The scheduler spreads them over the cores.
        thread::sleep(Duration::from_secs(1));
        Ok(())
    }

    fn end(&mut self) {
        for mut spinner in self.0.drain(..) {
            let _ = spinner.kill();
            let _ = spinner.wait();
        }
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        self.end();
    }
}

/// Waits until no other program uses the CPU. Load during the question is recorded but never filtered.
fn wait_for_idle(interrupt: &Interrupt) -> Result<(), Error> {
    let mut said = false;
    loop {
        let watch = Watch::start();
        thread::sleep(LOOK);
        let foreign = watch.foreign_cores();
        if foreign.is_none_or(|cores| cores < IDLE) {
            return Ok(());
        }
        if interrupt.requested() {
            return Err(Error::Interrupted("interrupted; the answers so far are saved".to_owned()));
        }
        if !said {
            eprintln!(
                "waiting until the machine is idle: other programs use {:.1} cores",
                foreign.unwrap_or(0.0)
            );
            said = true;
        }
    }
}

/// CPU time of other programs since a moment.
pub(crate) struct Watch(Counters, Instant);

impl Watch {
    pub(crate) fn start() -> Self {
        Self(Counters::read(), Instant::now())
    }

    /// CPU time of others, in cores.
    pub(crate) fn foreign_cores(&self) -> Option<f64> {
        Counters::read().since(&self.0, self.1.elapsed()).foreign_cores
    }
}
