"""The description of a runner, and the cells that it supports."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from .errors import BadRequest
from .flavors import Flavor
from .interpreter import built_without_lock
from .request import Cell


def describe(flavor: Flavor, request: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of the reply."""
    return {
        "configuration": flavor.configuration.format(workers=request["workers"]),
        "versions": {
            "python": platform.python_version() + ("t" if built_without_lock() else ""),
            **{package: version(package) for package in flavor.packages},
        },
        "notes": flavor.notes,
        "cells": [_unfit(flavor, Cell.parse(key)) for key in request["cells"]],
    }


def _unfit(flavor: Flavor, cell: Cell) -> str | None:
    reason = flavor.unavailable()
    if reason is not None:
        return reason
    try:
        flavor.session(cell)
    except BadRequest as reason:
        return str(reason)
    return None
