//! Counts of equal stacks.

use std::collections::{BTreeMap, BTreeSet};

use crate::name::shorten;
use crate::role::Role;

/// A stack in one line, its frames separated by `;` and the outermost first, and its number of samples.
pub type Folded = BTreeMap<String, u64>;

/// Where a thread's own code begins.
const START: &str = "std::sys::backtrace::__rust_begin_short_backtrace";

/// Functions that only call a closure, and uninformative parts of a stack.
const GLUE: [&str; 12] = [
    "[unknown]",
    "core::future::",
    "core::ops::function::",
    "core::option::",
    "core::panic::",
    "core::pin::",
    "core::result::",
    "core::task::",
    "do_syscall_64",
    "entry_SYSCALL_64",
    "std::panic",
    "x64_sys_call",
];

/// inferno's mark of a kernel function.
const KERNEL_MARK: &str = "_[k]";

/// A function in a stack.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Frame {
    /// Its short name.
    pub name: String,
    /// Its role; `None` if its time belongs to its caller.
    pub role: Option<Role>,
}

impl Frame {
    /// A function of a program or a library, by its demangled name.
    pub fn of(name: &str) -> Self {
        let name = shorten(name);
        Self { role: Role::of(&name), name }
    }

    /// A function of the kernel.
    pub fn kernel(name: &str) -> Self {
        let name = shorten(name);
        let name = if name.is_empty() || name == "[unknown]" { "kernel".to_owned() } else { name };
        Self { name, role: Some(Role::Kernel) }
    }

    /// Its name in a graph.
    pub(crate) fn label(&self) -> String {
        let mark = if self.role == Some(Role::Kernel) { KERNEL_MARK } else { "" };
        format!("{}{mark}", self.name)
    }

    /// The crate of its path; the name itself without a path.
    fn of_crate(&self) -> &str {
        let path = self.name.strip_prefix("drop ").unwrap_or(&self.name);
        path.split_once("::").map_or(path, |(name, _)| name)
    }

    /// The system call that begins here, such as `epoll_wait`.
    fn system_call(&self) -> Option<&str> {
        let arches = ["__x64_sys_", "__arm64_sys_"];
        arches.iter().find_map(|arch| self.name.strip_prefix(arch))
    }
}

/// Stacks of a trial.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stacks {
    counts: BTreeMap<Vec<Frame>, u64>,
}

impl Stacks {
    /// Counts a stack, given from the outside in.
    pub fn add(&mut self, frames: impl IntoIterator<Item = Frame>) {
        let mut stack: Vec<Frame> = frames.into_iter().collect();
        let start = stack.iter().rposition(|frame| frame.name == START);
        stack.drain(..start.map_or(0, |start| start + 1));
        stack.retain(|frame| {
            !frame.name.is_empty() && !GLUE.iter().any(|glue| frame.name.starts_with(glue))
        });
        stack.dedup();
        *self.counts.entry(stack).or_default() += 1;
    }

    /// Their number.
    pub fn samples(&self) -> u64 {
        self.counts.values().sum()
    }

    /// Whether any is in the kernel.
    pub fn has_kernel(&self) -> bool {
        self.counts.keys().flatten().any(|frame| frame.role == Some(Role::Kernel))
    }

    /// Stacks of functions.
    pub fn by_function(&self) -> Folded {
        self.folded(|stack| stack.iter().map(Frame::label).collect())
    }

    /// Stacks in which roles replace the functions of a runtime, so that two runtimes can be compared. The
    /// functions of the workload and system calls remain.
    pub fn by_role(&self) -> Folded {
        self.folded(|stack| {
            let mut labels: Vec<String> = Vec::new();
            for frame in stack {
                let label = match frame.role {
                    None => continue,
                    Some(Role::Workload) => frame.name.clone(),
                    Some(Role::Kernel) => match frame.system_call() {
                        Some(call) => format!("kernel: {call}{KERNEL_MARK}"),
                        // Within the call.
                        None if labels.last().is_some_and(|last| last.starts_with("kernel")) => {
                            continue;
                        }
                        None => format!("kernel{KERNEL_MARK}"),
                    },
                    Some(role) => role.name().to_owned(),
                };
                labels.push(label);
            }
            labels.dedup();
            labels
        })
    }

    fn folded(&self, labels: impl Fn(&[Frame]) -> Vec<String>) -> Folded {
        let mut folded = Folded::new();
        for (stack, count) in &self.counts {
            let line = labels(stack).join(";");
            let line = if line.is_empty() { "unknown".to_owned() } else { line };
            *folded.entry(line).or_default() += count;
        }
        folded
    }

    /// The share of each role, from 0 to 1, by the innermost function that has one, and the crates of these
    /// functions, the most frequent first.
    pub fn shares(&self) -> BTreeMap<Role, (f64, Vec<String>)> {
        let mut roles: BTreeMap<Role, BTreeMap<&str, u64>> = BTreeMap::new();
        for (stack, count) in &self.counts {
            let found = stack.iter().rev().find_map(|frame| Some((frame.role?, frame.of_crate())));
            let (role, of_crate) = found.unwrap_or((Role::Other, ""));
            *roles.entry(role).or_default().entry(of_crate).or_default() += count;
        }
        let total = self.samples().max(1) as f64;
        let share = |(role, crates): (Role, BTreeMap<&str, u64>)| {
            let sum: u64 = crates.values().sum();
            let mut crates: Vec<(&str, u64)> = crates.into_iter().collect();
            crates.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
            let names = crates.into_iter().map(|(name, _)| name.to_owned()).collect();
            (role, (sum as f64 / total, names))
        };
        roles.into_iter().map(share).collect()
    }

    /// Each function once.
    pub fn functions(&self) -> BTreeSet<&Frame> {
        self.counts.keys().flatten().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stacks(lines: &[&[&str]]) -> Stacks {
        let mut stacks = Stacks::default();
        for line in lines {
            let frame = |name: &&str| {
                name.strip_prefix("k:").map_or_else(|| Frame::of(name), Frame::kernel)
            };
            stacks.add(line.iter().map(frame));
        }
        stacks
    }

    fn folded(lines: &[(&str, u64)]) -> Folded {
        lines.iter().map(|(line, count)| ((*line).to_owned(), *count)).collect()
    }

    #[test]
    fn equal_stacks_are_counted_without_startup_glue_and_recursion() {
        let stacks = stacks(&[
            &["clone3", START, "core::ops::function::FnOnce::call_once", "a::b", "a::b", "a::c"],
            &[START, "a::b", "a::c", "[unknown]"],
            &["a::b"],
            &["[unknown]"],
        ]);
        assert_eq!(stacks.by_function(), folded(&[("a::b;a::c", 2), ("a::b", 1), ("unknown", 1)]));
        assert_eq!(stacks.samples(), 4);
    }

    #[test]
    fn roles_stand_for_runtimes_so_that_two_of_them_have_the_same_stacks() {
        let tokio = stacks(&[&[
            "tokio::runtime::scheduler::run",
            "tokio::runtime::task::poll",
            "runtime_bench_workloads::io::echo",
            "tokio::net::TcpStream::write",
            "write",
            "k:entry_SYSCALL_64_after_hwframe",
            "k:__x64_sys_write",
            "k:vfs_write",
        ]]);
        let smol = stacks(&[&[
            "async_executor::Executor::run",
            "runtime_bench_workloads::io::echo",
            "async_io::Async::poll_write",
            "k:__x64_sys_write",
            "k:vfs_write",
        ]]);
        let line = "scheduler;runtime_bench_workloads::io::echo;reactor;kernel: write_[k]";
        assert_eq!(tokio.by_role(), folded(&[(line, 1)]));
        assert_eq!(smol.by_role(), tokio.by_role());
        let interrupted = stacks(&[&["a::b", "k:asm_sysvec_apic", "k:irq_exit"]]);
        assert_eq!(interrupted.by_role(), folded(&[("other libraries;kernel_[k]", 1)]));
    }

    #[test]
    fn share_of_a_role_is_of_the_innermost_functions_that_have_one() {
        let stacks = stacks(&[
            &["tokio::task::run", "alloc::vec::Vec::push"],
            &["tokio::task::run", "async_task::run"],
            &["tokio::task::run", "malloc", "_int_malloc"],
            &["memcpy"],
        ]);
        let shares = stacks.shares();
        assert_eq!(
            shares[&Role::Scheduler],
            (0.5, vec!["async_task".to_owned(), "tokio".to_owned()])
        );
        assert_eq!(shares[&Role::Allocator].0.to_bits(), 0.25_f64.to_bits());
        assert_eq!(shares[&Role::Other].0.to_bits(), 0.25_f64.to_bits());
    }
}
