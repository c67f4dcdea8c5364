"""Stored files that no upload names: left by a process that died between a commit and a deletion.

A file is stored before its row is committed, so a young file without a row may still get one; a key
is never given twice, so an old one never will. Files that are not named as ours are left alone.

Many files without a row are what many deletions left, as when the storage was away; or the database
is the wrong one, or an old one. Which of them, the mark of the last sweep tells.
"""

from collections import Counter
from collections.abc import AsyncGenerator, Sequence
from datetime import timedelta

from sqlalchemy import select

from src.database import Database
from src.models import GpxFile
from src.observability.logs import get_logger
from src.services.housekeeping import sweep_mark
from src.services.housekeeping.sweep_mark import Acquaintance
from src.services.housekeeping.sweeps import Sweeper
from src.services.storage import ListedFile, trip_of

log = get_logger(__name__)
# No request lasts nearly as long, and clocks of machines differ by less.
SAFE_AGE = timedelta(days=1)
MOST_AT_ONCE = 5000
_FEW = 20


class MostFilesOrphanedError(Exception):
    """So many files have no row that rather the database is the wrong one; nothing was deleted."""


class UnknownDatabaseError(Exception):
    """The database is not that of the last sweep, or an older state of it; nothing was deleted."""


async def sweep_orphaned_files(sweeper: Sweeper) -> AsyncGenerator[Counter[str]]:
    """What was left on its way in, and files without a row, if both are older than a day.

    Raises:
        UnknownDatabaseError: files have no row in a database that is not that of the last sweep.
        MostFilesOrphanedError: more than half of the files have no row, in the first sweep of all.
            Neither of them is raised with `even_if_most`.
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
    standing = await sweep_mark.acquaintance(sweeper.db, sweeper.storage)
    if not sweeper.even_if_most:
        _ensure_credible(standing, len(orphans), seen)
    for file in orphans:
        if not sweeper.dry_run:
            log.info("orphan_removed", storage_key=file.key, size_bytes=file.size_bytes)
            await sweeper.storage.delete(file.key)
        yield Counter(files=1, bytes=file.size_bytes)
    # A stranger that has found nothing yet may find something tomorrow.
    is_trusted = standing is not Acquaintance.STRANGER or sweeper.even_if_most
    if is_trusted and not sweeper.dry_run:
        await sweep_mark.renew(sweeper.db, sweeper.storage, sweeper.now)


def _ensure_credible(standing: Acquaintance, orphans: int, seen: int) -> None:
    if standing is Acquaintance.STRANGER and orphans > 0:
        raise UnknownDatabaseError(
            f"{orphans} of {seen} files have no upload in a database that is not that of the last "
            "sweep"
        )
    if standing is Acquaintance.FIRST and orphans > max(_FEW, seen / 2):
        raise MostFilesOrphanedError(f"{orphans} of {seen} files have no upload")


async def _without_row(db: Database, files: Sequence[ListedFile]) -> list[ListedFile]:
    # By trip, because the trips have an index, and a trip has no more than one upload.
    trips = {trip_of(file.key) for file in files}
    async with db.read() as session:
        keys = select(GpxFile.storage_key, GpxFile.columns_key).where(GpxFile.trip_id.in_(trips))
        named = {key for pair in await session.execute(keys) for key in pair}
    return [file for file in files if file.key not in named]
