"""The columns of completed uploads, as they are kept; made on first need where there are none.

An upload has none if it was completed before there were any, or if its file was lost or damaged.
Everything is in the original, so nothing but time is lost with them.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import TypeVar

from sqlalchemy import select, update

from src.database import Database, uninterrupted
from src.errors import CATALOGUE, AppError, ErrorCode
from src.gpx.model import FloatArray, RideColumns
from src.models import GpxFile
from src.observability.logs import get_logger
from src.observability.metrics import count_column_making, count_column_read
from src.services.storage import FileMissingError, Storage, columns_key
from src.services.tracks.column_file import (
    NotOurColumnsError,
    read_blocks,
    read_columns,
    read_values,
)
from src.services.tracks.export import POINTS_AT_ONCE
from src.services.tracks.patience import turn_in_time
from src.states import ProcessingStatus
from src.threads import Threads

log = get_logger(__name__)
T = TypeVar("T")
# The columns of the longest ride take some hundred MB while they are looked at.
_MOST_THREADS = 2
# How long an original that cannot be analysed is not tried again, and of how many that is known.
_REFUSED_FOR_S = 15 * 60.0
_MOST_REFUSED = 1_000
# Analyses the original of an upload, and writes its columns to a path.
Analyse = Callable[[GpxFile, Path], Awaitable[object]]


class Refused:
    """Originals that could not be analysed a while ago, and why: by their keys in the storage."""

    def __init__(self) -> None:
        # The oldest first.
        self._known: dict[str, tuple[float, ErrorCode]] = {}

    def remember(self, original: str, code: ErrorCode) -> None:
        self._known.pop(original, None)
        self._known[original] = (monotonic() + _REFUSED_FOR_S, code)
        if len(self._known) > _MOST_REFUSED:
            del self._known[next(iter(self._known))]

    def code_of(self, original: str) -> ErrorCode | None:
        """What was wrong with it; None where that is not known, or long ago."""
        until, code = self._known.get(original, (0.0, None))
        return code if monotonic() < until else None


class KeptColumns:
    """Reads the columns of uploads; raises what the storage and `analyse` raise.

    Where they have to be made first, it also raises `AppError`: `SERVICE_BUSY` where others are
    being made for too long, or at once what the last analysis of the same original raised.
    """

    def __init__(self, db: Database, storage: Storage, analyse: Analyse) -> None:
        self._db = db
        self._storage = storage
        self._analyse = analyse
        self._threads = Threads("columns", _MOST_THREADS)
        # Threads of their own: no profile waits for somebody's export.
        self._downloads = Threads("downloads", _MOST_THREADS)
        self._making: dict[str, asyncio.Task[str]] = {}
        # One at a time: the other places for analyses are for uploads that cyclists wait for.
        self._turns = asyncio.Semaphore(1)
        self._refused = Refused()

    async def whole(self, upload: GpxFile, work: Callable[[RideColumns], T]) -> T:
        """What `work` makes of all columns of a completed upload.

        It runs in one of few threads, so that few long rides are in memory at a time.
        """
        return await self._read(upload, lambda path: work(read_columns(path)))

    async def some(
        self,
        upload: GpxFile,
        fields: Collection[str],
        work: Callable[[dict[str, FloatArray]], T],
    ) -> T:
        """As `whole`, of some columns, by their names in `RideColumns` or its sensors.

        A sensor that the file does not carry is left out.
        """
        return await self._read(upload, lambda path: work(read_values(path, fields)))

    async def rendered(
        self, upload: GpxFile, render: Callable[[Iterator[RideColumns]], Iterator[bytes]]
    ) -> AsyncIterator[bytes]:
        """The pieces that `render` makes of a completed upload, each when the one before is gone.

        However many are downloaded at once, few pieces are made at a time.
        """
        blocks = await self._read(upload, lambda path: read_blocks(path, POINTS_AT_ONCE))
        return self._pieces(render(blocks))

    async def _pieces(self, pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
        while (piece := await self._downloads.run(next, pieces, None)) is not None:
            yield piece

    async def make(self, upload: GpxFile) -> None:
        """Make the columns of a completed upload, whatever it has; at most once at a time.

        Whoever goes away meanwhile does not stop it: others may wait for the same columns, and who
        asks next has them.
        """
        await self._made(upload)

    async def stop(self) -> None:
        """End what is being made, with the process that analyses for it."""
        making = list(self._making.values())
        for task in making:
            task.cancel()
        await asyncio.gather(*making, return_exceptions=True)

    async def _read(self, upload: GpxFile, read: Callable[[Path], T]) -> T:
        key = upload.columns_key
        while key is not None:
            try:
                return await self._read_under(key, read, "kept")
            except (FileMissingError, NotOurColumnsError):
                # Perhaps they were made anew since the upload's row was read.
                before, key = key, await self._key_now(upload)
                if key == before:
                    log.warning("columns_unreadable", storage_key=key, exc_info=True)
                    break
        return await self._read_under(await self._made(upload), read, "made")

    async def _key_now(self, upload: GpxFile) -> str | None:
        async with self._db.read() as session:
            return await session.scalar(
                select(GpxFile.columns_key).where(GpxFile.gpx_file_id == upload.gpx_file_id)
            )

    async def _read_under(self, key: str, read: Callable[[Path], T], source: str) -> T:
        async with self._storage.local_copy(key) as path:
            found = await self._threads.run(read, path)
        count_column_read(source)
        return found

    async def _made(self, upload: GpxFile) -> str:
        """The key of the columns that were made just now."""
        if (code := self._refused.code_of(upload.storage_key)) is not None:
            raise AppError(code)
        key = columns_key(upload.storage_key, upload.upload_version, upload.fence)
        making = self._making.get(key)
        if making is None:
            making = self._making[key] = asyncio.create_task(self._make(upload, key))
            making.add_done_callback(lambda done: self._forget(key, done))
        return await asyncio.shield(making)

    def _forget(self, key: str, done: asyncio.Task[str]) -> None:
        del self._making[key]
        # Asked for its error here, because perhaps nobody waits for it any more.
        if not done.cancelled() and done.exception() is not None:
            log.info("columns_not_made", storage_key=key, reason=type(done.exception()).__name__)

    async def _make(self, upload: GpxFile, key: str) -> str:
        async with turn_in_time(self._turns), self._storage.scratch() as path:
            with self._noted(upload.storage_key):
                await self._analyse(upload, path)
            await self._storage.keep(path, key)
        if not await uninterrupted(self._told(upload, key)):
            await self._storage.delete(key)
            raise FileMissingError(f"{key}: its upload was deleted or is made anew")
        if upload.columns_key not in (None, key):
            await self._storage.delete(upload.columns_key)
        log.info("columns_made", gpx_file_id=str(upload.gpx_file_id), storage_key=key)
        return key

    @contextmanager
    def _noted(self, original: str) -> Iterator[None]:
        """Count the analysis of an original, and remember what is wrong with it for good."""
        try:
            yield
        except Exception as error:
            count_column_making("failed")
            if isinstance(error, AppError) and not CATALOGUE[error.code].retryable:
                self._refused.remember(original, error.code)
            raise
        count_column_making("made")

    async def _told(self, upload: GpxFile, key: str) -> bool:
        """Name the columns in the upload's row, if it is still the one that they were made for."""
        async with self._db.write() as session:
            result = await session.execute(
                update(GpxFile)
                .where(
                    GpxFile.gpx_file_id == upload.gpx_file_id,
                    GpxFile.upload_version == upload.upload_version,
                    GpxFile.fence == upload.fence,
                    GpxFile.processing_status == ProcessingStatus.COMPLETED,
                )
                .values(columns_key=key)
                .returning(GpxFile.gpx_file_id)
            )
            return result.scalar_one_or_none() is not None
