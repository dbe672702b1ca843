//! `OpenMetrics` 1.0 text, for Prometheus.

use std::collections::BTreeMap;
use std::fmt::Write;

use runtime_bench_results::run::Run;

use super::figures::Figure;
use crate::sanitize::sanitize;

/// A family of metrics, whose samples are adjacent.
struct Family {
    unit: String,
    help: String,
    /// Values by labels, each once.
    samples: BTreeMap<String, f64>,
}

/// The families of a run: each metric as `runtime_bench_METRIC_UNIT`, the ends of its interval as
/// `runtime_bench_METRIC_low_UNIT` and `…_high_UNIT`. Times are in seconds, memory in bytes.
pub(super) fn text(figures: &[Figure<'_>], run: &Run) -> String {
    let mut families: BTreeMap<String, Family> = BTreeMap::new();
    for figure in figures {
        let (unit, scale) = unit(&figure.unit);
        let labels = labels(figure);
        let ends = [
            ("", "median over processes", Some(figure.value)),
            ("low_", "lower end of the 95% interval", figure.interval.map(|interval| interval.low)),
            (
                "high_",
                "upper end of the 95% interval",
                figure.interval.map(|interval| interval.high),
            ),
        ];
        for (end, help, value) in ends {
            let Some(value) = value else { continue };
            let name = format!("runtime_bench_{}_{end}{unit}", word(&figure.metric));
            let family = families.entry(name.trim_end_matches('_').to_owned());
            let family = family.or_insert_with(|| Family {
                unit: unit.clone(),
                help: format!("{}, {help}", figure.metric),
                samples: BTreeMap::new(),
            });
            family.samples.entry(labels.clone()).or_insert(value * scale);
        }
    }
    let mut text = about(run);
    for (name, family) in families {
        // Writing to a string never fails.
        let _ = writeln!(text, "# TYPE {name} gauge");
        if !family.unit.is_empty() {
            let _ = writeln!(text, "# UNIT {name} {}", family.unit);
        }
        let _ = writeln!(text, "# HELP {name} {}", escaped(&family.help));
        for (labels, value) in family.samples {
            let _ = writeln!(text, "{name}{{{labels}}} {value}");
        }
    }
    text + "# EOF\n"
}

/// The description of the run.
fn about(run: &Run) -> String {
    let environment = &run.header.environment;
    let facts = [
        ("run", run.header.id.as_str()),
        ("started", &run.header.started),
        ("profile", &run.header.plan.profile),
        ("version", &environment.version),
        ("commit", environment.commit.as_deref().unwrap_or_default()),
        ("machine", &environment.label()),
    ]
    .map(|(name, value)| label(name, value))
    .join(",");
    format!(
        "# TYPE runtime_bench_run info\n# HELP runtime_bench_run The run that was measured.\n\
         runtime_bench_run_info{{{facts}}} 1\n"
    )
}

fn labels(figure: &Figure<'_>) -> String {
    let key = figure.key;
    [
        label("workload", &key.workload),
        label("variant", key.point.variant.as_deref().unwrap_or_default()),
        label("runner", &key.runner),
        label("params", &key.point.label()),
        label("phase", &figure.phase.to_string()),
    ]
    .join(",")
}

fn label(name: &str, value: &str) -> String {
    format!("{name}=\"{}\"", escaped(value))
}

/// Text escaped for quotes and for `# HELP`.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for character in sanitize(text).chars() {
        match character {
            '\\' => escaped.push_str("\\\\"),
            '"' => escaped.push_str("\\\""),
            '\n' => escaped.push_str("\\n"),
            // `sanitize` keeps these control characters.
            '\r' | '\t' => escaped.push(' '),
            character => escaped.push(character),
        }
    }
    escaped
}

/// A base unit as part of a name, and the factor that converts values to it.
fn unit(unit: &str) -> (String, f64) {
    let (what, per) = unit.split_once('/').unwrap_or((unit, ""));
    let (base, scale) = match what {
        "s" => ("seconds", 1.0),
        "ms" => ("seconds", 1e-3),
        "µs" | "us" => ("seconds", 1e-6),
        "ns" => ("seconds", 1e-9),
        "B" => ("bytes", 1.0),
        "KiB" => ("bytes", 1024.0),
        "MiB" => ("bytes", 1_048_576.0),
        "GiB" => ("bytes", 1_073_741_824.0),
        "×" => ("ratio", 1.0),
        "%" => ("ratio", 0.01),
        other => (other, 1.0),
    };
    let parts = [word(base), word(if per == "s" { "second" } else { per })];
    let name = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("_per_");
    (name, scale)
}

/// Text as a part of a name: letters, digits and single underscores.
fn word(text: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { ' ' };
    let text: String = text.chars().map(plain).collect();
    text.split_whitespace().collect::<Vec<_>>().join("_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_hold_base_units() {
        for (from, name, scale) in [
            ("ns", "seconds", 1e-9),
            ("B", "bytes", 1.0),
            ("messages/s", "messages_per_second", 1.0),
            ("MiB/s", "bytes_per_second", 1_048_576.0),
            ("B/task", "bytes_per_task", 1.0),
            ("×", "ratio", 1.0),
            ("", "", 1.0),
            ("odd unit/é", "odd_unit", 1.0),
        ] {
            assert_eq!(unit(from), (name.to_owned(), scale), "{from}");
        }
        assert_eq!(word("p99.9-late"), "p99_9_late");
    }

    #[test]
    fn labels_cannot_end_their_quotes() {
        assert_eq!(label("a", "x\"} 1\n\\"), r#"a="x\"} 1\n\\""#);
        assert!(!label("a", "\u{1b}[31m\u{202e}").contains(['\u{1b}', '\u{202e}']));
    }
}
