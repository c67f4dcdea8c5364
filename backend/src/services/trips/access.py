"""Who may see a trip, and who may change it: every query for one goes through here."""

from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from src.errors import AppError, ErrorCode
from src.models import Trip, User
from src.states import TripStatus


def ensure_readable(trip: Trip | None, viewer: User | None) -> Trip:
    """The owner may read always, everybody else only a published trip that is not private."""
    if trip is None:
        raise AppError(ErrorCode.NOT_FOUND)
    is_owner = viewer is not None and viewer.user_id == trip.user_id
    if not is_owner and not is_public(trip):
        raise AppError(ErrorCode.FORBIDDEN)
    return trip


def is_public(trip: Trip) -> bool:
    return trip.status is TripStatus.PUBLISHED and not trip.is_private


async def find_public_trip(session: AsyncSession, trip_id: UUID) -> Trip | None:
    """A trip that everybody may see, with its parts; None for any other."""
    trip = await session.scalar(trips_with_parts().where(Trip.trip_id == trip_id))
    return trip if trip is not None and is_public(trip) else None


async def get_trip(session: AsyncSession, trip_id: UUID, viewer: User | None) -> Trip:
    trip = await session.scalar(trips_with_parts().where(Trip.trip_id == trip_id))
    return ensure_readable(trip, viewer)


async def get_owned_trip(
    session: AsyncSession, trip_id: UUID, user: User, *, lock: bool = False
) -> Trip:
    """A trip of `user`; `lock` keeps its row locked until the transaction ends."""
    if lock:
        # By itself: a joined read in the same statement would still see what stood before the wait.
        await session.execute(select(Trip.trip_id).where(Trip.trip_id == trip_id).with_for_update())
    trip = await session.scalar(trips_with_parts().where(Trip.trip_id == trip_id))
    if trip is None:
        raise AppError(ErrorCode.NOT_FOUND)
    ensure_owned(trip, user)
    return trip


def ensure_owned(trip: Trip, user: User) -> None:
    if trip.user_id != user.user_id:
        raise AppError(ErrorCode.FORBIDDEN)


def trips_with_parts() -> Select[Trip]:
    return select(Trip).options(joinedload(Trip.author), joinedload(Trip.gpx_file))
