//! Folded stacks → an SVG file.

use std::collections::BTreeSet;
use std::io;

use inferno::flamegraph::color::{BackgroundColor, Color, PaletteMap};
use inferno::flamegraph::{Options, TextTruncateDirection, from_lines};

use crate::role::Role;
use crate::stacks::{Folded, Stacks};

/// Maximum size of a file in bytes.
pub const MOST_BYTES: usize = 300_000;
/// Minimum width of drawn functions, percent of the whole; larger if the file would be too large.
const NARROWEST: f64 = 0.05;

/// The unit of CPU time per operation. Files hold whole numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// For long operations.
    Nanoseconds,
    /// For operations of less than 10 µs.
    Picoseconds,
}

impl Scale {
    /// Selects a unit for some values, which are in nanoseconds.
    pub fn of(cpu_ns: impl IntoIterator<Item = f64>) -> Self {
        let longest = cpu_ns.into_iter().fold(0.0, f64::max);
        if longest >= 10_000.0 { Self::Nanoseconds } else { Self::Picoseconds }
    }

    /// Its name.
    pub fn unit(self) -> &'static str {
        match self {
            Self::Nanoseconds => "ns",
            Self::Picoseconds => "ps",
        }
    }

    /// Samples as parts of the CPU time of an operation, in nanoseconds.
    pub fn folded(self, samples: &Folded, cpu_ns: f64) -> Folded {
        let units = match self {
            Self::Nanoseconds => cpu_ns,
            Self::Picoseconds => cpu_ns * 1_000.0,
        };
        let sample = units / samples.values().sum::<u64>().max(1) as f64;
        let scaled = |count: &u64| (*count as f64 * sample).round() as u64;
        samples.iter().map(|(stack, count)| (stack.clone(), scaled(count).max(1))).collect()
    }
}

/// A flame graph, colored by role.
///
/// # Errors
/// When there are no stacks.
pub fn flame(title: &str, unit: &str, folded: &Folded, stacks: &Stacks) -> io::Result<Vec<u8>> {
    let mut palette = PaletteMap::default();
    let mut shown = BTreeSet::new();
    for frame in stacks.functions() {
        let role = frame.role.unwrap_or(Role::Other);
        let ([red, green, blue], _) = role.color();
        palette.insert(frame.label(), Color::new(red, green, blue));
        shown.insert(role);
    }
    let colors: Vec<String> =
        shown.iter().map(|role| format!("{}: {}", role.name(), role.color().1)).collect();
    let lines: Vec<String> =
        folded.iter().map(|(stack, count)| format!("{stack} {count}")).collect();
    limited(
        &lines,
        |options| {
            title.clone_into(&mut options.title);
            options.subtitle = Some(colors.join(", "));
            unit.clone_into(&mut options.count_name);
        },
        &mut palette,
    )
}

/// A differential flame graph: as wide as `after`, red where a function takes longer, not counting the
/// functions that it calls, and blue where it takes less time.
///
/// # Errors
/// When there are no stacks.
pub fn differential(
    title: &str,
    unit: &str,
    before: &Folded,
    after: &Folded,
) -> io::Result<Vec<u8>> {
    let stacks: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let count = |folded: &Folded, stack| folded.get(stack).copied().unwrap_or(0);
    let line = |stack| format!("{stack} {} {}", count(before, stack), count(after, stack));
    let lines: Vec<String> = stacks.into_iter().map(line).collect();
    limited(
        &lines,
        |options| {
            title.clone_into(&mut options.title);
            options.subtitle = Some(
                "red: takes longer, blue: takes less time, not counting called functions"
                    .to_owned(),
            );
            unit.clone_into(&mut options.count_name);
        },
        &mut PaletteMap::default(),
    )
}

/// Draws as many functions as fit into the file.
fn limited(
    lines: &[String],
    set: impl Fn(&mut Options<'_>),
    palette: &mut PaletteMap,
) -> io::Result<Vec<u8>> {
    let mut narrowest = NARROWEST;
    loop {
        let mut options = Options::default();
        set(&mut options);
        options.min_width = narrowest;
        options.bgcolors = Some(BackgroundColor::Flat(Color::new(255, 255, 255)));
        options.text_truncate_direction = TextTruncateDirection::Left;
        options.deterministic = true;
        options.palette_map = Some(palette);
        let mut svg = Vec::new();
        from_lines(&mut options, lines.iter().map(String::as_str), &mut svg)?;
        if svg.len() <= MOST_BYTES {
            return Ok(svg);
        }
        narrowest *= 2.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stacks::Frame;

    fn stacks(names: &[&[&str]]) -> Stacks {
        let mut stacks = Stacks::default();
        for stack in names {
            stacks.add(stack.iter().map(|name| Frame::of(name)));
        }
        stacks
    }

    fn text(svg: io::Result<Vec<u8>>) -> String {
        String::from_utf8(svg.unwrap()).unwrap()
    }

    #[test]
    fn counts_become_parts_of_the_time_of_an_operation() {
        let samples = Folded::from([("a".to_owned(), 1), ("b".to_owned(), 3)]);
        let [a, b] = ["a", "b"].map(str::to_owned);
        let scale = Scale::of([200.0, 100.0]);
        assert_eq!(scale.unit(), "ps");
        assert_eq!(
            scale.folded(&samples, 200.0),
            Folded::from([(a.clone(), 50_000), (b.clone(), 150_000)])
        );
        let scale = Scale::of([20_000.0]);
        assert_eq!(scale.folded(&samples, 20_000.0), Folded::from([(a, 5_000), (b, 15_000)]));
    }

    #[test]
    fn graph_names_functions_and_roles_and_loads_nothing() {
        let stacks = stacks(&[&["tokio::task::run", "runtime_bench_workloads::a<b>"], &["malloc"]]);
        let folded = stacks.by_function();
        let svg = text(flame("echo & more", "samples", &folded, &stacks));
        for part in [
            "tokio::task::run",
            "runtime_bench_workloads::a",
            "echo &amp; more",
            "scheduler: orange",
        ] {
            assert!(svg.contains(part), "{part}");
        }
        assert!(svg.contains("id=\"search\""), "it can be searched");
        for loads in ["<image", "src=", "@import", "xlink:href=\"http", "url("] {
            assert!(
                !svg.contains(loads) || loads == "url(" && !svg.contains("url(http"),
                "{loads}"
            );
        }
        let ([red, green, blue], _) = Role::Scheduler.color();
        assert!(svg.contains(&format!("rgb({red},{green},{blue})")));
    }

    #[test]
    fn difference_is_red_where_it_takes_longer() {
        let folded = |counts: [u64; 2]| {
            Folded::from([("a;b".to_owned(), counts[0]), ("a;c".to_owned(), counts[1])])
        };
        let svg = text(differential("title", "ns", &folded([10, 90]), &folded([60, 40])));
        assert!(svg.contains("b (60 ns, 60.00%; +50.00%)"), "{svg}");
        assert!(svg.contains("c (40 ns, 40.00%; -50.00%)"), "{svg}");
    }

    #[test]
    fn large_graph_stays_below_its_size_limit() {
        let stack = |n: u64| {
            (format!("a::b{};c::d{};e::f{n};g::a_function_with_a_long_name{n}", n % 7, n % 97), 1)
        };
        let folded: Folded = (0..20_000).map(stack).collect();
        let svg = differential("many", "ns", &folded, &folded).unwrap();
        assert!(svg.len() <= MOST_BYTES, "{}", svg.len());
        assert!(svg.len() > 10_000, "{}", svg.len());
    }
}
