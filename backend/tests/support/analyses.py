"""Analysis processes of this very process that do what a file tells them to."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from typing_extensions import override

from src.services.analysis import executor
from src.services.analysis.process import AnalysisProcess, IdleProcesses
from tests.support import faulty_analysis


async def until_begun(folder: Path) -> None:
    """Wait until a file that orders `wait` is being analysed by a process that meets us there."""
    async with asyncio.timeout(20):
        while not (folder / faulty_analysis.BEGUN).exists():
            await asyncio.sleep(0.01)


class FaultyAnalyses(IdleProcesses):
    """Processes of their own, not those that other tests share; `folder` is where they meet us."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder
        self.taken: list[AnalysisProcess] = []

    @override
    def take(self) -> AnalysisProcess:
        self.taken.append(super().take())
        return self.taken[-1]

    async def begun(self) -> None:
        """Wait until a file that orders `wait` is being analysed."""
        await until_begun(self.folder)

    async def taken_at_least(self, count: int) -> None:
        """Wait until so many files have been given to processes."""
        async with asyncio.timeout(20):
            while len(self.taken) < count:
                await asyncio.sleep(0.01)

    async def all_dead(self) -> None:
        """Wait until no process that a file was given to is alive any more."""
        async with asyncio.timeout(20):
            while any(process.is_alive for process in self.taken):
                await asyncio.sleep(0.01)

    def go_on(self) -> None:
        (self.folder / faulty_analysis.GO_ON).touch()

    def end(self) -> None:
        while len(self):
            self.take().kill()


@contextmanager
def faulty(folder: Path) -> Iterator[FaultyAnalyses]:
    with pytest.MonkeyPatch.context() as patch:
        processes = FaultyAnalyses(folder)
        patch.setattr(executor, "idle_processes", processes)
        patch.setattr(AnalysisProcess, "module", faulty_analysis.__name__)
        patch.setitem(os.environ, faulty_analysis.FOLDER, str(folder))
        yield processes
        processes.end()
