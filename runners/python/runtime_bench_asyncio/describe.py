"""The description of a runner, and the cells that it supports."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from .errors import BadRequest
from .flavours import Flavour
from .request import Cell


def describe(flavour: Flavour, request: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of the reply."""
    return {
        "configuration": flavour.configuration.format(workers=request["workers"]),
        "versions": {
            "python": platform.python_version(),
            **{package: version(package) for package in flavour.packages},
        },
        "notes": flavour.notes,
        "cells": [_unfit(flavour, Cell.parse(key)) for key in request["cells"]],
    }


def _unfit(flavour: Flavour, cell: Cell) -> str | None:
    try:
        flavour.session(cell)
    except BadRequest as reason:
        return str(reason)
    return None
