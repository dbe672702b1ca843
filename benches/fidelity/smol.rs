//! smol by hand.

use std::future::pending;
use std::thread;

use runtime_bench::api::instance::Instance;
use runtime_bench::api::loopback;
use runtime_bench::api::workload::{Failure, Setup};
use smol::Executor;
use smol::channel;
use smol::io::{AsyncReadExt, AsyncWriteExt};
use smol::net::TcpStream;

use crate::by_hand::{
    ByHand, Delivery, Laps, Queue, Talk, instance, per_task, sum_below, talk, throughput,
};

pub(crate) const BY_HAND: ByHand = ByHand {
    name: "smol-by-hand",
    configuration: "an Executor",
    worker_variable: None,
    cells: [("spawn-join", spawn_join), ("tcp-echo", tcp_echo), ("bounded-queue", bounded_queue)],
};

/// One instance per process.
static EXECUTOR: Executor<'static> = Executor::new();

fn run_executor(setup: &Setup) -> Result<(), Failure> {
    for worker in 0..setup.workers {
        thread::Builder::new()
            .name(format!("smol-{worker}"))
            .spawn(|| smol::block_on(EXECUTOR.run(pending::<()>())))
            .map_err(Failure::io("building the runtime"))?;
    }
    Ok(())
}

fn spawn_join(setup: &Setup) -> Result<Box<dyn Instance>, Failure> {
    let (clock, tasks) = (setup.clock, setup.point.count("tasks")? as u64);
    run_executor(setup)?;
    Ok(instance(sum_below(tasks), per_task(tasks), move |iterations| {
        smol::block_on(EXECUTOR.spawn(async move {
            let mut laps = Laps::start(clock, iterations);
            for _ in 0..iterations {
                let spawned: Vec<_> =
                    (0..tasks).map(|number| EXECUTOR.spawn(async move { number })).collect();
                let mut sum = 0;
                for task in spawned {
                    sum += task.await;
                }
                laps.lap(sum);
            }
            laps.stop()
        }))
    }))
}

fn tcp_echo(setup: &Setup) -> Result<Box<dyn Instance>, Failure> {
    let (clock, talk) = (setup.clock, Talk::of(setup)?);
    run_executor(setup)?;
    let refused = Failure::io("connecting on loopback");
    let mut clients = Vec::with_capacity(talk.connections);
    for (client, server) in loopback::pairs(talk.connections).map_err(&refused)? {
        EXECUTOR.spawn(echo(TcpStream::try_from(server).map_err(&refused)?, talk.size)).detach();
        clients.push(TcpStream::try_from(client).map_err(&refused)?);
    }
    let headline = throughput("messages/s", talk.total());
    Ok(instance(talk.total(), headline, move |iterations| {
        let mut streams = std::mem::take(&mut clients);
        let (streams, block) = smol::block_on(EXECUTOR.spawn(async move {
            let mut laps = Laps::start(clock, iterations);
            for _ in 0..iterations {
                let tasks: Vec<_> = streams
                    .drain(..)
                    .enumerate()
                    .map(|(connection, stream)| EXECUTOR.spawn(converse(stream, connection, talk)))
                    .collect();
                let mut right = 0;
                for task in tasks {
                    let (stream, echoed) = task.await;
                    streams.push(stream);
                    right += echoed;
                }
                laps.lap(right);
            }
            (streams, laps.stop())
        }));
        clients = streams;
        block
    }))
}

talk!();

fn bounded_queue(setup: &Setup) -> Result<Box<dyn Instance>, Failure> {
    let (clock, queue) = (setup.clock, Queue::of(setup)?);
    run_executor(setup)?;
    let headline = throughput("items/s", queue.total());
    Ok(instance(queue.all_once(), headline, move |iterations| {
        smol::block_on(EXECUTOR.spawn(async move {
            let mut laps = Laps::start(clock, iterations);
            for _ in 0..iterations {
                let (sender, receiver) = channel::bounded(queue.capacity);
                let producers: Vec<_> = (0..queue.producers)
                    .map(|producer| {
                        let sender = sender.clone();
                        EXECUTOR.spawn(async move {
                            for item in queue.of_producer(producer) {
                                if sender.send(item).await.is_err() {
                                    return;
                                }
                            }
                        })
                    })
                    .collect();
                drop(sender);
                let consumer = EXECUTOR.spawn(async move {
                    let mut delivery = Delivery::expecting(queue.total());
                    while let Ok(item) = receiver.recv().await {
                        delivery.take(item);
                    }
                    delivery.received
                });
                for producer in producers {
                    producer.await;
                }
                laps.lap(consumer.await);
            }
            laps.stop()
        }))
    }))
}
