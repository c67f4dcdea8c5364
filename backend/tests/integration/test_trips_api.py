import json
import math
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import func, select

from src.http.deps import Services
from src.models import Base
from tests.support.cyclist import Cyclist, data_of, error_of
from tests.support.desk import RIDE, Desk
from tests.support.rides import build_gpx
from tests.support.stored import everything_in
from tests.support.uploads import BAD_LATER

TRIP = {"title": "Vuelta", "description": "Un paseo", "start_date": "2026-05-01"}
LONG = "Cuesta arriba hasta el collado, y luego todo bajada."
TRIP_KEYS = {
    "trip_id",
    "user_id",
    "author",
    "title",
    "description",
    "status",
    "start_date",
    "end_date",
    "distance_km",
    "difficulty",
    "is_private",
    "created_at",
    "updated_at",
    "published_at",
    "photos",
    "locations",
    "tags",
    "photo_count",
    "tag_names",
    "thumbnail_url",
    "like_count",
    "is_liked",
    "gpx_file",
    "upload",
}
UPLOAD_KEYS = {
    "gpx_file_id",
    "trip_id",
    "file_name",
    "file_size",
    "distance_km",
    "elevation_gain",
    "elevation_loss",
    "max_elevation",
    "min_elevation",
    "total_points",
    "simplified_points",
    "has_elevation",
    "has_timestamps",
    "processing_status",
    "error_message",
    "uploaded_at",
    "processed_at",
}


async def create(cyclist: Cyclist, **fields: Any) -> Any:
    return data_of(await cyclist.request("POST", "/trips", json=TRIP | fields), 201)


async def read(cyclist: Cyclist, trip_id: str) -> Any:
    return data_of(await cyclist.request("GET", f"/trips/{trip_id}"), 200)


async def change(cyclist: Cyclist, trip_id: str, **fields: Any) -> Any:
    return data_of(await cyclist.request("PUT", f"/trips/{trip_id}", json=fields), 200)


async def publish(cyclist: Cyclist, **fields: Any) -> Any:
    trip = await create(cyclist, description=LONG, **fields)
    return data_of(await cyclist.request("POST", f"/trips/{trip['trip_id']}/publish"), 200)


def titles(trips: list[dict[str, Any]]) -> list[str]:
    return [trip["title"] for trip in trips]


def latest_date() -> date:
    """The date where the day begins first."""
    return (datetime.now(UTC) + timedelta(hours=14)).date()


async def test_a_new_trip_is_a_draft_with_exactly_these_keys(ana: Cyclist) -> None:
    trip = await create(ana)
    assert set(trip) == TRIP_KEYS
    assert UUID(trip["trip_id"]).version == 4
    assert trip["author"] == {
        "user_id": trip["user_id"],
        "username": "ana",
        "full_name": None,
        "profile_photo_url": None,
        "is_following": None,
    }
    assert trip["user_id"] == ana.tokens["user"]["user_id"]
    assert {key: trip[key] for key in TRIP} == TRIP
    assert (trip["status"], trip["published_at"], trip["is_private"]) == ("draft", None, False)
    assert (trip["end_date"], trip["distance_km"], trip["difficulty"]) == (None, None, None)
    assert (trip["photos"], trip["locations"], trip["tags"]) == ([], [], [])
    assert (trip["like_count"], trip["gpx_file"]) == (0, None)
    assert (trip["photo_count"], trip["tag_names"], trip["thumbnail_url"]) == (0, [], None)


async def test_what_was_created_is_what_is_read(ana: Cyclist) -> None:
    fields = {
        "title": "Sierra Nevada ⛰",
        "description": "Por el Veleta",
        "start_date": "2026-05-01",
        "end_date": "2026-05-03",
        "distance_km": 123.4,
        "difficulty": "very_difficult",
        "is_private": True,
    }
    created = await create(ana, **fields)
    found = await read(ana, created["trip_id"])
    assert found == created
    assert {key: found[key] for key in fields} == fields


@pytest.mark.parametrize("way", ["create", "update"])
async def test_a_status_cannot_be_given(ana: Cyclist, way: str) -> None:
    trip = await create(ana, description=LONG, status="published", published_at="2026-01-01")
    if way == "update":
        trip = await change(ana, trip["trip_id"], status="published", user_id=str(uuid4()))
    assert (trip["status"], trip["published_at"]) == ("draft", None)
    assert trip["author"]["username"] == "ana"


async def test_photos_locations_and_tags_are_accepted_and_stay_empty(ana: Cyclist) -> None:
    extras = {
        "photos": [{"url": "https://example.com/1.jpg", "order": 1}],
        "locations": [{"name": "Granada", "latitude": 37.17, "longitude": -3.6}],
        "tags": ["puerto", "verano"],
    }
    empty: dict[str, list[Any]] = {"photos": [], "locations": [], "tags": []}
    created = await create(ana, **extras)
    changed = await change(ana, created["trip_id"], **extras)
    for trip in (created, changed, await read(ana, created["trip_id"])):
        assert {key: trip[key] for key in empty} == empty


BAD_FIELDS: list[tuple[str, object]] = [
    ("title", ""),
    ("title", "   "),
    ("title", "x" * 201),
    ("title", None),
    ("title", 7),
    ("description", ""),
    ("description", "x" * 50_001),
    ("description", None),
    ("start_date", "2026-13-01"),
    ("start_date", "ayer"),
    ("start_date", None),
    ("end_date", "2026-04-30"),
    ("end_date", "mañana"),
    ("distance_km", 0),
    ("distance_km", 0.09),
    ("distance_km", -1),
    ("distance_km", 10_000.1),
    ("distance_km", "lejos"),
    ("difficulty", "fácil"),
    ("difficulty", "EASY"),
    ("difficulty", ""),
    ("is_private", "quizás"),
    ("is_private", None),
    ("photos", "una"),
    ("tags", {"a": 1}),
]


async def test_a_field_outside_the_rules_is_refused_by_name_and_changes_nothing(
    ana: Cyclist,
) -> None:
    trip = await create(ana)
    # Asked now: while all tests run, the day may begin there.
    too_late = (latest_date() + timedelta(days=1)).isoformat()
    for field, value in (*BAD_FIELDS, ("start_date", too_late)):
        for method, path in (("POST", "/trips"), ("PUT", f"/trips/{trip['trip_id']}")):
            body = (TRIP if method == "POST" else {}) | {field: value}
            error = error_of(await ana.request(method, path, json=body), 400)
            case = f"{method} {field}={value!r}"[:80]
            assert (error["code"], error["field"]) == ("VALIDATION_ERROR", field), case
    assert await read(ana, trip["trip_id"]) == trip
    assert (await list_of(ana.client, "ana", headers=ana.headers))["total"] == 1


async def test_a_trip_needs_title_description_and_start(ana: Cyclist) -> None:
    for field in TRIP:
        trip = {key: value for key, value in TRIP.items() if key != field}
        error = error_of(await ana.request("POST", "/trips", json=trip), 400)
        assert (error["code"], error["field"]) == ("VALIDATION_ERROR", field)


GOOD_FIELDS: list[tuple[str, object]] = [
    ("title", "x"),
    ("title", "ñ" * 200),
    ("description", "x"),
    ("description", "x" * 50_000),
    ("start_date", datetime.now(UTC).date().isoformat()),
    ("start_date", "1999-12-31"),
    ("end_date", "2026-05-01"),
    ("end_date", None),
    ("distance_km", 0.1),
    ("distance_km", 10_000),
    ("distance_km", None),
    ("difficulty", "easy"),
    ("difficulty", "moderate"),
    ("difficulty", "difficult"),
    ("difficulty", "very_difficult"),
    ("difficulty", "extreme"),
    ("difficulty", None),
]


async def test_a_field_just_within_the_rules_is_kept(ana: Cyclist) -> None:
    for field, value in GOOD_FIELDS:
        trip = await create(ana, **{field: value})
        assert (await read(ana, trip["trip_id"]))[field] == value, field


async def test_a_distance_that_is_no_number_is_refused(ana: Cyclist) -> None:
    for number in ("NaN", "Infinity", "-Infinity", "1e400"):
        body = json.dumps(TRIP | {"distance_km": "?"}).replace('"?"', number)
        response = await ana.request(
            "POST", "/trips", content=body, headers={"Content-Type": "application/json"}
        )
        error = error_of(response, 400)
        assert (error["code"], error["field"]) == ("VALIDATION_ERROR", "distance_km")


async def test_a_title_is_kept_without_blanks_around_it(ana: Cyclist) -> None:
    assert (await create(ana, title="  Vuelta a la sierra "))["title"] == "Vuelta a la sierra"


async def test_a_change_of_one_field_leaves_the_others(ana: Cyclist) -> None:
    before = await create(
        ana, end_date="2026-05-02", distance_km=50.5, difficulty="easy", is_private=True
    )
    after = await change(ana, before["trip_id"], title="Otra vuelta")
    moved = {"title": "Otra vuelta", "updated_at": after["updated_at"]}
    assert after == before | moved
    assert after["updated_at"] > before["updated_at"]
    assert await read(ana, before["trip_id"]) == after


async def test_what_may_be_missing_can_be_emptied(ana: Cyclist) -> None:
    before = await create(ana, end_date="2026-05-02", distance_km=50.5, difficulty="easy")
    empty = {"end_date": None, "distance_km": None, "difficulty": None}
    after = await change(ana, before["trip_id"], **empty)
    assert {key: after[key] for key in empty} == empty


async def test_an_empty_change_changes_nothing(ana: Cyclist) -> None:
    before = await create(ana, end_date="2026-05-02", distance_km=50.5)
    after = await change(ana, before["trip_id"])
    assert after == before | {"updated_at": after["updated_at"]}


@pytest.mark.parametrize("fields", [{"end_date": "2026-05-01"}, {"start_date": "2026-05-06"}])
async def test_dates_are_checked_against_the_stored_ones(
    ana: Cyclist, fields: dict[str, str]
) -> None:
    trip = await create(ana, start_date="2026-05-02", end_date="2026-05-05")
    response = await ana.request("PUT", f"/trips/{trip['trip_id']}", json=fields)
    error = error_of(response, 400)
    assert (error["code"], error["field"]) == ("VALIDATION_ERROR", "end_date")
    assert await read(ana, trip["trip_id"]) == trip


async def test_both_dates_can_be_moved_together(ana: Cyclist) -> None:
    trip = await create(ana, start_date="2026-05-02", end_date="2026-05-05")
    moved = {"start_date": "2026-06-02", "end_date": "2026-06-05"}
    after = await change(ana, trip["trip_id"], **moved)
    assert {key: after[key] for key in moved} == moved


HARMFUL_HTML = [
    ("Hola<script>alert(1)</script>", ["script", "alert"]),
    ("Hola<SCRIPT SRC=//x.example/a.js></SCRIPT>", ["SCRIPT", "script", "x.example"]),
    ('Hola<img src=x onerror="alert(1)">', ["onerror", "alert"]),
    ('Hola<a href="javascript:alert(1)">aquí</a>', ["javascript", "alert"]),
    ("Hola<svg><script>alert(1)</script></svg>", ["svg", "script", "alert"]),
    ('Hola<iframe src="https://x.example"></iframe>', ["iframe", "x.example"]),
    ("Hola<style>body{display:none}</style>", ["style", "display"]),
    ('Hola<p style="position:fixed" onclick="x()">y</p>', ["style", "onclick"]),
    ("Hola<scr<script>ipt>alert(1)</script>", ["<scr", "<script"]),
]


async def test_harmful_html_is_removed_from_a_description(ana: Cyclist) -> None:
    changed_id = (await create(ana))["trip_id"]
    for given, gone in HARMFUL_HTML:
        created = await create(ana, description=given)
        changed = await change(ana, changed_id, description=given)
        for trip in (created, changed, await read(ana, changed_id)):
            assert trip["description"].startswith("Hola")
            assert not [text for text in gone if text in trip["description"]]


async def test_harmless_html_stays(ana: Cyclist) -> None:
    html = "<p>Subida al <b>Veleta</b>, <em>dura</em></p><ul><li>agua</li></ul>"
    assert (await create(ana, description=html))["description"] == html


async def test_a_description_read_and_sent_back_stays_as_it_is(ana: Cyclist) -> None:
    trip = await create(ana, description='Café & <b>té</b> < 5 €, "ya" > 3')
    again = await change(ana, trip["trip_id"], description=trip["description"])
    assert again["description"] == trip["description"]


@pytest.mark.parametrize(("length", "status"), [(49, 400), (50, 200)])
async def test_publishing_needs_a_description_of_50_characters(
    ana: Cyclist, length: int, status: int
) -> None:
    trip = await create(ana, description="ñ" * length)
    response = await ana.request("POST", f"/trips/{trip['trip_id']}/publish")
    assert response.status_code == status
    if status == 400:
        error = error_of(response, 400)
        assert (error["code"], error["field"]) == ("VALIDATION_ERROR", "description")
        assert "50" in error["message"]
        assert (await read(ana, trip["trip_id"]))["status"] == "draft"


async def test_what_was_removed_does_not_count_for_publishing(ana: Cyclist) -> None:
    trip = await create(ana, description=f"Corta<script>{'x' * 100}</script>")
    error_of(await ana.request("POST", f"/trips/{trip['trip_id']}/publish"), 400)


@pytest.mark.parametrize(
    ("description", "status"),
    [
        ("<p><strong>" + "x" * 49 + "</strong></p>", 400),
        ("<p><strong>" + "x" * 50 + "</strong></p>", 200),
        ("&amp;" * 49, 400),
        ("a " + "&nbsp;" * 50, 400),
        ("a" + " " * 50 + "b", 400),
        ("a < b & c > d " * 5, 200),
    ],
)
async def test_only_what_a_reader_sees_counts_for_publishing(
    ana: Cyclist, description: str, status: int
) -> None:
    trip = await create(ana, description=description)
    response = await ana.request("POST", f"/trips/{trip['trip_id']}/publish")
    assert response.status_code == status


async def test_publishing_twice_keeps_the_first_time(ana: Cyclist) -> None:
    first = await publish(ana)
    assert first["status"] == "published"
    assert first["published_at"] is not None
    again = data_of(await ana.request("POST", f"/trips/{first['trip_id']}/publish"), 200)
    assert again == first
    assert await read(ana, first["trip_id"]) == first


async def test_a_published_trip_stays_published_when_it_is_changed(ana: Cyclist) -> None:
    trip = await publish(ana)
    after = await change(ana, trip["trip_id"], title="Otra")
    assert (after["status"], after["published_at"]) == ("published", trip["published_at"])


async def test_a_published_trip_keeps_a_description_worth_reading(ana: Cyclist) -> None:
    trip = await publish(ana)
    response = await ana.request(
        "PUT", f"/trips/{trip['trip_id']}", json={"description": "Demasiado corta"}
    )
    assert error_of(response, 400)["field"] == "description"
    assert await read(ana, trip["trip_id"]) == trip


async def rows_besides_users(app: FastAPI) -> dict[str, int]:
    services: Services = app.state.services
    async with services.db.read() as session:
        return {
            table.name: await session.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
            if table.name
            not in {"users", "refresh_tokens", "idempotency_keys", "sweep_marks", "nightly_runs"}
        }


async def test_a_deleted_trip_leaves_neither_rows_nor_its_file(ana: Cyclist, app: FastAPI) -> None:
    upload = await ana.uploaded(build_gpx(points=300))
    storage = app.state.services.storage
    assert len(await everything_in(storage)) == 1
    assert all((await rows_besides_users(app)).values())

    data_of(await ana.request("DELETE", f"/trips/{upload['trip_id']}"), 200)
    assert set((await rows_besides_users(app)).values()) == {0}
    assert await everything_in(storage) == []
    for path in (f"/trips/{upload['trip_id']}", f"/gpx/{upload['gpx_file_id']}/status"):
        assert error_of(await ana.request("GET", path), 404)["code"] == "NOT_FOUND"
    error_of(await ana.request("DELETE", f"/trips/{upload['trip_id']}"), 404)


async def test_deleting_one_trip_spares_the_others(ana: Cyclist, app: FastAPI) -> None:
    kept = await ana.uploaded(build_gpx(points=300))
    before = await rows_besides_users(app)
    gone = await ana.uploaded(build_gpx(points=300, seed=1))
    data_of(await ana.request("DELETE", f"/trips/{gone['trip_id']}"), 200)
    assert await rows_besides_users(app) == before
    track = await ana.request("GET", f"/gpx/{kept['gpx_file_id']}/download")
    assert track.content == build_gpx(points=300)


async def test_a_trip_shows_its_route_once_it_is_completed(ana: Cyclist) -> None:
    upload = await ana.uploaded(build_gpx(points=300))
    shown = (await read(ana, upload["trip_id"]))["gpx_file"]
    assert set(shown) >= UPLOAD_KEYS
    assert shown["processing_status"] == "completed"
    assert {key: shown[key] for key in upload} == upload


async def test_a_trip_shows_no_route_that_failed(ana: Cyclist) -> None:
    trip = await create(ana)
    response = await ana.upload(trip["trip_id"], BAD_LATER, Prefer="wait=10")
    assert data_of(response, 202)["processing_status"] == "failed"
    assert (await read(ana, trip["trip_id"]))["gpx_file"] is None


async def test_a_trip_tells_its_owner_alone_how_its_upload_is(
    ana: Cyclist, berta: Cyclist, desk: Desk
) -> None:
    trip_id = await ana.new_trip(description=LONG)
    await ana.publish(trip_id)
    assert (await read(ana, trip_id))["upload"] is None
    gpx_file_id = await desk.put(trip_id=UUID(trip_id))
    waiting = (await read(ana, trip_id))["upload"]
    assert waiting == {
        "gpx_file_id": str(gpx_file_id),
        "file_name": "ride.gpx",
        "file_size": len(RIDE),
        "processing_status": "processing",
        "stage": "queued",
        "progress": 0,
        "error_code": None,
        "error_reason": None,
        "error_message": None,
        "uploaded_at": waiting["uploaded_at"],
    }
    mine = data_of(await ana.request("GET", "/users/ana/trips"), 200)["trips"]
    assert [trip["upload"] for trip in mine] == [waiting]
    changed = data_of(await ana.request("PUT", f"/trips/{trip_id}", json={}), 200)
    assert changed["upload"] == waiting

    await desk.pipeline.process(gpx_file_id)
    done = await read(ana, trip_id)
    assert (done["upload"]["stage"], done["upload"]["progress"]) == ("done", 100)
    assert done["gpx_file"]["gpx_file_id"] == done["upload"]["gpx_file_id"]
    public = (await list_public(ana.client))["trips"]
    for others in (
        [await read(berta, trip_id)],
        data_of(await berta.request("GET", "/users/ana/trips"), 200)["trips"],
        data_of(await ana.client.get("/users/ana/trips"), 200)["trips"],
        public,
    ):
        assert [trip["upload"] for trip in others] == [None]
        assert others[0]["gpx_file"]["processing_status"] == "completed"


async def test_a_trip_says_why_its_upload_failed(ana: Cyclist) -> None:
    trip_id = await ana.new_trip()
    await ana.upload(trip_id, BAD_LATER, Prefer="wait=10")
    upload = (await read(ana, trip_id))["upload"]
    status = data_of(await ana.request("GET", f"/gpx/{upload['gpx_file_id']}/status"), 200)
    assert upload["processing_status"] == "failed"
    assert upload["error_message"]
    assert {name: status[name] for name in upload.keys() & status.keys()} == {
        name: upload[name] for name in upload.keys() & status.keys()
    }


async def list_public(client: httpx.AsyncClient, **params: int) -> Any:
    response = await client.get("/trips/public", params=params)
    assert response.status_code == 200, response.text
    return response.json()


async def test_the_public_list_is_bare(ana: Cyclist) -> None:
    assert await list_public(ana.client) == {
        "trips": [],
        "pagination": {"total": 0, "page": 1, "limit": 20, "total_pages": 0},
    }
    trip = await publish(ana)
    assert await list_public(ana.client) == {
        "trips": [trip],
        "pagination": {"total": 1, "page": 1, "limit": 20, "total_pages": 1},
    }


async def test_the_public_list_shows_what_everybody_may_see(ana: Cyclist, berta: Cyclist) -> None:
    await create(ana, title="Borrador", description=LONG)
    await publish(ana, title="Privado", is_private=True)
    await publish(ana, title="De Ana")
    hidden = await publish(ana, title="Ya no")
    await change(ana, hidden["trip_id"], is_private=True)
    await publish(berta, title="De Berta")
    listed = await list_public(ana.client)
    assert titles(listed["trips"]) == ["De Berta", "De Ana"]
    assert [trip["author"]["username"] for trip in listed["trips"]] == ["berta", "ana"]
    assert listed["pagination"]["total"] == 2


async def test_the_public_list_is_ordered_by_publication(ana: Cyclist) -> None:
    early = await create(ana, title="Escrito antes", description=LONG)
    await publish(ana, title="Publicado antes")
    data_of(await ana.request("POST", f"/trips/{early['trip_id']}/publish"), 200)
    listed = await list_public(ana.client)
    assert titles(listed["trips"]) == ["Escrito antes", "Publicado antes"]


async def test_the_pages_of_the_public_list_make_the_whole(ana: Cyclist) -> None:
    published = [(await publish(ana, title=f"Viaje {number}"))["title"] for number in range(5)]
    pages = [await list_public(ana.client, page=page, limit=2) for page in (1, 2, 3, 4)]
    assert [len(page["trips"]) for page in pages] == [2, 2, 1, 0]
    assert [title for page in pages for title in titles(page["trips"])] == published[::-1]
    assert pages[1]["pagination"] == {"total": 5, "page": 2, "limit": 2, "total_pages": 3}
    assert {page["pagination"]["total_pages"] for page in pages} == {math.ceil(5 / 2)}


BAD_LISTS: list[tuple[str, str, object]] = [
    ("/trips/public", "page", 0),
    ("/trips/public", "page", "x"),
    ("/trips/public", "limit", 0),
    ("/trips/public", "limit", 101),
    ("/users/ana/trips", "limit", 0),
    ("/users/ana/trips", "limit", 101),
    ("/users/ana/trips", "offset", -1),
    ("/users/ana/trips", "offset", 10**30),
    ("/users/ana/trips", "status", "borrador"),
    ("/users/ana/trips", "sort_by", "user_id"),
    ("/users/ana/trips", "order", "up"),
    ("/users/ana/trips", "visibility", "friends"),
    ("/users/ana/trips", "year", 0),
    ("/users/ana/trips", "year", 10_000),
    ("/users/ana/trips", "q", "x" * 201),
    ("/users/ana/trips", "q", "a\x00b"),
]


async def test_a_list_is_not_given_without_bounds(ana: Cyclist) -> None:
    for path, name, value in BAD_LISTS:
        error = error_of(await ana.client.get(path, params={name: str(value)}), 400)
        assert (error["code"], error["field"]) == ("VALIDATION_ERROR", name), (path, value)


async def list_of(client: httpx.AsyncClient, username: str, **options: Any) -> Any:
    return data_of(await client.get(f"/users/{username}/trips", **options), 200)


@pytest.fixture
async def three_trips(ana: Cyclist) -> Cyclist:
    """Ana with a draft, a published trip, and a published one that is private."""
    await create(ana, title="Borrador")
    await publish(ana, title="Público")
    await publish(ana, title="Privado", is_private=True)
    return ana


async def test_the_owner_sees_all_her_trips_newest_first(three_trips: Cyclist) -> None:
    listed = await list_of(three_trips.client, "ana", headers=three_trips.headers)
    assert titles(listed["trips"]) == ["Privado", "Público", "Borrador"]
    assert (listed["total"], listed["count"]) == (3, 3)
    assert set(listed["trips"][0]) == TRIP_KEYS


async def test_others_see_of_her_trips_only_what_is_public(
    three_trips: Cyclist, berta: Cyclist
) -> None:
    for headers in (berta.headers, {}):
        listed = await list_of(berta.client, "ana", headers=headers)
        assert titles(listed["trips"]) == ["Público"]
        assert listed["total"] == 1


@pytest.mark.parametrize(
    ("status", "for_owner", "for_others"),
    [("draft", ["Borrador"], []), ("published", ["Privado", "Público"], ["Público"])],
)
async def test_a_list_can_be_of_one_status(
    three_trips: Cyclist, status: str, for_owner: list[str], for_others: list[str]
) -> None:
    client, params = three_trips.client, {"status": status}
    mine = await list_of(client, "ana", params=params, headers=three_trips.headers)
    theirs = await list_of(client, "ana", params=params)
    assert (titles(mine["trips"]), mine["total"]) == (for_owner, len(for_owner))
    assert (titles(theirs["trips"]), theirs["total"]) == (for_others, len(for_others))


@pytest.fixture
async def a_year_of_trips(ana: Cyclist) -> Cyclist:
    """Ana with trips that were written in another order than they began in; one is private."""
    await publish(ana, title="Ébano y 100%", start_date="2025-12-31", distance_km=40.0)
    await publish(ana, title="alto_del_Puerto", start_date="2026-03-01")
    await publish(ana, title="Bajada al mar", start_date="2024-01-01", distance_km=9.5)
    await publish(ana, title="Circular", start_date="2026-03-01", distance_km=120.0)
    await publish(ana, title="A solas", start_date="2025-01-01", is_private=True)
    return ana


ORDERS: list[tuple[dict[str, str], list[str]]] = [
    ({}, ["Circular", "alto_del_Puerto", "Ébano y 100%", "A solas", "Bajada al mar"]),
    (
        {"order": "asc"},
        ["Bajada al mar", "A solas", "Ébano y 100%", "alto_del_Puerto", "Circular"],
    ),
    (
        {"sort_by": "created_at"},
        ["A solas", "Circular", "Bajada al mar", "alto_del_Puerto", "Ébano y 100%"],
    ),
    (
        {"sort_by": "distance_km"},
        ["Circular", "Ébano y 100%", "Bajada al mar", "A solas", "alto_del_Puerto"],
    ),
    (
        {"sort_by": "distance_km", "order": "asc"},
        ["Bajada al mar", "Ébano y 100%", "Circular", "alto_del_Puerto", "A solas"],
    ),
    (
        {"sort_by": "title", "order": "asc"},
        ["A solas", "alto_del_Puerto", "Bajada al mar", "Circular", "Ébano y 100%"],
    ),
]


async def test_a_list_is_sorted_as_it_is_asked_for(a_year_of_trips: Cyclist) -> None:
    client, headers = a_year_of_trips.client, a_year_of_trips.headers
    for params, expected in ORDERS:
        listed = await list_of(client, "ana", params=params, headers=headers)
        assert titles(listed["trips"]) == expected, params
        pages = [
            await list_of(
                client, "ana", params=params | {"limit": 2, "offset": offset}, headers=headers
            )
            for offset in (0, 2, 4)
        ]
        assert [title for page in pages for title in titles(page["trips"])] == expected, params


FILTERS: list[tuple[dict[str, str], set[str]]] = [
    ({"visibility": "private"}, {"A solas"}),
    ({"year": "2025"}, {"A solas", "Ébano y 100%"}),
    ({"year": "2025", "visibility": "public"}, {"Ébano y 100%"}),
    ({"year": "2023"}, set()),
    ({"q": "CIRC"}, {"Circular"}),
    ({"q": "al"}, {"alto_del_Puerto", "Bajada al mar"}),
    ({"q": "%"}, {"Ébano y 100%"}),
    ({"q": "_"}, {"alto_del_Puerto"}),
    ({"q": "ébano"}, {"Ébano y 100%"}),
    ({"q": "nada"}, set()),
    ({"q": "al", "year": "2024"}, {"Bajada al mar"}),
    ({"q": ""}, {"Circular", "alto_del_Puerto", "Ébano y 100%", "A solas", "Bajada al mar"}),
]


async def test_a_list_can_be_of_a_year_of_one_visibility_and_of_a_part_of_the_title(
    a_year_of_trips: Cyclist,
) -> None:
    client, headers = a_year_of_trips.client, a_year_of_trips.headers
    for params, expected in FILTERS:
        mine = await list_of(client, "ana", params=params, headers=headers)
        assert (set(titles(mine["trips"])), mine["total"]) == (expected, len(expected)), params
        theirs = await list_of(client, "ana", params=params)
        public = expected - {"A solas"}
        assert (set(titles(theirs["trips"])), theirs["total"]) == (public, len(public)), params


async def test_a_list_holds_nobody_elses_trips(three_trips: Cyclist, berta: Cyclist) -> None:
    await publish(berta, title="De Berta")
    listed = await list_of(berta.client, "berta", headers=berta.headers)
    assert titles(listed["trips"]) == ["De Berta"]


async def test_a_list_can_be_taken_in_parts(three_trips: Cyclist) -> None:
    parts = [
        await list_of(
            three_trips.client,
            "ana",
            params={"limit": 2, "offset": offset},
            headers=three_trips.headers,
        )
        for offset in (0, 2, 4)
    ]
    assert [titles(part["trips"]) for part in parts] == [["Privado", "Público"], ["Borrador"], []]
    assert {part["total"] for part in parts} == {3}


async def test_a_cyclist_is_found_in_any_case(three_trips: Cyclist) -> None:
    assert (await list_of(three_trips.client, "ANA"))["total"] == 1


async def test_an_unknown_cyclist_is_not_found(ana: Cyclist) -> None:
    for username in ("nadie", "%25", "an_", "ana%20"):
        error = error_of(await ana.client.get(f"/users/{username}/trips"), 404)
        assert error["code"] == "NOT_FOUND"


@pytest.mark.parametrize("field", ["title", "description"])
async def test_a_null_character_is_refused(ana: Cyclist, field: str) -> None:
    response = await ana.request("POST", "/trips", json=TRIP | {field: "Vuel\x00ta"})
    error = error_of(response, 400)
    assert (error["code"], error["field"]) == ("VALIDATION_ERROR", field)


@pytest.mark.parametrize("markup", ["<script>alert(1)</script>", "<style>p{}</style>"])
async def test_a_description_of_which_nothing_is_left_is_refused(ana: Cyclist, markup: str) -> None:
    response = await ana.request("POST", "/trips", json=TRIP | {"description": markup})
    error = error_of(response, 400)
    assert (error["code"], error["field"]) == ("VALIDATION_ERROR", "description")


async def test_an_unknown_cyclist_with_a_null_character_is_not_found(ana: Cyclist) -> None:
    error_of(await ana.client.get("/users/a%00b/trips"), 404)
