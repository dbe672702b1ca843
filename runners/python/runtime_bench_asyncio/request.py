"""The request of the harness: a cell, and how to measure it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from .errors import BadRequest
from .loops import shares


@dataclass(frozen=True)
class Cell:
    """A workload at a point of its parameters."""

    workload: str
    variant: str | None
    params: Mapping[str, int | str]

    @classmethod
    def parse(cls, key: Mapping[str, Any]) -> Cell:
        """Parses a cell of a request."""
        with _well_formed():
            params = {param["name"]: param["value"] for param in key["params"]}
            return cls(key["workload"], key.get("variant"), params)

    def count(self, name: str) -> int:
        """A parameter that is a whole number."""
        value = self.params.get(name)
        if not isinstance(value, int):
            raise BadRequest(f"{self.workload} needs a whole number `{name}`, not {value!r}")
        return value

    def ms(self, name: str) -> float:
        """A parameter in milliseconds, as seconds."""
        return self.count(name) / 1e3


@dataclass(frozen=True)
class Trial:
    """One block of one cell to measure on a fresh instance."""

    cell: Cell
    workers: int
    phase: str
    iterations: int | None
    nanoseconds: int | None
    seed: int
    scratch: str
    files: list[str]
    address: str | None

    @classmethod
    def parse(cls, request: Mapping[str, Any]) -> Trial:
        """Parses a request for a trial."""
        with _well_formed():
            cell, block = Cell.parse(request["cell"]), request["block"]
            workers = cell.params.get("workers", request["workers"])
            if not isinstance(workers, int) or workers < 1:
                raise BadRequest(f"invalid number of workers: {workers!r} workers")
            trial = cls(
                cell=cell,
                workers=workers,
                phase=request["phase"],
                iterations=block.get("iterations"),
                nanoseconds=block.get("nanoseconds"),
                seed=request["seed"],
                scratch=request["scratch"],
                files=request.get("files") or [],
                address=request.get("address"),
            )
        if trial.phase not in ("startup", "warm", "steady"):
            raise BadRequest(f"unknown phase {trial.phase!r}")
        if (trial.iterations is None) == (trial.nanoseconds is None):
            raise BadRequest(f"a block needs `iterations` or `nanoseconds`: {block!r}")
        return trial

    def divided(self, shared: Iterable[str], parts: int) -> list[Trial]:
        """Trials with a share of these parameters each, at most as many as the smallest value."""
        totals = {name: self.cell.count(name) for name in shared}
        parts = min(parts, *totals.values())
        each = zip(*(shares(total, parts) for total in totals.values()))
        params = (dict(zip(totals, share)) for share in each)
        return [
            replace(self, cell=replace(self.cell, params={**self.cell.params, **own}))
            for own in params
        ]

    def host_and_port(self) -> tuple[str, int]:
        """The server to talk to."""
        if self.address is None:
            raise BadRequest(f"{self.cell.workload} needs an address")
        host, port = self.address.rsplit(":", 1)
        return host, int(port)


@contextmanager
def _well_formed() -> Iterator[None]:
    """Turns errors of parsing a request into protocol errors."""
    try:
        yield
    except (AttributeError, KeyError, TypeError) as error:
        raise BadRequest(f"the request does not follow the protocol: {error!r}") from error
