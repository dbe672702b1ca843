"""What can go wrong in a request, by the protocol's kinds."""


class Failure(Exception):  # noqa: N818
    """There is nothing measured; the message is one sentence."""

    kind = "setup"


class BadRequest(Failure):
    """A request that cannot be understood, or that asks for what there is not."""

    kind = "protocol"


class WrongAnswer(Failure):
    """The work was done wrongly."""

    kind = "wrong-output"
