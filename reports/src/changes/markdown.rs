//! Change points for the summary of a job.

use runtime_bench_analysis::history::{Judged, MachineChanges};

use super::table::{by_run, heading, machine_notice, run_range, table, verdict};
use crate::markdown::{escaped, list};

/// The verdict in one line, then a table and notes for each machine.
pub fn markdown(judged: &Judged) -> String {
    let mut out = vec![format!("**{}**", escaped(&verdict(judged)))];
    out.extend(judged.document.metric.iter().map(|metric| format!("Metric: {}.", escaped(metric))));
    out.extend(machine_notice(judged).map(|notice| format!("{}.", escaped(&notice))));
    for machine in &judged.document.machines {
        out.extend(of_machine(machine));
    }
    out.push(list(&judged.document.method));
    out.join("\n\n") + "\n"
}

fn of_machine(machine: &MachineChanges) -> Vec<String> {
    let mut out = vec![
        format!("### {}", escaped(&machine.label)),
        format!("{}.", escaped(&run_range(machine))),
    ];
    for changes in by_run(machine) {
        let (run, changed) = heading(changes[0]);
        out.push(format!("**{}**: {}", escaped(&run), escaped(&changed)));
        out.push(table(&changes).markdown());
    }
    if machine.changes.is_empty() && machine.series > 0 {
        out.push("No change point.".to_owned());
    }
    if !machine.notes.is_empty() {
        out.push(list(&machine.notes));
    }
    out
}
