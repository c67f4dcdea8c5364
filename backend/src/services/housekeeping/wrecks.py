"""Uploads that somebody has to look at: failed for good, or with an original that is not whole."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from src.errors import ErrorCode
from src.models import GpxFile, Trip, User
from src.states import ProcessingStatus


@dataclass(frozen=True, slots=True)
class Wreck:
    """An upload, whose it is, what is wrong with it, and since when that is known."""

    gpx_file_id: UUID
    username: str
    file_name: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Wrecks:
    """All of them counted by reason, and the newest by name."""

    counts: dict[str, int]
    newest: Sequence[Wreck]

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


async def failed_uploads(
    session: AsyncSession, limit: int, error_code: ErrorCode | None = None
) -> Wrecks:
    """The uploads that failed for good, by error code; with an `error_code` those that have it."""
    has_code = true() if error_code is None else GpxFile.error_code == error_code
    is_failed = and_(GpxFile.processing_status == ProcessingStatus.FAILED, has_code)
    return await _found(session, is_failed, GpxFile.error_code, GpxFile.processed_at, limit)


async def faulty_originals(session: AsyncSession, limit: int) -> Wrecks:
    """The uploads whose original was damaged or missing when it was last looked at, by fault."""
    has_fault = GpxFile.original_fault.is_not(None)
    return await _found(session, has_fault, GpxFile.original_fault, GpxFile.verified_at, limit)


async def _found(
    session: AsyncSession,
    condition: ColumnElement[bool],
    reason: InstrumentedAttribute[Any],
    at: InstrumentedAttribute[datetime | None],
    limit: int,
) -> Wrecks:
    counted = await session.execute(select(reason, func.count()).where(condition).group_by(reason))
    rows = await session.execute(
        select(GpxFile.gpx_file_id, User.username, GpxFile.file_name, reason, at)
        .join(GpxFile.trip)
        .join(User, User.user_id == Trip.user_id)
        .where(condition)
        .order_by(at.desc(), GpxFile.gpx_file_id)
        .limit(limit)
    )
    return Wrecks(dict(sorted(map(tuple, counted), key=_most_first)), [Wreck(*row) for row in rows])


def _most_first(counted: tuple[str, int]) -> tuple[int, str]:
    return -counted[1], counted[0]
