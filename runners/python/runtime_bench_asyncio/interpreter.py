"""Detects whether the threads of this interpreter run Python code in parallel."""

from __future__ import annotations

import sys
import sysconfig

HOW = "install Python 3.14t and run `scripts/python-runner freethreaded`"


def built_without_lock() -> bool:
    """Whether it is a free-threaded build."""
    return bool(sysconfig.get_config_var("Py_GIL_DISABLED"))


def serial() -> str | None:
    """Why threads do not run in parallel; None if they do."""
    if not built_without_lock():
        return f"this Python has a global interpreter lock; {HOW}"
    enabled = getattr(sys, "_is_gil_enabled", None)
    if enabled is None or enabled():
        return "the global interpreter lock is switched on (PYTHON_GIL, -X gil or a module)"
    return None
