//! The results files of a plan's shards → one run.
//!
//! Machines are not mixed: a comparison keeps the times, noise and stalls of the machine that measured it,
//! and machines of different kinds are rejected. Every result of the merged run is therefore a result of its
//! shard.
//!
//! - `file`: a shard's file, and errors of merging.
//! - `same`: checks that shards belong together.

mod file;
mod same;

pub use file::MergeError;

use file::File;

use crate::noise::Noise;
use crate::run::{End, Plan, Run, RunHeader};
use crate::shard::MergedShard;

/// Joins shards, each with its file name, into one run; their order does not matter. With `partial`,
/// shards may be missing or unfinished, and their cells are then not measured. `control` counts the A/A
/// controls of the merged run.
///
/// # Errors
/// When the files are not shards of one plan, measured by one build on machines of one kind, each once.
pub fn merge(
    files: Vec<(String, Run)>,
    partial: bool,
    control: impl Fn(&Run) -> Noise,
) -> Result<Run, MergeError> {
    let files = files.into_iter().map(|(label, run)| File::new(label, run));
    let files: Vec<File> = files.collect::<Result<_, _>>()?;
    let base = files.first().ok_or(MergeError::Nothing)?;
    files[1..].iter().try_for_each(|file| same::check(base, file))?;
    let files = each_once(files)?;
    check_split(&files)?;
    if !partial {
        check_whole(&files)?;
    }
    Ok(joined(files, control))
}

/// Every shard once, in order. The document of a run and its `.jsonl` are one run; the more complete one is
/// used.
fn each_once(mut files: Vec<File>) -> Result<Vec<File>, MergeError> {
    let fullness = |file: &File| file.run.fullness();
    files.sort_by(|a, b| {
        a.shard.index.cmp(&b.shard.index).then_with(|| fullness(b).cmp(&fullness(a)))
    });
    let mut once: Vec<File> = Vec::new();
    for file in files {
        match once.last() {
            Some(last) if last.shard.index == file.shard.index => {
                let (fuller, other) = (&last.run, &file.run);
                if fuller.header.id != other.header.id && fuller.trials != other.trials {
                    let shard = file.shard.to_string();
                    let base = last.label.clone();
                    return Err(MergeError::Twice { shard, base, file: file.label });
                }
            }
            _ => once.push(file),
        }
    }
    Ok(once)
}

/// Checks that at most one shard measures each workload, and that every trial belongs to its own shard.
fn check_split(files: &[File]) -> Result<(), MergeError> {
    for cell in &files[0].run.header.plan.cells {
        let workload = &cell.key.workload;
        if files.iter().filter(|file| file.shard.measures(workload)).count() > 1 {
            return Err(MergeError::Split(workload.clone()));
        }
    }
    for File { shard, run, .. } in files {
        let workloads =
            run.trials.iter().map(|trial| &run.header.plan.cells[trial.cell].key.workload);
        if let Some(foreign) = workloads.into_iter().find(|workload| !shard.measures(workload)) {
            return Err(MergeError::Split(foreign.clone()));
        }
    }
    Ok(())
}

/// Checks that all shards exist and have finished.
fn check_whole(files: &[File]) -> Result<(), MergeError> {
    let of = files[0].shard.of;
    let there = |index: &usize| files.iter().any(|file| file.shard.index == *index);
    // The number comes from a file, so the list must not grow with it.
    let mut missing: Vec<String> =
        (1..=of).filter(|index| !there(index)).take(17).map(|index| index.to_string()).collect();
    if missing.len() > 16 {
        "…".clone_into(&mut missing[16]);
    }
    if !missing.is_empty() {
        return Err(MergeError::Missing { missing: missing.join(", "), of });
    }
    if let Some(file) = files.iter().find(|file| !file.ended()) {
        let (shard, file) = (file.shard.to_string(), file.label.clone());
        return Err(MergeError::Unfinished { shard, file });
    }
    let mut cells = files[0].run.header.plan.cells.iter();
    match cells.find(|cell| !files.iter().any(|file| file.shard.measures(&cell.key.workload))) {
        Some(cell) => Err(MergeError::Split(cell.key.workload.clone())),
        None => Ok(()),
    }
}

/// Joins all shards into one run.
fn joined(files: Vec<File>, control: impl Fn(&Run) -> Noise) -> Run {
    let whole = check_whole(&files).is_ok();
    let ends = files.iter().filter_map(|file| file.run.end);
    let elapsed_s = ends.map(|end| end.elapsed_s).sum();
    let mut merged = Run::new(header(&files));
    for File { shard, run, .. } in files {
        // Every new field of a run needs a decision here.
        let Run {
            header,
            schedules,
            looks,
            trials,
            evidence,
            noise,
            stalls,
            breaks,
            shards: _,
            end,
        } = run;
        let RunHeader { id, started, command, environment, .. } = header;
        merged.schedules.extend(schedules);
        merged.looks.extend(looks);
        merged.trials.extend(trials);
        merged.evidence.extend(evidence);
        merged.shards.push(MergedShard {
            shard,
            id,
            started,
            command,
            environment,
            noise,
            stalls,
            breaks,
            end,
        });
    }
    let noise = control(&merged);
    let controlled = noise != Noise::default();
    merged.end = Some(End {
        interrupted: !whole,
        elapsed_s,
        control: controlled.then_some(noise),
        trusted: controlled.then(|| noise.trusted()),
    });
    merged
}

/// The header of the shard that began first, with the whole plan and with the command that measures
/// everything on one machine.
fn header(files: &[File]) -> RunHeader {
    let began = |file: &&File| (file.run.header.started.clone(), file.run.header.id.clone());
    let first = files.iter().min_by_key(began).expect("there is a file");
    let header = first.run.header.clone();
    RunHeader {
        id: format!("{}-merged", header.id),
        command: without_shard(header.command),
        plan: Plan { shard: None, ..header.plan },
        ..header
    }
}

fn without_shard(command: Vec<String>) -> Vec<String> {
    let mut words = command.into_iter();
    let mut left = Vec::new();
    while let Some(word) = words.next() {
        if word == "--shard" {
            words.next();
        } else if !word.starts_with("--shard=") {
            left.push(word);
        }
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_of_the_whole_plan_has_no_shard() {
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        for with in ["bench --shard 2/8 --seed 5", "bench --seed 5 --shard=2/8"] {
            assert_eq!(without_shard(words(with)), words("bench --seed 5"));
        }
    }
}
