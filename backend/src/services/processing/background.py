"""Uploads that this process itself works on, a bounded number at a time."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

from src.observability.logs import get_logger
from src.services.gpx_service import ProcessingResult
from src.services.processing.turns import Turns
from src.states import Priority

log = get_logger(__name__)


class BackgroundRunner:
    """Runs the pipeline in this process: at most `concurrency` uploads at once, each only once."""

    def __init__(
        self, process: Callable[[UUID], Awaitable[ProcessingResult]], concurrency: int
    ) -> None:
        self._process = process
        self._turns = Turns(concurrency)
        self._running: dict[UUID, asyncio.Task[None]] = {}
        self._retries: dict[UUID, asyncio.TimerHandle] = {}

    def start(self, gpx_file_id: UUID, priority: Priority = Priority.INTERACTIVE) -> None:
        """Begin, unless it has begun already; what waits in bulk is hurried where somebody asks."""
        _ = self._task_of(gpx_file_id, priority)

    async def run(self, gpx_file_id: UUID, priority: Priority = Priority.INTERACTIVE) -> None:
        """Begin and wait for the end; being cancelled does not stop the work."""
        await asyncio.shield(self._task_of(gpx_file_id, priority))

    def held(self) -> frozenset[UUID]:
        """The uploads that run or wait here."""
        return frozenset(self._running)

    def running_task(self, gpx_file_id: UUID) -> asyncio.Task[None] | None:
        """The work on an upload that goes on in this process; not to be cancelled."""
        return self._running.get(gpx_file_id)

    async def stop(self) -> None:
        """Cancel what runs; each upload is handed back, and the next start takes it up."""
        for retry in self._retries.values():
            retry.cancel()
        tasks = list(self._running.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _task_of(self, gpx_file_id: UUID, priority: Priority) -> asyncio.Task[None]:
        task = self._running.get(gpx_file_id)
        if task is None:
            work = self._run(gpx_file_id, priority)
            task = asyncio.create_task(work, name=f"process-{gpx_file_id}")
            self._running[gpx_file_id] = task
            task.add_done_callback(lambda _: self._running.pop(gpx_file_id, None))
        elif priority is Priority.INTERACTIVE:
            self._turns.hurry(gpx_file_id)
        return task

    async def _run(self, gpx_file_id: UUID, priority: Priority) -> None:
        try:
            async with self._turns.turn(gpx_file_id, priority):
                result = await self._process(gpx_file_id)
        except Exception:
            # The upload stays in `processing`, and the recovery returns to it.
            log.exception("processing_interrupted", gpx_file_id=str(gpx_file_id))
            return
        if result.retry_in_s is not None:
            self._retry_later(gpx_file_id, priority, result.retry_in_s)

    def _retry_later(self, gpx_file_id: UUID, priority: Priority, delay_s: float) -> None:
        def retry() -> None:
            self._retries.pop(gpx_file_id, None)
            self.start(gpx_file_id, priority)

        self._retries[gpx_file_id] = asyncio.get_running_loop().call_later(delay_s, retry)
