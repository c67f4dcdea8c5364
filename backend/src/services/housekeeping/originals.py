"""Stored originals compared with what was uploaded, a slice a night.

Everything else can be made anew from them, and no disk or bucket tells when one has rotted. Those
that nobody looked at for longest come first, so that each run goes on where the one before stopped;
a file counts as looked at when it came in. Before them come those with a fault, so that one that
was put back is known to be whole the night after.
"""

import errno
import hashlib
from collections import Counter
from collections.abc import AsyncGenerator, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, update

from src.models import GpxFile
from src.observability.logs import get_logger
from src.services.housekeeping.sweeps import Sweeper
from src.services.storage import FileMissingError, Storage, StorageUnavailableError
from src.states import OriginalFault
from src.threads import Threads

log = get_logger(__name__)
BATCH_UPLOADS = 50
# So many that cannot be read, though the storage answers, are no accident of single files.
MOST_UNREADABLE = 20
_THREADS = Threads("verification", 1)
_LOOKED_AT = func.coalesce(GpxFile.verified_at, GpxFile.uploaded_at)
_IN_TURN = (GpxFile.original_fault.is_(None), _LOOKED_AT, GpxFile.gpx_file_id)


class EmptyStorageError(StorageUnavailableError):
    """An original is not there, and nothing else either: the storage is away, or another one."""


async def verify_originals(sweeper: Sweeper) -> AsyncGenerator[Counter[str]]:
    """Read originals, up to `gpx_verify_nightly_mb` of them, and mark those with a fault.

    One that cannot be read now is counted as `not_read`, and keeps its mark and its place; the run
    ends where the storage does not answer.

    Raises:
        StorageUnavailableError: the storage is away.
    """
    yield Counter(dict.fromkeys(("originals", "bytes", "damaged", "missing", "not_read"), 0))
    left_bytes = sweeper.settings.gpx_verify_nightly_bytes
    if sweeper.dry_run:
        yield await _slice(sweeper, left_bytes)
        return
    verifier = _Verifier(sweeper)
    while uploads := await _next(sweeper, verifier.unreadable):
        for upload in uploads:
            if left_bytes <= 0:
                return
            left_bytes -= upload.file_size
            yield await verifier.look_at(upload)


async def _slice(sweeper: Sweeper, most_bytes: int) -> Counter[str]:
    """What would be read."""
    slice_ = Counter(originals=0, bytes=0)
    query = select(GpxFile.file_size).where(_is_due(sweeper)).order_by(*_IN_TURN)
    async with sweeper.db.read() as session:
        for size_bytes in await session.scalars(query):
            if slice_["bytes"] >= most_bytes:
                break
            slice_.update(originals=1, bytes=size_bytes)
    return slice_


def _is_due(sweeper: Sweeper) -> ColumnElement[bool]:
    return sweeper.now > _LOOKED_AT


async def _next(sweeper: Sweeper, left_out: Sequence[UUID]) -> Sequence[GpxFile]:
    query = (
        select(GpxFile)
        .where(_is_due(sweeper), GpxFile.gpx_file_id.not_in(left_out))
        .order_by(*_IN_TURN)
        .limit(BATCH_UPLOADS)
    )
    async with sweeper.db.read() as session:
        return (await session.scalars(query)).all()


class _Verifier:
    """Looks at one original after the other in one run."""

    def __init__(self, sweeper: Sweeper) -> None:
        self._db = sweeper.db
        self._storage = sweeper.storage
        self._now = sweeper.now
        self._has_files: bool | None = None
        self.unreadable: list[UUID] = []

    async def look_at(self, upload: GpxFile) -> Counter[str]:
        """What is to be counted; nothing for an upload that was deleted or replaced meanwhile."""
        try:
            fault = await self._fault_of(upload)
        except EmptyStorageError:
            raise
        except StorageUnavailableError as error:
            # What keeps one file from being read may keep all of them.
            await self._storage.check()
            self.unreadable.append(upload.gpx_file_id)
            if len(self.unreadable) > MOST_UNREADABLE:
                raise
            _tell("original_not_read", upload, reason=str(error))
            return Counter(not_read=1)
        if not await self._note(upload, fault):
            return Counter()
        return Counter(
            originals=1,
            bytes=0 if fault is OriginalFault.MISSING else upload.file_size,
            damaged=int(fault is OriginalFault.DAMAGED),
            missing=int(fault is OriginalFault.MISSING),
        )

    async def _fault_of(self, upload: GpxFile) -> OriginalFault | None:
        try:
            is_whole = await _digest(self._storage, upload.storage_key) == upload.sha256
        except FileMissingError:
            if not await self._finds_files():
                raise EmptyStorageError(f"neither {upload.storage_key} nor any other") from None
            return OriginalFault.MISSING
        except StorageUnavailableError as error:
            if not _is_of_the_disk(error):
                raise
            # So says the disk of this file, and takes and gives others.
            await self._storage.check()
            is_whole = False
        return None if is_whole else OriginalFault.DAMAGED

    async def _finds_files(self) -> bool:
        """Whether the storage has any files; a folder that is not mounted has none."""
        if self._has_files is None:
            self._has_files = False
            async for files in self._storage.list_files():
                self._has_files = bool(files)
                break
        return self._has_files

    async def _note(self, upload: GpxFile, fault: OriginalFault | None) -> bool:
        """Write down what was found, if the upload still has this file."""
        async with self._db.write() as session:
            noted = await session.scalar(
                update(GpxFile)
                .where(
                    GpxFile.gpx_file_id == upload.gpx_file_id,
                    GpxFile.storage_key == upload.storage_key,
                )
                .values(verified_at=self._now, original_fault=fault)
                .returning(GpxFile.gpx_file_id)
            )
        if noted is not None and fault is not None:
            _tell("original_faulty", upload, fault=fault)
        elif noted is not None and upload.original_fault is not None:
            _tell("original_whole_again", upload)
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
