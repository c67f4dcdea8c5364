"""The one executor of analyses: a bounded number of processes, each of which can be ended.

A thread that is stuck cannot be ended, and holds up all that wait for a thread. A process can be
killed, by its time, by its memory, or because nobody waits for its answer any more; a hostile file
costs its own process and nothing else.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TypeVar, TypeVarTuple, assert_never

from anyio import CapacityLimiter, to_thread

from src.config import MEBIBYTE, Settings
from src.gpx import Analysis
from src.observability.logs import get_logger
from src.services.analysis.errors import (
    AnalysisBusyError,
    AnalysisDiedError,
    AnalysisMemoryError,
    AnalysisTimeoutError,
    DifferentFileError,
)
from src.services.analysis.messages import (
    Analysed,
    AnalysisRequest,
    Answer,
    Broken,
    Different,
    OutOfMemory,
    Refused,
    Unreadable,
)
from src.services.analysis.process import AnalysisProcess, idle_processes

log = get_logger(__name__)
# Files up to this size have a process of their own, so that none of them waits for a large one.
EXPRESS_BYTES = MEBIBYTE
_EXPRESS_TIMEOUT_S = 10.0
# The system's own alarm in the process comes later than our kill, for a service that died.
_GRACE_S = 5.0
# A tenth of a second where the machine has nothing else to do.
_START_WITHIN_S = 60.0
_WARM_WITHIN_S = 10.0
# What any file may take beyond the setting, by its unpacked size: the text of a file that is not in
# UTF-8, and columns for points as short as they can be.
_MEMORY_TIMES_FILE = 10

Report = Callable[[str], Awaitable[None]]
T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class AnalysisExecutor:
    """Analyses files in processes; one for each application or worker process."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._slots = CapacityLimiter(settings.gpx_background_concurrency)
        self._express = CapacityLimiter(1)
        self._most = settings.gpx_background_concurrency + 1
        self._threads = CapacityLimiter(self._most)
        # Threads of their own: a file's time must not pass while it waits for another's start.
        self._starting = CapacityLimiter(self._most)
        self._replacing: set[asyncio.Task[None]] = set()
        self._is_stopped = False

    async def warm_up(self) -> None:
        """Have a process at rest, and started, for every slot; or go on without after a while."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_WARM_WITHIN_S):
                missing = range(self._most - len(idle_processes))
                await asyncio.gather(*(self._replace() for _ in missing))

    async def stop(self) -> None:
        """Start no process any more in place of one that is ended."""
        self._is_stopped = True
        replacing = list(self._replacing)
        for task in replacing:
            task.cancel()
        await asyncio.gather(*replacing, return_exceptions=True)

    async def analyse(
        self,
        source: Path | bytes,
        *,
        size_bytes: int,
        sha256: str | None = None,
        patience_s: float | None = None,
        report: Report | None = None,
        columns_to: Path | None = None,
        mapping: Mapping[str, str] | None = None,
    ) -> Analysis:
        """Analyse a file of that size; the recording's own points stay behind in the process, or go
        as columns into the file `columns_to`. `mapping` names the columns of a CSV.

        With `patience_s` a small file goes to the process for small files, and nothing waits longer
        than that for its turn. Whoever is cancelled gives the turn up, or the process.

        Raises:
            GpxError: the file cannot be analysed.
            DifferentFileError: it does not have the digest `sha256`.
            AnalysisTimeoutError, AnalysisMemoryError: it takes more than any file may.
            AnalysisDiedError: the process ended without an answer.
            AnalysisBusyError: no turn came within `patience_s`.
            OSError: the file cannot be read from its path.
        """
        answer = await self.look(
            source,
            size_bytes=size_bytes,
            sha256=sha256,
            patience_s=patience_s,
            report=report,
            columns_to=columns_to,
            mapping=mapping,
            describes=False,
        )
        if isinstance(answer, Refused):
            raise answer.error
        return answer.analysis

    async def look(
        self,
        source: Path | bytes,
        *,
        size_bytes: int,
        sha256: str | None = None,
        patience_s: float | None = None,
        report: Report | None = None,
        columns_to: Path | None = None,
        mapping: Mapping[str, str] | None = None,
        describes: bool = True,
    ) -> Analysed | Refused:
        """The same with what a table looks like, also where it cannot be read.

        Raises:
            As `analyse`, but for `GpxError`.
        """
        is_express = patience_s is not None and size_bytes <= EXPRESS_BYTES
        slots = self._express if is_express else self._slots
        limit_s = self._settings.gpx_analysis_timeout_seconds
        if is_express:
            limit_s = min(limit_s, _EXPRESS_TIMEOUT_S)
        request = AnalysisRequest(
            source,
            sha256,
            {
                "max_points": self._settings.gpx_max_points,
                "max_waypoints": self._settings.gpx_max_waypoints,
                "mapping": mapping,
            },
            kill_after_s=limit_s + _GRACE_S,
            memory_bytes=self._settings.gpx_analysis_memory_mb * MEBIBYTE,
            memory_times_file=_MEMORY_TIMES_FILE,
            columns_to=columns_to,
            describes=describes,
            max_unpacked_bytes=self._settings.gpx_max_upload_bytes,
        )
        await _acquire(slots, patience_s)
        try:
            return _result(await self._ask(request, limit_s, report))
        finally:
            slots.release()

    async def _ask(self, request: AnalysisRequest, limit_s: float, report: Report | None) -> Answer:
        process = _started(idle_processes.take)
        async with _steps(report) as note:
            try:
                await self._until_ready(process)
                async with asyncio.timeout(limit_s):
                    answer, retires = await self._wait(self._threads, process.ask, request, note)
            except BaseException as error:
                self._end(process)
                if isinstance(error, TimeoutError):
                    raise AnalysisTimeoutError(f"no answer within {limit_s} s") from error
                if isinstance(error, EOFError | OSError):
                    raise AnalysisDiedError("the analysis process died") from error
                raise
            if retires:
                self._end(process)
            else:
                self._keep(process)
        return answer

    async def _until_ready(self, process: AnalysisProcess) -> None:
        """A start that hangs is no fault of the file that happens to wait for it."""
        try:
            async with asyncio.timeout(_START_WITHIN_S):
                await self._wait(self._starting, process.wait_until_ready)
        except TimeoutError as error:
            raise AnalysisDiedError("the analysis process did not start") from error

    async def _wait(self, threads: CapacityLimiter, call: Callable[[*Ts], T], *args: *Ts) -> T:
        """Wait in a thread, and no longer than somebody waits for it: a kill sets it free."""
        return await to_thread.run_sync(call, *args, abandon_on_cancel=True, limiter=threads)

    def _keep(self, process: AnalysisProcess) -> None:
        """Let a process rest until the next file comes, if there are not enough at rest already."""
        if len(idle_processes) < self._most:
            idle_processes.give_back(process)
        else:
            process.kill()

    def _end(self, process: AnalysisProcess) -> None:
        """Kill a process, and have another one in its place for the next file."""
        process.kill()
        if self._is_stopped or len(idle_processes) + len(self._replacing) >= self._most:
            return
        replacing = asyncio.create_task(self._replace())
        self._replacing.add(replacing)
        replacing.add_done_callback(self._replacing.discard)

    async def _replace(self) -> None:
        """Where it cannot start, the next file starts one of its own, and tells what is wrong."""
        try:
            process = _started(AnalysisProcess)
        except AnalysisDiedError:
            log.warning("analysis_process_not_started", exc_info=True)
            return
        try:
            await self._until_ready(process)
        except (EOFError, AnalysisDiedError):
            log.warning("analysis_process_not_started", exc_info=True)
            process.kill()
        except BaseException:
            process.kill()
            raise
        else:
            self._keep(process)


def _started(start: Callable[[], AnalysisProcess]) -> AnalysisProcess:
    """What `start` gives; a machine that can start no process is no fault of the file."""
    try:
        return start()
    except OSError as error:
        raise AnalysisDiedError("no analysis process can be started") from error


@asynccontextmanager
async def _steps(report: Report | None) -> AsyncIterator[Callable[[str], None]]:
    """What a thread may call to have `report` awaited here, one step at a time and in order.

    Raises what `report` raises, once the block has ended.
    """
    if report is None:
        yield lambda _step: None
        return
    loop, steps = asyncio.get_running_loop(), asyncio.Queue[str | None]()

    async def pass_on() -> None:
        while (step := await steps.get()) is not None:
            await report(step)

    def note(step: str) -> None:
        loop.call_soon_threadsafe(steps.put_nowait, step)

    passing = asyncio.create_task(pass_on())
    # It is never cancelled: it may be in the midst of a statement to the database.
    try:
        yield note
    except BaseException:
        loop.call_soon(steps.put_nowait, None)
        with suppress(Exception):
            await asyncio.shield(passing)
        raise
    loop.call_soon(steps.put_nowait, None)
    await asyncio.shield(passing)


async def _acquire(slots: CapacityLimiter, patience_s: float | None) -> None:
    try:
        async with asyncio.timeout(patience_s):
            await slots.acquire()
    except TimeoutError as error:
        raise AnalysisBusyError(f"no turn within {patience_s} s") from error


def _result(answer: Answer) -> Analysed | Refused:
    match answer:
        case Analysed() | Refused():
            return answer
        case Different():
            raise DifferentFileError
        case OutOfMemory():
            raise AnalysisMemoryError
        case Unreadable(error):
            raise error
        case Broken(traceback):
            raise RuntimeError(f"the analysis failed:\n{traceback}")
    assert_never(answer)
