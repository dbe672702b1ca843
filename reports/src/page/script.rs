//! The script of every page, and its hash, which the page's policy allows.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use maud::{Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

const SOURCE: &str = include_str!("site.js");

/// The script, for the head of a page.
pub(super) fn element() -> Markup {
    html! { script { (PreEscaped(shipped())) } }
}

/// The value of `script-src`.
pub(super) fn policy() -> &'static str {
    static POLICY: LazyLock<String> =
        LazyLock::new(|| format!("'sha256-{}'", BASE64_STANDARD.encode(Sha256::digest(shipped()))));
    &POLICY
}

/// The source without its comments and indentation, which readers of the page do not need.
fn shipped() -> &'static str {
    static SHIPPED: LazyLock<String> = LazyLock::new(|| {
        let lines = SOURCE.lines().map(str::trim);
        lines
            .filter(|line| !line.is_empty() && !line.starts_with("//"))
            .flat_map(|line| [line, "\n"])
            .collect()
    });
    &SHIPPED
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn script_is_small_and_self_contained() {
        let script = shipped();
        assert!(script.len() <= 10 * 1024, "{} bytes", script.len());
        for bad in ["</", "<!--", "fetch", "http", "import", "eval", "innerHTML", "//"] {
            assert!(!script.contains(bad), "{bad}");
        }
    }

    #[test]
    fn policy_hash_matches_the_script() {
        let element = element().into_string();
        let text = element.strip_prefix("<script>").and_then(|rest| rest.strip_suffix("</script>"));
        let hash = BASE64_STANDARD.encode(Sha256::digest(text.unwrap()));
        assert_eq!(policy(), format!("'sha256-{hash}'"));
    }
}
