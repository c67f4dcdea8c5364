"""Trips: what a route hangs on, and who may see it."""

import html
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

import nh3
from sqlalchemy import ColumnElement, Select, and_, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from src.database import utc_now
from src.errors import AppError, ErrorCode, InvalidInputError
from src.models import Trip, User
from src.states import TripStatus

MIN_PUBLISHED_DESCRIPTION = 50
MIN_DISTANCE_KM = 0.1
MAX_DISTANCE_KM = 10_000


def ensure_readable(trip: Trip | None, viewer: User | None) -> Trip:
    """The owner may read always, everybody else only a published trip that is not private."""
    if trip is None:
        raise AppError(ErrorCode.NOT_FOUND)
    is_owner = viewer is not None and viewer.user_id == trip.user_id
    if not is_owner and (trip.status is not TripStatus.PUBLISHED or trip.is_private):
        raise AppError(ErrorCode.FORBIDDEN)
    return trip


def new_trip(user: User, fields: dict[str, Any]) -> Trip:
    """A draft of `user` that is not stored yet; the description keeps only harmless HTML."""
    trip = Trip(trip_id=uuid4(), user_id=user.user_id, status=TripStatus.DRAFT)
    _assign(trip, fields)
    return trip


async def create_trip(session: AsyncSession, user: User, fields: dict[str, Any]) -> Trip:
    trip = new_trip(user, fields)
    session.add(trip)
    await session.flush()
    return await get_owned_trip(session, trip.trip_id, user)


def storable_distance_km(distance_km: float) -> float | None:
    """A route's distance as a trip's, which must be plausible; None where it is not."""
    return distance_km if MIN_DISTANCE_KM <= distance_km <= MAX_DISTANCE_KM else None


async def get_trip(session: AsyncSession, trip_id: UUID, viewer: User | None) -> Trip:
    trip = await session.scalar(_with_parts().where(Trip.trip_id == trip_id))
    return ensure_readable(trip, viewer)


async def get_owned_trip(
    session: AsyncSession, trip_id: UUID, user: User, *, lock: bool = False
) -> Trip:
    """A trip of `user`; `lock` keeps its row locked until the transaction ends."""
    if lock:
        # By itself: a joined read in the same statement would still see what stood before the wait.
        await session.execute(select(Trip.trip_id).where(Trip.trip_id == trip_id).with_for_update())
    trip = await session.scalar(_with_parts().where(Trip.trip_id == trip_id))
    if trip is None:
        raise AppError(ErrorCode.NOT_FOUND)
    if trip.user_id != user.user_id:
        raise AppError(ErrorCode.FORBIDDEN)
    return trip


async def update_trip(
    session: AsyncSession, trip_id: UUID, user: User, changes: dict[str, Any]
) -> Trip:
    """Change the given fields only; the dates are checked as they stand together afterwards."""
    trip = await get_owned_trip(session, trip_id, user, lock=True)
    _assign(trip, changes)
    if trip.end_date is not None and trip.end_date < trip.start_date:
        raise InvalidInputError("end_date", "end_before_start")
    if trip.status is TripStatus.PUBLISHED:
        _ensure_publishable(trip)
    await session.flush()
    return trip


async def publish_trip(session: AsyncSession, trip_id: UUID, user: User) -> Trip:
    trip = await get_owned_trip(session, trip_id, user, lock=True)
    _ensure_publishable(trip)
    if trip.status is not TripStatus.PUBLISHED:
        trip.status = TripStatus.PUBLISHED
        trip.published_at = utc_now()
        await session.flush()
    return trip


async def delete_trip(session: AsyncSession, trip_id: UUID, user: User) -> str | None:
    """Delete the trip and all that hangs on it; return the key of its GPX file, if it has one."""
    trip = await get_owned_trip(session, trip_id, user, lock=True)
    key = trip.gpx_file.storage_key if trip.gpx_file else None
    await session.execute(delete(Trip).where(Trip.trip_id == trip_id))
    return key


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


def _with_parts() -> Select[Trip]:
    return select(Trip).options(joinedload(Trip.author), joinedload(Trip.gpx_file))


async def _page(
    session: AsyncSession,
    shown: ColumnElement[bool],
    newest: Any,
    limit: int,
    offset: int,
) -> tuple[Sequence[Trip], int]:
    trips = await session.scalars(
        _with_parts().where(shown).order_by(newest.desc(), Trip.trip_id).limit(limit).offset(offset)
    )
    total = await session.scalar(select(func.count()).select_from(Trip).where(shown))
    return trips.all(), total or 0


def _assign(trip: Trip, fields: dict[str, Any]) -> None:
    for name, value in fields.items():
        setattr(trip, name, _sanitised(value) if name == "description" else value)


def _sanitised(description: str) -> str:
    clean: str = nh3.clean(description)
    if not clean.strip():
        raise InvalidInputError("description", "empty_text")
    return clean


def _shown(description: str) -> str:
    """What a reader sees of it: no markup, and one blank for many."""
    return " ".join(html.unescape(nh3.clean(description, tags=set())).split())


def _ensure_publishable(trip: Trip) -> None:
    if len(_shown(trip.description)) < MIN_PUBLISHED_DESCRIPTION:
        raise InvalidInputError(
            "description", "string_too_short", min_length=MIN_PUBLISHED_DESCRIPTION
        )
