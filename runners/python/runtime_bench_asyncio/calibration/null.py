"""`null`: an iteration that does nothing."""

from ..session import LoopSession, LoopsSession, ProcessSession, ThreadSession


class OnLoop(LoopSession):
    async def iterate(self) -> None:
        return


class OnLoops(LoopsSession):
    def iterate(self) -> None:
        return


class OnThreads(ThreadSession):
    def iterate(self) -> None:
        return


class OnProcesses(ProcessSession):
    def iterate(self) -> None:
        return
