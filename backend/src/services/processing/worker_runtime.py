"""What a worker process owns: an event loop, a connection pool, the pipeline."""

import asyncio
from collections.abc import Coroutine
from contextvars import copy_context
from typing import Any, TypeVar

from src.config import Settings, get_settings
from src.database import Database
from src.services.gpx_service import GPXService
from src.services.live.live import Live
from src.services.storage import storage_of

T = TypeVar("T")
_HAND_BACK_TIMEOUT_S = 5


class WorkerRuntime:
    """Made after the fork: connections and loops must never be shared between processes."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._runner = asyncio.Runner()
        self.db = Database(settings.database_url, settings.db_pool_size)
        self.storage = storage_of(settings)
        self.live = Live(self.db, settings)
        self.pipeline = GPXService(self.db, self.storage, settings, tell=self.live.tell)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run to the end; sees the caller's context, so its task and its log fields."""
        return self._runner.run(self._with_all_told(work), context=copy_context())

    async def _with_all_told(self, work: Coroutine[Any, Any, T]) -> T:
        """Between two tasks nothing runs here, so nothing could be sent then."""
        try:
            return await work
        finally:
            await self.live.flush()

    async def dispose(self) -> None:
        await self.pipeline.stop()
        await self.live.close()
        await self.db.dispose()

    def close(self) -> None:
        """End what was interrupted, as the last act of the process.

        The loop stays open: to close it would be to wait for threads, which nothing can interrupt
        but the end of the process.
        """
        self.run(self._hand_back())

    async def _hand_back(self) -> None:
        """Let interrupted work release its uploads, then release the connections."""
        interrupted = asyncio.all_tasks() - {asyncio.current_task()}
        for task in interrupted:
            task.cancel()
        if interrupted:
            await asyncio.wait(interrupted, timeout=_HAND_BACK_TIMEOUT_S)
        await self.dispose()


_runtime: WorkerRuntime | None = None


def start_runtime(settings: Settings) -> WorkerRuntime:
    global _runtime  # noqa: PLW0603 - one for each process, as the process itself is
    _runtime = WorkerRuntime(settings)
    return _runtime


def stop_runtime() -> None:
    global _runtime  # noqa: PLW0603
    if _runtime is not None:
        _runtime.close()
        _runtime = None


def current_runtime() -> WorkerRuntime:
    """The runtime of this process, made now where no worker signal made it."""
    return _runtime or start_runtime(get_settings())
