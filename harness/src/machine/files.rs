//! Reading the small files in which Linux describes itself.

use std::fs;
use std::path::Path;

/// A file's text without the white space around it.
pub(super) fn text(path: impl AsRef<Path>) -> Option<String> {
    Some(fs::read_to_string(path).ok()?.trim().to_owned())
}

/// A file that holds one number; `max` and the like are none.
pub(super) fn number(path: impl AsRef<Path>) -> Option<u64> {
    text(path)?.parse().ok()
}

/// What stands behind the name in a `Name:  value` line.
fn line(path: &str, name: &str) -> Option<String> {
    let text = text(path)?;
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    Some(line.trim().to_owned())
}

/// The bytes of a `Name:  123 kB` line.
pub(super) fn kib_line(path: &str, name: &str) -> Option<u64> {
    let kib: u64 = line(path, name)?.strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1_024)
}

/// A file of the control group that this process is in, whichever version mounts it.
pub(super) fn cgroup(v2: &str, v1: &str) -> Option<String> {
    let own = text("/proc/self/cgroup")
        .and_then(|groups| {
            Some(groups.lines().find_map(|line| line.strip_prefix("0::/"))?.to_owned())
        })
        .unwrap_or_default();
    [
        format!("/sys/fs/cgroup/{own}/{v2}"),
        format!("/sys/fs/cgroup/{v2}"),
        format!("/sys/fs/cgroup/{v1}"),
    ]
    .iter()
    .find_map(text)
}
