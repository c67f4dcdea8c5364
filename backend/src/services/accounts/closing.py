"""The end of an account, with all that hangs on it."""

from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from src.models import GpxFile, Trip, User


async def delete_account(session: AsyncSession, user_id: UUID) -> list[str]:
    """Delete a cyclist's trips, uploads, sessions and account; return the keys of stored files.

    Whoever works on one of the uploads finds it gone, as after the deletion of a trip.
    """
    # In the order in which everybody locks them: nothing is added to what is locked.
    await session.execute(select(User.user_id).where(User.user_id == user_id).with_for_update())
    await session.execute(select(Trip.trip_id).where(Trip.user_id == user_id).with_for_update())
    trips = select(Trip.trip_id).where(Trip.user_id == user_id)
    # By themselves: only now is it known which files the workers have left.
    removed = await session.execute(
        delete(GpxFile)
        .where(GpxFile.trip_id.in_(trips))
        .returning(GpxFile.storage_key, GpxFile.columns_key)
    )
    keys = [key for pair in removed for key in pair if key is not None]
    await session.execute(delete(User).where(User.user_id == user_id))
    return keys
