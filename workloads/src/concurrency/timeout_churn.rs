//! `timeout-churn`: timeouts that are armed and never expire.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use runtime_bench_api::prelude::*;

/// The timeout of each piece of work; never reached.
const LIMIT: Duration = Duration::from_secs(10);

/// The workload.
#[derive(Clone, Copy, Debug)]
pub struct TimeoutChurn;

/// The parameters of a point.
#[derive(Clone, Copy, Debug)]
pub struct Params {
    timeouts: usize,
    tasks: usize,
}

impl FromPoint for Params {
    fn from_point(point: &Point) -> Result<Self, Unsupported> {
        let timeouts = point.count_in("timeouts", 1..=1_000_000_000)?;
        Ok(Self { timeouts, tasks: point.count_in("tasks", 1..=1_000_000)? })
    }
}

impl Params {
    /// The pieces of work of one task.
    fn pieces(self, task: usize) -> impl Iterator<Item = usize> + Send {
        (task..self.timeouts).step_by(self.tasks)
    }
}

/// How the pieces of work ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct Ended {
    sum: usize,
    in_time: usize,
    expired: usize,
}

impl Ended {
    fn note(&mut self, piece: Option<usize>) {
        match piece {
            Some(number) => {
                self.sum += number;
                self.in_time += 1;
            }
            None => self.expired += 1,
        }
    }

    fn add(&mut self, other: Self) {
        self.sum += other.sum;
        self.in_time += other.in_time;
        self.expired += other.expired;
    }
}

impl Workload for TimeoutChurn {
    type Params = Params;
    type Output = Ended;
    const METRICS: &'static [&'static MetricDef] =
        &[&metric::PER_TIMEOUT, &metric::CPU_PER_TIMEOUT];

    fn info(&self) -> WorkloadInfo {
        WorkloadInfo {
            name: "timeout-churn".into(),
            title: "Timeouts that never expire".into(),
            kind: Kind::Concurrency,
            model: "A few tasks run short pieces of work in sequence, each under a timeout of ten \
                    seconds, as a server does for every request. The work always finishes first, \
                    so this measures arming and canceling a timer."
                .into(),
            check: "Every piece of work finishes in time, and the sum of their numbers is \
                    correct."
                .into(),
            headline: Self::METRICS[0].id.into(),
            headline_phase: Phase::Warm,
            notes: vec![
                "Each piece of work yields once. It is polled before the timer, so without the \
                 yield the timer would never be registered. The result includes the yield; \
                 `yield` shows what it costs on its own."
                    .into(),
            ],
        }
    }

    fn points(&self, set: PointSet, _: usize) -> Vec<Point> {
        let timeouts = |count: u64, tasks: u64| {
            Point::new().with("timeouts", count, "").with("tasks", tasks, "")
        };
        match set {
            PointSet::Smoke => vec![timeouts(20, 3)],
            PointSet::Quick => vec![timeouts(2_000, 16)],
            PointSet::Full => vec![timeouts(100_000, 1), timeouts(100_000, 16)],
        }
    }

    fn requirements(&self, params: &Params, family: Family) -> Result<Requirements, Unsupported> {
        let tasks = params.tasks;
        let reason = match family {
            Family::Async => return Ok(Requirements::of_tasks(tasks)),
            Family::ThreadPerTask | Family::ThreadPool => {
                "There is no timer to arm or cancel: threads pass their limit to a system call."
            }
            Family::DataParallel => "The pool has no timers.",
        };
        Err(Unsupported::Family(reason.to_owned()))
    }

    fn verify(&self, trial: &Trial<Params>, ended: &Ended) -> Result<(), String> {
        let timeouts = trial.params.timeouts;
        let sum = timeouts * (timeouts - 1) / 2;
        if *ended == (Ended { sum, in_time: timeouts, expired: 0 }) {
            return Ok(());
        }
        let Ended { sum: came, in_time, expired } = *ended;
        Err(format!(
            "{in_time} of {timeouts} pieces of work ended in time, {expired} expired; sum {came}, expected {sum}"
        ))
    }

    fn describe(&self, ended: &Ended) -> String {
        format!("{} in time", ended.in_time)
    }

    fn metrics(&self, trial: &Trial<Params>, block: &Timed<Ended>) -> Vec<Metric> {
        block.per_piece(
            trial.params.timeouts as f64,
            &metric::PER_TIMEOUT,
            &metric::CPU_PER_TIMEOUT,
        )
    }

    async fn on_async<R: AsyncRuntime>(
        self,
        Trial { params, .. }: Trial<Params>,
    ) -> Result<impl AsyncSession<Output = Ended>, Failure> {
        Ok(repeat_async(move || async move {
            let tasks: Vec<_> = (0..params.tasks)
                .map(|task| {
                    R::spawn(async move {
                        let mut ended = Ended::default();
                        for number in params.pieces(task) {
                            let work = async move {
                                R::yield_now().await;
                                number
                            };
                            ended.note(R::timeout(LIMIT, work).await);
                        }
                        ended
                    })
                })
                .collect();
            let mut ended = Ended::default();
            for task in tasks {
                ended.add(task.await);
            }
            Ok(ended)
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tasks_share_no_work() {
        for (timeouts, tasks) in [(10, 3), (2, 5), (1, 1)] {
            let params = Params { timeouts, tasks };
            let mut all: Vec<usize> = (0..tasks).flat_map(|task| params.pieces(task)).collect();
            all.sort_unstable();
            assert_eq!(all, (0..timeouts).collect::<Vec<_>>());
        }
    }

    #[test]
    fn expired_work_is_detected() {
        let mut ended = Ended::default();
        ended.note(Some(4));
        ended.note(None);
        assert_eq!(ended, Ended { sum: 4, in_time: 1, expired: 1 });
    }
}
