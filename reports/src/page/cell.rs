//! A comparison as a cell of a table: an interval plot and the result in words.

use maud::{Markup, PreEscaped, html};
use runtime_bench_analysis::analysis::{Row, Status};
use runtime_bench_analysis::stats::{Comparison, Verdict};

use crate::format;
use crate::view::{Group, wording};

/// The middle of a plot, the width of a factor of two, and the minimum distance of a mark from the edge, in percent.
const MIDDLE: f64 = 50.0;
const DOUBLE: f64 = 40.0 / 3.0;
const EDGE: f64 = 6.0;

/// The content of a cell.
pub(super) enum Content<'a> {
    /// A comparison with the reference, and the text of its tooltip.
    Compared(Comparison, Option<String>),
    /// A figure that the others of its row are compared with.
    Figure(String),
    /// Whether a check passed, and the outcome or the failure.
    Checked(bool, String),
    /// No result, and why.
    Empty(&'a str, String),
}

impl<'a> Content<'a> {
    /// The content for a row; `None` if the plan does not include the cell.
    pub(super) fn of(group: &Group<'_>, row: Option<&'a Row>) -> Self {
        let Some(row) = row else {
            return Self::Empty("not planned", "this run does not include the cell".to_owned());
        };
        if let (Status::Failed(why), true) = (&row.status, group.source.is_check()) {
            return Self::Checked(false, why.clone());
        }
        if let Some(words) = group.passed(row) {
            return Self::Checked(true, words);
        }
        let Some(figure) = group.figure(row) else {
            return Self::Empty(wording::no_result(row), wording::reason(row).to_owned());
        };
        if let Some(why) = &row.client_bound {
            return Self::Empty("client-bound", why.clone());
        }
        match &row.comparison {
            Some(found) => {
                let found = group.trusted(found);
                let failed = group.is_distrusted().then(|| "A/A control failed".to_owned());
                let remark = failed.or_else(|| wording::remark(&found));
                Self::Compared(found, remark)
            }
            None => Self::Figure(short_figure(figure.value, &figure.unit)),
        }
    }

    /// The cell, with the runner's name for readers who do not see the heading above it.
    pub(super) fn markup(&self, runner: &str, unit: &str) -> Markup {
        html! {
            @match self {
                Self::Compared(found, remark) => {
                    td class=(class(found.verdict)) title=[remark.as_deref()] {
                        i { (runner) " " }
                        (plot(found))
                        span { (wording::words(found, unit)) }
                    }
                }
                Self::Checked(true, words) => td.ok { i { (runner) " " } span { (words) } },
                Self::Checked(false, why) => td.ko title=(why) { i { (runner) " " } span { "fails" } },
                Self::Figure(figure) => td.ab { i { (runner) " " } span { (figure) } },
                // The list below the table has the reason, once for all cells.
                Self::Empty(..) => td.na { i { (runner) " " } "–" },
            }
        }
    }
}

/// A figure whose rate omits the name of the counted items: `249 k/s`.
pub(super) fn short_figure(value: f64, unit: &str) -> String {
    match unit.split_once('/') {
        Some((_, "s")) => format::brief(value, unit),
        _ => format::figure(value, unit),
    }
}

/// The class of a cell: settled, leaning or neither, and in which direction.
pub(super) fn class(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Faster => "sf",
        Verdict::Slower => "ss",
        Verdict::Tie => "eq tie",
        Verdict::Same => "eq",
        Verdict::LeansFaster => "lf",
        Verdict::LeansSlower => "ls",
        Verdict::Open | Verdict::DependsOnMode => "op",
        Verdict::NotCompared => "na",
    }
}

/// The places of the lower end, the ratio and the upper end on a log axis from ⅒× to 10×, in percent.
pub(super) fn places(comparison: &Comparison) -> Option<[u8; 3]> {
    let (ratio, interval) = (comparison.ratio?, comparison.interval?);
    let at = |ratio: f64| {
        let place = MIDDLE + DOUBLE * ratio.log2();
        let place = if place.is_nan() { MIDDLE } else { place };
        place.clamp(EDGE, 2.0 * MIDDLE - EDGE).round() as u8
    };
    Some([interval.low, ratio, interval.high].map(at))
}

/// The ratio and its interval; heights, colors and the band of ±10% are in the style sheet.
fn plot(comparison: &Comparison) -> Markup {
    let Some([low, middle, high]) = places(comparison) else { return html! {} };
    let width = high.saturating_sub(low);
    html! {
        (PreEscaped(format!(
            r#"<svg aria-hidden="true"><rect x="{low}%" width="{width}%"/><circle cx="{middle}%"/></svg>"#
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures;
    use runtime_bench_analysis::stats::Interval;

    #[test]
    fn plots_stay_on_the_axis_whatever_the_ratio() {
        let plot = |ratio, low, high| {
            let ratio = Some(ratio);
            let interval = Some(Interval { low, high });
            plot(&Comparison { ratio, interval, ..fixtures::comparison(Verdict::Open) })
                .into_string()
        };
        let drawn = plot(1.0, 0.5, 2.0);
        assert!(drawn.contains(r#"x="37%" width="26%"/><circle cx="50%""#), "{drawn}");
        let drawn = plot(1e9, 1e-9, f64::INFINITY);
        assert!(drawn.contains(r#"x="6%" width="88%"/><circle cx="94%""#), "{drawn}");
        assert!(!plot(f64::NAN, f64::NAN, -1.0).contains("NaN"));
    }

    #[test]
    fn a_short_figure_keeps_per_second_and_drops_what_is_counted() {
        assert_eq!(short_figure(249_000.0, "messages/s"), "249\u{a0}k/s");
        assert_eq!(short_figure(3420.0, "MiB/s"), "3.34\u{a0}GiB/s");
        assert_eq!(short_figure(12.0, "jobs/s"), "12.0/s");
        assert_eq!(short_figure(2e6, "1/s"), "2.00\u{a0}M/s");
        assert_eq!(short_figure(1500.0, "ns"), "1.50\u{a0}µs");
    }
}
