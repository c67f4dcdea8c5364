"""Lists of trips: what is in them, and in which order."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event

from src.database import Database
from src.errors import AppError, ErrorCode
from src.models import GpxFile, Trip, User
from src.services.trips import listing
from src.services.trips.listing import (
    Order,
    SortBy,
    TripFilter,
    Visibility,
    list_public_trips,
    list_user_trips,
)
from src.states import ProcessingStatus, TripStatus
from tests.support.trip_rows import a_trip, a_user, public, save

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
async def ana(db: Database) -> User:
    user = a_user("Ana")
    await save(db, user)
    return user


async def titles(
    db: Database, viewer: User | None, *, limit: int = 100, offset: int = 0, **options: Any
) -> list[str]:
    order: dict[str, Any] = {
        "sort_by": options.pop("sort_by", SortBy.START_DATE),
        "order": options.pop("order", Order.DESCENDING),
    }
    async with db.read() as session:
        found, _ = await list_user_trips(
            session,
            "ana",
            viewer,
            wanted=TripFilter(**options),
            limit=limit,
            offset=offset,
            **order,
        )
    return [row.trip["title"] for row in found]


def at(minutes: int, **fields: Any) -> dict[str, Any]:
    return {"created_at": LONG_AGO + timedelta(minutes=minutes), **fields}


async def test_trips_of_one_day_come_in_the_order_of_their_writing_both_ways(
    db: Database, ana: User
) -> None:
    trips = [a_trip(ana, title=str(number), **at(number)) for number in (2, 0, 3, 1)]
    await save(db, *trips)
    assert await titles(db, ana) == ["3", "2", "1", "0"]
    assert await titles(db, ana, order=Order.ASCENDING) == ["0", "1", "2", "3"]


@pytest.mark.parametrize("sort_by", SortBy)
@pytest.mark.parametrize("order", Order)
async def test_pages_neither_repeat_nor_leave_out_a_trip_though_all_are_alike(
    db: Database, ana: User, sort_by: SortBy, order: Order
) -> None:
    await save(db, *(a_trip(ana, title="Vuelta", **at(0)) for _ in range(7)))
    seen: list[Any] = []
    async with db.read() as session:
        for offset in range(0, 7, 2):
            page, total = await list_user_trips(
                session,
                "ana",
                ana,
                wanted=TripFilter(),
                sort_by=sort_by,
                order=order,
                limit=2,
                offset=offset,
            )
            assert total == 7
            seen += [row.trip["trip_id"] for row in page]
    assert len(set(seen)) == len(seen) == 7


@pytest.mark.parametrize("order", Order)
async def test_a_trip_without_a_distance_comes_last_and_zero_is_one(
    db: Database, ana: User, order: Order
) -> None:
    trips = [
        a_trip(ana, title=str(distance_km), distance_km=distance_km)
        for distance_km in (None, 5.0, 0.0, 80.0)
    ]
    await save(db, *trips)
    found = await titles(db, ana, sort_by=SortBy.DISTANCE_KM, order=order)
    assert found[-1] == "None"
    assert found[:3] == (
        ["0.0", "5.0", "80.0"] if order is Order.ASCENDING else ["80.0", "5.0", "0.0"]
    )


async def test_a_measured_distance_counts_before_a_written_one_once_it_is_completed(
    db: Database, ana: User
) -> None:
    measured = a_trip(ana, title="measured", distance_km=1.0)
    running = a_trip(ana, title="running", distance_km=20.0)
    written = a_trip(ana, title="written", distance_km=50.0)
    await save(db, measured, running, written)
    async with db.write() as session:
        session.add_all(
            GpxFile(
                trip_id=trip.trip_id,
                file_name="ride.gpx",
                file_size=1,
                sha256="-",
                storage_key=trip.title,
                processing_status=status,
                distance_km=100.0,
            )
            for trip, status in (
                (measured, ProcessingStatus.COMPLETED),
                (running, ProcessingStatus.PROCESSING),
            )
        )
    found = await titles(db, ana, sort_by=SortBy.DISTANCE_KM)
    assert found == ["measured", "written", "running"]


async def test_titles_are_sorted_and_found_in_any_case(db: Database, ana: User) -> None:
    await save(db, *(a_trip(ana, title=title) for title in ("b", "A", "Ñandú", "c", "ñora")))
    ascending = await titles(db, ana, sort_by=SortBy.TITLE, order=Order.ASCENDING)
    assert ascending == ["A", "b", "c", "Ñandú", "ñora"]
    assert set(await titles(db, ana, title="Ñ")) == {"Ñandú", "ñora"}


@pytest.mark.parametrize("part", ["%", "_", "/", "\\", "'", '"'])
async def test_no_character_of_a_title_means_more_than_itself(
    db: Database, ana: User, part: str
) -> None:
    await save(db, a_trip(ana, title=f"con {part}"), a_trip(ana, title="sin nada"))
    assert await titles(db, ana, title=part) == [f"con {part}"]


async def test_a_year_is_that_of_the_start_from_its_first_day_to_its_last(
    db: Database, ana: User
) -> None:
    days = [date(2024, 12, 31), date(2025, 1, 1), date(2025, 12, 31), date(2026, 1, 1)]
    await save(db, *(a_trip(ana, title=str(day), start_date=day) for day in days))
    assert await titles(db, ana, year=2025) == ["2025-12-31", "2025-01-01"]
    assert await titles(db, ana, year=1) == await titles(db, ana, year=9999) == []


async def test_no_filter_opens_what_is_closed(db: Database, ana: User) -> None:
    other = a_user("berta")
    await save(
        db,
        other,
        public(ana, title="public"),
        public(ana, title="private", is_private=True),
        a_trip(ana, title="draft"),
        public(other, title="hers"),
    )
    for viewer in (other, None):
        assert await titles(db, viewer) == ["public"]
        assert await titles(db, viewer, visibility=Visibility.PRIVATE) == []
        assert await titles(db, viewer, status=TripStatus.DRAFT) == []
    assert set(await titles(db, ana)) == {"public", "private", "draft"}
    assert await titles(db, ana, visibility=Visibility.PRIVATE) == ["private"]


@pytest.mark.parametrize("username", ["nobody", "an", "ana ", "%", "an\x00a"])
async def test_an_unknown_cyclist_is_not_found(db: Database, ana: User, username: str) -> None:
    async with db.read() as session:
        with pytest.raises(AppError) as refusal:
            await list_user_trips(
                session,
                username,
                ana,
                wanted=TripFilter(),
                sort_by=SortBy.START_DATE,
                order=Order.DESCENDING,
                limit=1,
                offset=0,
            )
    assert refusal.value.code is ErrorCode.NOT_FOUND


async def test_the_public_list_is_by_publication_and_of_everybody(db: Database, ana: User) -> None:
    other = a_user("berta")

    def published(owner: User, title: str, minutes: int, **fields: Any) -> Trip:
        return public(owner, LONG_AGO + timedelta(minutes=minutes), title=title, **fields)

    await save(
        db,
        other,
        published(ana, "second", 1, start_date=date(2020, 1, 1)),
        published(other, "third", 0),
        published(ana, "first", 2),
        published(other, "private", 3, is_private=True),
        a_trip(ana, title="draft"),
    )
    async with db.read() as session:
        first, total = await list_public_trips(session, page=1, limit=2)
        rest, _ = await list_public_trips(session, page=2, limit=2)
    assert [row.trip["title"] for row in (*first, *rest)] == ["first", "second", "third"]
    assert total == 3


async def test_the_public_list_ends_after_the_newest_and_counts_no_further(
    db: Database, ana: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "MOST_PUBLIC", 5)
    trips = [
        public(ana, LONG_AGO + timedelta(minutes=number), title=str(number)) for number in range(7)
    ]
    await save(db, *trips)
    async with db.read() as session:
        pages = [await list_public_trips(session, page=page, limit=2) for page in (1, 2, 3, 4)]
    assert [[row.trip["title"] for row in found] for found, _ in pages] == [
        ["6", "5"],
        ["4", "3"],
        ["2"],
        [],
    ]
    assert {total for _, total in pages} == {5}


async def test_pages_are_cut_before_anything_is_joined_to_them(db: Database, ana: User) -> None:
    """Else all that is skipped would be looked up, with its author and its upload."""
    said: list[str] = []
    event.listen(
        db.engine.sync_engine, "before_cursor_execute", lambda *heard: said.append(heard[2])
    )
    async with db.read() as session:
        await list_public_trips(session, page=3, limit=20)
    page = next(statement for statement in said if "JOIN" in statement)
    assert page.index("JOIN") < page.index("LIMIT") < page.rindex("ORDER BY")
    assert page.count("LIMIT") == 1
