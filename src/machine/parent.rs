//! A process that does not outlive who started it, and looks after what it started itself.

/// The variable that tells a trial the process that waits for it.
pub const WAITS: &str = "RUNTIME_BENCH_HARNESS";

/// The process that waits for this one and lives; `None` where nobody said so.
#[derive(Clone, Copy, Debug)]
pub struct Parent(Option<u32>);

impl Parent {
    /// As the environment tells it.
    pub fn of_this_process() -> Self {
        Self(std::env::var(WAITS).ok().and_then(|id| id.parse().ok()))
    }

    /// Whether it has ended: somebody else has adopted this process.
    #[cfg(unix)]
    pub fn is_gone(self) -> bool {
        self.0.is_some_and(|id| std::os::unix::process::parent_id() != id)
    }

    /// Cannot be told here.
    #[cfg(not(unix))]
    pub fn is_gone(self) -> bool {
        let Self(_) = self;
        false
    }
}

/// From now on this process is killed when the thread ends that started it; or no more.
#[cfg(target_os = "linux")]
pub fn die_with_parent(on: bool) {
    // Without it a trial would outlive a harness that was killed; there is nobody to tell.
    let _ = nix::sys::prctl::set_pdeathsig(on.then_some(nix::sys::signal::Signal::SIGKILL));
}

/// Not on this system.
#[cfg(not(target_os = "linux"))]
pub fn die_with_parent(_: bool) {}

/// From now on what this process started, however indirectly, becomes its child when it loses its own
/// parent, so that it can still be found.
#[cfg(target_os = "linux")]
pub fn adopt_orphans() {
    // Without it a runner's daemon would be lost; there is nobody to tell.
    let _ = nix::sys::prctl::set_child_subreaper(true);
}

/// Not on this system.
#[cfg(not(target_os = "linux"))]
pub fn adopt_orphans() {}
