//! tokio by hand.

use runtime_bench::api::instance::Instance;
use runtime_bench::api::loopback;
use runtime_bench::api::workload::{Failure, Setup};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc;

use crate::by_hand::{
    ByHand, Delivery, Laps, Queue, Talk, instance, per_task, sum_below, talk, throughput,
};

pub(crate) const BY_HAND: ByHand = ByHand {
    name: "tokio-by-hand",
    configuration: "multi-thread scheduler, enable_all",
    worker_variable: None,
    cells: [("spawn-join", spawn_join), ("tcp-echo", tcp_echo), ("bounded-queue", bounded_queue)],
};

fn runtime(setup: &Setup) -> Result<Runtime, Failure> {
    let built = Builder::new_multi_thread().worker_threads(setup.workers).enable_all().build();
    built.map_err(Failure::io("building the runtime"))
}

fn spawn_join(setup: &Setup) -> Result<Box<dyn Instance>, Failure> {
    let (runtime, clock, tasks) =
        (runtime(setup)?, setup.clock, setup.point.count("tasks")? as u64);
    Ok(instance(sum_below(tasks), per_task(tasks), move |iterations| {
        let root = runtime.spawn(async move {
            let mut laps = Laps::start(clock, iterations);
            for _ in 0..iterations {
                let handles: Vec<_> =
                    (0..tasks).map(|number| tokio::spawn(async move { number })).collect();
                let mut sum = 0;
                for handle in handles {
                    sum += handle.await.expect("the task does not panic");
                }
                laps.lap(sum);
            }
            laps.stop()
        });
        runtime.block_on(root).expect("the root does not panic")
    }))
}

fn tcp_echo(setup: &Setup) -> Result<Box<dyn Instance>, Failure> {
    let (runtime, clock, talk) = (runtime(setup)?, setup.clock, Talk::of(setup)?);
    let refused = Failure::io("connecting on loopback");
    let entered = runtime.enter();
    let mut clients = Vec::with_capacity(talk.connections);
    for (client, server) in loopback::pairs(talk.connections).map_err(&refused)? {
        for stream in [&client, &server] {
            stream.set_nonblocking(true).map_err(&refused)?;
        }
        tokio::spawn(echo(TcpStream::from_std(server).map_err(&refused)?, talk.size));
        clients.push(TcpStream::from_std(client).map_err(&refused)?);
    }
    drop(entered);
    let headline = throughput("messages/s", talk.total());
    Ok(instance(talk.total(), headline, move |iterations| {
        let mut streams = std::mem::take(&mut clients);
        let root = runtime.spawn(async move {
            let mut laps = Laps::start(clock, iterations);
            for _ in 0..iterations {
                let handles: Vec<_> = streams
                    .drain(..)
                    .enumerate()
                    .map(|(connection, stream)| tokio::spawn(converse(stream, connection, talk)))
                    .collect();
                let mut right = 0;
                for handle in handles {
                    let (stream, echoed) = handle.await.expect("the client does not panic");
                    streams.push(stream);
                    right += echoed;
                }
                laps.lap(right);
            }
            (streams, laps.stop())
        });
        let (streams, block) = runtime.block_on(root).expect("the root does not panic");
        clients = streams;
        block
    }))
}

talk!();

fn bounded_queue(setup: &Setup) -> Result<Box<dyn Instance>, Failure> {
    let (runtime, clock, queue) = (runtime(setup)?, setup.clock, Queue::of(setup)?);
    let headline = throughput("items/s", queue.total());
    Ok(instance(queue.all_once(), headline, move |iterations| {
        let root = runtime.spawn(async move {
            let mut laps = Laps::start(clock, iterations);
            for _ in 0..iterations {
                let (sender, mut receiver) = mpsc::channel(queue.capacity);
                let producers: Vec<_> = (0..queue.producers)
                    .map(|producer| {
                        let sender = sender.clone();
                        tokio::spawn(async move {
                            for item in queue.of_producer(producer) {
                                if sender.send(item).await.is_err() {
                                    return;
                                }
                            }
                        })
                    })
                    .collect();
                drop(sender);
                let consumer = tokio::spawn(async move {
                    let mut delivery = Delivery::expecting(queue.total());
                    while let Some(item) = receiver.recv().await {
                        delivery.take(item);
                    }
                    delivery.received
                });
                for producer in producers {
                    producer.await.expect("the producer does not panic");
                }
                laps.lap(consumer.await.expect("the consumer does not panic"));
            }
            laps.stop()
        });
        runtime.block_on(root).expect("the root does not panic")
    }))
}
