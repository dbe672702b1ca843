"""The page of `http-server`."""

from __future__ import annotations

from string import ascii_lowercase

#: Bytes of the page.
LENGTH = 1_024

#: Repeats `a` to `z`; the last byte is a newline.
BODY = (ascii_lowercase * (LENGTH // 26 + 1))[: LENGTH - 1].encode() + b"\n"
