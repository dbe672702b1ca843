//! Change points for the summary of a job.

use runtime_bench_results::history::{Judged, MachineChanges};

use super::lines::{Introduced, apart, extent, heading, introduced, verdict};
use crate::comparison::escaped;

/// The verdict in one line, then machine by machine a table and notes.
pub fn markdown(judged: &Judged) -> String {
    let mut out = vec![format!("**{}**", escaped(&verdict(judged)))];
    out.extend(judged.document.metric.iter().map(|metric| format!("Metric: {}.", escaped(metric))));
    out.extend(apart(judged).map(|apart| format!("{}.", escaped(&apart))));
    for machine in &judged.document.machines {
        out.extend(of_machine(machine));
    }
    out.push(list(&judged.document.method));
    out.join("\n\n") + "\n"
}

fn of_machine(machine: &MachineChanges) -> Vec<String> {
    let mut out =
        vec![format!("### {}", escaped(&machine.label)), format!("{}.", escaped(&extent(machine)))];
    for introduced in introduced(machine) {
        let (run, changed) = heading(introduced.first);
        out.push(format!("**{}**: {}", escaped(&run), escaped(&changed)));
        out.push(table(&introduced));
    }
    if machine.changes.is_empty() && machine.series > 0 {
        out.push("No change point.".to_owned());
    }
    if !machine.notes.is_empty() {
        out.push(list(&machine.notes));
    }
    out
}

fn list(notes: &[String]) -> String {
    notes.iter().map(|note| format!("- {}", escaped(note))).collect::<Vec<String>>().join("\n")
}

fn table(introduced: &Introduced<'_>) -> String {
    let mut rows = vec![
        "| cell | ratio | 95 % interval | verdict | median | runs | note |".to_owned(),
        "|---|--:|--:|---|---|---|---|".to_owned(),
    ];
    for line in &introduced.lines {
        rows.push(format!(
            "| {} | {} | {} | {} | {} | {} | {} |",
            escaped(&line.cell),
            line.ratio,
            line.interval,
            escaped(&line.word),
            escaped(&line.figures),
            line.runs,
            escaped(line.note)
        ));
    }
    rows.join("\n")
}
