//! The summary of synthetic runs on a terminal.

use runtime_bench_analysis::analysis::analyze;
use runtime_bench_reports::terminal::{Detail, text};
use runtime_bench_results::run::Run;
use runtime_bench_results::trial::Better;

mod fixtures;

use fixtures::{edge_case_run, hostile_run, sweep_run, typical_run};

fn short(run: &Run, columns: usize) -> String {
    text(run, &analyze(run), Detail { verbose: false, columns })
}

/// The words of the line that begins with a workload.
fn cells<'t>(text: &'t str, workload: &str) -> Vec<&'t str> {
    let line = text.lines().find(|line| line.trim_start().starts_with(workload));
    line.unwrap_or_else(|| panic!("no {workload} in:\n{text}")).split_whitespace().collect()
}

#[test]
fn matrix_has_a_line_a_workload_and_a_mark_a_result() {
    let text = short(&typical_run(), 100);
    let memory = cells(&text, "task-memory");
    assert_eq!(memory[1..3], ["384", "B"], "the reference has its figure: {text}");
    assert!(memory.contains(&"=") && memory.contains(&"25*") && memory.contains(&"–"), "{text}");
    assert!(cells(&text, "tcp-echo").contains(&"failed"), "{text}");
    assert!(!text.contains("null"), "the harness itself is no workload: {text}");
    assert!(text.contains("† discontinued  ¹ one thread"), "{text}");
    assert!(!text.contains("it has no timer"), "reasons are for --verbose: {text}");
}

#[test]
fn runners_with_settings_have_numbered_columns() {
    const SET: [(&str, &str); 2] =
        [("smol", "tokio[event-interval=16]"), ("thread-pool", "tokio[event-interval=31]")];
    let mut run = typical_run();
    for (name, set) in SET {
        for info in run.header.runners.iter_mut().filter(|info| info.name == name) {
            set.clone_into(&mut info.name);
        }
        for cell in run.header.plan.cells.iter_mut().filter(|cell| cell.key.runner == name) {
            set.clone_into(&mut cell.key.runner);
        }
    }
    let text = short(&run, 100);
    for (number, (_, set)) in (1..).zip(SET) {
        assert!(text.contains(&format!("[{number}] {set}")), "{text}");
    }
    let heads = text.lines().find(|line| line.contains("[1]")).unwrap();
    assert!(heads.contains("[2]") && !heads.contains("event-interval"), "{text}");
}

#[test]
fn counts_and_self_check_follow_the_matrix() {
    let run = typical_run();
    let (text, counts) = (short(&run, 100), analyze(&run).class_counts());
    let expected = format!("{} comparisons: {} settled", counts.total(), counts.settled);
    assert!(text.contains(&expected) && text.contains("Self-check (A/A): "), "{text}");
}

#[test]
fn verbose_form_has_intervals_and_reasons() {
    let run = typical_run();
    let long = text(&run, &analyze(&run), Detail { verbose: true, columns: 100 });
    assert!(long.contains("it has no timer") && long.contains("95%"), "{long}");
    assert!(long.contains("Echo over TCP: tcp-echo"), "{long}");
}

#[test]
fn narrow_terminals_drop_runners_from_the_right_and_say_which() {
    for run in [typical_run(), edge_case_run(Better::Lower), hostile_run("last"), sweep_run()] {
        for columns in [40, 60, 80, 100] {
            let text = short(&run, columns);
            let wide = text.lines().find(|line| line.chars().count() > columns);
            assert_eq!(wide, None, "in {columns} columns:\n{text}");
        }
    }
    let text = short(&typical_run(), 50);
    assert!(text.contains("Not shown in 50 columns: "), "{text}");
}

#[test]
fn sweeps_show_the_first_point_and_count_the_others() {
    let run = sweep_run();
    let points = analyze(&run).groups.len();
    let text = short(&run, 100);
    let hidden = text.lines().find(|line| line.contains("in the report"));
    assert_eq!(hidden.is_some(), points > 40, "{points} points:\n{text}");
}
