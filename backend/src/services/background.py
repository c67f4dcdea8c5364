"""Uploads that this process itself works on, a bounded number at a time."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

from src.logs import get_logger

log = get_logger(__name__)


class BackgroundRunner:
    """Runs the pipeline in this process: at most `concurrency` uploads at once, each only once."""

    def __init__(self, process: Callable[[UUID], Awaitable[object]], concurrency: int) -> None:
        self._process = process
        self._slots = asyncio.Semaphore(concurrency)
        self._running: dict[UUID, asyncio.Task[None]] = {}

    def start(self, gpx_file_id: UUID) -> None:
        """Begin, unless it has begun already."""
        _ = self._task_of(gpx_file_id)

    async def run(self, gpx_file_id: UUID) -> None:
        """Begin and wait for the end; being cancelled does not stop the work."""
        await asyncio.shield(self._task_of(gpx_file_id))

    def _task_of(self, gpx_file_id: UUID) -> asyncio.Task[None]:
        task = self._running.get(gpx_file_id)
        if task is None:
            task = asyncio.create_task(self._run(gpx_file_id), name=f"process-{gpx_file_id}")
            self._running[gpx_file_id] = task
            task.add_done_callback(lambda _: self._running.pop(gpx_file_id, None))
        return task

    async def stop(self) -> None:
        """Cancel what runs; each upload is handed back, and the next start takes it up."""
        tasks = list(self._running.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, gpx_file_id: UUID) -> None:
        async with self._slots:
            try:
                await self._process(gpx_file_id)
            except Exception:
                log.exception("processing_interrupted", gpx_file_id=str(gpx_file_id))
