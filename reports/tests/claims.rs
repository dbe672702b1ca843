//! The claims page and the glossary, from a synthetic run.

use std::fs;
use std::path::Path;

use runtime_bench_reports::{Options, write_site};
use runtime_bench_results::run::Run;
use serde_json::Value;

mod fixtures;

use fixtures::{sweep_run, with_claims};

/// The site of a run, in a folder that is deleted with it.
struct Written(tempfile::TempDir);

impl Written {
    fn of(run: &Run) -> Self {
        let folder = tempfile::tempdir().unwrap();
        write_site(std::slice::from_ref(run), folder.path(), Options::default()).unwrap();
        Self(folder)
    }

    fn page(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        Path::new(self.0.path()).join(name)
    }
}

/// The part of a page from one text to the next.
fn part<'t>(page: &'t str, from: &str, to: &str) -> &'t str {
    let begin = page.find(from).unwrap_or_else(|| panic!("no {from}"));
    let rest = &page[begin..];
    rest.find(to).map_or(rest, |end| &rest[..end])
}

/// The claim that holds.
fn holds(page: &str) -> &str {
    part(page, "id=\"claim-blocking-freezes\"", "</section>")
}

#[test]
fn each_verdict_stands_beside_its_claim_with_what_it_rests_on() {
    let site = Written::of(&with_claims());
    let page = site.page("claims.html");
    for (name, verdict) in [
        ("blocking-freezes", "supported"),
        ("await-costs", "not supported"),
        ("one-thread-waits", "not measured"),
        ("locks-take-turns", "depends"),
    ] {
        let section = part(&page, &format!("id=\"claim-{name}\""), "</section>");
        assert!(section.contains(&format!("</span>{verdict}</b>")), "{name}: {section}");
    }
    assert!(
        holds(&page).contains("Confirmed for two jobs that block for 10 ms"),
        "{}",
        holds(&page)
    );
    assert!(page.contains("cargo bench -- --points claims "));
}

#[test]
fn a_test_shows_every_runner_and_why_one_does_not_count() {
    let site = Written::of(&with_claims());
    let page = site.page("claims.html");
    let awaits = part(&page, "id=\"claim-await-costs\"", "</section>");
    assert!(awaits.contains("<b>not counted</b>: 1 of 40 trials failed"), "{awaits}");
    let tokio = part(awaits, "</svg>tokio</th><td class=\"plot\"><svg", "</tr>");
    assert!(tokio.contains("<td>40</td>"), "{awaits}");
    let locks = part(&page, "id=\"claim-locks-take-turns\"", "</section>");
    assert!(locks.contains("n/a: async-std."), "{locks}");
}

#[test]
fn claims_workloads_and_words_lead_to_each_other() {
    let site = Written::of(&with_claims());
    let blocking = site.page("w/blocking-in-async.html");
    assert!(blocking.contains("<a href=\"../claims.html#claim-blocking-freezes\">"), "{blocking}");
    assert!(!site.page("w/sensor-streams.html").contains("Used to test the claim"));
    let page = site.page("claims.html");
    assert!(holds(&page).contains("href=\"w/blocking-in-async.html#"), "{}", holds(&page));
    assert!(page.contains("<a href=\"glossary.html#term-coroutine\">coroutine</a>"));
    let glossary = site.page("glossary.html");
    assert!(glossary.contains("id=\"term-coroutine\""));
}

#[test]
fn the_verdicts_are_in_the_files_for_programs_and_pull_requests() {
    let site = Written::of(&with_claims());
    let data: Value = serde_json::from_str(&site.page("data.json")).unwrap();
    let claims = data["analysis"]["claims"].as_array().unwrap();
    let held = claims.iter().find(|one| one["claim"]["name"] == "blocking-freezes").unwrap();
    assert_eq!(held["verdict"], "holds");
    assert_eq!(data["run"].get("claims"), None, "a results file carries none");
    let summary = site.page("summary.md");
    assert!(summary.contains("\n| claim | verdict |\n|---|---|\n"));
    assert!(summary.contains(" | supported |\n"));
}

#[test]
fn a_run_of_other_workloads_has_no_trace_of_claims() {
    let site = Written::of(&sweep_run());
    for name in ["index.html", "w/sweep.html", "summary.md", "data.json"] {
        let page = site.page(name);
        for trace in ["claims.html", "test the claim", "\"claims\"", "claim |"] {
            assert!(!page.contains(trace), "{trace} in {name}");
        }
    }
    assert!(!site.path("claims.html").exists() && site.path("glossary.html").exists());
}
