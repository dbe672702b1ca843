//! The table that a terminal shows at the end of a run.

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use runtime_bench_results::analysis::{Analysis, Group, Row, Status};
use runtime_bench_results::catalogue::Class;
use runtime_bench_results::run::Run;

use crate::format::{self, Scale};
use crate::view::wording;

/// One block of lines per comparison, and what the control showed.
pub fn table(run: &Run, analysis: &Analysis) -> String {
    let mut text = String::new();
    for group in &analysis.groups {
        text.push_str(&comparison(run, group));
    }
    let noise = analysis.noise;
    text.push_str(&format!(
        "\nA/A control (the reference against itself): {} proven alike within 3 %, {} too noisy to \
         say, {} told apart{}\n",
        noise.passed,
        noise.unproven,
        noise.failed,
        if noise.trusted() { "" } else { ": do not trust this run" },
    ));
    text
}

fn comparison(run: &Run, group: &Group) -> String {
    let title = run.workload(&group.workload).map_or(group.name.as_str(), |w| w.title.as_str());
    let measured = group.rows.iter().find_map(|row| row.metric(&group.headline));
    let unit = measured.map_or("", |metric| metric.unit.as_str());
    let direction = measured.map_or("", |metric| wording::direction(metric.better));
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    for row in &group.rows {
        table.add_row(cells(run, group, row, unit));
    }
    for column in [1, 3] {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    format!("\n{title}: {} ({})\n  {}, {direction}\n{table}\n", group.name, wording::age(group.age), group.headline)
}

fn cells(run: &Run, group: &Group, row: &Row, unit: &str) -> [String; 5] {
    let single = run.runner(&row.key.runner).is_some_and(|info| info.class == Class::SingleThread);
    let name = format!("  {}{}", row.key.runner, if single { " (one thread)" } else { "" });
    let Some(metric) = row.metric(&group.headline).filter(|_| row.status == Status::Measured) else {
        let reason = format!("{}: {}", row.status.word(), row.status.reason());
        return [name, String::new(), reason, String::new(), String::new()];
    };
    let scale = Scale::of(unit, metric.value);
    let interval = metric.interval.map_or_else(String::new, |i| format!("[{}]", scale.interval(i)));
    let (ratio, verdict) = match &row.comparison {
        None => (String::new(), "reference".to_owned()),
        Some(comparison) => (
            comparison.ratio.map_or_else(String::new, |ratio| {
                let between = comparison.interval.map(format::ratio_interval);
                format!("{} [{}]", format::ratio(ratio), between.unwrap_or_default())
            }),
            wording::table_verdict(comparison, unit),
        ),
    };
    let mark = if row.unbeaten { " *" } else { "" };
    [name, scale.figure(metric.value), interval, ratio, format!("{verdict}{mark}")]
}
