//! The role of a function in a runtime.

/// A group of functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// The measured code.
    Workload,
    /// Queues of tasks, polling, waking, threads.
    Scheduler,
    /// Readiness of sockets and files.
    Reactor,
    /// Timers.
    Timer,
    /// Channels, locks and other synchronization.
    Sync,
    /// Threads for work that blocks.
    BlockingPool,
    /// Allocating and freeing memory.
    Allocator,
    /// The operating system.
    Kernel,
    /// Other libraries, such as an HTTP server.
    Library,
    /// The adapter of the runner, and the code around the measured code in a trial.
    Harness,
    /// None of these.
    Other,
}

/// Roles by the first segments of a path. The longest match counts; `*` matches the rest of a name.
///
/// Containers and utilities of libraries have no entry: their time belongs to their caller.
const PATHS: &[(&str, Role)] = &[
    ("tokio", Role::Scheduler),
    ("tokio::fs", Role::BlockingPool),
    ("tokio::io", Role::Reactor),
    ("tokio::loom", Role::Sync),
    ("tokio::net", Role::Reactor),
    ("tokio::runtime::blocking", Role::BlockingPool),
    ("tokio::runtime::driver", Role::Reactor),
    ("tokio::runtime::io", Role::Reactor),
    ("tokio::runtime::signal", Role::Reactor),
    ("tokio::runtime::time", Role::Timer),
    // It waits for the reactor, and calls the timers after that.
    ("tokio::runtime::time::Driver", Role::Reactor),
    ("tokio::runtime::time_alt", Role::Timer),
    ("tokio::sync", Role::Sync),
    ("tokio::time", Role::Timer),
    ("mio", Role::Reactor),
    ("async_executor", Role::Scheduler),
    ("async_task", Role::Scheduler),
    ("async_global_executor", Role::Scheduler),
    ("futures_executor", Role::Scheduler),
    ("parking", Role::Scheduler),
    ("smol", Role::Scheduler),
    ("async_io", Role::Reactor),
    ("async_io::Timer", Role::Timer),
    ("async_io::reactor::Reactor::insert_timer", Role::Timer),
    ("async_io::reactor::Reactor::process_timers", Role::Timer),
    ("async_io::reactor::Reactor::remove_timer", Role::Timer),
    ("async_net", Role::Reactor),
    ("polling", Role::Reactor),
    ("async_fs", Role::BlockingPool),
    ("blocking", Role::BlockingPool),
    ("async_std::fs", Role::BlockingPool),
    ("async_std::future", Role::Timer),
    ("async_std::io", Role::Reactor),
    ("async_std::net", Role::Reactor),
    ("async_std::sync", Role::Sync),
    ("async_std::task", Role::Scheduler),
    ("async_broadcast", Role::Sync),
    ("async_channel", Role::Sync),
    ("async_lock", Role::Sync),
    ("crossbeam_channel", Role::Sync),
    ("event_listener", Role::Sync),
    ("event_listener_strategy", Role::Sync),
    ("futures_channel", Role::Sync),
    ("parking_lot", Role::Sync),
    ("parking_lot_core", Role::Sync),
    ("pthread_cond_*", Role::Sync),
    ("pthread_mutex_*", Role::Sync),
    ("std::sync", Role::Sync),
    ("std::sys::pal::unix::futex", Role::Sync),
    ("std::sys::sync", Role::Sync),
    ("crossbeam_deque", Role::Scheduler),
    ("crossbeam_epoch", Role::Scheduler),
    ("pthread_create*", Role::Scheduler),
    ("rayon", Role::Scheduler),
    ("rayon_core", Role::Scheduler),
    ("std::sys::thread", Role::Scheduler),
    ("std::thread", Role::Scheduler),
    ("compio_driver", Role::Reactor),
    ("compio_runtime", Role::Scheduler),
    ("io_uring", Role::Reactor),
    ("monoio", Role::Scheduler),
    ("monoio::driver", Role::Reactor),
    ("monoio::time", Role::Timer),
    ("__rust_alloc*", Role::Allocator),
    ("__rust_dealloc", Role::Allocator),
    ("__rust_realloc", Role::Allocator),
    ("__rustc", Role::Allocator),
    ("_int_*", Role::Allocator),
    ("alloc::alloc", Role::Allocator),
    ("calloc", Role::Allocator),
    ("cfree", Role::Allocator),
    ("free", Role::Allocator),
    ("malloc*", Role::Allocator),
    ("mi_*", Role::Allocator),
    ("realloc", Role::Allocator),
    ("std::alloc", Role::Allocator),
    ("tcache_*", Role::Allocator),
    ("unlink_chunk*", Role::Allocator),
    ("runtime_bench*", Role::Harness),
    ("runtime_bench_workloads", Role::Workload),
    // They have no roles.
    ("alloc", Role::Other),
    ("concurrent_queue", Role::Other),
    ("core", Role::Other),
    ("crossbeam_utils", Role::Other),
    ("futures_core", Role::Other),
    ("futures_lite", Role::Other),
    ("futures_util", Role::Other),
    ("slab", Role::Other),
    ("std", Role::Other),
    ("tokio::util", Role::Other),
];

impl Role {
    /// The role of a function by its short name; `None` where its time belongs to its caller.
    pub fn of(name: &str) -> Option<Self> {
        let name = name.strip_prefix("drop ").unwrap_or(name);
        let found = PATHS.iter().filter(|(path, _)| matches(name, path));
        match found.max_by_key(|(path, _)| path.len()) {
            Some((_, Self::Other)) => None,
            Some((_, role)) => Some(*role),
            None => is_of_a_crate(name).then_some(Self::Library),
        }
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Workload => "workload",
            Self::Scheduler => "scheduler",
            Self::Reactor => "reactor",
            Self::Timer => "timer",
            Self::Sync => "channels and locks",
            Self::BlockingPool => "blocking pool",
            Self::Allocator => "allocator",
            Self::Kernel => "kernel",
            Self::Library => "other libraries",
            Self::Harness => "trial",
            Self::Other => "other",
        }
    }

    /// Its color in a graph, and the name of the color.
    pub fn color(self) -> ([u8; 3], &'static str) {
        match self {
            Self::Workload => ([125, 190, 100], "green"),
            Self::Scheduler => ([238, 150, 70], "orange"),
            Self::Reactor => ([110, 165, 225], "blue"),
            Self::Timer => ([190, 145, 220], "violet"),
            Self::Sync => ([235, 210, 85], "yellow"),
            Self::BlockingPool => ([120, 200, 195], "turquoise"),
            Self::Allocator => ([235, 120, 115], "red"),
            Self::Kernel => ([170, 170, 170], "gray"),
            Self::Library => ([205, 170, 135], "brown"),
            Self::Harness | Self::Other => ([232, 224, 212], "beige"),
        }
    }
}

/// Functions of C have no path, and those of `T`, `u64` or `[T]` are the standard library's.
fn is_of_a_crate(name: &str) -> bool {
    let is_primitive = |name: &str| {
        let (kind, bits) = name.split_at(usize::from(name.starts_with(['i', 'u', 'f'])));
        let number = !kind.is_empty() && (bits == "size" || bits.parse::<u8>().is_ok());
        number || ["bool", "char", "str"].contains(&name)
    };
    let first = name.split_once("::").map(|(first, _)| first);
    first.is_some_and(|first| {
        first.starts_with(|c: char| c.is_ascii_lowercase() || c == '_') && !is_primitive(first)
    })
}

fn matches(name: &str, path: &str) -> bool {
    match path.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => {
            name.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn longest_path_wins() {
        for (name, role) in [
            ("tokio::runtime::scheduler::multi_thread::worker::run", Some(Role::Scheduler)),
            ("tokio::runtime::time::wheel::Wheel::poll", Some(Role::Timer)),
            ("tokio::runtime::io::driver::Driver::turn", Some(Role::Reactor)),
            ("drop tokio::sync::mpsc::chan::Chan", Some(Role::Sync)),
            ("async_io::reactor::ReactorLock::react", Some(Role::Reactor)),
            ("u8ify::Reader::read", Some(Role::Library)),
            ("async_io::reactor::Reactor::process_timers", Some(Role::Timer)),
            ("rayon_core::registry::WorkerThread::wait_until", Some(Role::Scheduler)),
            ("_int_malloc", Some(Role::Allocator)),
            ("alloc::alloc::realloc", Some(Role::Allocator)),
            ("runtime_bench_workloads::io::tcp_echo::serve", Some(Role::Workload)),
            ("runtime_bench_tokio::net::Listener::accept", Some(Role::Harness)),
            ("hyper::proto::h1::conn::Conn::poll", Some(Role::Library)),
        ] {
            assert_eq!(Role::of(name), role, "{name}");
        }
    }

    #[test]
    fn utilities_and_functions_of_c_belong_to_their_caller() {
        for name in [
            "alloc::vec::Vec::push",
            "std::time::Instant::now",
            "u64::checked_add",
            "usize::pow",
            "T::into",
            "[u8]::len",
            "memcpy",
            "__libc_send",
        ] {
            assert_eq!(Role::of(name), None, "{name}");
        }
    }

    #[test]
    fn path_matches_whole_segments_only() {
        assert_eq!(Role::of("tokio_util::codec::Framed::poll"), Some(Role::Library));
        assert_eq!(Role::of("free_list_of_c"), None);
    }

    #[test]
    fn no_path_is_listed_twice() {
        let mut paths: Vec<&str> = PATHS.iter().map(|(path, _)| *path).collect();
        let listed = paths.len();
        paths.sort_unstable();
        paths.dedup();
        assert_eq!(paths.len(), listed);
    }
}
