"""Whether the database is the one that the storage was last swept with, and no older state of it.

Each finished sweep adds a random mark to the database, and then puts it into the storage. The
database of another service does not know the storage's mark, and neither does one that was restored
from a backup from before the last sweep: to both, files that came since have no upload.
"""

from datetime import datetime, timedelta
from enum import Enum, auto
from uuid import uuid4

from sqlalchemy import delete

from src.database import Database
from src.models import SweepMark
from src.services.storage import FileMissingError, Storage

# Beside the uploads, not among them: it is never listed, and never swept.
KEY = "last_sweep"
# The newest is enough, unless a sweep died before it could put it into the storage.
_KEPT_FOR = timedelta(days=90)


class Acquaintance(Enum):
    KNOWN = auto()
    STRANGER = auto()
    # No sweep of this storage has ever finished.
    FIRST = auto()


async def acquaintance(db: Database, storage: Storage) -> Acquaintance:
    try:
        mark = (await storage.read(KEY)).decode()
    except FileMissingError:
        return Acquaintance.FIRST
    async with db.read() as session:
        known = await session.get(SweepMark, mark)
    return Acquaintance.STRANGER if known is None else Acquaintance.KNOWN


async def renew(db: Database, storage: Storage, now: datetime) -> None:
    mark = uuid4().hex
    async with db.write() as session:
        await session.execute(delete(SweepMark).where(SweepMark.made_at < now - _KEPT_FOR))
        session.add(SweepMark(mark=mark, made_at=now))
    async with storage.receive() as incoming:
        await incoming.append(mark.encode())
        await incoming.keep(KEY)
