//! Claims against runs with known values.

use fastrand::Rng;
use runtime_bench_analysis::analysis::analyze;
use runtime_bench_analysis::analysis::claims::{
    CLAIM_LEVEL, ClaimVerdict, JudgedClaim, JudgedTest, Said, judge,
};
use runtime_bench_analysis::claims::{Ask, Baseline, Bound, Cell, Claim, Test};
use runtime_bench_results::key::Point;
use runtime_bench_results::run::Run;
use runtime_bench_results::trial::Outcome;

use runtime_bench_fixtures::{ROUNDS, RUNNERS, cell, fail, run, upset_control};

fn at(workload: &str) -> Cell {
    Cell { workload: workload.into(), point: Point::new().with("n", 1, "") }
}

fn test(workload: &str, ask: Ask) -> Test {
    Test {
        title: workload.into(),
        question: "?".into(),
        cell: at(workload),
        runners: Vec::new(),
        optional: false,
        ask,
    }
}

/// Wall time ÷ that of the reference.
fn against_tokio(workload: &str, bound: Bound) -> Test {
    let baseline = Baseline::Runner("tokio".into());
    test(workload, Ask::Ratio { metric: "wall".into(), baseline, bound })
}

/// Wall time of `w0` ÷ that of `w1`, for each runner.
fn against_itself(bound: Bound) -> Test {
    let baseline = Baseline::Cell(at("w1"));
    test("w0", Ask::Ratio { metric: "wall".into(), baseline, bound })
}

fn figure(workload: &str, bound: Bound) -> Test {
    test(workload, Ask::Figure { metric: "wall".into(), bound })
}

/// The verdict of a run on a claim with these tests.
fn judged(run: &Run, tests: Vec<Test>) -> JudgedClaim {
    let claim = Claim {
        name: "c".into(),
        title: "C.".into(),
        folklore: String::new(),
        tests,
        notes: Vec::new(),
    };
    judge(run, &analyze(run).groups, &[claim]).remove(0)
}

/// `tokio` costs 1 ms, `smol` 2 ms, `rayon` 4 ms, `threads` 8 ms; of `w1` all cost 3 ms.
fn known(workloads: usize) -> Run {
    let cost = |workload: &str, runner: &str| {
        let place = RUNNERS.iter().position(|name| *name == runner).unwrap();
        if workload == "w1" { 3.0 } else { [1.0, 2.0, 4.0, 8.0][place] }
    };
    run("known", workloads, 7, cost)
}

fn said(test: &JudgedTest) -> Vec<(&str, Said)> {
    test.answers.iter().map(|answer| (answer.runner.as_str(), answer.said)).collect()
}

#[test]
fn ratio_to_one_runner_is_reported_for_all_others() {
    let claim = judged(&known(1), vec![against_tokio("w0", Bound::Above(3.0))]);
    assert_eq!(
        said(&claim.tests[0]),
        [
            ("tokio", Said::NotAsked),
            ("smol", Said::No),
            ("rayon", Said::Yes),
            ("threads", Said::Yes)
        ]
    );
    assert_eq!((claim.verdict, claim.tests[0].verdict), (ClaimVerdict::Depends, claim.verdict));
    let rayon = &claim.tests[0].answers[2];
    let ratio = rayon.decides.unwrap();
    let interval = ratio.interval.unwrap();
    assert!((ratio.value - 4.0).abs() < 0.05 && interval.low < 4.0 && interval.high > 4.0);
    assert!((rayon.figure.unwrap() / rayon.baseline.unwrap() - 4.0).abs() < 0.05);
    assert_eq!((claim.tests[0].unit.as_str(), rayon.samples), ("ns", ROUNDS as usize));
}

#[test]
fn each_verdict_has_its_case() {
    let verdict = |bound| judged(&known(1), vec![against_tokio("w0", bound)]).verdict;
    assert_eq!(verdict(Bound::Above(1.5)), ClaimVerdict::Holds);
    assert_eq!(verdict(Bound::Below(1.5)), ClaimVerdict::DoesNotHold);
    assert_eq!(verdict(Bound::Below(2.5)), ClaimVerdict::Depends);
    assert_eq!(verdict(Bound::Above(2.0)), ClaimVerdict::Inconclusive, "smol costs twice as much");
    let absent = judged(&known(1), vec![against_tokio("w9", Bound::Above(1.0))]);
    assert_eq!(absent.verdict, ClaimVerdict::NotMeasured);
    assert!(absent.tests[0].answers.is_empty());
}

#[test]
fn a_runner_against_itself_in_another_cell_has_the_unpaired_interval() {
    let claim = judged(&known(2), vec![against_itself(Bound::Below(1.0))]);
    let answers = said(&claim.tests[0]);
    assert_eq!(
        answers,
        [("tokio", Said::Yes), ("smol", Said::Yes), ("rayon", Said::No), ("threads", Said::No)]
    );
    let decides = claim.tests[0].answers[0].decides.unwrap();
    assert!((decides.value - 1.0 / 3.0).abs() < 0.01, "{decides:?}");
    let alone = judged(&known(1), vec![against_itself(Bound::Below(1.0))]);
    assert_eq!(alone.verdict, ClaimVerdict::NotMeasured);
    let reason = alone.tests[0].answers[0].reason.as_ref().unwrap();
    assert!(reason.contains("baseline is not in this run"), "{reason}");
}

#[test]
fn figure_is_compared_with_a_bound_in_its_unit() {
    let claim = judged(&known(1), vec![figure("w0", Bound::Below(3e6))]);
    let words: Vec<Said> = said(&claim.tests[0]).into_iter().map(|(_, said)| said).collect();
    assert_eq!(words, [Said::Yes, Said::Yes, Said::No, Said::No]);
    let of_two =
        Test { runners: vec!["tokio".into(), "smol".into()], ..figure("w0", Bound::Below(3e6)) };
    let claim = judged(&known(1), vec![of_two]);
    assert_eq!(claim.verdict, ClaimVerdict::Holds, "nobody else is asked");
    assert_eq!(claim.tests[0].answers[3].said, Said::NotAsked);
    let nothing = test("w0", Ask::Figure { metric: "none".into(), bound: Bound::Below(1.0) });
    assert_eq!(judged(&known(1), vec![nothing]).verdict, ClaimVerdict::NotMeasured);
}

#[test]
fn figure_that_drifts_far_from_its_bound_is_decided() {
    let drifting = || {
        let mut run = known(1);
        for trial in &mut run.trials {
            let Outcome::Ok { block } = &mut trial.outcome else { continue };
            // Neighbors resemble each other: 19.27 to 19.30 ms.
            block.metrics[0].value = 19.27e6 + 0.03e6 * f64::from(trial.round) / f64::from(ROUNDS);
        }
        run
    };
    let verdict = |bound| judged(&drifting(), vec![figure("w0", bound)]).verdict;
    assert_eq!(verdict(Bound::Below(5e6)), ClaimVerdict::DoesNotHold);
    assert_eq!(verdict(Bound::Above(5e6)), ClaimVerdict::Holds);
    assert_eq!(verdict(Bound::Below(19.35e6)), ClaimVerdict::Inconclusive, "it may drift on");
}

#[test]
fn passed_check_supports_or_contradicts_a_claim() {
    let check = |supports| judged(&known(1), vec![test("w0", Ask::Check { supports })]);
    assert_eq!(check(true).verdict, ClaimVerdict::Holds);
    assert_eq!(check(false).verdict, ClaimVerdict::DoesNotHold);
    let both = ["w0", "w1"].map(|w| test(w, Ask::Check { supports: w == "w0" }));
    assert_eq!(judged(&known(2), both.into()).verdict, ClaimVerdict::Depends);
}

#[test]
fn unmeasured_test_is_missing_unless_optional() {
    let holds = || against_tokio("w0", Bound::Above(1.5));
    let missing = || against_tokio("w9", Bound::Above(1.5));
    let verdict = |tests| judged(&known(1), tests).verdict;
    assert_eq!(verdict(vec![holds(), missing()]), ClaimVerdict::NotMeasured);
    let optional = Test { optional: true, ..missing() };
    assert_eq!(verdict(vec![holds(), optional]), ClaimVerdict::Holds);
    let fails = against_tokio("w0", Bound::Below(1.5));
    assert_eq!(verdict(vec![holds(), fails, missing()]), ClaimVerdict::Depends, "seen both ways");
}

#[test]
fn untrusted_answers_do_not_count_and_have_a_reason() {
    let mut run = known(1);
    fail(&mut run, "w0", "threads", "999 of 1000");
    let planned = cell(&run, "w0", "smol");
    run.trials.retain(|trial| trial.cell != planned);
    run.header.plan.cells[planned].not_applicable = Some("it has no timer".into());
    let claim = judged(&run, vec![against_tokio("w0", Bound::Above(1.5))]);
    let answer = |runner| claim.tests[0].answers.iter().find(|one| one.runner == runner).unwrap();
    assert_eq!(answer("threads").said, Said::NotCounted);
    assert!(answer("threads").reason.as_ref().unwrap().contains("999 of 1000"));
    assert_eq!(answer("smol").said, Said::NotApplicable);
    assert!(answer("smol").reason.as_ref().unwrap().contains("no timer"));
    assert_eq!(claim.verdict, ClaimVerdict::Holds, "rayon alone counts");
}

#[test]
fn comparison_with_failed_control_decides_nothing() {
    let mut run = known(1);
    upset_control(&mut run, "w0", 1.5);
    let claim = judged(&run, vec![against_tokio("w0", Bound::Above(1.5))]);
    assert_eq!(claim.verdict, ClaimVerdict::Inconclusive, "measured, and nothing counts");
    assert!(claim.tests[0].answers[1].reason.as_ref().unwrap().contains("A/A control of"));
}

#[test]
fn the_level_of_a_claim_is_divided_among_its_answers() {
    let tests = vec![
        against_tokio("w0", Bound::Above(1.5)),
        figure("w0", Bound::Above(1.0)),
        test("w0", Ask::Check { supports: true }),
    ];
    // Three against tokio and four figures; a check has no interval.
    let level = judged(&known(1), tests).level;
    assert!((level - CLAIM_LEVEL / 7.0).abs() < 1e-15, "{level}");
}

/// A run in which all runners cost the same, with an independent noise of 20%.
fn noisy(seed: u64) -> Run {
    let mut rng = Rng::with_seed(seed);
    let mut equal = run("equal", 2, seed, |_, _| 1.0);
    for trial in &mut equal.trials {
        let Outcome::Ok { block } = &mut trial.outcome else { continue };
        // Nearly normal: the sum of twelve.
        let noise: f64 = (0..12).map(|_| rng.f64()).sum::<f64>() - 6.0;
        block.metrics.iter_mut().for_each(|metric| metric.value = 1e6 * (0.2 * noise).exp());
    }
    equal
}

#[test]
fn wrong_answers_are_as_rare_as_the_level() {
    let (mut wrong, mut right, mut asked) = (0, 0, 0);
    for seed in 0..60 {
        let tests = vec![
            // If the true value equals the bound, every answer is wrong.
            against_tokio("w0", Bound::Above(1.0)),
            against_tokio("w1", Bound::Below(1.0)),
            against_itself(Bound::Above(1.0)),
            // 50% more is found.
            against_tokio("w0", Bound::Above(1.0 / 1.5)),
            figure("w0", Bound::Below(1.5e6)),
        ];
        let claim = judged(&noisy(seed), tests);
        let told = |test: &JudgedTest, wanted: &[Said]| {
            test.answers.iter().filter(|answer| wanted.contains(&answer.said)).count()
        };
        let (unknown, known) = claim.tests.split_at(3);
        wrong += usize::from(unknown.iter().any(|test| told(test, &[Said::Yes, Said::No]) > 0));
        right += known.iter().map(|test| told(test, &[Said::Yes])).sum::<usize>();
        asked += known
            .iter()
            .map(|test| told(test, &[Said::Yes, Said::No, Said::Inconclusive]))
            .sum::<usize>();
    }
    // 1% of 60 claims is 0.6; four or more would come once in 300 times (Poisson).
    assert!(wrong <= 3, "{wrong} of 60 claims with a wrong answer");
    assert!(right * 100 >= asked * 95, "{right} of {asked} answers that are plain to see");
}
