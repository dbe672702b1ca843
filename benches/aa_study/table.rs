//! A summary of the answers, as Markdown.

use std::fs;
use std::path::Path;

use runtime_bench::harness::error::Error;
use runtime_bench_analysis::stats::{Verdict, lower_bound, median, upper_bound};

use crate::jobs::{Cores, Job, Machine, Question, Size};
use crate::ours::word;
use crate::store::{Answer, Store};
use crate::work::Work;

const MARKS: [&str; 2] = ["<!-- aa-study -->", "<!-- end of aa-study -->"];
const WORK: [Work; 3] = [Work::Cpu, Work::Spawn, Work::Echo];

/// The verdicts of a study.
struct Words(Vec<(Job, Verdict, Option<f64>)>);

/// The whole table.
pub(crate) fn markdown(store: &Store, jobs: &[Job], size: Size) -> String {
    let judged = |(job, answer): (&Job, &Answer)| {
        let (verdict, ratio) = word(job, answer);
        (*job, verdict, ratio)
    };
    let words = Words(store.answers().map(judged).collect());
    let answered = jobs.iter().filter(|job| store.knows(job)).count();
    let origin = store.origin();
    let head = format!(
        "`scripts/aa-study{}` on {}, {}, {}: {answered} of {} questions answered. {}",
        if size == Size::Full { " --full" } else { "" },
        origin.machine,
        origin.harness,
        origin.day,
        jobs.len(),
        load(store)
    );
    let parts = [vec![head], false_table(&words), found_table(&words), fault_table(&words)];
    parts.map(|lines| lines.join("\n")).join("\n\n") + "\n"
}

fn false_table(words: &Words) -> Vec<String> {
    let mut lines = vec![
        "**False verdicts on identical code**, out of the runs shown. *At most* is the 95% bound on the \
         rate over all three kinds of work."
            .to_owned(),
        String::new(),
        "| machine | method | CPU work | spawn 1000 | TCP echo | all | at most |".to_owned(),
        "|---|---|---|---|---|---|---|".to_owned(),
    ];
    let row = |(machine, question, cores, who): (Machine, Question, Cores, &str)| {
        false_verdicts(words, machine, question, cores, who)
    };
    lines.extend(ROWS.map(row));
    lines
}

fn found_table(words: &Words) -> Vec<String> {
    let mut lines = vec![
        "**More work found** (*slower*); in brackets, the 95% lower bound of the true rate."
            .to_owned(),
        String::new(),
        "| machine | method | more work | CPU work | spawn 1000 | TCP echo |".to_owned(),
        "|---|---|---|---|---|---|".to_owned(),
    ];
    for (machine, question, cores, who) in ROWS {
        let row = |percent| found(words, machine, question, cores, who, percent);
        lines.extend([2, 3, 5].into_iter().filter_map(row));
    }
    lines
}

fn fault_table(words: &Words) -> Vec<String> {
    let mut lines = vec![
        "**Injected faults** found by `ab`, and their median ratio:".to_owned(),
        String::new(),
        "| fault | on one core | on all cores |".to_owned(),
        "|---|---|---|".to_owned(),
    ];
    lines.extend([Work::FalseSharing, Work::SharedLock].map(|work| {
        let [one, all] = [Cores::One, Cores::All].map(|cores| fault(words, work, cores));
        format!("| {} | {one} | {all} |", work.title())
    }));
    lines
}

const ROWS: [(Machine, Question, Cores, &str); 8] = [
    (Machine::Idle, Question::Criterion, Cores::All, "criterion, 2 s"),
    (Machine::Idle, Question::Runners, Cores::All, "runners of one run, 2 s"),
    (Machine::Idle, Question::Builds, Cores::One, "two builds on one core, 4 s + 8 s"),
    (Machine::Idle, Question::Builds, Cores::All, "two builds on all cores, 4 s + 8 s"),
    (Machine::Loaded, Question::Criterion, Cores::All, "criterion, 2 s"),
    (Machine::Loaded, Question::Runners, Cores::All, "runners of one run, 2 s"),
    (Machine::Loaded, Question::Builds, Cores::One, "two builds on one core, 4 s + 8 s"),
    (Machine::Loaded, Question::Builds, Cores::All, "two builds on all cores, 4 s + 8 s"),
];

fn name(machine: Machine) -> &'static str {
    match machine {
        Machine::Idle => "idle",
        Machine::Loaded => "4 busy processes",
    }
}

/// Use of the machine by other programs.
fn load(store: &Store) -> String {
    let of = |machine: Machine| {
        let cores: Vec<f64> = store
            .answers()
            .filter(|(job, _)| job.machine == machine)
            .filter_map(|(_, a)| a.foreign_cores)
            .collect();
        median(&cores).map_or_else(|| "not read".to_owned(), |cores| format!("{cores:.2} cores"))
    };
    format!(
        "Other programs used {} (median) in the idle part and {} in the loaded part, including the load itself.",
        of(Machine::Idle),
        of(Machine::Loaded)
    )
}

fn wrong(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Faster | Verdict::Slower)
}

fn false_verdicts(
    words: &Words,
    machine: Machine,
    question: Question,
    cores: Cores,
    who: &str,
) -> String {
    let (mut events, mut runs) = (0, 0);
    let mut cells = Vec::new();
    for work in WORK {
        let verdicts = words.of(machine, question, cores, work, 0);
        let of_work = verdicts.iter().filter(|verdict| wrong(**verdict)).count();
        events += of_work;
        runs += verdicts.len();
        cells.push(share(of_work, verdicts.len()));
    }
    let bound = upper_bound(events as u64, runs as u64, 0.05)
        .map_or_else(|| "–".to_owned(), |bound| format!("{:.1}%", 100.0 * bound));
    let all = share(events, runs);
    format!("| {} | {who} | {} | {all} | {bound} |", name(machine), cells.join(" | "))
}

impl Words {
    /// Verdicts of equal questions.
    fn of(
        &self,
        machine: Machine,
        question: Question,
        cores: Cores,
        work: Work,
        percent: u32,
    ) -> Vec<Verdict> {
        let same = |job: &Job| {
            (job.machine, job.question, job.cores) == (machine, question, cores)
                && (job.work, job.percent) == (work, percent)
        };
        self.0.iter().filter(|(job, ..)| same(job)).map(|(_, verdict, _)| *verdict).collect()
    }
}

fn share(events: usize, runs: usize) -> String {
    if runs == 0 { "–".to_owned() } else { format!("{events} of {runs}") }
}

fn found(
    words: &Words,
    machine: Machine,
    question: Question,
    cores: Cores,
    who: &str,
    percent: u32,
) -> Option<String> {
    let verdicts = WORK.map(|work| words.of(machine, question, cores, work, percent));
    if verdicts.iter().all(Vec::is_empty) {
        return None;
    }
    let cells = verdicts.map(|verdicts| {
        let count = |word| verdicts.iter().filter(|verdict| **verdict == word).count();
        let wrong = count(Verdict::Faster);
        let mark = if wrong > 0 { format!(", {wrong} *faster*") } else { String::new() };
        let (found, runs) = (count(Verdict::Slower), verdicts.len());
        let least = lower_bound(found as u64, runs as u64, 0.05).filter(|_| found > 0);
        let least = least.map_or_else(String::new, |least| format!(" (≥ {:.0}%)", 100.0 * least));
        format!("{}{least}{mark}", share(found, runs))
    });
    Some(format!("| {} | {who} | +{percent}% | {} |", name(machine), cells.join(" | ")))
}

fn fault(words: &Words, work: Work, cores: Cores) -> String {
    let same = |job: &Job| (job.work, job.cores) == (work, cores);
    let answers: Vec<_> = words.0.iter().filter(|(job, ..)| same(job)).collect();
    let slower = answers.iter().filter(|(_, verdict, _)| *verdict == Verdict::Slower).count();
    let ratios: Vec<f64> = answers.iter().filter_map(|(_, _, ratio)| *ratio).collect();
    let ratio = median(&ratios).map_or_else(String::new, |ratio| format!(", {ratio:.2}×"));
    format!("{}{ratio}", share(slower, answers.len()))
}

/// Puts the table between the marks of a file.
pub(crate) fn write_into(path: &Path, table: &str) -> Result<(), Error> {
    let refused = |why: String| Error::CouldNotRun(format!("{}: {why}", path.display()));
    let text = fs::read_to_string(path).map_err(|error| refused(error.to_string()))?;
    let ends = text.find(MARKS[0]).zip(text.find(MARKS[1])).filter(|(start, end)| start < end);
    let (start, end) =
        ends.ok_or_else(|| refused(format!("it has no marks {} and {}", MARKS[0], MARKS[1])))?;
    let (before, after) = (&text[..start + MARKS[0].len()], &text[end..]);
    fs::write(path, format!("{before}\n{table}{after}")).map_err(|error| refused(error.to_string()))
}
