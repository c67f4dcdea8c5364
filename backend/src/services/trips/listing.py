"""Lists of trips, each only with what the viewer may see."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from src.errors import AppError, ErrorCode
from src.models import Trip, User
from src.services.trips.access import trips_with_parts
from src.states import TripStatus


async def list_user_trips(
    session: AsyncSession,
    username: str,
    viewer: User | None,
    *,
    status: TripStatus | None,
    limit: int,
    offset: int,
) -> tuple[Sequence[Trip], int]:
    """The trips of a cyclist that `viewer` may see, newest first, and how many there are."""
    if "\x00" in username:
        raise AppError(ErrorCode.NOT_FOUND)
    owner = await session.scalar(select(User).where(func.lower(User.username) == username.lower()))
    if owner is None:
        raise AppError(ErrorCode.NOT_FOUND)
    shown: ColumnElement[bool] = Trip.user_id == owner.user_id
    if viewer is None or viewer.user_id != owner.user_id:
        shown = and_(shown, _IS_PUBLIC)
    if status is not None:
        shown = and_(shown, Trip.status == status)
    return await _page(session, shown, Trip.created_at, limit, offset)


async def list_public_trips(
    session: AsyncSession, *, page: int, limit: int
) -> tuple[Sequence[Trip], int]:
    """The published trips of everybody, newest first, and how many there are."""
    return await _page(session, _IS_PUBLIC, Trip.published_at, limit, (page - 1) * limit)


_IS_PUBLIC = and_(Trip.status == TripStatus.PUBLISHED, Trip.is_private.is_(False))


async def _page(
    session: AsyncSession,
    shown: ColumnElement[bool],
    newest: Any,
    limit: int,
    offset: int,
) -> tuple[Sequence[Trip], int]:
    trips = await session.scalars(
        trips_with_parts()
        .where(shown)
        .order_by(newest.desc(), Trip.trip_id)
        .limit(limit)
        .offset(offset)
    )
    total = await session.scalar(select(func.count()).select_from(Trip).where(shown))
    return trips.all(), total or 0
