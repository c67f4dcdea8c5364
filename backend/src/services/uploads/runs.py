"""The trail of an upload: one row for each attempt, written by whoever moves its lease.

A run begins in the transaction that takes the lease, and ends in the one that completes, fails,
retries or releases the upload, or that takes the lease from an attempt that is not heard of any
more. It is found by the fence, so that a late holder's run is not written by anybody else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import CursorResult, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from src.errors import ErrorCode
from src.models import GpxFile, ProcessingRun
from src.models.processing_run import MOST_ID_CHARACTERS
from src.observability.logs import current_ids
from src.services.uploads.lease_holder import this_process
from src.states import Outcome


@dataclass(frozen=True, slots=True)
class Replacement:
    """Stored points that an attempt replaced and stored, and the period that was recorded."""

    points_before: int
    points_after: int
    period_start: datetime | None
    period_end: datetime | None


async def begin(session: AsyncSession, upload: GpxFile, now: datetime) -> int:
    """The run of whoever has just taken the lease; returns how many lost ones this ended."""
    # The first lease of all is taken from nobody.
    lost = await end_open(session, upload.gpx_file_id, Outcome.LOST, now) if upload.fence > 1 else 0
    request_id, task_id = current_ids()
    await session.execute(
        insert(ProcessingRun).values(
            gpx_file_id=upload.gpx_file_id,
            version=upload.upload_version,
            attempt=upload.attempt,
            fence=upload.fence,
            mode=upload.mode,
            worker=this_process(),
            task_id=task_id and task_id[:MOST_ID_CHARACTERS],
            request_id=request_id and request_id[:MOST_ID_CHARACTERS],
            started_at=now,
        )
    )
    return lost


async def end(
    session: AsyncSession,
    gpx_file_id: UUID,
    fence: int,
    outcome: Outcome,
    now: datetime,
    *,
    seconds: Mapping[str, float],
    code: ErrorCode | None = None,
    replacement: Replacement | None = None,
) -> None:
    """How the run with this fence ended; to be called once the lease is known to hold."""
    await session.execute(
        update(ProcessingRun)
        .where(
            ProcessingRun.gpx_file_id == gpx_file_id,
            ProcessingRun.fence == fence,
            ProcessingRun.finished_at.is_(None),
        )
        .values(
            finished_at=now,
            outcome=outcome,
            error_code=code,
            seconds=dict(seconds),
            **(asdict(replacement) if replacement else {}),
        )
        .execution_options(synchronize_session=False)
    )


async def end_open(
    session: AsyncSession,
    gpx_file_id: UUID,
    outcome: Outcome,
    now: datetime,
    code: ErrorCode | None = None,
) -> int:
    """End what attempts that are not heard of any more left open; returns how many there were."""
    ended = await session.execute(
        update(ProcessingRun)
        .where(ProcessingRun.gpx_file_id == gpx_file_id, ProcessingRun.finished_at.is_(None))
        .values(finished_at=now, outcome=outcome, error_code=code)
        .execution_options(synchronize_session=False)
    )
    return cast("CursorResult[Any]", ended).rowcount


async def newest(session: AsyncSession, gpx_file_id: UUID, limit: int) -> Sequence[ProcessingRun]:
    """The last attempts at an upload, the newest first: by their fence, which no clock moves."""
    found = await session.scalars(
        select(ProcessingRun)
        .where(ProcessingRun.gpx_file_id == gpx_file_id)
        .order_by(ProcessingRun.fence.desc())
        .limit(limit)
    )
    return found.all()
