"""Stored files that no upload names: left by a process that died between a commit and a deletion.

A file is stored before its row is committed, so a young file without a row may still get one; a key
is never given twice, so an old one never will. Files that are not named as ours are left alone.
"""

from collections import Counter
from collections.abc import AsyncGenerator, Sequence
from datetime import timedelta

from sqlalchemy import select

from src.database import Database
from src.models import GpxFile
from src.observability.logs import get_logger
from src.services.housekeeping.sweeps import Sweeper
from src.services.storage import ListedFile, trip_of

log = get_logger(__name__)
# No request lasts nearly as long, and clocks of machines differ by less.
SAFE_AGE = timedelta(days=1)
MOST_AT_ONCE = 5000
_FEW = 20


class MostFilesOrphanedError(Exception):
    """So many files have no row that rather the database is the wrong one; nothing was deleted."""


async def sweep_orphaned_files(sweeper: Sweeper) -> AsyncGenerator[Counter[str]]:
    """What was left on its way in, and files without a row, if both are older than a day.

    Raises:
        MostFilesOrphanedError: more than half of the files have no row, and not `even_if_most`.
        StorageUnavailableError: the storage cannot be listed.
    """
    before = sweeper.now - SAFE_AGE
    left = await sweeper.storage.sweep_incoming(before, dry_run=sweeper.dry_run)
    yield Counter(leftovers=len(left), bytes=sum(file.size_bytes for file in left))
    orphans: list[ListedFile] = []
    seen = 0
    async for files in sweeper.storage.list_files():
        ours = [file for file in files if trip_of(file.key)]
        seen += len(ours)
        orphans += await _without_row(
            sweeper.db, [file for file in ours if file.modified_at < before]
        )
        yield Counter()
        if len(orphans) >= MOST_AT_ONCE:
            break
    if len(orphans) > max(_FEW, seen / 2) and not sweeper.even_if_most:
        raise MostFilesOrphanedError(f"{len(orphans)} of {seen} files have no upload")
    for file in orphans:
        if not sweeper.dry_run:
            log.info("orphan_removed", storage_key=file.key, size_bytes=file.size_bytes)
            await sweeper.storage.delete(file.key)
        yield Counter(files=1, bytes=file.size_bytes)


async def _without_row(db: Database, files: Sequence[ListedFile]) -> list[ListedFile]:
    # By trip, because the trips have an index, and a trip has no more than one upload.
    trips = {trip_of(file.key) for file in files}
    async with db.read() as session:
        named = set(
            await session.scalars(select(GpxFile.storage_key).where(GpxFile.trip_id.in_(trips)))
        )
    return [file for file in files if file.key not in named]
