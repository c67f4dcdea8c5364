"""What nobody needs any more, deleted a batch at a time, each in a short transaction.

A sweep yields what each of its batches removed, so that whoever runs it can stop it in between; the
next run goes on. With `dry_run` it only counts. Rows that somebody has locked are left for the next
run: a sweep never waits for a cyclist, nor a cyclist for more than one batch.
"""

from collections import Counter
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, exists, func, or_, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from src.config import Settings
from src.database import Database
from src.models import GpxFile, IdempotencyKey, ProcessingRun, RefreshToken
from src.services.storage import Storage
from src.services.tracks.columns import KeptColumns
from src.services.uploads.idempotency import KEY_LIFETIME
from src.states import ProcessingStatus

BATCH_ROWS = 500


@dataclass(frozen=True, slots=True)
class Sweeper:
    """What every sweep works with; `now` is the time that ages are counted from.

    `even_if_most` lets orphaned files be deleted though they are most of all files.
    """

    db: Database
    storage: Storage
    columns: KeptColumns
    settings: Settings
    now: datetime
    dry_run: bool = False
    even_if_most: bool = False


async def sweep_failed_uploads(sweeper: Sweeper) -> AsyncGenerator[Counter[str]]:
    """Uploads that failed long ago, with their files; their trips stay, and can be uploaded to."""
    kept_for = timedelta(days=sweeper.settings.gpx_failed_retention_days)
    is_old_failure = and_(
        GpxFile.processing_status == ProcessingStatus.FAILED,
        GpxFile.processed_at < sweeper.now - kept_for,
    )
    if sweeper.dry_run:
        totals = select(func.count(), func.coalesce(func.sum(GpxFile.file_size), 0))
        async with sweeper.db.read() as session:
            uploads, size_bytes = (await session.execute(totals.where(is_old_failure))).one()
        yield Counter(uploads=uploads, bytes=size_bytes)
        return
    # The trip's lock is what a new upload waits for before it looks at the failed one.
    batch = select(GpxFile.gpx_file_id).join(GpxFile.trip).where(is_old_failure)
    is_last = False
    while not is_last:
        async with sweeper.db.write() as session:
            found = (await session.scalars(_locked(batch))).all()
            removed = (
                await session.scalars(
                    delete(GpxFile)
                    .where(GpxFile.gpx_file_id.in_(found), is_old_failure)
                    .returning(GpxFile)
                )
            ).all()
        for upload in removed:
            for key in upload.stored_keys:
                await sweeper.storage.delete(key)
        is_last = len(found) < BATCH_ROWS
        yield Counter(uploads=len(removed), bytes=sum(upload.file_size for upload in removed))


def sweep_expired_tokens(sweeper: Sweeper) -> AsyncGenerator[Counter[str]]:
    """Refresh tokens past their time, which are refused anyway."""
    return _sweep_rows(
        sweeper, "tokens", [RefreshToken.token_hash], RefreshToken.expires_at < sweeper.now
    )


def sweep_idempotency_keys(sweeper: Sweeper) -> AsyncGenerator[Counter[str]]:
    """Keys of requests that no client sends again any more."""
    return _sweep_rows(
        sweeper,
        "keys",
        [IdempotencyKey.user_id, IdempotencyKey.key],
        IdempotencyKey.created_at < sweeper.now - KEY_LIFETIME,
    )


def sweep_runs(sweeper: Sweeper) -> AsyncGenerator[Counter[str]]:
    """The trail of attempts that began long ago, but for those that are still in work.

    One that was left open and whose upload is another's by now goes, too.
    """
    kept_for = timedelta(days=sweeper.settings.gpx_run_retention_days)
    is_in_work = exists().where(
        GpxFile.gpx_file_id == ProcessingRun.gpx_file_id,
        GpxFile.fence == ProcessingRun.fence,
        GpxFile.processing_status == ProcessingStatus.PROCESSING,
    )
    return _sweep_rows(
        sweeper,
        "runs",
        [ProcessingRun.run_id],
        and_(
            ProcessingRun.started_at < sweeper.now - kept_for,
            or_(ProcessingRun.finished_at.is_not(None), ~is_in_work),
        ),
    )


async def _sweep_rows(
    sweeper: Sweeper,
    what: str,
    primary_key: Sequence[InstrumentedAttribute[Any]],
    is_due: ColumnElement[bool],
) -> AsyncGenerator[Counter[str]]:
    table = primary_key[0].class_
    if sweeper.dry_run:
        async with sweeper.db.read() as session:
            total = await session.scalar(select(func.count()).select_from(table).where(is_due))
        yield Counter({what: total or 0})
        return
    is_last = False
    while not is_last:
        async with sweeper.db.write() as session:
            found = (await session.execute(_locked(select(*primary_key).where(is_due)))).all()
            keys = [tuple(row) for row in found]
            await session.execute(delete(table).where(tuple_(*primary_key).in_(keys)))
        is_last = len(found) < BATCH_ROWS
        yield Counter({what: len(found)})


def _locked(query: Select[Any]) -> Select[Any]:
    return query.limit(BATCH_ROWS).with_for_update(skip_locked=True)
