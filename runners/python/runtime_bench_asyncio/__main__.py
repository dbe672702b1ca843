"""A runner of runtime-bench: reads one request, replies, and exits."""

from __future__ import annotations

import argparse
import resource
from time import perf_counter_ns
from typing import Any

from .conversation import Conversation, Request
from .errors import BadRequest, Failure
from .flavors import FLAVORS, Flavor
from .instance import Instance, OnLoop, OnLoops, OnProcesses, OnThreads
from .loops import LoopFactory
from .request import Trial
from .session import LoopServer, ThreadServer
from .trial import measure
from .usage import metrics


def main() -> None:
    """Replies to one request, or to two if the workload is a server."""
    parser = argparse.ArgumentParser(prog="runtime_bench_asyncio", description=__doc__)
    # `--flavour` is the spelling of earlier versions, which stored runners files may have.
    parser.add_argument("--flavor", "--flavour", choices=FLAVORS, default="asyncio")
    flavor = FLAVORS[parser.parse_args().flavor]
    # Before the request arrives, because loading a program is not part of building an event loop.
    loop_factory = flavor.loop_factory()
    conversation = Conversation()
    try:
        request = conversation.hear()
        if request is not None:
            _answer(conversation, request, flavor, loop_factory)
    except (Failure, OSError) as failure:
        kind = failure.kind if isinstance(failure, Failure) else "setup"
        conversation.reply("error", kind=kind, message=str(failure) or repr(failure))


def _answer(
    conversation: Conversation,
    request: Request,
    flavor: Flavor,
    loop_factory: LoopFactory | None,
) -> None:
    read = perf_counter_ns()
    match request.get("request"):
        case "describe":
            from .describe import describe

            conversation.reply("described", **describe(flavor, request))
        case "trial":
            trial = Trial.parse(request)
            instance = _build(flavor, trial, loop_factory)
            _try(conversation, instance, flavor, trial, perf_counter_ns() - read)
            instance.close()
        case other:
            raise BadRequest(f"unexpected first request {other!r}")


def _build(flavor: Flavor, trial: Trial, loop_factory: LoopFactory | None) -> Instance:
    match flavor.kind:
        case "OnThreads":
            return OnThreads()
        case "OnLoops":
            return OnLoops(loop_factory, trial.workers)
        case "OnProcesses":
            kind: Any = flavor.session(trial.cell)
            return OnProcesses(kind, trial)
        case _:
            return OnLoop(loop_factory)


def _try(
    conversation: Conversation, instance: Instance, flavor: Flavor, trial: Trial, build_ns: int
) -> None:
    built = perf_counter_ns()
    _raise_open_files()
    session = flavor.session(trial.cell)(trial)
    if isinstance(session, LoopServer | ThreadServer):
        instance.serve(session, conversation)
        return
    instance.prepare(session)
    prepare_ns = perf_counter_ns() - built
    measured = measure(instance, trial)
    conversation.reply(
        "ok",
        samples=[sample._asdict() for sample in measured.samples],
        warm_up_iterations=measured.warm_up_iterations,
        build_ns=build_ns,
        prepare_ns=prepare_ns,
        warm_up_ns=measured.warm_up_ns,
        metrics=metrics(session.children),
    )


def _raise_open_files() -> None:
    """As many as the system allows, as for the built-in runners."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


if __name__ == "__main__":
    main()
