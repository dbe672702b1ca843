//! Versions from the lock file of the build.

use std::collections::BTreeMap;

include!(concat!(env!("OUT_DIR"), "/locked.rs"));

/// The locked versions of packages; several of one package are joined.
pub(crate) fn versions(names: &[&str]) -> BTreeMap<String, String> {
    names
        .iter()
        .map(|name| {
            let versions: Vec<&str> =
                LOCKED.iter().filter(|(known, _)| known == name).map(|(_, v)| *v).collect();
            let version =
                if versions.is_empty() { "unknown".into() } else { versions.join(" and ") };
            ((*name).to_owned(), version)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_lock_file_of_the_build_is_known() {
        assert_eq!(super::versions(&["tokio"])["tokio"].split('.').count(), 3);
        assert_eq!(super::versions(&["no-such-package"])["no-such-package"], "unknown");
    }
}
