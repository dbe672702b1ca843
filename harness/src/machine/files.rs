//! Reads the small files in which Linux describes itself.

use std::fs;
use std::path::{Component, Path, PathBuf};

/// A file's text without the white space around it.
pub(super) fn text(path: impl AsRef<Path>) -> Option<String> {
    Some(fs::read_to_string(path).ok()?.trim().to_owned())
}

/// The number in a file; `None` for `max` and the like.
pub(super) fn number(path: impl AsRef<Path>) -> Option<u64> {
    text(path)?.parse().ok()
}

/// The value in a `Name:  value` line.
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

/// Where control groups are mounted.
const GROUPS: &str = "/sys/fs/cgroup";

/// The limits of this process in its own control group and in all groups above it, of version 2 and of a
/// `controller` of version 1. `read` receives the folder of each.
pub(super) fn in_groups<T>(controller: &str, read: impl Fn(&Path) -> Option<T>) -> Vec<T> {
    let own = text("/proc/self/cgroup").unwrap_or_default();
    let folders = groups(Path::new(GROUPS), &own, controller);
    folders.iter().filter_map(|folder| read(folder)).collect()
}

/// The folders of a process's control groups; `own` is the content of `/proc/PID/cgroup` (cgroups(7)).
///
/// In a container, the path may be outside it; the mount is then the process's own group.
fn groups(mount: &Path, own: &str, controller: &str) -> Vec<PathBuf> {
    let mut folders = Vec::new();
    for line in own.lines() {
        let mut parts = line.splitn(3, ':').skip(1);
        let (Some(controllers), Some(path)) = (parts.next(), parts.next()) else { continue };
        let mount = match controllers {
            "" => mount.to_path_buf(),
            named if named.split(',').any(|name| name == controller) => mount.join(controller),
            _ => continue,
        };
        let inside = Path::new(path.trim_start_matches('/'));
        let is_plain = inside.components().all(|part| matches!(part, Component::Normal(_)));
        let own = if is_plain { inside } else { Path::new("") };
        folders.extend(own.ancestors().map(|group| mount.join(group)));
    }
    folders
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(own: &str) -> Vec<String> {
        let folders = groups(Path::new("/m"), own, "pids");
        folders.iter().map(|folder| folder.display().to_string()).collect()
    }

    #[test]
    fn groups_are_the_own_group_and_its_parents() {
        assert_eq!(found("0::/a/b.scope\n"), ["/m/a/b.scope", "/m/a", "/m/"]);
        let first = "9:cpu,cpuacct:/c\n8:pids:/user.slice/x\n1:name=systemd:/s\n";
        assert_eq!(found(first), ["/m/pids/user.slice/x", "/m/pids/user.slice", "/m/pids/"]);
    }

    #[test]
    fn group_outside_of_a_container_is_ignored() {
        assert_eq!(found("0::/../../other\n"), ["/m/"]);
        assert_eq!(found("0::/\n"), ["/m/"]);
        assert!(found("").is_empty() && found("odd\n").is_empty());
    }
}
