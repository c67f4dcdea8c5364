"""The one place where the progress of uploads is told, and heard by those who watch."""

import asyncio
from collections.abc import Sequence
from contextlib import AbstractContextManager, aclosing, suppress
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import load_only

from src.broker.async_redis import AsyncRedis
from src.config import Settings
from src.database import Database, uninterrupted
from src.models import GpxFile
from src.observability.logs import get_logger
from src.services.live.channel import FAILURES, Channel
from src.services.live.hub import Hub, Subscription
from src.services.live.state import COLUMNS, UploadState

log = get_logger(__name__)
# How often the rows of watched uploads are read: where nobody else would tell, and in case that
# somebody did in vain.
ALONE_S, TOLD_S = 0.5, 3.0
_RECONNECT_AFTER_S = 1.0
_ROWS_AT_ONCE = 500


class Live:
    """Tells this process at once, and every other one over Redis where there is one.

    Whatever is told may be lost; the rows are the truth, and they are read regularly as well.
    """

    def __init__(self, db: Database, settings: Settings) -> None:
        self._db = db
        self._hub = Hub()
        self._channel = Channel(AsyncRedis.of(settings)) if settings.uses_celery else None
        self._is_told = False
        self._look_now = asyncio.Event()

    def tell(self, state: UploadState) -> None:
        self._hub.tell(state)
        if self._channel is not None:
            self._channel.tell(state)

    async def flush(self) -> None:
        """See `Channel.flush`."""
        if self._channel is not None:
            await self._channel.flush()

    def watch(self, gpx_file_id: UUID) -> AbstractContextManager[Subscription]:
        """A subscription to an upload; whoever watches reads the row after it has begun."""
        return self._hub.watch(gpx_file_id)

    async def pass_on_until(self, stopping: asyncio.Event) -> None:
        """Hear what other processes tell, and look at the rows, while anybody watches."""
        loops = [asyncio.create_task(self._look())]
        if self._channel is not None:
            loops.append(asyncio.create_task(self._hear(self._channel)))
        await stopping.wait()
        for loop in loops:
            loop.cancel()
        await asyncio.gather(*loops, return_exceptions=True)

    async def close(self) -> None:
        if self._channel is not None:
            await self._channel.close()

    async def _hear(self, channel: Channel) -> None:
        while True:
            await self._hub.until_watched()
            try:
                await self._hear_while_watched(channel)
                # Nobody watched any more; whoever does next need not wait.
                continue
            except FAILURES as error:
                log.warning("progress_not_heard", reason=type(error).__name__)
            except Exception:
                log.exception("progress_not_heard")
            finally:
                # From now on the rows alone tell, and are looked at as often as that takes.
                self._is_told = False
                self._look_now.set()
            await asyncio.sleep(_RECONNECT_AFTER_S)

    async def _hear_while_watched(self, channel: Channel) -> None:
        async with aclosing(channel.heard()) as heard:
            async for state in heard:
                if not self._hub.watched():
                    return
                if state is not None:
                    self._hub.tell(state)
                elif not self._is_told:
                    # What was told before the connection stood is in the rows.
                    self._is_told = True
                    self._look_now.set()

    async def _look(self) -> None:
        while True:
            await self._hub.until_watched()
            await uninterrupted(self._look_once())
            with suppress(TimeoutError):
                async with asyncio.timeout(TOLD_S if self._is_told else ALONE_S):
                    await self._look_now.wait()
            self._look_now.clear()

    async def _look_once(self) -> None:
        watched = self._hub.watched()
        try:
            for start in range(0, len(watched), _ROWS_AT_ONCE):
                await self._look_at(watched[start : start + _ROWS_AT_ONCE])
        except Exception:
            log.exception("progress_not_read")

    async def _look_at(self, watched: Sequence[UUID]) -> None:
        missing = set(watched)
        async with self._db.read() as session:
            rows = await session.scalars(
                select(GpxFile)
                .options(load_only(*COLUMNS, raiseload=True))
                .where(GpxFile.gpx_file_id.in_(missing))
            )
        for row in rows:
            missing.discard(row.gpx_file_id)
            self._hub.tell(UploadState.of(row))
        for gpx_file_id in missing:
            self._hub.tell_gone(gpx_file_id)
