//! CPU time beside wall time.

use maud::{Markup, html};
use runtime_bench_analysis::analysis::Summary;
use runtime_bench_results::trial::metric;

use crate::ReportError;
use crate::chart::{Description, DotPlot, DotRow, Mark, MarkStyle};
use crate::format;
use crate::page::context::Page;
use crate::page::figure;
use crate::table::head;
use crate::view::{Group, Runner};

/// A runner's time per iteration, ns.
struct Time<'a> {
    runner: &'a Runner<'a>,
    wall: &'a Summary,
    cpu: &'a Summary,
}

impl Time<'_> {
    /// How many cores' worth of time it used.
    fn cores(&self) -> Option<f64> {
        let cores = self.cpu.value / self.wall.value;
        (self.wall.value > 0.0 && cores.is_finite()).then_some(cores)
    }

    fn words(&self) -> String {
        self.cores().map_or_else(|| "no ratio".to_owned(), format::ratio)
    }

    fn row(&self) -> DotRow {
        let mark = |value, form| Mark { value, interval: None, form };
        DotRow {
            name: self.runner.name.to_owned(),
            series: self.runner.series,
            marks: vec![
                mark(self.wall.value, MarkStyle::Filled),
                mark(self.cpu.value, MarkStyle::Hollow),
            ],
            words: self.words(),
        }
    }
}

/// The chart and its table; nothing where no runner reported both.
pub(super) fn figure(page: Page<'_, '_>, group: &Group<'_>) -> Result<Markup, ReportError> {
    let times = page.view.runners.iter().filter_map(|runner| {
        let row = group.row(runner.name)?;
        Some(Time { runner, wall: row.metric(metric::WALL.id)?, cpu: row.metric(metric::CPU.id)? })
    });
    let times: Vec<Time<'_>> = times.collect();
    if times.is_empty() {
        return Ok(html! {});
    }
    let plot =
        DotPlot { unit: "ns".to_owned(), rows: times.iter().map(Time::row).collect(), guide: None };
    let about = Description {
        id: format!("{}-time", group.anchor),
        title: "CPU time beside wall time".to_owned(),
        finding: finding(&times),
    };
    let scale = "time per iteration; filled: wall, outlined: CPU of all threads, at the right: \
                 CPU ÷ wall; lower is better";
    figure::with_data(&about, scale, plot.draw(&about), &table(&times))
}

/// Who computes most while the caller waits.
fn finding(times: &[Time<'_>]) -> String {
    let cores = times.iter().filter_map(|time| Some((time.runner.name, time.cores()?)));
    let mut cores: Vec<(&str, f64)> = cores.collect();
    cores.sort_by(|a, b| a.1.total_cmp(&b.1));
    match cores.as_slice() {
        [] => "No runner has a ratio of the two.".to_owned(),
        [(name, cores)] => format!("{name} kept {} cores busy.", format::ratio_number(*cores)),
        [(least, few), .., (most, many)] => format!(
            "{most} kept {} cores busy while its caller waited, {least} {}.",
            format::ratio_number(*many),
            format::ratio_number(*few)
        ),
    }
}

fn table(times: &[Time<'_>]) -> Markup {
    html! {
        table.figures {
            caption { "Medians over processes, per iteration" }
            (head(["Runner", "Wall", "CPU", "CPU ÷ wall"]))
            tbody {
                @for time in times {
                    tr {
                        th scope="row" { (time.runner.name) }
                        @for one in [time.wall, time.cpu] { td { (format::figure(one.value, &one.unit)) } }
                        td { (time.words()) }
                    }
                }
            }
        }
    }
}
