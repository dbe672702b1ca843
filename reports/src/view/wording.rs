//! Words for directions, phases and results.

use runtime_bench_analysis::analysis::{ClassCounts, Row, Status};
use runtime_bench_analysis::comparison::{FailOn, Outcome, Word};
use runtime_bench_analysis::stats::{Comparison, Interval, TIE, Verdict};
use runtime_bench_results::catalog::Class;
use runtime_bench_results::run::Plan;
use runtime_bench_results::trial::{Better, Phase};

use maud::{Markup, html};

use crate::format;

/// The word for a runner that passes a check.
pub(crate) const PASSES: &str = "passes";

/// Which direction of a metric is good.
pub(crate) fn direction(better: Better) -> &'static str {
    match better {
        Better::Lower => "lower is better",
        Better::Higher => "higher is better",
        Better::Neither => "context only",
    }
}

/// The name of a metric as a heading: `messages-per-second` → `Messages per second`, `per-task` → `Time per
/// task`, by its unit.
pub(crate) fn metric(name: &str, unit: &str) -> String {
    let words = match name.replace('-', " ") {
        words if words.starts_with("per ") && format::counts_bytes(unit) => {
            format!("memory {words}")
        }
        words if words.starts_with("per ") && unit.starts_with("ns") => format!("time {words}"),
        words => words,
    };
    if let Some(rest) = words.strip_prefix(runtime_bench_results::metric::CPU.id) {
        return format!("CPU{rest}");
    }
    if words.starts_with('p') && words.contains(|c: char| c.is_ascii_digit()) {
        return words; // A percentile stays in lowercase: p99.
    }
    capital(&words)
}

/// The same words with an initial capital.
pub(crate) fn capital(words: &str) -> String {
    let mut rest = words.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
}

/// The number of link layouts of a run, in a sentence.
pub(crate) fn layouts(plan: &Plan) -> String {
    match plan.layouts {
        0 | 1 => "One link layout: a difference of a few percent may be its effect.".to_owned(),
        layouts => format!("{layouts} link layouts."),
    }
}

/// A unit in words, for the line under a heading.
pub(crate) fn unit(unit: &str) -> &str {
    match unit {
        "" => "no unit",
        "ns" => "time",
        "B" => "bytes",
        "1/s" => "per second",
        other => other,
    }
}

/// A sentence of the results file; text in backquotes is code.
pub(crate) fn prose(text: &str) -> Markup {
    let parts: Vec<&str> = text.split('`').collect();
    // A quote that is never closed is only a quote.
    if parts.len().is_multiple_of(2) {
        return html! { (text) };
    }
    html! {
        @for (place, part) in parts.iter().enumerate() {
            @if place % 2 == 1 { code { (part) } } @else { (part) }
        }
    }
}

/// The phase of an instance in words.
pub(crate) fn phase(phase: Phase) -> &'static str {
    match phase {
        Phase::Startup => "at startup",
        Phase::Warm => "warm instances",
        Phase::Steady => "steady state",
    }
}

/// A class in words.
pub(crate) fn class(class: Option<Class>) -> &'static str {
    match class {
        Some(Class::MultiThread) => "several threads",
        Some(Class::SingleThread) => "one thread",
        Some(Class::Reference) => "external runner",
        None => "unknown class",
    }
}

/// The verdict in a word that suits the unit.
pub(crate) fn verdict(verdict: Verdict, unit: &str) -> &'static str {
    match verdict {
        Verdict::Faster if format::counts_bytes(unit) => "smaller",
        Verdict::Slower if format::counts_bytes(unit) => "larger",
        other => other.word(),
    }
}

/// How a figure changed, in a word that suits the unit.
pub(crate) fn change(word: Word, unit: &str) -> &'static str {
    match word {
        Word::Faster => verdict(Verdict::Faster, unit),
        Word::Slower => verdict(Verdict::Slower, unit),
        other => other.word(),
    }
}

/// The message of a gate: `pass: none of 40 rows is proven slower by more than 1 %`.
pub(crate) fn gate(outcome: Outcome, fail_on: FailOn, sentence: String) -> String {
    match (outcome, fail_on) {
        (Outcome::Pass, FailOn::Nothing) => sentence,
        _ => format!("{}: {sentence}", outcome.word()),
    }
}

/// A comparison in words, the same on every page and in every export: `43% slower`, `2.6× faster`,
/// `~6.4% faster` if it leans, `same ±10%`, and `0.70–2.1×` if it is open.
pub(crate) fn words(comparison: &Comparison, unit: &str) -> String {
    match (comparison.verdict, comparison.ratio, comparison.interval) {
        (Verdict::Faster | Verdict::Slower, Some(ratio), _) => format::change(ratio, unit),
        (Verdict::LeansFaster | Verdict::LeansSlower, Some(ratio), _) => {
            format!("~{}", format::change(ratio, unit))
        }
        (Verdict::Tie, ..) => same(comparison.within.unwrap_or(TIE)),
        (Verdict::Same, ..) => same(comparison.within.unwrap_or(0.1)),
        (Verdict::Open | Verdict::DependsOnMode | Verdict::NotCompared, _, Some(interval)) => {
            range(interval)
        }
        (Verdict::NotCompared, ..) => format!("{} only", format::count(comparison.pairs, "round")),
        (other, ..) => verdict(other, unit).to_owned(),
    }
}

/// `same ±10%`.
fn same(within: f64) -> String {
    format!("same ±{:.0}%", within * 100.0)
}

/// The interval of a ratio: `0.70–2.1×`.
pub(crate) fn range(Interval { low, high }: Interval) -> String {
    if !(low.is_finite() && high.is_finite()) {
        return "open".to_owned();
    }
    format!("{}–{}×", format::short(low), format::short(high))
}

/// `216 comparisons: 103 settled, 31 same within 10%, 34 leaning, 48 open`.
pub(crate) fn counts(counts: &ClassCounts) -> String {
    counts_of(counts, "same within 10%")
}

/// The same with another phrase for *same*.
pub(crate) fn counts_of(counts: &ClassCounts, alike: &str) -> String {
    let ClassCounts { settled, same, leaning, open } = counts;
    let all = format::count(counts.total(), "comparison");
    format!("{all}: {settled} settled, {same} {alike}, {leaning} leaning, {open} open")
}

/// The addition in a tooltip: the mode, or the number of further rounds that an answer needs.
pub(crate) fn remark(comparison: &Comparison) -> Option<String> {
    if comparison.verdict == Verdict::DependsOnMode {
        return Some(comparison.slow.map_or_else(
            || "depends on mode".to_owned(),
            |slow| {
                format!(
                    "depends on mode: slow in {:.0}% of rounds, {} in {:.0}%",
                    slow.candidate * 100.0,
                    comparison.reference,
                    slow.reference * 100.0
                )
            },
        ));
    }
    let more = comparison.more_rounds?;
    Some(format!("needs about {}", format::count(more, "more round")))
}

/// The word for a row without a result.
pub(crate) fn no_result(row: &Row) -> &'static str {
    match &row.status {
        Status::Measured => "no result",
        status => status.word(),
    }
}

/// Why a row has no result; never empty.
pub(crate) fn reason(row: &Row) -> &str {
    if row.status == Status::Measured {
        return "the trials succeeded, but none reported the headline metric";
    }
    let reason = row.status.reason();
    if reason.trim().is_empty() { "the results file gives no reason" } else { reason }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures;
    use runtime_bench_analysis::stats::SlowShares;

    fn comparison(ratio: f64, low: f64, high: f64, verdict: Verdict) -> Comparison {
        Comparison {
            reference: "r".into(),
            ratio: Some(ratio),
            interval: Some(Interval { low, high }),
            ..fixtures::comparison(verdict)
        }
    }

    #[test]
    fn a_difference_reads_as_a_percentage_below_two_and_as_a_factor_from_there() {
        let of = |ratio, verdict| words(&comparison(ratio, 0.7, 2.1, verdict), "ns");
        assert_eq!(of(1.43, Verdict::Slower), "43% slower");
        assert_eq!(of(6.92 / 13.3, Verdict::Faster), "92% faster");
        assert_eq!(of(1.0 / 27.0, Verdict::Faster), "27× faster");
        assert_eq!(of(2.6, Verdict::Slower), "2.6× slower");
        assert_eq!(of(1.0 / 1.06, Verdict::LeansFaster), "~6.0% faster");
        assert_eq!(of(1.997, Verdict::Slower), "2.0× slower");
        assert_eq!(of(1.004, Verdict::Slower), "0.4% slower");
    }

    #[test]
    fn words_without_a_difference_give_the_bound_or_the_range() {
        let of = |verdict| comparison(1.0, 0.7, 2.1, verdict);
        assert_eq!(words(&of(Verdict::Open), "ns"), "0.70–2.1×");
        assert_eq!(words(&of(Verdict::Tie), "ns"), "same ±3%");
        assert_eq!(words(&of(Verdict::Same), "ns"), "same ±10%");
        assert_eq!(words(&of(Verdict::NotCompared), "ns"), "0.70–2.1×");
        let few = Comparison { interval: None, ..of(Verdict::NotCompared) };
        assert_eq!(words(&few, "ns"), "20 rounds only");
        let open = Comparison { interval: None, ..of(Verdict::Open) };
        assert_eq!(words(&open, "ns"), "open");
        assert_eq!(range(Interval { low: 0.99, high: 0.994 }), "0.99–0.99×");
        assert_eq!(range(Interval { low: 1.0, high: f64::INFINITY }), "open");
        let open = Comparison { more_rounds: Some(60), ..open };
        assert_eq!(remark(&open).unwrap(), "needs about 60 more rounds");
        let slow = Some(SlowShares { candidate: 0.25, reference: 0.03 });
        let modes = Comparison { slow, ..of(Verdict::DependsOnMode) };
        let expected = "depends on mode: slow in 25% of rounds, r in 3%";
        assert_eq!(
            (words(&modes, "ns"), remark(&modes).unwrap()),
            ("0.70–2.1×".into(), expected.into())
        );
    }

    #[test]
    fn prose_marks_code_and_escapes_everything() {
        assert_eq!(prose("a `<b>` c").into_string(), "a <code>&lt;b&gt;</code> c");
        assert_eq!(prose("a ` b").into_string(), "a ` b");
    }

    #[test]
    fn names_of_metrics_are_headings() {
        assert_eq!(metric("messages-per-second", "1/s"), "Messages per second");
        assert_eq!(metric("per-task", "ns"), "Time per task");
        assert_eq!(metric("per-task", "B/task"), "Memory per task");
        assert_eq!(metric("cpu-per-task", "ns"), "CPU per task");
        assert_eq!((metric("", ""), metric("p99", "ns")), (String::new(), "p99".to_owned()));
    }

    #[test]
    fn bytes_are_smaller_not_faster() {
        let less = comparison(0.8, 0.7, 0.9, Verdict::Faster);
        assert_eq!(words(&less, "B"), "25% smaller");
        assert_eq!(
            words(
                &Comparison { verdict: Verdict::LeansSlower, ratio: Some(1.5), ..less },
                "B/task"
            ),
            "~50% larger"
        );
    }
}
