//! Change points for a terminal.

use runtime_bench_analysis::comparison::Outcome;
use runtime_bench_analysis::history::{Judged, MachineChanges};

use super::table::{by_run, heading, machine_notice, run_range, table, verdict};
use crate::sanitize::single_line;

/// Machine by machine and run by run, the newest first; with the method if `verbose`. The message of a gate
/// that does not pass is left to the caller unless `complete`.
pub fn text(judged: &Judged, verbose: bool, complete: bool) -> String {
    let mut out = vec![match &judged.document.metric {
        Some(metric) => single_line(&format!("Change points of {metric}")),
        None => "Change points".to_owned(),
    }];
    out.extend(machine_notice(judged));
    for machine in &judged.document.machines {
        out.push(String::new());
        out.extend(of_machine(machine));
    }
    out.push(String::new());
    if verbose {
        out.extend(judged.document.method.iter().map(|note| single_line(note)));
    }
    if complete || judged.outcome == Outcome::Pass {
        out.push(single_line(&verdict(judged)));
    }
    out.join("\n") + "\n"
}

fn of_machine(machine: &MachineChanges) -> Vec<String> {
    let mut out =
        vec![single_line(&machine.label), format!("  {}", single_line(&run_range(machine)))];
    for changes in by_run(machine) {
        let (run, changed) = heading(changes[0]);
        out.push(single_line(&run));
        out.push(format!("  {}", single_line(&changed)));
        out.push(table(&changes).text("  "));
    }
    if machine.changes.is_empty() && machine.series > 0 {
        out.push("no change point".to_owned());
    }
    out.extend(machine.notes.iter().map(|note| single_line(note)));
    out
}
