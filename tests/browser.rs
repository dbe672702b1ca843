//! The report in a real browser. For `cargo test --release`; needs chromium.

mod common;

use std::path::Path;
use std::process::Command;

use common::run;
use tempfile::tempdir;

/// Loads a page and returns its document and the browser's log.
fn load(page: &Path, theme: &str) -> (String, String) {
    let profile = tempdir().unwrap();
    let output = Command::new("chromium")
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .args(["--enable-logging=stderr", "--dump-dom"])
        .arg(format!("--blink-settings=preferredColorScheme={theme}"))
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(format!("file://{}", page.display()))
        .output()
        .expect("chromium starts: scripts/test installs it");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stdout), text(&output.stderr))
}

#[test]
#[cfg_attr(debug_assertions, ignore = "a debug build does not measure")]
fn report_opens_from_disk_without_console_errors() {
    let folder = tempdir().unwrap();
    let args = ["bench", "spawn-join|fork-join/fib", "--profile", "smoke", "--quiet"];
    let ended = run(folder.path(), &args);
    assert!(matches!(ended.code, Some(0 | 3)), "{ended:?}");
    let page = folder.path().join("target/runtime-bench/report/index.html");
    for theme in ["0", "1"] {
        let (document, log) = load(&page, theme);
        assert!(document.contains("<h1>") && document.trim_end().ends_with("</html>"));
        assert!(document.matches("<svg").count() >= 2, "the charts are there");
        for runner in ["tokio", "async-std", "smol", "threads", "thread-pool", "rayon"] {
            assert!(document.contains(runner), "{runner} is missing");
        }
        let complaints: Vec<&str> = log.lines().filter(|line| line.contains("CONSOLE")).collect();
        assert!(complaints.is_empty(), "{complaints:?}");
    }
}
