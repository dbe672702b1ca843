"""A runner of runtime-bench: reads one request, answers it, and ends."""

from __future__ import annotations

import argparse
import resource
from time import perf_counter_ns

from .conversation import Conversation, Request
from .errors import BadRequest, Failure
from .flavours import FLAVOURS, Flavour
from .instance import Instance, LoopFactory, OnLoop, OnProcesses, OnThreads
from .request import Trial
from .serve import serve_on_loop, serve_on_threads
from .session import LoopServer, LoopSession, ProcessSession, ThreadServer, ThreadSession
from .trial import measure
from .usage import metrics


def main() -> None:
    """Answers one request, of a server two."""
    parser = argparse.ArgumentParser(prog="runtime_bench_asyncio", description=__doc__)
    parser.add_argument("--flavour", choices=FLAVOURS, default="asyncio")
    flavour = FLAVOURS[parser.parse_args().flavour]
    # Before a request comes: loading a program is no part of building an event loop.
    loop_factory = flavour.loop_factory()
    conversation = Conversation()
    try:
        request = conversation.hear()
        if request is not None:
            _answer(conversation, request, flavour, loop_factory)
    except (Failure, OSError) as failure:
        kind = failure.kind if isinstance(failure, Failure) else "setup"
        conversation.reply("error", kind=kind, message=str(failure) or repr(failure))


def _answer(
    conversation: Conversation,
    request: Request,
    flavour: Flavour,
    loop_factory: LoopFactory | None,
) -> None:
    match request.get("request"):
        case "describe":
            from .describe import describe

            conversation.reply("described", **describe(flavour, request))
        case "trial":
            _try(conversation, Trial.parse(request), flavour, loop_factory)
        case other:
            raise BadRequest(f"there is no request {other!r} to begin with")


def _try(
    conversation: Conversation, trial: Trial, flavour: Flavour, loop_factory: LoopFactory | None
) -> None:
    _raise_open_files()
    session = flavour.session(trial.cell)(trial)
    if isinstance(session, LoopServer):
        serve_on_loop(session, conversation, loop_factory)
    elif isinstance(session, ThreadServer):
        serve_on_threads(session, conversation)
    else:
        built = perf_counter_ns()
        if isinstance(session, ProcessSession):
            instance: Instance = OnProcesses(session)
        elif isinstance(session, ThreadSession):
            instance = OnThreads(session)
        else:
            assert isinstance(session, LoopSession)
            instance = OnLoop(session, loop_factory)
        _measure(conversation, trial, instance, perf_counter_ns() - built)


def _measure(conversation: Conversation, trial: Trial, instance: Instance, build_ns: int) -> None:
    start = perf_counter_ns()
    instance.prepare()
    prepare_ns = perf_counter_ns() - start
    measured = measure(instance, trial)
    conversation.reply(
        "ok",
        samples=[sample._asdict() for sample in measured.samples],
        warm_up_iterations=measured.warm_up_iterations,
        build_ns=build_ns,
        prepare_ns=prepare_ns,
        warm_up_ns=measured.warm_up_ns,
        metrics=metrics(instance.session.children),
    )
    instance.close()


def _raise_open_files() -> None:
    """As many as the system allows, as for the built-in runners."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


if __name__ == "__main__":
    main()
