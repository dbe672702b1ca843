//! Words for directions, phases, classes and verdicts.

use runtime_bench_analysis::analysis::{Row, Status};
use runtime_bench_analysis::comparison::{FailOn, Outcome, Word};
use runtime_bench_analysis::stats::{Comparison, Interval, Verdict};
use runtime_bench_results::catalogue::Class;
use runtime_bench_results::trial::{Better, Phase};

use maud::{Markup, html};

use crate::format;

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
        words if words.starts_with("per ") && counts_bytes(unit) => format!("memory {words}"),
        words if words.starts_with("per ") && unit.starts_with("ns") => format!("time {words}"),
        words => words,
    };
    if let Some(rest) = words.strip_prefix("cpu") {
        return format!("CPU{rest}");
    }
    if words.starts_with('p') && words.contains(|c: char| c.is_ascii_digit()) {
        return words; // A percentile is written small: p99.
    }
    capital(&words)
}

/// The same words with a capital at their beginning.
pub(crate) fn capital(words: &str) -> String {
    let mut rest = words.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
}

/// A unit in words, for the line under a heading.
pub(crate) fn unit(unit: &str) -> &str {
    match unit {
        "" => "a pure number",
        "ns" => "time",
        "B" => "bytes",
        "1/s" => "per second",
        other => other,
    }
}

/// A sentence of the results file; what stands between back-quotes is code.
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

/// When in its life an instance was measured.
pub(crate) fn phase(phase: Phase) -> &'static str {
    match phase {
        Phase::Startup => "at startup",
        Phase::Warm => "warm instances",
        Phase::Steady => "steady state",
    }
}

/// A class as a heading over its runners.
pub(crate) fn class(class: Option<Class>) -> &'static str {
    match class {
        Some(Class::MultiThread) => "Several threads",
        Some(Class::SingleThread) => "One thread",
        Some(Class::Reference) => "Reference rows",
        None => "Class not stated",
    }
}

/// Whether a unit counts bytes, of which less is smaller, not faster.
pub(crate) fn counts_bytes(unit: &str) -> bool {
    unit == "B" || unit.starts_with("B/")
}

/// The verdict in a word that suits the unit.
pub(crate) fn verdict(verdict: Verdict, unit: &str) -> &'static str {
    match verdict {
        Verdict::Faster if counts_bytes(unit) => "smaller",
        Verdict::Slower if counts_bytes(unit) => "larger",
        other => other.word(),
    }
}

/// What became of a figure, in a word that suits the unit.
pub(crate) fn change(word: Word, unit: &str) -> &'static str {
    match word {
        Word::Faster => verdict(Verdict::Faster, unit),
        Word::Slower => verdict(Verdict::Slower, unit),
        other => other.word(),
    }
}

/// What a gate says: `pass: none of 40 rows is proven slower by more than 1 %`.
pub(crate) fn gate(outcome: Outcome, fail_on: FailOn, sentence: String) -> String {
    match (outcome, fail_on) {
        (Outcome::Pass, FailOn::Nothing) => sentence,
        _ => format!("{}: {sentence}", outcome.word()),
    }
}

/// The verdict of a comparison as a table shows it.
pub(crate) fn table_verdict(comparison: &Comparison, unit: &str) -> String {
    let word = verdict(comparison.verdict, unit);
    match comparison.verdict {
        Verdict::NotCompared => format!("{word} ({})", format::count(comparison.pairs, "pair")),
        _ if comparison.negligible => format!("{word}, negligible"),
        Verdict::DependsOnMode => format!("{word}{}", slow_shares(comparison)),
        _ => word.to_owned(),
    }
}

/// `: slow in 25 % of rounds, tokio in 3 %`, or nothing when the shares are not known.
fn slow_shares(comparison: &Comparison) -> String {
    comparison.slow.map_or_else(String::new, |slow| {
        format!(
            ": slow in {} of rounds, {} in {}",
            format::percent(slow.candidate),
            comparison.reference,
            format::percent(slow.reference)
        )
    })
}

/// `12 % slower (8–15 %)`, `3.4× slower (3.2–3.6)`, `a tie`, `open (0.95–1.20×)`.
pub(crate) fn difference(comparison: &Comparison, unit: &str) -> Option<String> {
    let word = verdict(comparison.verdict, unit);
    let (Some(ratio), Some(interval)) = (comparison.ratio, comparison.interval) else {
        // Enough rounds, but too much alike to count one by one.
        let open = comparison.verdict == Verdict::Open;
        return open.then(|| format!("{word} (neighbouring rounds are alike)"));
    };
    let words = match comparison.verdict {
        // The other way round, so that the figure grows with the difference.
        Verdict::Faster if ratio <= 0.5 => {
            let inverse = Interval { low: 1.0 / interval.high, high: 1.0 / interval.low };
            amount(1.0 / ratio, inverse, word)
        }
        Verdict::Faster | Verdict::Slower | Verdict::LeansFaster | Verdict::LeansSlower => {
            amount(ratio, interval, word)
        }
        Verdict::Tie => "a tie".to_owned(),
        Verdict::Same => {
            format!("same within {}", format::percent(comparison.within.unwrap_or(0.1)))
        }
        Verdict::Open => format!("{word} ({}×)", format::ratio_interval(interval)),
        Verdict::DependsOnMode => {
            format!("{word} ({}×){}", format::ratio_interval(interval), slow_shares(comparison))
        }
        Verdict::NotCompared => return None,
    };
    Some(words)
}

fn amount(ratio: f64, interval: Interval, word: &str) -> String {
    if ratio >= 2.0 {
        return format!("{} {word} ({})", format::ratio(ratio), format::ratio_interval(interval));
    }
    let share = |ratio: f64| (ratio - 1.0).abs();
    let (a, b) = (share(interval.low), share(interval.high));
    let (low, high) = (format::percent(a.min(b)), format::percent(a.max(b)));
    let range = match low.strip_suffix("%") {
        Some(low) => format!("{low}–{high}"),
        None => format!("{low}–{high}"),
    };
    format!("{} {word} ({range})", format::percent(share(ratio)))
}

/// That a row has no result, in a word.
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
    fn a_difference_reads_as_a_share_or_as_a_multiple() {
        let words = |ratio, low, high, verdict| {
            difference(&comparison(ratio, low, high, verdict), "ns").unwrap()
        };
        assert_eq!(words(1.12, 1.08, 1.15, Verdict::Slower), "12% slower (8.0–15%)");
        assert_eq!(words(0.92, 0.89, 0.95, Verdict::Faster), "8.0% faster (5.0–11%)");
        assert_eq!(words(3.4, 3.2, 3.6, Verdict::Slower), "3.40× slower (3.20–3.60)");
        assert_eq!(words(0.25, 0.2, 0.5, Verdict::Faster), "4.00× faster (2.00–5.00)");
        assert_eq!(words(1.0, 0.99, 1.01, Verdict::Tie), "a tie");
        assert_eq!(words(1.1, 0.9, 1.3, Verdict::Open), "open (0.90–1.30×)");
        let slow = Some(SlowShares { candidate: 0.25, reference: 0.03 });
        let modes = Comparison { slow, ..comparison(1.1, 0.9, 1.3, Verdict::DependsOnMode) };
        assert_eq!(
            difference(&modes, "ns").unwrap(),
            "depends on mode (0.90–1.30×): slow in 25% of rounds, r in 3.0%"
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
        assert_eq!(difference(&less, "B").unwrap(), "20% smaller (10–30%)");
        assert_eq!(table_verdict(&less, "B/task"), "smaller");
        assert_eq!(
            table_verdict(&Comparison { negligible: true, ..less }, "ns"),
            "faster, negligible"
        );
    }
}
