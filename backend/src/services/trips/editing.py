"""A trip's making, changing, publishing and end."""

import html
from typing import Any
from uuid import UUID, uuid4

import nh3
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from src.database import utc_now
from src.errors import AppError, ErrorCode, InvalidInputError
from src.models import Trip, User
from src.services.trips.access import get_owned_trip
from src.states import TripStatus

MIN_PUBLISHED_DESCRIPTION = 50
MIN_DISTANCE_KM = 0.1
MAX_DISTANCE_KM = 10_000


def new_trip(user: User, fields: dict[str, Any]) -> Trip:
    """A draft of `user` that is not stored yet; the description keeps only harmless HTML."""
    trip = Trip(trip_id=uuid4(), user_id=user.user_id, status=TripStatus.DRAFT)
    _assign(trip, fields)
    return trip


async def insert_trip(session: AsyncSession, trip: Trip) -> None:
    """Store a new trip; `UNAUTHORIZED` where the account was deleted since its cyclist asked."""
    session.add(trip)
    try:
        await session.flush()
    except IntegrityError as error:
        raise AppError(ErrorCode.UNAUTHORIZED) from error


async def create_trip(session: AsyncSession, user: User, fields: dict[str, Any]) -> Trip:
    trip = new_trip(user, fields)
    await insert_trip(session, trip)
    return await get_owned_trip(session, trip.trip_id, user)


def storable_distance_km(distance_km: float) -> float | None:
    """A route's distance as a trip's, which must be plausible; None where it is not."""
    return distance_km if MIN_DISTANCE_KM <= distance_km <= MAX_DISTANCE_KM else None


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


async def delete_trip(session: AsyncSession, trip_id: UUID, user: User) -> list[str]:
    """Delete the trip and all that hangs on it; return the keys of its stored files."""
    trip = await get_owned_trip(session, trip_id, user, lock=True)
    keys = trip.gpx_file.stored_keys if trip.gpx_file else []
    await session.execute(delete(Trip).where(Trip.trip_id == trip_id))
    return keys


def _assign(trip: Trip, fields: dict[str, Any]) -> None:
    for name, value in fields.items():
        setattr(trip, name, _sanitised(value) if name == "description" else value)


def _sanitised(description: str) -> str:
    clean: str = nh3.clean(description)
    if not clean.strip():
        raise InvalidInputError("description", "empty_text")
    return clean


def shown_text(description: str) -> str:
    """What a reader sees of it: no markup, and one blank for many."""
    return " ".join(html.unescape(nh3.clean(description, tags=set())).split())


def _ensure_publishable(trip: Trip) -> None:
    if len(shown_text(trip.description)) < MIN_PUBLISHED_DESCRIPTION:
        raise InvalidInputError(
            "description", "string_too_short", min_length=MIN_PUBLISHED_DESCRIPTION
        )
