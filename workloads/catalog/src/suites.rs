//! The suites. To add a workload to a suite, add its name here.

use std::num::NonZero;
use std::thread::available_parallelism;

use runtime_bench_api::runtime::OWN;
use runtime_bench_api::suite::{Members, Suite};
use runtime_bench_api::tls;
use runtime_bench_api::workload::{PointSet, Workload};
use runtime_bench_results::key::{Point, WORKERS};
use runtime_bench_workloads::cpu::cpu_batch::CpuBatch;
use runtime_bench_workloads::io::connect_churn::ConnectChurn;
use runtime_bench_workloads::io::echo_latency::EchoLatency;
use runtime_bench_workloads::io::http_server::HttpServer;
use runtime_bench_workloads::io::tcp_echo::TcpEcho;
use runtime_bench_workloads::memory::idle_connections::IdleConnections;

/// Every suite, in the order in which they are listed.
pub const SUITES: &[Suite] = &[
    Suite { name: "default", purpose: "what `cargo bench` measures", members: &[Members::Usual] },
    Suite {
        name: "server",
        purpose: "serving connections, alone and next to other work",
        members: &[
            Members::Workloads(&[
                "tcp-echo",
                "connect-churn",
                "hot-connection",
                "echo-latency",
                "http-server",
                "mixed-load",
                "overload",
                "idle-connections",
            ]),
            Members::Points(over_tls),
        ],
    },
    Suite {
        name: "cpu",
        purpose: "computing, with subtasks of equal and of unequal size",
        members: &[Members::Workloads(&[
            "cpu-batch",
            "fork-join",
            "tree-search",
            "matmul",
            "sort",
            "preprocess",
            "blocking-pool",
        ])],
    },
    Suite {
        name: "channels",
        purpose: "passing messages between tasks",
        members: &[Members::Workloads(&[
            "ping-pong",
            "brigade",
            "bounded-queue",
            "broadcast",
            "request-reply",
        ])],
    },
    Suite {
        name: "files",
        purpose: "reading and writing files, and computing on their contents",
        members: &[Members::Workloads(&["preprocess", "file-read", "file-write"])],
    },
    Suite {
        name: "oversubscription",
        purpose: "1 to 8 workers per CPU of this process: servers and computing",
        members: &[Members::Points(oversubscription)],
    },
    Suite {
        name: "peer-tzcnt",
        purpose: "problems and sizes of tzcnt/runtime-benchmarks; takes seconds per iteration",
        members: &[Members::Points(tzcnt)],
    },
    Suite {
        name: "full",
        purpose: "the sweeps of every workload; takes hours",
        members: &[Members::Sweeps],
    },
];

/// The usual points over TLS, if it is compiled in.
fn over_tls() -> Vec<(&'static str, Point)> {
    let of = |name, points: Vec<Point>| {
        let plain = points.len();
        tls::also(points).into_iter().skip(plain).map(move |point| (name, point))
    };
    of("connect-churn", Workload::points(&ConnectChurn, PointSet::Quick, 1))
        .chain(of("http-server", Workload::points(&HttpServer, PointSet::Quick, 1)))
        .chain(of("idle-connections", Workload::points(&IdleConnections, PointSet::Quick, 1)))
        .collect()
}

/// The usual points of a server, a server under a schedule and a batch of jobs, with more workers than CPUs.
fn oversubscription() -> Vec<(&'static str, Point)> {
    let cpus = available_parallelism().map_or(1, NonZero::get);
    let usual = [
        ("tcp-echo", Workload::points(&TcpEcho, PointSet::Quick, cpus)),
        ("echo-latency", Workload::points(&EchoLatency, PointSet::Quick, cpus)),
        ("cpu-batch", Workload::points(&CpuBatch, PointSet::Quick, cpus)),
    ];
    let with = |point: &Point, per_cpu: usize| {
        let mut point = point.clone();
        point.params.retain(|param| param.name != WORKERS);
        point.with(WORKERS, (per_cpu * cpus) as u64, "")
    };
    let mut all = Vec::new();
    for (workload, points) in &usual {
        for point in points {
            all.extend([1, 2, 4, 8].map(|per_cpu| (*workload, with(point, per_cpu))));
        }
    }
    all
}

/// fib(39) and skynet of 10⁸ leaves without a cut-off, nqueens(14), a product of matrices of 2 048 rows, 10⁷ items
/// through a channel between half as many producers and consumers as CPUs, and 10⁵ requests to a server.
fn tzcnt() -> Vec<(&'static str, Point)> {
    let fib = Point::new().variant("fib").with("n", 39, "").with("cut-off", 1, "");
    let skynet = Point::new().variant("skynet").with("leaves", 100_000_000, "");
    let queens = Point::new().variant("nqueens").with("n", 14, "").with("cut-off", 0, "");
    let matmul = Point::new().variant("quarters").with("n", 2_048, "").with("tile", 32, "");
    let ends = (available_parallelism().map_or(1, NonZero::get) as u64 / 2).max(1);
    let channel = Point::new().with("producers", ends, "").with("items", 10_000_000 / ends, "");
    let channel = channel.with("capacity", "unbounded", "").with("channel", OWN, "");
    let channel = if ends > 1 { channel.with("consumers", ends, "") } else { channel };
    let socket = Point::new().with("connections", 20, "").with("requests", 5_000, "");
    let socket = socket.with("wait", 0, "ms").with("client", "runtime", "");
    vec![
        ("fork-join", fib),
        ("fork-join", skynet),
        ("tree-search", queens),
        ("matmul", matmul),
        ("bounded-queue", channel),
        ("http-server", socket),
    ]
}
