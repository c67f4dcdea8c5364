"""Who may see a trip, and who may change it."""

from itertools import product
from uuid import uuid4

import pytest

from src.database import Database
from src.errors import AppError, ErrorCode
from src.models import User
from src.services.trips.access import ensure_readable, get_owned_trip, get_trip
from src.states import TripStatus
from tests.support.trip_rows import a_trip, a_user, public, save

ANA, BERTA = a_user("ana"), a_user("berta")
MAY_SEE_ALL = {(TripStatus.PUBLISHED, False)}


@pytest.mark.parametrize(("status", "is_private"), [*product(TripStatus, (False, True))])
@pytest.mark.parametrize("viewer", [ANA, BERTA, None], ids=["owner", "cyclist", "anybody"])
def test_the_owner_sees_all_and_others_what_is_published_and_not_private(
    status: TripStatus, is_private: bool, viewer: User | None
) -> None:
    trip = a_trip(ANA, status=status, is_private=is_private)
    if viewer is ANA or (status, is_private) in MAY_SEE_ALL:
        assert ensure_readable(trip, viewer) is trip
        return
    with pytest.raises(AppError) as refusal:
        ensure_readable(trip, viewer)
    assert refusal.value.code is ErrorCode.FORBIDDEN


@pytest.mark.parametrize("viewer", [ANA, None])
def test_what_is_not_there_is_not_found_whoever_asks(viewer: User | None) -> None:
    with pytest.raises(AppError) as refusal:
        ensure_readable(None, viewer)
    assert refusal.value.code is ErrorCode.NOT_FOUND


async def test_a_trip_comes_with_its_author_and_its_route(db: Database) -> None:
    owner = a_user()
    trip = public(owner)
    await save(db, owner, trip)
    async with db.read() as session:
        found = await get_trip(session, trip.trip_id, None)
    # Loaded: both would raise outside the session otherwise.
    assert (found.author.username, found.gpx_file) == ("ana", None)


@pytest.mark.parametrize("lock", [False, True])
async def test_only_the_owner_may_change_a_trip_also_a_public_one(db: Database, lock: bool) -> None:
    owner, other = a_user(), a_user("berta")
    trip = public(owner)
    await save(db, owner, other, trip)
    async with db.write() as session:
        found = await get_owned_trip(session, trip.trip_id, owner, lock=lock)
        assert found.trip_id == trip.trip_id
        with pytest.raises(AppError) as refusal:
            await get_owned_trip(session, trip.trip_id, other, lock=lock)
        assert refusal.value.code is ErrorCode.FORBIDDEN
        with pytest.raises(AppError) as missing:
            await get_owned_trip(session, uuid4(), owner, lock=lock)
        assert missing.value.code is ErrorCode.NOT_FOUND
