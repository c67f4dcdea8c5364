"""Stored originals compared with what was uploaded, a slice a night.

Everything else can be made anew from them, and no disk or bucket tells when one has rotted. Those
that nobody looked at for longest come first, so that each run goes on where the one before stopped;
a file counts as looked at when it came in, and also where it could not be read. Those that are
known to have a fault have turns of their own, so that one that was put back is soon known to be
whole; but they have only a share of the looks and of the bytes, so that however many they are, the
others go on.
"""

import errno
import hashlib
from collections import Counter, deque
from collections.abc import AsyncGenerator
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, literal, select, true, tuple_, update

from src.models import GpxFile
from src.observability.logs import get_logger
from src.services.housekeeping.sweeps import Sweeper
from src.services.storage import FileMissingError, Storage, StorageUnavailableError
from src.states import OriginalFault
from src.threads import Threads

log = get_logger(__name__)
BATCH_UPLOADS = 50
# One look in so many is at an original that has a fault already, while there are others; and those
# with a fault have no greater part of the night's bytes.
FAULTY_ONE_IN = 4
# So many that cannot be read, though the storage answers, are no accident of single files.
MOST_UNREADABLE = 20
# So many others of each end of the turns are looked for before a storage is called another one.
_WITNESSES = 10
_THREADS = Threads("verification", 1)
_HAS_FAULT = GpxFile.original_fault.is_not(None)
_HAS_NONE = GpxFile.original_fault.is_(None)
_PLACE = (GpxFile.looked_at, GpxFile.gpx_file_id)


class EmptyStorageError(StorageUnavailableError):
    """An original is not there, and no other one either: the storage is away, or another one."""


async def verify_originals(sweeper: Sweeper) -> AsyncGenerator[Counter[str]]:
    """Read originals, up to `gpx_verify_nightly_mb` of them, and mark those with a fault.

    One that cannot be read now is counted as `not_read`, and keeps its mark until its next turn.
    The run ends where the storage does not answer.

    Raises:
        EmptyStorageError: an original is not there, and nothing shows that this is its storage.
        StorageUnavailableError: the storage is away, or many originals cannot be read.
    """
    yield Counter(dict.fromkeys(("originals", "bytes", "damaged", "missing", "not_read"), 0))
    verifier = _Verifier(sweeper)
    turns = _Turns(sweeper)
    while (upload := await turns.next()) is not None:
        if sweeper.dry_run:
            is_missing = upload.original_fault is OriginalFault.MISSING
            counted = Counter(originals=1, bytes=0 if is_missing else upload.file_size)
        else:
            counted = await verifier.look_at(upload)
            is_missing = counted["missing"] > 0
        if not is_missing:
            turns.spend(upload)
        yield counted


class _Turns:
    """Whose turn it is in one run, until the bytes of the night are read."""

    def __init__(self, sweeper: Sweeper) -> None:
        most_bytes = sweeper.settings.gpx_verify_nightly_bytes
        self._faulty = _Turn(sweeper, _HAS_FAULT, most_bytes / FAULTY_ONE_IN)
        self._others = _Turn(sweeper, _HAS_NONE, most_bytes)
        self._looks = 0

    async def next(self) -> GpxFile | None:
        if self._others.left_bytes <= 0:
            return None
        both = (self._faulty, self._others)
        first, second = both if self._looks % FAULTY_ONE_IN == 0 else reversed(both)
        self._looks += 1
        return await first.next() or await second.next()

    def spend(self, upload: GpxFile) -> None:
        """The upload that had its turn was read, or as much of it as could be."""
        if upload.original_fault is None:
            self._others.left_bytes -= upload.file_size
            return
        # What the last one takes beyond their share is not taken from the others.
        taken_bytes = min(upload.file_size, self._faulty.left_bytes)
        self._faulty.left_bytes -= taken_bytes
        self._others.left_bytes -= taken_bytes


class _Turn:
    """Uploads of one kind, those first that nobody looked at for longest."""

    def __init__(self, sweeper: Sweeper, is_of_kind: ColumnElement[bool], bytes_: float) -> None:
        self.left_bytes = bytes_
        self._sweeper = sweeper
        self._is_of_kind = is_of_kind
        self._batch: deque[GpxFile] = deque()
        self._is_next: ColumnElement[bool] = true()
        self._is_last = False

    async def next(self) -> GpxFile | None:
        if self.left_bytes <= 0:
            return None
        if not self._batch and not self._is_last:
            await self._fetch()
        return self._batch.popleft() if self._batch else None

    async def _fetch(self) -> None:
        query = batch_in_turn(self._is_of_kind, self._is_next, self._sweeper.now)
        async with self._sweeper.db.read() as session:
            self._batch.extend(await session.scalars(query))
        self._is_last = len(self._batch) < BATCH_UPLOADS
        if self._batch:
            self._is_next = is_behind(self._batch[-1])


def batch_in_turn(
    is_of_kind: ColumnElement[bool], is_next: ColumnElement[bool], now: datetime
) -> Select[GpxFile]:
    """The next of a kind that has an index for its turns; none that was looked at since `now`."""
    return (
        select(GpxFile)
        .where(is_of_kind, is_next, GpxFile.looked_at < now)
        .order_by(*_PLACE)
        .limit(BATCH_UPLOADS)
    )


def is_behind(upload: GpxFile) -> ColumnElement[bool]:
    place = (upload.looked_at, upload.gpx_file_id)
    values = (literal(it, column.type) for it, column in zip(place, _PLACE, strict=True))
    return tuple_(*_PLACE) > tuple_(*values)


class _Verifier:
    """Looks at one original after the other in one run."""

    def __init__(self, sweeper: Sweeper) -> None:
        self._db = sweeper.db
        self._storage = sweeper.storage
        self._now = sweeper.now
        self._found_whole: str | None = None
        self._unreadable = 0

    async def look_at(self, upload: GpxFile) -> Counter[str]:
        """What is to be counted; nothing for an upload that was deleted or replaced meanwhile."""
        try:
            fault = await self._fault_of(upload)
        except EmptyStorageError:
            raise
        except StorageUnavailableError as error:
            # What keeps one file from being read may keep all of them.
            await self._storage.check()
            # The next run goes on behind it.
            await self._note(upload, verify_tried_at=self._now)
            self._unreadable += 1
            if self._unreadable > MOST_UNREADABLE:
                raise
            _tell("original_not_read", upload, reason=str(error))
            return Counter(not_read=1)
        if not await self._note(
            upload, verify_tried_at=self._now, verified_at=self._now, original_fault=fault
        ):
            return Counter()
        if fault is not None:
            _tell("original_faulty", upload, fault=fault)
        elif upload.original_fault is not None:
            _tell("original_whole_again", upload)
        return Counter(
            originals=1,
            bytes=0 if fault is OriginalFault.MISSING else upload.file_size,
            damaged=int(fault is OriginalFault.DAMAGED),
            missing=int(fault is OriginalFault.MISSING),
        )

    async def _fault_of(self, upload: GpxFile) -> OriginalFault | None:
        fault = await self._seen(upload)
        if fault is not None:
            # Disks and mounts have bad moments: what is found twice counts.
            fault = await self._seen(upload)
        if fault is None:
            self._found_whole = upload.storage_key
        return fault

    async def _seen(self, upload: GpxFile) -> OriginalFault | None:
        try:
            is_whole = await _digest(self._storage, upload.storage_key) == upload.sha256
        except FileMissingError:
            if not await self._has_others(upload):
                raise EmptyStorageError(f"neither {upload.storage_key} nor any other") from None
            return OriginalFault.MISSING
        except StorageUnavailableError as error:
            if not _is_of_the_disk(error):
                raise
            # So says the disk of this file, and takes and gives others.
            await self._storage.check()
            is_whole = False
        return None if is_whole else OriginalFault.DAMAGED

    async def _has_others(self, upload: GpxFile) -> bool:
        """Whether another original of ours is there now; a folder that is not mounted has none."""
        if self._found_whole is not None and await self._storage.has(self._found_whole):
            return True
        for key in await self._other_keys(upload):
            if await self._storage.has(key):
                return True
        return False

    async def _other_keys(self, upload: GpxFile) -> list[str]:
        """Some of both ends: after a restore the newest may all be missing."""
        others = select(GpxFile.storage_key).where(
            _HAS_NONE, GpxFile.gpx_file_id != upload.gpx_file_id
        )
        found: list[str] = []
        async with self._db.read() as session:
            for order in (_PLACE, [column.desc() for column in _PLACE]):
                found += await session.scalars(others.order_by(*order).limit(_WITNESSES))
        return found

    async def _note(self, upload: GpxFile, **found: Any) -> bool:
        """Write down what was found, if the upload still has this file."""
        async with self._db.write() as session:
            noted = await session.scalar(
                update(GpxFile)
                .where(
                    GpxFile.gpx_file_id == upload.gpx_file_id,
                    GpxFile.storage_key == upload.storage_key,
                )
                .values(**found)
                .returning(GpxFile.gpx_file_id)
            )
        return noted is not None


async def _digest(storage: Storage, key: str) -> str:
    """The SHA-256 of a stored file, of which a piece at a time is in memory."""
    digest = hashlib.sha256()
    opened = await storage.open(key)
    async for piece in opened.pieces:
        await _THREADS.run(digest.update, piece)
    return digest.hexdigest()


def _is_of_the_disk(error: StorageUnavailableError) -> bool:
    cause = error.__cause__
    return isinstance(cause, OSError) and cause.errno == errno.EIO


def _tell(event: str, upload: GpxFile, **facts: str) -> None:
    ids = {"gpx_file_id": str(upload.gpx_file_id), "storage_key": upload.storage_key}
    log.warning(event, **ids, **facts)
