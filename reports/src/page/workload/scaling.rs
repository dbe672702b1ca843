//! The headline as a function of a parameter.

use maud::{Markup, html};
use runtime_bench_analysis::analysis::Scaling;
use runtime_bench_results::key::Param;

use crate::ReportError;
use crate::chart::{AxisKind, AxisSpec, Description, Line, LinePlot, LinePoint};
use crate::format;
use crate::page::context::Page;
use crate::page::figure;
use crate::table::head_with;
use crate::view::{Group, Runner, Workload, wording};

/// The runners along one parameter, with everything else equal.
struct Curve<'a> {
    first: &'a Scaling,
    runners: Vec<(&'a Runner<'a>, &'a Scaling)>,
}

/// A chart for each parameter with at least three values.
pub(super) fn figures(
    page: Page<'_, '_>,
    workload: &Workload<'_>,
) -> Result<Vec<Markup>, ReportError> {
    let curves = curves(page, workload);
    curves.iter().enumerate().map(|(place, curve)| figure(workload, place, curve)).collect()
}

fn curves<'v>(page: Page<'v, 'v>, workload: &Workload<'_>) -> Vec<Curve<'v>> {
    let mut curves: Vec<Curve<'v>> = Vec::new();
    let own = page.view.analysis.scalings.iter().filter(|one| one.workload == workload.name);
    for scaling in own {
        let named = page.view.runners.iter().find(|runner| runner.name == scaling.runner);
        let Some(runner) = named else { continue };
        match curves.iter_mut().find(|curve| same(curve.first, scaling)) {
            Some(curve) => curve.runners.push((runner, scaling)),
            None => curves.push(Curve { first: scaling, runners: vec![(runner, scaling)] }),
        }
    }
    curves
}

fn same(a: &Scaling, b: &Scaling) -> bool {
    let of = |one: &Scaling| (one.variant.clone(), one.phase, one.param.clone(), one.fixed.clone());
    of(a) == of(b)
}

fn figure(workload: &Workload<'_>, place: usize, curve: &Curve<'_>) -> Result<Markup, ReportError> {
    let first = curve.first;
    let headline = workload.groups.iter().find_map(Group::headline);
    let unit = headline.map_or("", |headline| headline.unit.as_str());
    let name = wording::metric(&first.headline, unit);
    let lines: Vec<Line> =
        curve.runners.iter().map(|(runner, scaling)| line(workload, runner, scaling)).collect();
    let plot = LinePlot {
        x: AxisSpec::new(&first.param, &first.unit, AxisKind::Log),
        y: AxisSpec::new(&name, unit, AxisKind::Log),
        lines,
        guide: None,
    };
    let about = Description {
        id: format!("{}-scaling-{}", workload.slug, place + 1),
        title: format!("{name} by {}", first.param),
        finding: finding(curve),
    };
    let fixed: Vec<String> = first.fixed.iter().map(Param::to_string).collect();
    let fixed = if fixed.is_empty() { String::new() } else { format!("; at {}", fixed.join(", ")) };
    let direction = headline.map_or("", |headline| wording::direction(headline.better));
    let scale = format!(
        "{}; both axes logarithmic; bands: 95% intervals{fixed}; {direction}",
        wording::unit(unit)
    );
    figure::with_data(&about, &scale, plot.draw(&about), &table(workload, unit, curve))
}

/// The headline of a runner at each value of the parameter, with its interval.
fn points(workload: &Workload<'_>, scaling: &Scaling) -> Vec<LinePoint> {
    let at = |x: f64| {
        let group = workload.groups.iter().find(|group| group.lies_on(scaling, x))?;
        let figure = group.figure(group.row(&scaling.runner)?)?;
        Some(LinePoint { x, y: figure.value, interval: figure.interval })
    };
    scaling.points.iter().filter_map(|point| at(point.x)).collect()
}

fn line(workload: &Workload<'_>, runner: &Runner<'_>, scaling: &Scaling) -> Line {
    Line { name: runner.name.to_owned(), series: runner.series, points: points(workload, scaling) }
}

/// The smallest and the largest exponent, or the speed-ups if the parameter is the number of workers.
fn finding(curve: &Curve<'_>) -> String {
    let speed_up = |(runner, scaling): &(&Runner<'_>, &Scaling)| {
        let (workers, speed_up) = scaling.speed_up.as_ref()?.points.last().copied()?;
        Some((runner.name.to_owned(), speed_up, workers))
    };
    let mut speed_ups: Vec<_> = curve.runners.iter().filter_map(speed_up).collect();
    speed_ups.sort_by(|a, b| b.1.total_cmp(&a.1));
    if let [(name, speed_up, workers), ..] = speed_ups.as_slice() {
        return format!(
            "With {} workers, {name} gains most: {} the speed of one worker.",
            format::number(*workers),
            format::ratio(*speed_up)
        );
    }
    let exponent = |(runner, scaling): &(&Runner<'_>, &Scaling)| {
        Some((runner.name.to_owned(), scaling.power_law.as_ref()?.exponent))
    };
    let mut exponents: Vec<_> = curve.runners.iter().filter_map(exponent).collect();
    exponents.sort_by(|a, b| a.1.total_cmp(&b.1));
    let cost = |exponent: f64| format!("{}^{exponent:.2}", curve.first.param);
    match exponents.as_slice() {
        [] => "No runner follows a power law.".to_owned(),
        [(name, one)] => format!("The cost of {name} grows as {}.", cost(*one)),
        [(slow, least), .., (fast, most)] => format!(
            "Cost grows slowest for {slow}, as {}, and fastest for {fast}, as {}.",
            cost(*least),
            cost(*most)
        ),
    }
}

fn table(workload: &Workload<'_>, unit: &str, curve: &Curve<'_>) -> Markup {
    let mut xs: Vec<f64> =
        curve.runners.iter().flat_map(|(_, one)| &one.points).map(|point| point.x).collect();
    xs.sort_by(f64::total_cmp);
    xs.dedup();
    let rows: Vec<(&str, Vec<LinePoint>)> = curve
        .runners
        .iter()
        .map(|(runner, scaling)| (runner.name, points(workload, scaling)))
        .collect();
    html! {
        table.figures {
            caption { "Medians over processes, by " (curve.first.param) }
            (head_with(&["Runner"], xs.iter().map(|x| format::figure(*x, &curve.first.unit))))
            tbody {
                @for (name, points) in &rows {
                    tr {
                        th scope="row" { (name) }
                        @for x in &xs {
                            @match points.iter().find(|point| point.x.total_cmp(x).is_eq()) {
                                Some(point) => td { (format::figure(point.y, unit)) },
                                None => td.none { "not measured" },
                            }
                        }
                    }
                }
            }
        }
    }
}
