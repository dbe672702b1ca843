//! async-std by hand.

use async_std::channel;
use async_std::io::prelude::{ReadExt, WriteExt};
use async_std::net::TcpStream;
use async_std::task;
use runtime_bench::api::instance::Instance;
use runtime_bench::api::loopback;
use runtime_bench::api::workload::{Failure, Setup};

use crate::by_hand::{
    ByHand, Delivery, Laps, Queue, Talk, instance, per_task, sum_below, talk, throughput,
};

pub(crate) const BY_HAND: ByHand = ByHand {
    name: "async-std-by-hand",
    configuration: "global runtime",
    worker_variable: Some("ASYNC_STD_THREAD_COUNT"),
    cells: [("spawn-join", spawn_join), ("tcp-echo", tcp_echo), ("bounded-queue", bounded_queue)],
};

fn spawn_join(setup: &Setup) -> Result<Box<dyn Instance>, Failure> {
    let (clock, tasks) = (setup.clock, setup.point.count("tasks")? as u64);
    Ok(instance(sum_below(tasks), per_task(tasks), move |iterations| {
        task::block_on(task::spawn(async move {
            let mut laps = Laps::start(clock, iterations);
            for _ in 0..iterations {
                let handles: Vec<_> =
                    (0..tasks).map(|number| task::spawn(async move { number })).collect();
                let mut sum = 0;
                for handle in handles {
                    sum += handle.await;
                }
                laps.lap(sum);
            }
            laps.stop()
        }))
    }))
}

fn tcp_echo(setup: &Setup) -> Result<Box<dyn Instance>, Failure> {
    let (clock, talk) = (setup.clock, Talk::of(setup)?);
    let pairs = loopback::pairs(talk.connections).map_err(Failure::io("connecting on loopback"))?;
    let mut clients = Vec::with_capacity(talk.connections);
    for (client, server) in pairs {
        task::spawn(echo(TcpStream::from(server), talk.size));
        clients.push(TcpStream::from(client));
    }
    let headline = throughput("messages/s", talk.total());
    Ok(instance(talk.total(), headline, move |iterations| {
        let mut streams = std::mem::take(&mut clients);
        let (streams, block) = task::block_on(task::spawn(async move {
            let mut laps = Laps::start(clock, iterations);
            for _ in 0..iterations {
                let talking: Vec<_> = streams
                    .drain(..)
                    .enumerate()
                    .map(|(connection, stream)| task::spawn(converse(stream, connection, talk)))
                    .collect();
                let mut right = 0;
                for client in talking {
                    let (stream, echoed) = client.await;
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
    let headline = throughput("items/s", queue.total());
    Ok(instance(queue.all_once(), headline, move |iterations| {
        task::block_on(task::spawn(async move {
            let mut laps = Laps::start(clock, iterations);
            for _ in 0..iterations {
                let (sender, receiver) = channel::bounded(queue.capacity);
                let producers: Vec<_> = (0..queue.producers)
                    .map(|producer| {
                        let sender = sender.clone();
                        task::spawn(async move {
                            for item in queue.of_producer(producer) {
                                if sender.send(item).await.is_err() {
                                    return;
                                }
                            }
                        })
                    })
                    .collect();
                drop(sender);
                let consumer = task::spawn(async move {
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
