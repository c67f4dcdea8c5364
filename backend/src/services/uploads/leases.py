"""Who may work on an upload, and every move of its state.

A lease is taken by one conditional UPDATE and carries a fence, a number that rises with each
lease. Every later write of its holder is conditional on that fence and on the upload's version, so
a holder that was too slow, or an upload that was replaced or deleted meanwhile, changes nothing.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self, cast
from uuid import UUID

from sqlalchemy import ColumnElement, CursorResult, and_, case, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncSession

from src.config import Settings
from src.database import Database, utc_now
from src.errors import ErrorCode
from src.models import GpxFile
from src.observability import metrics
from src.observability.logs import get_logger
from src.services.backlog.measurement import measure_backlog
from src.services.uploads.lease_holder import is_known_dead, this_process
from src.states import Mode, Outcome, ProcessingStatus, Stage

log = get_logger(__name__)
_MOST_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Lease:
    gpx_file_id: UUID
    trip_id: UUID
    fence: int
    upload_version: int
    storage_key: str
    sha256: str
    attempt: int
    mode: Mode

    @classmethod
    def of(cls, upload: GpxFile) -> Self:
        """The lease of an upload whose row was written just now, by whoever holds it."""
        return cls(
            upload.gpx_file_id,
            upload.trip_id,
            upload.fence,
            upload.upload_version,
            upload.storage_key,
            upload.sha256,
            upload.attempt,
            upload.mode,
        )


@dataclass(frozen=True, slots=True)
class DueUpload:
    """An upload that is to be dispatched again."""

    gpx_file_id: UUID
    trip_id: UUID
    file_name: str
    mode: Mode

    @classmethod
    def of(cls, upload: GpxFile) -> Self:
        return cls(upload.gpx_file_id, upload.trip_id, upload.file_name, upload.mode)


class LeaseLostError(Exception):
    """Somebody else works on the upload now, or it is gone; nothing was written."""


class Leases:
    def __init__(
        self, db: Database, settings: Settings, clock: Callable[[], datetime] = utc_now
    ) -> None:
        self._db = db
        self._settings = settings
        self._clock = clock
        self._beats: set[asyncio.Task[None]] = set()

    async def claim(self, gpx_file_id: UUID, *, at_once: bool = False) -> Lease | None:
        """Take the lease if it is free or expired; None if there is nothing to do.

        Before the time of its next attempt an upload is left alone, unless `at_once`: a second
        message about it must not use up its attempts.

        An upload that was delivered too often, so one that kills whoever works on it, is failed
        instead.
        """
        now = self._clock()
        is_this = GpxFile.gpx_file_id == gpx_file_id
        async with self._db.write() as session:
            free = and_(
                is_this,
                _IN_PROCESSING,
                or_(
                    GpxFile.lease_expires_at.is_(None),
                    GpxFile.lease_expires_at < now,
                    GpxFile.holder.in_(await _dead_holders(session, is_this)),
                ),
                true() if at_once else _is_due(now),
            )
            abandoned = await session.scalar(
                update(GpxFile)
                .where(free, GpxFile.deliveries >= self._settings.gpx_max_deliveries)
                .values(**_failure(ErrorCode.PROCESSING_ABANDONED, now))
                .returning(GpxFile.mode)
            )
            # A failed upload is not free any more, and the second statement finds no row.
            taken = (
                await session.execute(
                    update(GpxFile)
                    .where(free)
                    .values(
                        fence=GpxFile.fence + 1,
                        deliveries=GpxFile.deliveries + 1,
                        holder=this_process(),
                        lease_expires_at=self._expiry(),
                        next_attempt_at=None,
                        stage=Stage.PARSING,
                    )
                    .returning(GpxFile)
                )
            ).scalar_one_or_none()
        if abandoned is not None:
            log.error("upload_abandoned", gpx_file_id=str(gpx_file_id))
            metrics.count_attempt(abandoned, Outcome.ABANDONED, ErrorCode.PROCESSING_ABANDONED)
        return None if taken is None else Lease.of(taken)

    @asynccontextmanager
    async def kept_alive(self, lease: Lease) -> AsyncIterator[None]:
        """Extend the lease regularly while the block runs."""
        ended = asyncio.Event()
        beats = asyncio.create_task(self._beat(lease, ended))
        self._beats.add(beats)
        beats.add_done_callback(self._beats.discard)
        try:
            yield
        finally:
            # Not cancelled: a connection that is given up in mid-statement may never close.
            ended.set()

    async def enter_stage(self, lease: Lease, stage: Stage) -> None:
        """Raise `LeaseLostError` if the lease is not ours any more."""
        async with self._db.write() as session:
            await self._update_own(session, lease, stage=stage)

    async def lock(self, session: AsyncSession, lease: Lease) -> None:
        """Lock the upload's row until the transaction ends; raise `LeaseLostError` if not ours."""
        held = await session.scalar(
            select(GpxFile.gpx_file_id).where(_is_held(lease)).with_for_update()
        )
        if held is None:
            raise LeaseLostError

    async def complete(self, session: AsyncSession, lease: Lease, **results: Any) -> None:
        """Set `completed` and the results, as the last step of the transaction of the points."""
        await self._update_own(
            session,
            lease,
            processing_status=ProcessingStatus.COMPLETED,
            stage=Stage.DONE,
            processed_at=self._clock(),
            holder=None,
            lease_expires_at=None,
            error_code=None,
            **results,
        )

    async def fail(self, lease: Lease, code: ErrorCode) -> None:
        async with self._db.write() as session:
            await self._update_own(session, lease, **_failure(code, self._clock()))

    async def retry_later(self, lease: Lease, code: ErrorCode, delay_s: float) -> None:
        now = self._clock()
        async with self._db.write() as session:
            await self._update_own(
                session,
                lease,
                stage=Stage.RETRYING,
                attempt=lease.attempt + 1,
                next_attempt_at=now + timedelta(seconds=delay_s),
                dispatched_at=now,
                error_code=code,
                holder=None,
                lease_expires_at=None,
            )

    async def release(self, lease: Lease) -> None:
        """Hand the upload back, so that another process can take it at once."""
        with suppress(LeaseLostError):
            async with self._db.write() as session:
                await self._update_own(
                    session,
                    lease,
                    stage=Stage.QUEUED,
                    deliveries=GpxFile.deliveries - 1,
                    lease_expires_at=None,
                )

    async def take_due(self, in_queue: int | None = 0) -> Sequence[DueUpload]:
        """The uploads that nobody works on though somebody should, now marked as ours.

        `in_queue` is how many messages wait in the broker, None while nobody knows. As many of the
        uploads that wait for a worker have their message there, and are left to it: only as many as
        exceed it are taken, the longest untold first. So messages never outnumber the uploads
        however long no worker comes, and a queue that was emptied is filled again at once.

        With several processes on PostgreSQL each upload goes to one of them.
        """
        now = self._clock()
        stale_before = now - timedelta(seconds=self._settings.gpx_lease_seconds)
        is_free = and_(GpxFile.lease_expires_at.is_(None), _is_due(now))
        is_stale = and_(is_free, GpxFile.dispatched_at < stale_before)
        async with self._db.write() as session:
            is_left = or_(
                GpxFile.lease_expires_at < now,
                GpxFile.holder.in_(await _dead_holders(session, _IN_PROCESSING)),
                and_(is_free, GpxFile.dispatched_at < GpxFile.next_attempt_at),
                and_(is_stale, GpxFile.mode == Mode.BACKGROUND),
            )
            taken = await _take(session, is_left, _MOST_AT_ONCE, now)
            if in_queue is None:
                return taken
            waiting = (await measure_backlog(session, now))[Mode.CELERY].waiting
            announced = in_queue + sum(upload.mode is Mode.CELERY for upload in taken)
            unheard = min(max(waiting - announced, 0), _MOST_AT_ONCE)
            return taken + await _take(
                session, and_(is_stale, GpxFile.mode == Mode.CELERY), unheard, now
            )

    async def keep_in_this_process(self, gpx_file_id: UUID) -> None:
        """Note that an upload meant for a worker is processed here, because none can be told."""
        async with self._db.write() as session:
            await session.execute(
                update(GpxFile)
                .where(GpxFile.gpx_file_id == gpx_file_id, _IN_PROCESSING)
                .values(mode=Mode.BACKGROUND, holder=this_process())
            )

    async def _beat(self, lease: Lease, ended: asyncio.Event) -> None:
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(ended.wait(), self._settings.gpx_heartbeat_seconds)
                return
            try:
                async with self._db.write() as session:
                    await self._update_own(session, lease)
            except LeaseLostError:
                return
            except Exception:
                log.exception("heartbeat_failed", gpx_file_id=str(lease.gpx_file_id))

    async def _update_own(self, session: AsyncSession, lease: Lease, **values: Any) -> None:
        """Write to the upload if the lease still holds, and extend the lease."""
        values.setdefault("lease_expires_at", self._expiry())
        result = await session.execute(update(GpxFile).where(_is_held(lease)).values(**values))
        if cast("CursorResult[Any]", result).rowcount != 1:
            raise LeaseLostError

    def _expiry(self) -> datetime:
        return self._clock() + timedelta(seconds=self._settings.gpx_lease_seconds)


_IN_PROCESSING = GpxFile.processing_status == ProcessingStatus.PROCESSING


def _is_due(now: datetime) -> ColumnElement[bool]:
    return or_(GpxFile.next_attempt_at.is_(None), GpxFile.next_attempt_at <= now)


def _is_held(lease: Lease) -> ColumnElement[bool]:
    return and_(
        GpxFile.gpx_file_id == lease.gpx_file_id,
        GpxFile.fence == lease.fence,
        GpxFile.upload_version == lease.upload_version,
        _IN_PROCESSING,
    )


def _failure(code: ErrorCode, now: datetime) -> dict[str, Any]:
    return {
        "processing_status": ProcessingStatus.FAILED,
        "stage": Stage.DONE,
        "error_code": code,
        "processed_at": now,
        "next_attempt_at": None,
        "holder": None,
        "lease_expires_at": None,
    }


async def _take(
    session: AsyncSession, due: ColumnElement[bool], limit: int, now: datetime
) -> list[DueUpload]:
    """Mark up to `limit` uploads as sent on their way again now, the longest untold first."""
    found = await session.execute(
        select(GpxFile.gpx_file_id, GpxFile.trip_id, GpxFile.file_name, GpxFile.mode)
        .where(_IN_PROCESSING, due)
        .order_by(GpxFile.dispatched_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    uploads = [DueUpload(*row) for row in found]
    await session.execute(
        update(GpxFile)
        .where(GpxFile.gpx_file_id.in_([upload.gpx_file_id for upload in uploads]))
        .values(
            dispatched_at=now,
            lease_expires_at=None,
            holder=case((GpxFile.mode == Mode.BACKGROUND, this_process()), else_=None),
        )
    )
    return uploads


async def _dead_holders(session: AsyncSession, where: ColumnElement[bool]) -> list[str]:
    holders = await session.scalars(
        select(GpxFile.holder).where(where, GpxFile.holder.is_not(None)).distinct()
    )
    return [holder for holder in holders if holder is not None and is_known_dead(holder)]
