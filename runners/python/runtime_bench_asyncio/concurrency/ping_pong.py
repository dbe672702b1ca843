"""`ping-pong`: pairs of tasks that wait for each other's reply."""

from __future__ import annotations

import asyncio
import queue
from collections.abc import Iterable

from ..request import Cell
from ..session import LoopSession, ThreadSession
from ..threads import Task, too_many

Rally = dict[str, int]


def questions(pair: int, rounds: int) -> range:
    """Pairs share no numbers."""
    return range(pair * rounds, (pair + 1) * rounds)


def rally(rights: Iterable[int], rounds: int) -> Rally:
    """The numbers of right and wrong replies, from the right ones of each pair."""
    right = sum(rights)
    return {"right": right, "wrong": rounds - right}


class OnLoop(LoopSession):
    async def iterate(self) -> Rally:
        pairs, rounds = self.cell.count("pairs"), self.cell.count("rounds")
        servers, partners = [], []
        for pair in range(pairs):
            asked: asyncio.Queue[int] = asyncio.Queue(1)
            answered: asyncio.Queue[int] = asyncio.Queue(1)
            partners.append(asyncio.create_task(answer(asked, answered, rounds)))
            servers.append(asyncio.create_task(ask(asked, answered, questions(pair, rounds))))
        rights = await asyncio.gather(*servers)
        await asyncio.gather(*partners)
        return rally(rights, pairs * rounds)


async def ask(asked: asyncio.Queue[int], answered: asyncio.Queue[int], numbers: range) -> int:
    right = 0
    for question in numbers:
        await asked.put(question)
        right += await answered.get() == question + 1
    return right


async def answer(asked: asyncio.Queue[int], answered: asyncio.Queue[int], rounds: int) -> None:
    for _ in range(rounds):
        await answered.put(await asked.get() + 1)


class OnThreads(ThreadSession):
    @classmethod
    def unfit(cls, cell: Cell) -> str | None:
        return too_many(2 * cell.count("pairs"))

    def iterate(self) -> Rally:
        pairs, rounds = self.cell.count("pairs"), self.cell.count("rounds")
        servers, partners = [], []
        for pair in range(pairs):
            asked: queue.Queue[int] = queue.Queue(1)
            answered: queue.Queue[int] = queue.Queue(1)
            partners.append(Task(answer_on_a_thread, asked, answered, rounds))
            servers.append(Task(ask_on_a_thread, asked, answered, questions(pair, rounds)))
        rights = [server.result() for server in servers]
        for partner in partners:
            partner.result()
        return rally(rights, pairs * rounds)


def ask_on_a_thread(asked: queue.Queue[int], answered: queue.Queue[int], numbers: range) -> int:
    right = 0
    for question in numbers:
        asked.put(question)
        right += answered.get() == question + 1
    return right


def answer_on_a_thread(asked: queue.Queue[int], answered: queue.Queue[int], rounds: int) -> None:
    for _ in range(rounds):
        answered.put(asked.get() + 1)
