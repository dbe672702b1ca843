//! Comparisons of one or two synthetic runs.

use runtime_bench_analysis::analysis::{analyze, pairwise};
use runtime_bench_analysis::comparison::{
    Against, Document, FailOn, Outcome, Row, Word, files, judge, runners,
};
use runtime_bench_fixtures::{ROUNDS, cell, fail, reprice, run, upset_control};
use runtime_bench_results::key::{CellKey, LOAD, Point};
use runtime_bench_results::run::{End, Run};
use runtime_bench_results::trial::Phase;

/// Ten workloads on four runners.
fn base() -> Run {
    run("base", 10, 1, |_, _| 1.0)
}

fn candidate() -> Run {
    run("candidate", 10, 2, |_, _| 1.0)
}

fn compare(base: &Run, head: &Run) -> Document {
    files(("base", base), ("candidate", head), &|_| true)
}

fn row<'a>(document: &'a Document, name: &str) -> &'a Row {
    let named = document.rows.iter().find(|row| row.name == name);
    named.unwrap_or_else(|| panic!("no row {name} in {document:?}"))
}

fn words(document: &Document, word: Word) -> usize {
    document.rows.iter().filter(|row| row.word == word).count()
}

fn warned(document: &Document, words: &[&str]) {
    let warned = document.warnings.iter().any(|text| words.iter().all(|word| text.contains(word)));
    assert!(warned, "no warning has {words:?}: {:?}", document.warnings);
}

#[test]
fn two_runs_of_the_same_code_tie() {
    let document = compare(&base(), &candidate());
    assert_eq!((document.rows.len(), words(&document, Word::Tie)), (40, 40), "{document:?}");
    assert_eq!(document.warnings, Vec::<String>::new());
    assert_eq!(row(&document, "w0/smol/n=1").samples, [ROUNDS as usize; 2]);
    assert!(document.notes[0].contains("estimated from 40 common rows"), "{:?}", document.notes);
    assert_eq!(judge(&document, FailOn::Inconclusive, 0.01), Outcome::Pass);
}

#[test]
fn change_is_attributed_to_the_changed_row_only() {
    let head = run("candidate", 10, 2, |workload, runner| match (workload, runner) {
        ("w3", "smol") => 1.2,
        ("w4", "tokio") => 1.5,
        ("w5", "rayon") => 0.8,
        _ => 1.0,
    });
    let document = compare(&base(), &head);
    let order: Vec<&str> = document.rows.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(order[..2], ["w4/tokio/n=1", "w3/smol/n=1"]);
    assert_eq!(order[39], "w5/rayon/n=1");
    assert_eq!((words(&document, Word::Slower), words(&document, Word::Faster)), (2, 1));
    assert_eq!(judge(&document, FailOn::Regression, 0.01), Outcome::Regression);
    assert_eq!(judge(&document, FailOn::Regression, 0.60), Outcome::Pass);
}

#[test]
fn calibrated_rates_are_never_compared_across_runs() {
    let calibrated = |run: Run, rate: u64| {
        let mut run = run;
        for cell in run.header.plan.cells.iter_mut().filter(|cell| cell.key.workload == "w3") {
            let point = Point::new().with(LOAD, 50, "%").at_rate(rate, "messages/s");
            cell.key.point = point;
        }
        run
    };
    for rate in [4_000, 5_000] {
        let head = run("candidate", 10, 2, |w, _| if w == "w3" { 1.5 } else { 1.0 });
        let document = compare(&calibrated(base(), 4_000), &calibrated(head, rate));
        let row = row(&document, "w3/smol/load=50%,rate=4000messages/s");
        assert_eq!((row.word, row.ratio), (Word::Inconclusive, None));
        let reason = format!("calibrated its own rate, 4000 and {rate}");
        assert!(row.note.contains(&reason), "{}", row.note);
        assert_eq!((words(&document, Word::Tie), words(&document, Word::Inconclusive)), (36, 4));
        assert_eq!((document.only_base.len(), document.only_head.len()), (0, 0));
        assert!(
            document.notes[0].contains("estimated from 36 common rows"),
            "{:?}",
            document.notes
        );
    }
}

#[test]
fn a_change_of_all_rows_is_inconclusive_with_advice() {
    let document = compare(&base(), &run("candidate", 10, 2, |_, _| 1.2));
    assert_eq!(words(&document, Word::Inconclusive), 40);
    warned(&document, &["most rows changed together, by +", "runtime-bench ab"]);
    assert!(row(&document, "w0/smol/n=1").note.contains("changed together, by +"));
    assert_eq!(judge(&document, FailOn::Regression, 0.01), Outcome::Inconclusive);
}

#[test]
fn few_rows_need_more_and_a_filter_does_not_change_the_spread() {
    let head = |workloads| {
        run("candidate", workloads, 2, |w, r| if (w, r) == ("w0", "smol") { 1.2 } else { 1.0 })
    };
    let one = compare(&run("base", 1, 1, |_, _| 1.0), &head(1));
    assert_eq!(row(&one, "w0/smol/n=1").word, Word::Inconclusive);
    assert!(one.notes[0].contains("unknown") && one.notes[0].contains("10.0%"), "{:?}", one.notes);
    let only = |key: &CellKey| key.to_string() == "w0/smol/n=1";
    let filtered = files(("base", &base()), ("candidate", &head(10)), &only);
    assert_eq!((filtered.rows.len(), words(&filtered, Word::Slower)), (1, 1));
    assert!(filtered.notes[0].contains("40 common rows"), "{:?}", filtered.notes);
}

#[test]
fn runs_of_different_machines_are_inconclusive() {
    let (base, mut head) = (base(), run("candidate", 10, 2, |_, _| 2.0));
    fail(&mut head, "w0", "smol", "9 of 10");
    head.header.environment.cpu_model = Some("Another".into());
    head.header.environment.virtual_machine = None;
    let document = compare(&base, &head);
    assert_eq!(words(&document, Word::Inconclusive), 40);
    warned(&document, &["different machines", "\"Another\"", "virtual machine true → unknown"]);
    assert!(row(&document, "w0/smol/n=1").note.contains("9 of 10"));
    assert_eq!(judge(&document, FailOn::Regression, 0.01), Outcome::Inconclusive);
    let mut same = candidate();
    same.header.environment.memory = Some((4 << 30) - 4096);
    assert_eq!(compare(&base, &same).warnings, Vec::<String>::new(), "a page of memory");
    for change in [
        |run: &mut Run| run.header.environment.cores = Some(4),
        |run: &mut Run| run.header.environment.memory = Some(8 << 30),
        |run: &mut Run| run.header.environment.kernel = Some("Linux 6.2.0".into()),
    ] {
        let mut other = candidate();
        change(&mut other);
        warned(&compare(&base, &other), &["different machines"]);
    }
}

#[test]
fn differences_in_plan_build_and_machine_are_reported() {
    let (base, mut head) = (base(), candidate());
    let environment = &mut head.header.environment;
    environment.rustc = "rustc 1.99".into();
    environment.governor = Some("performance".into());
    environment.commit = Some("abc".into());
    head.header.plan.profile = "standard".into();
    head.header.runners[0].packages.insert("tokio".into(), "1.55.0".into());
    let document = compare(&base, &head);
    warned(&document, &["builds differ", "rustc 1.99", "tokio 1.0.0 → 1.55.0"]);
    warned(&document, &["plans differ", "profile \"quick\" → \"standard\""]);
    warned(&document, &["set up differently", "governor"]);
    assert!(document.notes[0].contains("(commit unknown) →"), "{:?}", document.notes);
    assert_eq!(words(&document, Word::Tie), 40, "none of these is another machine");
    warned(&compare(&base, &base), &["the same run"]);
}

#[test]
fn cells_of_one_side_are_listed_and_none_in_common_is_inconclusive() {
    let mut head = run("candidate", 11, 2, |_, _| 1.0);
    let smol = cell(&head, "w9", "smol");
    head.header.plan.cells[smol].phase = Phase::Steady;
    let document = compare(&base(), &head);
    assert_eq!(document.only_base, ["w9/smol/n=1"]);
    assert_eq!(document.only_head.len(), 5);
    assert!(document.only_head.contains(&"w9/smol/n=1 (steady)".to_owned()), "{document:?}");
    assert_eq!(document.rows.len(), 39);
    let mut head = candidate();
    head.header.plan.workers = 1;
    let document = compare(&base(), &head);
    assert_eq!((document.rows.len(), document.only_base.len()), (0, 40));
    warned(&document, &["plans differ", "--workers 2 → 1"]);
    assert_eq!(judge(&document, FailOn::Nothing, 0.01), Outcome::Inconclusive);
}

#[test]
fn a_failure_of_the_candidate_alone_is_a_regression() {
    let (mut base, mut head) = (base(), candidate());
    fail(&mut head, "w0", "smol", "9 of 10");
    fail(&mut base, "w1", "smol", "the old reason");
    fail(&mut base, "w2", "smol", "the old reason");
    fail(&mut head, "w2", "smol", "the new reason");
    let document = compare(&base, &head);
    let first = &document.rows[0];
    assert_eq!((first.name.as_str(), first.word), ("w0/smol/n=1", Word::Failed));
    assert!(first.note.contains("9 of 10") && first.ratio.is_none());
    let fixed = row(&document, "w1/smol/n=1");
    assert!(fixed.word == Word::Inconclusive && fixed.note.contains("base: failed"), "{fixed:?}");
    let still = row(&document, "w2/smol/n=1");
    assert!(still.note.contains("failed in both") && still.note.contains("the new reason"));
    assert_eq!(judge(&document, FailOn::Regression, 9.0), Outcome::Regression);
}

#[test]
fn incomparable_rows_are_inconclusive_with_a_reason() {
    let (mut base, mut head) = (base(), candidate());
    let price = |run: &mut Run, workload: &str, price: fn(f64) -> f64| {
        let cell = cell(run, workload, "smol");
        reprice(run, cell, price);
    };
    price(&mut head, "w0", |_| 0.0);
    price(&mut head, "w1", |_| f64::NAN);
    let lone = cell(&head, "w2", "smol");
    head.trials.retain(|trial| trial.cell != lone || trial.round == 1);
    let missing = cell(&head, "w3", "smol");
    head.trials.retain(|trial| trial.cell != missing);
    for run in [&mut base, &mut head] {
        price(run, "w4", |_| 7.0);
        let never = cell(run, "w5", "smol");
        run.header.plan.cells[never].not_applicable = Some("it has no timer".into());
    }
    let document = compare(&base, &head);
    let open = |workload: &str, note: &str| {
        let row = row(&document, &format!("{workload}/smol/n=1"));
        assert_eq!(row.word, Word::Inconclusive, "{row:?}");
        assert!(row.note.contains(note), "{row:?}");
    };
    open("w0", "0 of the candidate");
    open("w1", "0 of the candidate");
    open("w2", "1 of the candidate");
    open("w3", "candidate: not measured");
    assert_eq!(row(&document, "w4/smol/n=1").word, Word::Tie, "identical times");
    assert!(!document.rows.iter().any(|row| row.name == "w5/smol/n=1"), "n/a in both");
}

#[test]
fn figures_of_another_metric_are_not_compared() {
    let (base, mut head) = (base(), candidate());
    head.header.workloads[0].headline = "cpu".into();
    let document = compare(&base, &head);
    let other = row(&document, "w0/smol/n=1");
    assert!(other.word == Word::Inconclusive && other.note.contains("different metrics"));
    assert_eq!(words(&document, Word::Tie), 36);
}

#[test]
fn failed_controls_are_reported_and_two_make_a_run_untrustworthy() {
    let (base, mut head) = (base(), run("candidate", 10, 2, |_, _| 1.0));
    upset_control(&mut head, "w0", 1.5);
    let document = compare(&base, &head);
    warned(&document, &["candidate: the A/A control", "in 1 comparison:"]);
    assert_eq!((document.untrusted.clone(), words(&document, Word::Inconclusive)), (None, 4));
    assert!(row(&document, "w0/smol/n=1").note.contains("A/A control"));
    upset_control(&mut head, "w1", 1.5);
    let document = compare(&base, &head);
    assert!(document.untrusted.as_ref().is_some_and(|why| why.contains("in 2 comparisons")));
    assert_eq!(judge(&document, FailOn::Regression, 0.01), Outcome::Untrusted);
    let alone = runners("candidate", &head, Against::Reference("tokio"), &|_| true);
    assert_eq!(judge(&alone, FailOn::Nothing, 0.01), Outcome::Untrusted);
    assert_eq!(words(&alone, Word::Inconclusive), 6, "{alone:?}");
}

#[test]
fn unfinished_run_is_reported() {
    let (base, mut head) = (base(), candidate());
    head.end = None;
    warned(&compare(&base, &head), &["candidate was killed"]);
    head.end = Some(End { interrupted: true, elapsed_s: 1.0, control: None, trusted: None });
    warned(&compare(&base, &head), &["candidate was interrupted"]);
}

/// Two workloads of one run; `smol` costs half, `rayon` twice as much.
fn unequal() -> Run {
    run("run", 2, 1, |_, runner| match runner {
        "smol" => 0.5,
        "rayon" => 2.0,
        _ => 1.0,
    })
}

#[test]
fn runners_are_compared_with_any_reference_or_in_pairs() {
    let all = |_: &CellKey| true;
    let document = runners("run", &unequal(), Against::Reference("tokio"), &all);
    assert_eq!(document.rows.len(), 6);
    assert_eq!(row(&document, "w0/n=1: smol vs tokio").word, Word::Faster);
    assert_eq!(row(&document, "w0/n=1: threads vs tokio").word, Word::Tie);
    let other = runners("run", &unequal(), Against::Reference("rayon"), &all);
    let tokio = row(&other, "w1/n=1: tokio vs rayon");
    assert!((tokio.ratio.unwrap() - 0.5).abs() < 0.01 && tokio.samples == [ROUNDS as usize; 2]);
    let pairs = runners("run", &unequal(), Against::EachOther, &all);
    assert_eq!((pairs.rows.len(), words(&pairs, Word::Tie)), (12, 2));
    assert_eq!(row(&pairs, "w0/n=1: rayon vs smol").word, Word::Slower);
    let some = runners("run", &unequal(), Against::EachOther, &|key| key.runner == "smol");
    assert_eq!(some.rows.len(), 6);
    assert_eq!(judge(&pairs, FailOn::Regression, 0.01), Outcome::Regression);
    assert_eq!(judge(&pairs, FailOn::Nothing, 0.01), Outcome::Pass);
}

#[test]
fn pairs_with_the_reference_match_the_tables() {
    let run = unequal();
    let analysis = analyze(&run);
    let pairs = pairwise(&run, &analysis, Some("tokio"));
    let rows = analysis.groups.iter().flat_map(|group| &group.rows);
    let tables: Vec<_> = rows.filter_map(|row| row.comparison.clone()).collect();
    let pairs: Vec<_> = pairs.into_iter().filter_map(|pair| pair.comparison.ok()).collect();
    assert_eq!((pairs.len(), &pairs), (6, &tables));
    assert!((pairs[0].level - 0.02 / 12.0).abs() < 1e-12, "four runners, one point, two workloads");
}

#[test]
fn runners_without_figures_have_a_reason() {
    let mut run = unequal();
    fail(&mut run, "w0", "smol", "9 of 10");
    let never = cell(&run, "w1", "tokio");
    run.header.plan.cells[never].not_applicable = Some("it has no timer".into());
    let late = cell(&run, "w0", "rayon");
    run.trials.retain(|trial| trial.cell != late || trial.round < 8);
    let document = runners("run", &run, Against::Reference("tokio"), &|_| true);
    let failed = row(&document, "w0/n=1: smol vs tokio");
    assert!(failed.word == Word::NotCompared && failed.note.contains("9 of 10"), "{failed:?}");
    let few = row(&document, "w0/n=1: rayon vs tokio");
    assert!(few.word == Word::NotCompared && few.note.contains("too few rounds"), "{few:?}");
    assert_eq!(document.rows.len(), 3, "no row of w1, where the reference cannot run");
    let note = &document.notes[0];
    assert!(note.contains("w1/n=1") && note.contains("tokio has no result: it has no timer"));
}
