"""What a runner is made of, and which cells it can do."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from .errors import BadRequest
from .flavours import Flavour
from .interpreter import built_without_lock
from .request import Cell


def describe(flavour: Flavour, request: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of the answer."""
    return {
        "configuration": flavour.configuration.format(workers=request["workers"]),
        "versions": {
            "python": platform.python_version() + ("t" if built_without_lock() else ""),
            **{package: version(package) for package in flavour.packages},
        },
        "notes": flavour.notes,
        "cells": [_unfit(flavour, Cell.parse(key)) for key in request["cells"]],
    }


def _unfit(flavour: Flavour, cell: Cell) -> str | None:
    reason = flavour.unavailable()
    if reason is not None:
        return reason
    try:
        flavour.session(cell)
    except BadRequest as reason:
        return str(reason)
    return None
