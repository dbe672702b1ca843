//! The pages of claims and words, from a run that was made up.

use std::fs;
use std::path::Path;

use runtime_bench_reports::{Options, write_site};
use runtime_bench_results::run::Run;
use serde_json::Value;

mod fixtures;

use fixtures::{typical_run, with_claims};

/// The site of a run, in a folder that goes with it.
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

#[test]
fn each_verdict_stands_beside_its_claim_with_what_it_rests_on() {
    let site = Written::of(&with_claims(typical_run()));
    let page = site.page("claims.html");
    for (name, verdict, grounds) in [
        ("holds", "holds", "Yes for what spawn-join shows."),
        ("does-not-hold", "does not hold", "No for what spawn-join shows."),
        ("depends", "depends", "No for what timer-gather shows. What tcp-echo shows: yes on tokio"),
        ("undecided", "inconclusive", "What cpu-batch shows: inconclusive on tokio."),
        ("not-measured", "not measured in this run", "Not measured: what absent shows."),
    ] {
        let section = part(&page, &format!("id=\"claim-{name}\""), "</section>");
        assert!(section.contains(&format!("</span>{verdict}</b>")), "{name}: {section}");
        assert!(section.contains(grounds), "{name}: {section}");
    }
    assert!(page.contains("Echo is &quot;fast&quot; &amp; &lt;small&gt;."));
    assert!(page.contains("cargo bench -- --points claims absent<"));
    assert!(page.contains("cargo bench -- --points claims --profile standard cpu-batch<"));
    // The one that is optional is left out.
    assert_eq!(page.matches("<h3>What absent shows</h3>").count(), 1);
}

#[test]
fn a_test_shows_every_runner_and_why_one_does_not_count() {
    let site = Written::of(&with_claims(typical_run()));
    let page = site.page("claims.html");
    let echo = part(&page, "aria-label=\"Data: What tcp-echo shows\"", "</details>");
    for words in [
        "<th scope=\"row\">tokio</th><td>40</td>",
        "<b>does not count</b>: 1 of 40 trials failed; wrong output: 999 of 1000 &lt;echoed&gt;",
        "n/a: rayon.",
    ] {
        assert!(echo.contains(words), "no {words} in {echo}");
    }
    let spawn = part(&page, "aria-label=\"Data: What spawn-join shows\"", "</details>");
    assert!(spawn.contains("<td>compared with</td>"), "{spawn}");
    // A chart needs a figure: a check has none.
    let checked = part(&page, "<h3>What timer-gather shows</h3>", "</figure>");
    assert!(!checked.contains("<svg") && checked.contains("<td>no</td>"), "{checked}");
}

#[test]
fn claims_workloads_and_words_lead_to_each_other() {
    let site = Written::of(&with_claims(typical_run()));
    let echo = site.page("w/tcp-echo.html");
    assert!(echo.contains("<a href=\"../claims.html#claim-depends\">"), "{echo}");
    assert!(!site.page("w/sensor-streams.html").contains("It is evidence for"));
    let page = site.page("claims.html");
    assert!(page.contains("<a href=\"w/tcp-echo.html#c-tcp-echo-tasks-1000\">Echo over TCP</a>"));
    assert!(page.contains("<a href=\"glossary.html#term-task\">task</a>"));
    let glossary = site.page("glossary.html");
    assert!(glossary.contains("<dd><code>&lt;task&gt;</code><span>: handed over</span></dd>"));
    assert!(glossary.contains("<dd><span>– there is &quot;nothing&quot;</span></dd>"));
    assert!(!echo.contains("Words: "), "its text has none of the words");
}

#[test]
fn the_verdicts_are_in_the_files_for_programs_and_pull_requests() {
    let site = Written::of(&with_claims(typical_run()));
    let data: Value = serde_json::from_str(&site.page("data.json")).unwrap();
    let claims = data["analysis"]["claims"].as_array().unwrap();
    let verdicts: Vec<&str> = claims.iter().map(|one| one["verdict"].as_str().unwrap()).collect();
    assert_eq!(verdicts, ["holds", "does-not-hold", "depends", "inconclusive", "not-measured"]);
    let summary = site.page("summary.md");
    assert!(summary.contains("\n| claim | verdict |\n|---|---|\n| Spawning is cheap. | holds |\n"));
}

#[test]
fn a_run_without_claims_and_words_has_no_trace_of_them() {
    let site = Written::of(&typical_run());
    for name in ["index.html", "w/tcp-echo.html", "summary.md", "data.json"] {
        let page = site.page(name);
        for trace in
            ["claims.html", "glossary.html", "evidence", "Words: ", "\"claims\"", "claim |"]
        {
            assert!(!page.contains(trace), "{trace} in {name}");
        }
    }
    assert!(!site.path("claims.html").exists() && !site.path("glossary.html").exists());
}
