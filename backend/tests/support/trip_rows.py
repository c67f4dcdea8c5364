"""Cyclists and trips as rows, for tests of what is said about them."""

from datetime import date, datetime
from typing import Any
from uuid import uuid4

from src.database import Database, utc_now
from src.models import Trip, User
from src.states import TripStatus


def a_user(username: str = "ana", **fields: Any) -> User:
    return User(
        user_id=uuid4(),
        username=username,
        email=f"{username}@example.com",
        password_hash="-",
        **fields,
    )


def a_trip(owner: User, **fields: Any) -> Trip:
    """A draft, unless it is said otherwise."""
    usual: dict[str, Any] = {
        "title": "Vuelta",
        "description": "Un paseo",
        "start_date": date(2026, 5, 1),
        "status": TripStatus.DRAFT,
        "is_private": False,
        "created_at": utc_now(),
    }
    return Trip(trip_id=uuid4(), user_id=owner.user_id, **usual | fields)


def public(owner: User, published_at: datetime | None = None, **fields: Any) -> Trip:
    published = {"status": TripStatus.PUBLISHED, "published_at": published_at or utc_now()}
    return a_trip(owner, **published | fields)


async def save(db: Database, *rows: User | Trip) -> None:
    """Cyclists first: trips hang on them."""
    for kind in (User, Trip):
        async with db.write() as session:
            session.add_all([row for row in rows if isinstance(row, kind)])
