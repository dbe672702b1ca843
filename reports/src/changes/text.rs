//! Change points for a terminal.

use comfy_table::{CellAlignment, Table, presets};
use runtime_bench_results::history::{Judged, MachineChanges};

use super::lines::{Introduced, apart, extent, heading, introduced, verdict};
use crate::visible::plain;

/// Machine by machine and run by run, the newest first; then how it was found, and what the gate says.
pub fn text(judged: &Judged) -> String {
    let mut out = vec![match &judged.document.metric {
        Some(metric) => plain(&format!("Change points of {metric}")),
        None => "Change points".to_owned(),
    }];
    out.extend(apart(judged));
    for machine in &judged.document.machines {
        out.push(String::new());
        out.extend(of_machine(machine));
    }
    out.push(String::new());
    out.extend(judged.document.method.iter().map(|note| plain(&format!("method: {note}"))));
    out.push(plain(&verdict(judged)));
    out.join("\n") + "\n"
}

fn of_machine(machine: &MachineChanges) -> Vec<String> {
    let mut out = vec![plain(&machine.label), format!("  {}", plain(&extent(machine)))];
    for introduced in introduced(machine) {
        let (run, changed) = heading(introduced.first);
        out.push(plain(&run));
        out.push(format!("  {}", plain(&changed)));
        out.push(table(&introduced));
    }
    if machine.changes.is_empty() && machine.series > 0 {
        out.push("no change point".to_owned());
    }
    out.extend(machine.notes.iter().map(|note| plain(&format!("note: {note}"))));
    out
}

fn table(introduced: &Introduced<'_>) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    for line in &introduced.lines {
        table.add_row([
            format!("  {}", plain(&line.cell)),
            line.ratio.clone(),
            format!("[{}]", line.interval),
            plain(&line.word),
            plain(&line.figures),
            format!("{} runs", line.runs),
            plain(line.note),
        ]);
    }
    for column in 1..=2 {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table.trim_fmt()
}
