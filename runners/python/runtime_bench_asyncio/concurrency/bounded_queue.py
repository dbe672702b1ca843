"""`bounded-queue`: producers and a consumer on a channel of limited capacity."""

from __future__ import annotations

import asyncio
import queue

from ..request import Cell
from ..session import LoopSession, ThreadSession
from ..threads import Task, too_many

Received = dict[str, int]


class Delivery:
    """The consumer's record of received items."""

    def __init__(self, items: int) -> None:
        self._seen = bytearray(items)
        self.sum = 0
        self.repeated = 0

    def take(self, item: int) -> None:
        self.sum += item
        self.repeated += self._seen[item]
        self._seen[item] = 1

    def received(self) -> Received:
        return {"distinct": sum(self._seen), "sum": self.sum, "repeated": self.repeated}


class Shape:
    """The parameters, read once."""

    def __init__(self, cell: Cell) -> None:
        self.producers = cell.count("producers")
        self.items = cell.count("items")
        # Zero is unbounded for both kinds of queue.
        unbounded = cell.params["capacity"] == "unbounded"
        self.capacity = 0 if unbounded else cell.count("capacity")

    def of_producer(self, producer: int) -> range:
        """The items of one producer; producers share no items."""
        return range(producer * self.items, (producer + 1) * self.items)


class OnLoop(LoopSession):
    async def iterate(self) -> Received:
        shape = Shape(self.cell)
        items: asyncio.Queue[int | None] = asyncio.Queue(shape.capacity)
        producers = [
            asyncio.create_task(produce(items, shape.of_producer(producer)))
            for producer in range(shape.producers)
        ]
        consumer = asyncio.create_task(consume(items, shape.producers * shape.items))
        await asyncio.gather(*producers)
        await items.put(None)
        return await consumer


async def produce(items: asyncio.Queue[int | None], own: range) -> None:
    for item in own:
        await items.put(item)


async def consume(items: asyncio.Queue[int | None], total: int) -> Received:
    delivery = Delivery(total)
    while (item := await items.get()) is not None:
        delivery.take(item)
    return delivery.received()


class OnThreads(ThreadSession):
    @classmethod
    def unfit(cls, cell: Cell) -> str | None:
        return too_many(cell.count("producers") + 1)

    def iterate(self) -> Received:
        shape = Shape(self.cell)
        items: queue.Queue[int | None] = queue.Queue(shape.capacity)
        producers = [
            Task(produce_on_a_thread, items, shape.of_producer(producer))
            for producer in range(shape.producers)
        ]
        consumer = Task(consume_on_a_thread, items, shape.producers * shape.items)
        for producer in producers:
            producer.result()
        items.put(None)
        return consumer.result()


def produce_on_a_thread(items: queue.Queue[int | None], own: range) -> None:
    for item in own:
        items.put(item)


def consume_on_a_thread(items: queue.Queue[int | None], total: int) -> Received:
    delivery = Delivery(total)
    while (item := items.get()) is not None:
        delivery.take(item)
    return delivery.received()
