//! `scrape`: fetches pages from a slow server with limited concurrency.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde::{Deserialize, Serialize};

use super::site::{PAGE, Site};
use super::stack::Stack;
use runtime_bench_api::external::ExternalInputs;
use runtime_bench_api::loopback::hand_over;
use runtime_bench_api::prelude::*;
use runtime_bench_api::runtime::Locks;

/// The workload.
#[derive(Clone, Copy, Debug)]
pub struct Scrape;

/// The fetched pages.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Scraped {
    /// The CRC-32 of each page, in the order of the pages.
    pages: Vec<(usize, u32)>,
    /// The largest number of connections in use at once.
    most: usize,
}

/// The parameters of a point.
#[derive(Clone, Copy, Debug)]
pub struct Params {
    pages: usize,
    at_once: usize,
    latency_most: usize,
}

impl FromPoint for Params {
    fn from_point(point: &Point) -> Result<Self, Unsupported> {
        Ok(Self {
            pages: point.count_in("pages", 1..=1_000_000)?,
            at_once: point.count_in("at-once", 1..=4_096)?,
            latency_most: point.count_in("latency-most", 1..=10_000)?,
        })
    }
}

/// The pages of a trial and the site that serves them.
#[derive(Clone, Copy)]
struct Job {
    pages: usize,
    at_once: usize,
    site: Site,
}

impl Job {
    fn new(params: Params, seed: u64) -> Self {
        let Params { pages, at_once, latency_most } = params;
        Self { pages, at_once, site: Site::new(seed, latency_most) }
    }

    /// Lower bound of the time: every connection waits without a pause, and all end together.
    fn ideal_ns(self) -> f64 {
        let waits: f64 = (0..self.pages).map(|page| self.site.latency(page).as_secs_f64()).sum();
        waits * 1e9 / self.at_once as f64
    }
}

impl Workload for Scrape {
    type Params = Params;
    type Output = Scraped;
    const METRICS: &'static [&'static MetricDef] =
        &[&metric::MAKESPAN_OVER_IDEAL, &metric::CPU_PER_PAGE, &metric::MOST_AT_ONCE];

    fn info(&self) -> WorkloadInfo {
        WorkloadInfo {
            name: "scrape".into(),
            title: "Fetch pages from a slow server".into(),
            kind: Kind::Io,
            model: "Pages of 2 KiB are fetched over keep-alive connections, with a limit on \
                    concurrent requests. The server takes a different time for each page, drawn \
                    once between a quarter of the longest time and the longest time."
                .into(),
            check: "Every page arrives once with the correct checksum, and the number of \
                    connections in use never exceeds the limit."
                .into(),
            headline: Self::METRICS[0].id.into(),
            headline_phase: Phase::Warm,
            notes: vec![
                "The ideal is the sum of the server's times divided by the number of concurrent \
                 requests. The pages do not divide evenly, so no runner can reach 1; the gap is \
                 the same for all."
                    .into(),
                "The server uses one plain OS thread per connection in the same process, the same \
                 for every runner. The CPU time per page includes it."
                    .into(),
                "Async runners spawn one task per page, which acquires a permit of the runtime's \
                 own semaphore. Threads, the pool and rayon start one worker per connection, \
                 which fetches one page after another."
                    .into(),
            ],
        }
    }

    fn points(&self, set: PointSet, _: usize) -> Vec<Point> {
        let point = |pages: u64, at_once: u64, latency: u64| {
            Point::new().with("pages", pages, "").with("at-once", at_once, "").with(
                "latency-most",
                latency,
                "ms",
            )
        };
        match set {
            PointSet::Smoke => vec![point(4, 2, 1)],
            PointSet::Quick => vec![point(64, 8, 4)],
            PointSet::Full => vec![point(500, 8, 20), point(500, 64, 20)],
        }
    }

    fn requirements(&self, params: &Params, family: Family) -> Result<Requirements, Unsupported> {
        let Params { pages, at_once, .. } = *params;
        let tasks = if family == Family::Async { pages } else { at_once };
        most_threads(family, tasks, 1_000)?;
        Ok(Requirements {
            tasks,
            blocking: at_once,
            files: 2 * at_once,
            memory: (tasks * 4_096 + at_once * 65_536) as u64,
            ..Requirements::default()
        })
    }

    fn external_inputs(&self, trial: &Trial<Params>) -> Result<ExternalInputs, Failure> {
        let address = Some(Job::new(trial.params, trial.setup.seed).site.open()?);
        Ok(ExternalInputs { address, ..ExternalInputs::default() })
    }

    fn verify(&self, trial: &Trial<Params>, scraped: &Scraped) -> Result<(), String> {
        let job = Job::new(trial.params, trial.setup.seed);
        let Scraped { pages, most } = scraped;
        if *most > job.at_once || *most == 0 {
            return Err(format!("{most} connections in use at once, allowed {}", job.at_once));
        }
        let expected = |page| (page, crc32fast::hash(&job.site.content(page)));
        let right = pages.iter().zip(0..).filter(|(came, page)| **came == expected(*page)).count();
        ensure(right == job.pages && pages.len() == job.pages, || {
            format!("{} of {} pages arrived, {right} of them correct", pages.len(), job.pages)
        })
    }

    fn describe(&self, scraped: &Scraped) -> String {
        format!("{} pages, at most {} at once", scraped.pages.len(), scraped.most)
    }

    fn metrics(&self, trial: &Trial<Params>, block: &Timed<Scraped>) -> Vec<Metric> {
        let job = Job::new(trial.params, trial.setup.seed);
        let (ideal, pages) = (job.ideal_ns(), job.pages as f64);
        vec![
            Metric::of(&metric::MAKESPAN_OVER_IDEAL, block.wall_ns() / ideal),
            Metric::of(&metric::CPU_PER_PAGE, block.cpu_ns() / pages),
            Metric::of(&metric::MOST_AT_ONCE, block.mean(|scraped| scraped.most as f64)),
        ]
    }

    async fn on_async<R: AsyncRuntime>(
        self,
        Trial { params, setup }: Trial<Params>,
    ) -> Result<impl AsyncSession<Output = Scraped>, Failure> {
        let job = Job::new(params, setup.seed);
        let connections = job.site.serve(job.at_once)?.into_iter().map(hand_over::<R>);
        let stack = Arc::new(Stack::of(connections.collect::<Result<_, _>>()?));
        Ok(repeat_async(move || {
            let stack = Arc::clone(&stack);
            async move { fetch_all::<R, R::Locks>(job, stack).await }
        }))
    }

    fn on_threads<T: ThreadRuntime>(
        self,
        Trial { params, setup }: Trial<Params>,
    ) -> Result<impl Session<Output = Scraped>, Failure> {
        let job = Job::new(params, setup.seed);
        let stack = Arc::new(Stack::of(job.site.serve(job.at_once)?));
        Ok(repeat(move || {
            stack.forget_most();
            let next = Arc::new(AtomicUsize::new(0));
            let workers: Vec<_> = (0..job.at_once)
                .map(|_| {
                    let (stack, next) = (Arc::clone(&stack), Arc::clone(&next));
                    T::spawn(move || take_pages(job, &stack, &next))
                })
                .collect();
            gathered(workers.into_iter().map(T::join), &stack)
        }))
    }

    fn on_data_parallel<D: DataParallel>(
        self,
        Trial { params, setup }: Trial<Params>,
    ) -> Result<impl Session<Output = Scraped>, Failure> {
        let job = Job::new(params, setup.seed);
        let stack = Stack::of(job.site.serve(job.at_once)?);
        Ok(repeat(move || {
            stack.forget_most();
            let next = AtomicUsize::new(0);
            let workers = D::map(job.at_once, |_| take_pages(job, &stack, &next));
            gathered(workers.into_iter(), &stack)
        }))
    }
}

/// Pages in the order in which a worker fetched them.
type Pages = Result<Vec<(usize, u32)>, Failure>;

fn gathered(
    workers: impl Iterator<Item = Pages>,
    stack: &Stack<TcpStream>,
) -> Result<Scraped, Failure> {
    let mut pages = workers.collect::<Result<Vec<_>, _>>()?.concat();
    pages.sort_unstable();
    Ok(Scraped { pages, most: stack.most() })
}

/// A worker: fetches one page after another until none is left.
fn take_pages(job: Job, stack: &Stack<TcpStream>, next: &AtomicUsize) -> Pages {
    let mut pages = Vec::new();
    loop {
        let page = next.fetch_add(1, Ordering::Relaxed);
        if page >= job.pages {
            return Ok(pages);
        }
        let mut connection = stack.take()?;
        let mut content = [0; PAGE];
        connection
            .write_all(&Site::request(page))
            .and_then(|()| connection.read_exact(&mut content))
            .map_err(Failure::io("fetching a page"))?;
        stack.give_back(connection);
        pages.push((page, crc32fast::hash(&content)));
    }
}

async fn fetch_all<R: AsyncRuntime, L: Locks>(
    job: Job,
    stack: Arc<Stack<R::Tcp>>,
) -> Result<Scraped, Failure> {
    stack.forget_most();
    let semaphore = Arc::new(L::semaphore(job.at_once));
    let tasks: Vec<_> = (0..job.pages)
        .map(|page| {
            let (semaphore, stack) = (Arc::clone(&semaphore), Arc::clone(&stack));
            R::spawn(async move { L::permitted(&semaphore, fetch::<R>(&stack, page)).await })
        })
        .collect();
    let mut pages = Vec::with_capacity(job.pages);
    for task in tasks {
        pages.push(task.await?);
    }
    Ok(Scraped { pages, most: stack.most() })
}

async fn fetch<R: AsyncRuntime>(
    stack: &Stack<R::Tcp>,
    page: usize,
) -> Result<(usize, u32), Failure> {
    let failed = Failure::io("fetching a page");
    let mut connection = stack.take()?;
    let mut content = [0; PAGE];
    R::write_all(&mut connection, &Site::request(page)).await.map_err(&failed)?;
    R::read_exact(&mut connection, &mut content).await.map_err(&failed)?;
    stack.give_back(connection);
    Ok((page, crc32fast::hash(&content)))
}
