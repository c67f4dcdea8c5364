"""A trip's making, changing, publishing and end."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from src.database import Database
from src.errors import ErrorCode, InvalidInputError
from src.models import GpxFile, Trip, User
from src.services.trips import editing
from src.states import TripStatus
from tests.support.trip_rows import a_trip, a_user, public, save

LONG = "Cuesta arriba hasta el collado, y luego todo bajada."
FIELDS: dict[str, Any] = {
    "title": "Vuelta",
    "description": "Un paseo",
    "start_date": date(2026, 5, 1),
}


@pytest.fixture
async def ana(db: Database) -> User:
    user = a_user()
    await save(db, user)
    return user


async def publish(db: Database, trip_id: UUID, user: User) -> Trip:
    async with db.write() as session:
        return await editing.publish_trip(session, trip_id, user)


async def change(db: Database, trip: Trip, user: User, **changes: Any) -> Trip:
    async with db.write() as session:
        return await editing.update_trip(session, trip.trip_id, user, changes)


async def stored(db: Database, trip: Trip) -> Trip:
    async with db.read() as session:
        return await session.get_one(Trip, trip.trip_id)


def test_a_new_trip_is_a_draft_whatever_it_is_given() -> None:
    trip = editing.new_trip(a_user(), FIELDS)
    assert (trip.status, trip.published_at) == (TripStatus.DRAFT, None)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("<p>Al <b>Veleta</b></p>", "<p>Al <b>Veleta</b></p>"),
        ("Hola<script>alert(1)</script>", "Hola"),
        ("5 < 7 & 7 > 5", "5 &lt; 7 &amp; 7 &gt; 5"),
        ("5 &lt; 7 &amp; 7 &gt; 5", "5 &lt; 7 &amp; 7 &gt; 5"),
    ],
)
def test_a_description_keeps_harmless_html_and_is_not_escaped_twice(given: str, kept: str) -> None:
    assert editing.new_trip(a_user(), FIELDS | {"description": given}).description == kept


def test_markup_in_a_title_is_text() -> None:
    assert editing.new_trip(a_user(), FIELDS | {"title": "<b>A&B</b>"}).title == "<b>A&B</b>"


def test_a_description_of_which_nothing_is_left_is_refused() -> None:
    with pytest.raises(InvalidInputError) as refusal:
        editing.new_trip(a_user(), FIELDS | {"description": "<style>p{}</style> "})
    assert (refusal.value.field, refusal.value.kind) == ("description", "empty_text")


@pytest.mark.parametrize(
    ("distance_km", "stored_km"),
    [(0.0, None), (0.0999, None), (0.1, 0.1), (10_000, 10_000), (10_000.1, None)],
)
def test_a_routes_distance_becomes_the_trips_where_it_is_plausible(
    distance_km: float, stored_km: float | None
) -> None:
    assert editing.storable_distance_km(distance_km) == stored_km


@pytest.mark.parametrize(
    ("description", "is_enough"),
    [
        ("ñ" * 49, False),
        ("ñ" * 50, True),
        ("<p><em>" + "x" * 49 + "</em></p>", False),
        ("<p><em>" + "x" * 50 + "</em></p>", True),
        ("&amp;" * 49, False),
        ("&amp;" * 50, True),
        ("a" + "\n &nbsp;" * 60 + "b", False),
    ],
)
async def test_publishing_needs_50_characters_that_a_reader_sees(
    db: Database, ana: User, description: str, is_enough: bool
) -> None:
    trip = a_trip(ana, description=description)
    await save(db, trip)
    if is_enough:
        assert (await publish(db, trip.trip_id, ana)).status is TripStatus.PUBLISHED
        return
    with pytest.raises(InvalidInputError) as refusal:
        await publish(db, trip.trip_id, ana)
    assert (refusal.value.field, refusal.value.context) == ("description", {"min_length": 50})
    assert (await stored(db, trip)).status is TripStatus.DRAFT


async def test_publishing_again_changes_nothing(db: Database, ana: User) -> None:
    trip = a_trip(ana, description=LONG)
    await save(db, trip)
    first = await publish(db, trip.trip_id, ana)
    again = await publish(db, trip.trip_id, ana)
    assert first.published_at is not None
    assert (again.published_at, again.updated_at) == (first.published_at, first.updated_at)


async def test_a_change_leaves_out_what_it_does_not_name(db: Database, ana: User) -> None:
    trip = a_trip(ana, distance_km=50.5, difficulty="easy", end_date=date(2026, 5, 2))
    await save(db, trip)
    await change(db, trip, ana, title="Otra", difficulty=None)
    after = await stored(db, trip)
    assert (after.title, after.difficulty) == ("Otra", None)
    assert (after.distance_km, after.end_date) == (50.5, date(2026, 5, 2))


@pytest.mark.parametrize(
    "changes", [{"end_date": date(2026, 5, 1)}, {"start_date": date(2026, 5, 6)}]
)
async def test_dates_are_checked_as_they_stand_together_afterwards(
    db: Database, ana: User, changes: dict[str, date]
) -> None:
    trip = a_trip(ana, start_date=date(2026, 5, 2), end_date=date(2026, 5, 5))
    await save(db, trip)
    with pytest.raises(InvalidInputError) as refusal:
        await change(db, trip, ana, **changes)
    assert (refusal.value.code, refusal.value.field) == (ErrorCode.VALIDATION_ERROR, "end_date")
    after = await stored(db, trip)
    assert (after.start_date, after.end_date) == (date(2026, 5, 2), date(2026, 5, 5))


async def test_a_day_trip_may_end_where_it_began(db: Database, ana: User) -> None:
    trip = a_trip(ana)
    await save(db, trip)
    assert (await change(db, trip, ana, end_date=trip.start_date)).end_date == trip.start_date


async def test_only_a_published_trip_must_keep_a_description_worth_reading(
    db: Database, ana: User
) -> None:
    draft, published = a_trip(ana, description=LONG), public(ana, description=LONG)
    await save(db, draft, published)
    await change(db, draft, ana, description="Corta")
    with pytest.raises(InvalidInputError):
        await change(db, published, ana, description="Corta")
    assert (await stored(db, published)).description == LONG
    assert (await change(db, published, ana, title="Otra")).title == "Otra"


async def test_a_deleted_trip_takes_its_upload_along_and_tells_of_its_file(
    db: Database, ana: User
) -> None:
    with_route, without = a_trip(ana), a_trip(ana)
    await save(db, with_route, without)
    async with db.write() as session:
        session.add(
            GpxFile(
                trip_id=with_route.trip_id,
                file_name="a.gpx",
                file_size=1,
                sha256="0" * 64,
                storage_key="the/key",
                columns_key="the/columns",
            )
        )
    async with db.write() as session:
        assert await editing.delete_trip(session, with_route.trip_id, ana) == [
            "the/key",
            "the/columns",
        ]
        assert await editing.delete_trip(session, without.trip_id, ana) == []
    async with db.read() as session:
        for table in (Trip, GpxFile):
            assert await session.scalar(select(func.count()).select_from(table)) == 0
