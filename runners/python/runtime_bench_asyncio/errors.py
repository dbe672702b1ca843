"""Errors of a request, by the protocol's kinds."""


class Failure(Exception):  # noqa: N818
    """Nothing was measured; the message is one sentence."""

    kind = "setup"


class BadRequest(Failure):
    """A request that is malformed or asks for something unknown."""

    kind = "protocol"


class WrongAnswer(Failure):
    """The output is wrong."""

    kind = "wrong-output"
