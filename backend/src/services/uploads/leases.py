"""Who may work on an upload, and every move of its state.

A lease is taken by one conditional UPDATE and carries a fence, a number that rises with each
lease. Every later write of its holder is conditional on that fence and on the upload's version, so
a holder that was too slow, or an upload that was replaced or deleted meanwhile, changes nothing.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Self, cast
from uuid import UUID

from sqlalchemy import ColumnElement, CursorResult, and_, case, func, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncSession

from src.config import Settings
from src.database import Database, uninterrupted, utc_now
from src.errors import ErrorCode
from src.models import GpxFile
from src.observability import metrics
from src.observability.logs import get_logger
from src.services.uploads import runs
from src.services.uploads.lease_holder import is_known_dead, this_process
from src.states import Mode, Outcome, Priority, ProcessingStatus, RescueCause, Stage, stage_at

log = get_logger(__name__)
_MOST_AT_ONCE = 500
# How many messages of each priority wait in the broker.
InQueues = Mapping[Priority, int]
EMPTY_QUEUES: InQueues = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Lease:
    gpx_file_id: UUID
    trip_id: UUID
    fence: int
    upload_version: int
    storage_key: str
    sha256: str
    mapping: Mapping[str, Any] | None
    attempt: int
    mode: Mode
    columns_key: str | None
    progress: int
    stages: metrics.StageTimes = field(compare=False)

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
            upload.mapping,
            upload.attempt,
            upload.mode,
            upload.columns_key,
            upload.progress,
            metrics.StageTimes(upload.mode),
        )


@dataclass(frozen=True, slots=True)
class DueUpload:
    """An upload that is to be dispatched; `cause` says why that is done again."""

    gpx_file_id: UUID
    trip_id: UUID
    file_name: str
    mode: Mode
    priority: Priority
    cause: RescueCause | None = None

    @classmethod
    def of(cls, upload: GpxFile) -> Self:
        return cls(
            upload.gpx_file_id, upload.trip_id, upload.file_name, upload.mode, upload.priority
        )


class LeaseLostError(Exception):
    """Somebody else works on the upload now, or it is gone; nothing was written."""


class Leases:
    def __init__(
        self, db: Database, settings: Settings, clock: Callable[[], datetime] = utc_now
    ) -> None:
        self._db = db
        self._settings = settings
        self._clock = clock

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
            dead = await _dead_holders(session, is_this)
            free = and_(
                is_this,
                _IN_PROCESSING,
                or_(
                    GpxFile.lease_expires_at.is_(None),
                    GpxFile.lease_expires_at < now,
                    GpxFile.holder.in_(dead),
                ),
                true() if at_once else _is_due(now),
            )
            was_leased = await session.scalar(
                select(GpxFile.lease_expires_at.is_not(None)).where(is_this)
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
                        stage=stage_at(0),
                    )
                    .returning(GpxFile)
                )
            ).scalar_one_or_none()
            lost = 0
            if taken is not None:
                lost = await runs.begin(session, taken, now)
            elif abandoned is not None:
                code = ErrorCode.PROCESSING_ABANDONED
                await runs.end_open(session, gpx_file_id, Outcome.ABANDONED, now, code)
        if abandoned is not None:
            log.error("upload_abandoned", gpx_file_id=str(gpx_file_id))
            metrics.count_attempt(abandoned, Outcome.ABANDONED, ErrorCode.PROCESSING_ABANDONED)
        if taken is None:
            return None
        for _ in range(lost):
            metrics.count_attempt(taken.mode, Outcome.LOST)
        if was_leased:
            cause = RescueCause.HOLDER_DIED if dead else RescueCause.LEASE_EXPIRED
            log.warning("upload_taken_over", gpx_file_id=str(gpx_file_id), cause=cause)
            metrics.count_rescue(cause)
        return Lease.of(taken)

    async def begin_here(
        self,
        session: AsyncSession,
        upload: GpxFile,
        stages: metrics.StageTimes,
        started_at: datetime,
    ) -> Lease:
        """The lease of an upload whose row this transaction has written, with its run."""
        await runs.begin(session, upload, started_at)
        return replace(Lease.of(upload), stages=stages)

    @asynccontextmanager
    async def kept_alive(self, lease: Lease) -> AsyncIterator["Watch"]:
        """Extend the lease regularly while the block runs, and tell the watch if it is lost.

        No sign of life outlasts the block: a worker's loop stands still between two tasks, and a
        transaction left open would keep its locks until the next one.
        """
        ended, watch = asyncio.Event(), Watch()
        beats = asyncio.create_task(self._beat(lease, ended, watch))
        try:
            yield watch
        finally:
            # Not cancelled: a connection that is given up in mid-statement may never close.
            ended.set()
            await uninterrupted(beats)

    async def advance(self, lease: Lease, percent: int) -> None:
        """Note how far the work has come; raise `LeaseLostError` if it is not ours any more."""
        async with self._db.write() as session:
            await self._update_own(session, lease, stage=stage_at(percent), progress=percent)

    async def lock(self, session: AsyncSession, lease: Lease) -> None:
        """Lock the upload's row until the transaction ends; raise `LeaseLostError` if not ours."""
        held = await session.scalar(
            select(GpxFile.gpx_file_id).where(_is_held(lease)).with_for_update()
        )
        if held is None:
            raise LeaseLostError

    async def complete(
        self, session: AsyncSession, lease: Lease, replacement: runs.Replacement, **results: Any
    ) -> None:
        """Set `completed` and the results, as the last step of the transaction of the points."""
        await self._end(
            session,
            lease,
            Outcome.COMPLETED,
            replacement=replacement,
            processing_status=ProcessingStatus.COMPLETED,
            stage=Stage.DONE,
            processed_at=self._clock(),
            holder=None,
            lease_expires_at=None,
            error_code=None,
            refusal=None,
            **results,
        )

    async def fail(
        self, lease: Lease, code: ErrorCode, refusal: Mapping[str, Any] | None = None
    ) -> None:
        """Set `failed`; `refusal` is what a file that cannot be read is told besides the code."""
        async with self._db.write() as session:
            failure = _failure(code, self._clock(), refusal)
            await self._end(session, lease, Outcome.FAILED, **failure)

    async def retry_later(self, lease: Lease, code: ErrorCode, delay_s: float) -> None:
        now = self._clock()
        async with self._db.write() as session:
            await self._end(
                session,
                lease,
                Outcome.RETRY,
                stage=Stage.RETRYING,
                progress=0,
                attempt=lease.attempt + 1,
                next_attempt_at=now + timedelta(seconds=delay_s),
                dispatched_at=now,
                error_code=code,
                holder=None,
                lease_expires_at=None,
            )

    async def release(self, lease: Lease) -> None:
        """Hand the upload back, so that another process can take it at once.

        A worker's message goes back to the queue, and is everybody's; what is processed here waits
        for the next start, which finds it by its holder.
        """
        with suppress(LeaseLostError):
            async with self._db.write() as session:
                await self._end(
                    session,
                    lease,
                    Outcome.HANDED_BACK,
                    stage=Stage.QUEUED,
                    deliveries=GpxFile.deliveries - 1,
                    holder=case((GpxFile.mode == Mode.BACKGROUND, GpxFile.holder), else_=None),
                    lease_expires_at=None,
                )
            metrics.count_attempt(lease.mode, Outcome.HANDED_BACK)

    async def take_due(self, in_queues: InQueues | None = EMPTY_QUEUES) -> Sequence[DueUpload]:
        """The uploads that nobody works on though somebody should, now marked as ours.

        `in_queues` is how many messages wait in the broker, None while nobody knows. As many of the
        uploads that wait for a worker have their message there, and are left to it: only as many as
        exceed it are taken, the longest untold first. So messages do not multiply however long no
        worker comes, and a queue that was emptied is filled again at once. Each priority is counted
        for itself: too many messages of one make up for none of another.

        What is on its way to the broker while it counts is missed, and one that waits long is sent
        again for it: a message too many, which then makes up for a missed one. To wait until it is
        sure would leave a lost message waiting where others keep coming.

        With several processes on PostgreSQL each upload goes to one of them.
        """
        now = self._clock()
        stale_before = now - timedelta(seconds=self._settings.gpx_redispatch_seconds)
        is_free = and_(GpxFile.lease_expires_at.is_(None), _is_due(now))
        is_stale = and_(is_free, GpxFile.dispatched_at < stale_before)
        # Nobody was told since: its message waits with the worker that had it, not in the queue.
        is_retry = GpxFile.dispatched_at < GpxFile.next_attempt_at
        async with self._db.write() as session:
            dead = await _dead_holders(session, _IN_PROCESSING)
            left: dict[RescueCause | None, ColumnElement[bool]] = {
                # No message waits for its time, as one of an upload does that somebody waits for.
                None: and_(
                    is_free,
                    is_retry,
                    GpxFile.mode == Mode.CELERY,
                    GpxFile.priority == Priority.BULK,
                ),
                RescueCause.HOLDER_DIED: GpxFile.holder.in_(dead),
                RescueCause.LEASE_EXPIRED: GpxFile.lease_expires_at < now,
                RescueCause.RETRY_MISSED: and_(
                    is_free, is_retry, GpxFile.next_attempt_at < stale_before
                ),
                RescueCause.LEFT_WAITING: and_(
                    is_stale, GpxFile.mode == Mode.BACKGROUND, _is_not(is_retry)
                ),
            }
            taken = await _take(session, left, _MOST_AT_ONCE, now)
            if in_queues is None:
                return taken
            is_for_worker = and_(is_free, GpxFile.mode == Mode.CELERY, _is_not(is_retry))
            counted = await session.execute(
                select(GpxFile.priority, func.count())
                .where(_IN_PROCESSING, is_for_worker)
                .group_by(GpxFile.priority)
            )
            announced = Counter(u.priority for u in taken if u.mode is Mode.CELERY)
            for priority, waiting in counted.all():
                unheard = waiting - in_queues.get(priority, 0) - announced[priority]
                lost = and_(is_stale, is_for_worker, GpxFile.priority == priority)
                taken += await _take(
                    session,
                    {RescueCause.MESSAGE_LOST: lost},
                    min(max(unheard, 0), _MOST_AT_ONCE),
                    now,
                )
            return taken

    async def keep_waiting(self, gpx_file_ids: Collection[UUID]) -> None:
        """Note that these still wait in this process, so that no other one takes them for left."""
        if not gpx_file_ids:
            return
        async with self._db.write() as session:
            await session.execute(
                update(GpxFile)
                .where(
                    GpxFile.gpx_file_id.in_(gpx_file_ids),
                    _IN_PROCESSING,
                    GpxFile.holder == this_process(),
                    GpxFile.lease_expires_at.is_(None),
                )
                .values(dispatched_at=self._clock())
            )

    async def keep_in_this_process(self, gpx_file_id: UUID) -> bool:
        """Note that an upload meant for a worker is processed here, because none can be told.

        False if somebody works on it already: a message that seemed not to have been sent may have
        been. That one's lease is left as it is.
        """
        async with self._db.write() as session:
            result = await session.execute(
                update(GpxFile)
                .where(
                    GpxFile.gpx_file_id == gpx_file_id,
                    _IN_PROCESSING,
                    or_(
                        GpxFile.lease_expires_at.is_(None),
                        GpxFile.lease_expires_at < self._clock(),
                    ),
                )
                .values(mode=Mode.BACKGROUND, holder=this_process(), lease_expires_at=None)
            )
        return cast("CursorResult[Any]", result).rowcount == 1

    async def _beat(self, lease: Lease, ended: asyncio.Event, watch: "Watch") -> None:
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(ended.wait(), self._settings.gpx_heartbeat_seconds)
                return
            try:
                async with self._db.write() as session:
                    await self._update_own(session, lease)
            except LeaseLostError:
                watch.lost()
                return
            except Exception:
                log.exception("heartbeat_failed", gpx_file_id=str(lease.gpx_file_id))

    async def _end(
        self,
        session: AsyncSession,
        lease: Lease,
        outcome: Outcome,
        *,
        replacement: runs.Replacement | None = None,
        **values: Any,
    ) -> None:
        """Write how the attempt ended to the upload and to its run, if the lease still holds."""
        await self._update_own(session, lease, **values)
        await runs.end(
            session,
            lease.gpx_file_id,
            lease.fence,
            outcome,
            self._clock(),
            seconds=lease.stages.seconds(),
            code=values.get("error_code"),
            replacement=replacement,
        )

    async def _update_own(self, session: AsyncSession, lease: Lease, **values: Any) -> None:
        """Write to the upload if the lease still holds, and extend the lease."""
        values.setdefault("lease_expires_at", self._expiry())
        result = await session.execute(update(GpxFile).where(_is_held(lease)).values(**values))
        if cast("CursorResult[Any]", result).rowcount != 1:
            raise LeaseLostError

    def _expiry(self) -> datetime:
        return self._clock() + timedelta(seconds=self._settings.gpx_lease_seconds)


class Watch:
    """Ends what nobody wants any more: the file was deleted or replaced, or is another's now."""

    def __init__(self) -> None:
        self._is_lost = False
        self._scope: asyncio.Timeout | None = None

    def lost(self) -> None:
        self._is_lost = True
        if self._scope is not None:
            self._scope.reschedule(asyncio.get_running_loop().time())

    @asynccontextmanager
    async def while_held(self) -> AsyncIterator[None]:
        """Cancel the block, and raise `LeaseLostError`, as soon as the lease is known to be lost.

        For what may be given up at any moment, as a statement to the database may not.
        """
        self._scope = scope = asyncio.timeout(0 if self._is_lost else None)
        try:
            async with scope:
                yield
        except TimeoutError as error:
            if scope.expired():
                raise LeaseLostError from error
            raise
        finally:
            self._scope = None


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


def _failure(
    code: ErrorCode, now: datetime, refusal: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    return {
        "processing_status": ProcessingStatus.FAILED,
        "stage": Stage.DONE,
        "error_code": code,
        "refusal": refusal,
        "processed_at": now,
        "next_attempt_at": None,
        "holder": None,
        "lease_expires_at": None,
    }


def _is_not(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether it is false, or unknown for want of a value."""
    return condition.is_not(True)


async def _take(
    session: AsyncSession,
    due: Mapping[RescueCause | None, ColumnElement[bool]],
    limit: int,
    now: datetime,
) -> list[DueUpload]:
    """Mark up to `limit` uploads as sent on their way again now, the longest untold first.

    What nobody waits for comes after all the others.
    """
    cause = case(*((condition, cause and cause.value) for cause, condition in due.items()))
    found = await session.execute(
        select(GpxFile, cause)
        .where(_IN_PROCESSING, or_(*due.values()))
        .order_by(GpxFile.priority == Priority.BULK, GpxFile.dispatched_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    uploads = [replace(DueUpload.of(row), cause=why and RescueCause(why)) for row, why in found]
    await session.execute(
        update(GpxFile)
        .where(GpxFile.gpx_file_id.in_([upload.gpx_file_id for upload in uploads]))
        .values(
            dispatched_at=now,
            lease_expires_at=None,
            holder=case((GpxFile.mode == Mode.BACKGROUND, this_process()), else_=None),
        )
        .execution_options(synchronize_session=False)
    )
    return uploads


async def _dead_holders(session: AsyncSession, where: ColumnElement[bool]) -> list[str]:
    holders = await session.scalars(
        select(GpxFile.holder).where(where, GpxFile.holder.is_not(None)).distinct()
    )
    return [holder for holder in holders if holder is not None and is_known_dead(holder)]
