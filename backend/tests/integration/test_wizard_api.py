"""A file's preview, and a trip with its route in one request."""

import asyncio
import threading
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import httpx
import numpy as np
import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from src.gpx import Analysis, analyse
from src.http import tracks
from src.http.deps import Services
from src.models import Base, GpxFile, IdempotencyKey, RouteStatistics, TrackPoint, Trip
from src.services.gpx_service import GPXService
from src.services.storage import IncomingFile
from tests.support.cyclist import Cyclist, data_of, error_of
from tests.support.rides import build_gpx
from tests.support.stored import everything_in
from tests.support.uploads import BAD_LATER

RIDE = build_gpx(points=1500, seed=3)
FIELDS = {
    "title": "La Vuelta al pantano",
    "description": "Un paseo muy largo alrededor del pantano, con viento de cara.",
    "start_date": "2026-05-01",
    "end_date": "2026-05-02",
    "privacy": "public",
}


async def send(
    cyclist: Cyclist,
    gpx: bytes = RIDE,
    *,
    key: str | None = None,
    fields: Mapping[str, str] = MappingProxyType({}),
) -> httpx.Response:
    return await cyclist.request(
        "POST",
        "/trips/gpx-wizard",
        data={**FIELDS, **fields},
        files={"gpx_file": ("ruta.gpx", gpx)},
        headers={"Idempotency-Key": key} if key else {},
    )


async def count(services: Services, table: type[Base]) -> int:
    async with services.db.read() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


async def stored(services: Services) -> int:
    return len(await everything_in(services.storage))


async def test_the_wizard_publishes_a_trip_with_its_route(
    ana: Cyclist, client: httpx.AsyncClient
) -> None:
    made = data_of(await send(ana), 201)
    expected = analyse(RIDE)
    assert set(made) == {
        "trip_id",
        "title",
        "description",
        "start_date",
        "end_date",
        "distance_km",
        "difficulty",
        "status",
        "gpx_file",
    }
    assert (made["status"], made["title"]) == ("published", FIELDS["title"])
    assert made["distance_km"] == made["gpx_file"]["total_distance_km"]
    assert made["distance_km"] == round(expected.distance_km, 3)
    assert made["difficulty"] == made["gpx_file"]["difficulty"]
    assert expected.elevation_gain is not None
    assert made["gpx_file"]["elevation_gain"] == round(expected.elevation_gain, 1)

    trip = data_of(await client.get(f"/trips/{made['trip_id']}"), 200)
    assert trip["gpx_file"]["processing_status"] == "completed"
    track = data_of(await client.get(f"/gpx/{made['gpx_file']['gpx_file_id']}/track"), 200)
    assert track["simplified_points_count"] == expected.simplified_points
    original = await client.get(f"/gpx/{made['gpx_file']['gpx_file_id']}/download")
    assert original.content == RIDE


async def test_a_private_trip_stays_private(ana: Cyclist, client: httpx.AsyncClient) -> None:
    made = data_of(await send(ana, fields={"privacy": "private", "end_date": ""}), 201)
    assert made["end_date"] is None
    error_of(await client.get(f"/trips/{made['trip_id']}"), 403)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"title": ""}, "title"),
        ({"description": "corta"}, "description"),
        ({"description": "<b></b>" * 10 + "corta"}, "description"),
        ({"start_date": "mañana"}, "start_date"),
        ({"end_date": "2026-04-01"}, "end_date"),
        ({"privacy": "friends"}, "privacy"),
    ],
)
async def test_a_bad_field_is_named_and_nothing_is_left(
    ana: Cyclist, services: Services, fields: dict[str, str], field: str
) -> None:
    error = error_of(await send(ana, fields=fields), 400)
    assert (error["code"], error["field"]) == ("VALIDATION_ERROR", field)
    assert await count(services, Trip) == await stored(services) == 0


async def test_files_that_wait_for_their_turn_are_not_in_memory(
    ana: Cyclist, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = busiest = 0
    read, analyse_it = IncomingFile.read, GPXService.parse_gpx_file

    async def noted_read(incoming: IncomingFile) -> bytes:
        nonlocal held, busiest
        held += 1
        busiest = max(busiest, held)
        return await read(incoming)

    async def noted_analysis(pipeline: GPXService, source: Any, **options: Any) -> Analysis:
        nonlocal held
        await asyncio.sleep(0.05)
        held -= 1
        return await analyse_it(pipeline, source, **options)

    monkeypatch.setattr(IncomingFile, "read", noted_read)
    monkeypatch.setattr(GPXService, "parse_gpx_file", noted_analysis)
    looks = [ana.request("POST", "/gpx/analyze", files={"file": ("a.gpx", RIDE)}) for _ in range(5)]
    answers = await asyncio.gather(*looks, send(ana))
    assert {answer.status_code for answer in answers} == {200, 201}
    assert busiest <= services.settings.gpx_background_concurrency


async def test_a_bad_file_leaves_no_trip(ana: Cyclist, services: Services) -> None:
    for content in (b"not xml", b"<gpx></gpx>", RIDE[:-100]):
        error = error_of(await send(ana, content), 400)
        assert (error["code"], error["field"]) == ("INVALID_GPX_FILE", "gpx_file")
    large = await send(ana, b"x" * (50 * 1024 * 1024 + 1))
    assert error_of(large, 413)["code"] == "FILE_TOO_LARGE"
    assert await count(services, Trip) == await stored(services) == 0


async def test_a_trouble_while_storing_leaves_neither_trip_nor_route(
    ana: Cyclist, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: Any) -> None:
        raise OperationalError("COPY", {}, ConnectionError("gone"))

    with monkeypatch.context() as patched:
        patched.setattr("src.services.gpx_service.replace_points", fail)
        error_of(await send(ana, key="one"), 503)
    for table in (Trip, GpxFile, TrackPoint, RouteStatistics, IdempotencyKey):
        assert await count(services, table) == 0
    assert await stored(services) == 0
    data_of(await send(ana, key="one"), 201)


async def test_the_same_key_makes_one_trip(ana: Cyclist, services: Services) -> None:
    answers = [await send(ana, key="one"), await send(ana, key="one")]
    assert answers[0].json() == answers[1].json()
    assert [a.headers.get("Idempotency-Replayed") for a in answers] == [None, "true"]
    assert await count(services, Trip) == await stored(services) == 1
    data_of(await send(ana, key="two"), 201)
    assert await count(services, Trip) == 2


async def test_the_same_key_at_the_same_time_makes_one_trip(
    ana: Cyclist, services: Services
) -> None:
    answers = await asyncio.gather(*(send(ana, key="one") for _ in range(4)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert await count(services, Trip) == await stored(services) == 1


async def test_a_key_is_not_for_another_request_and_not_for_another_cyclist(
    ana: Cyclist, berta: Cyclist
) -> None:
    data_of(await send(ana, key="one"), 201)
    other = await send(ana, key="one", fields={"title": "Otra vuelta"})
    assert error_of(other, 409)["code"] == "IDEMPOTENCY_KEY_REUSED"
    hers = await send(berta, key="one")
    assert "Idempotency-Replayed" not in hers.headers
    data_of(hers, 201)


async def test_an_upload_sent_again_is_answered_again(ana: Cyclist, services: Services) -> None:
    trip_id = await ana.new_trip()
    key = {"Idempotency-Key": "one"}
    answers = [await ana.upload(trip_id, RIDE, **key) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert answers[1].status_code == 202
    assert await stored(services) == 1
    other = await ana.upload(trip_id, RIDE + b"\n", **key)
    assert error_of(other, 409)["code"] == "IDEMPOTENCY_KEY_REUSED"
    without = await ana.upload(trip_id, RIDE)
    assert error_of(without, 400)["code"] == "TRIP_ALREADY_HAS_GPX"


async def test_a_client_that_waits_is_told_the_result_again(
    ana: Cyclist, services: Services
) -> None:
    trip_id = await ana.new_trip()
    waits = {"Idempotency-Key": "one", "Prefer": "wait=10"}
    answers = [await ana.upload(trip_id, RIDE, **waits) for _ in range(2)]
    assert data_of(answers[0], 201)["total_points"] == 1500
    assert answers[1].status_code == 201
    assert answers[0].json() == answers[1].json()
    assert [a.headers.get("Idempotency-Replayed") for a in answers] == [None, "true"]
    assert answers[1].headers["Preference-Applied"] == "wait=10"
    receipt = data_of(await ana.upload(trip_id, RIDE, **{"Idempotency-Key": "one"}), 202)
    assert receipt["processing_status"] == "processing"
    assert receipt["gpx_file_id"] == data_of(answers[0], 201)["gpx_file_id"]
    assert await count(services, GpxFile) == await stored(services) == 1


async def test_clients_that_wait_for_the_same_upload_at_once_are_all_told_its_result(
    ana: Cyclist, services: Services
) -> None:
    trip_id = await ana.new_trip()
    waits = {"Idempotency-Key": "one", "Prefer": "wait=10"}
    answers = await asyncio.gather(*(ana.upload(trip_id, RIDE, **waits) for _ in range(4)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert await count(services, GpxFile) == await stored(services) == 1


async def test_nobody_is_told_the_result_of_another_upload_under_the_same_id(
    ana: Cyclist,
) -> None:
    trip_id, empty = await ana.new_trip(), BAD_LATER
    waits = {"Prefer": "wait=10"}
    failed = data_of(await ana.upload(trip_id, empty, **waits, **{"Idempotency-Key": "1"}), 202)
    assert failed["processing_status"] == "failed"
    again = data_of(await ana.upload(trip_id, empty, **waits, **{"Idempotency-Key": "1"}), 202)
    assert again == failed
    renewed = data_of(await ana.upload(trip_id, RIDE, **waits), 201)
    assert renewed["gpx_file_id"] == failed["gpx_file_id"]
    late = data_of(await ana.upload(trip_id, empty, **waits, **{"Idempotency-Key": "1"}), 202)
    assert late["uploaded_at"] == failed["uploaded_at"]
    assert late["total_points"] is None


async def test_a_request_is_not_done_again_after_its_upload_was_deleted(
    ana: Cyclist, services: Services
) -> None:
    trip_id = await ana.new_trip()
    waits = {"Idempotency-Key": "one", "Prefer": "wait=10"}
    first = data_of(await ana.upload(trip_id, RIDE, **waits), 201)
    await ana.request("DELETE", f"/trips/{trip_id}/gpx")
    again = data_of(await ana.upload(trip_id, RIDE, **waits), 202)
    assert again["gpx_file_id"] == first["gpx_file_id"]
    assert await count(services, GpxFile) == await stored(services) == 0


async def test_an_upload_sent_twice_at_once_is_answered_twice(
    ana: Cyclist, services: Services
) -> None:
    trip_id = await ana.new_trip()
    key = {"Idempotency-Key": "one"}
    answers = await asyncio.gather(*(ana.upload(trip_id, RIDE, **key) for _ in range(4)))
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.text for answer in answers}) == 1
    assert await count(services, GpxFile) == await stored(services) == 1


async def test_a_file_can_be_looked_at_without_being_stored(
    ana: Cyclist, services: Services
) -> None:
    files = {"file": ("2026-05-01_vuelta-al_pantano_v2.gpx", RIDE)}
    preview = data_of(await ana.request("POST", "/gpx/analyze", files=files), 200)
    expected = analyse(RIDE)
    assert set(preview) == {
        "distance_km",
        "elevation_gain",
        "elevation_gain_low",
        "elevation_gain_high",
        "elevation_loss",
        "max_elevation",
        "min_elevation",
        "has_elevation",
        "has_timestamps",
        "start_date",
        "end_date",
        "total_time_minutes",
        "moving_time_minutes",
        "difficulty",
        "suggested_title",
        "csv",
        "trackpoints",
    }
    assert preview["distance_km"] == round(expected.distance_km, 3)
    assert preview["suggested_title"] == "Vuelta Al Pantano"
    assert len(preview["trackpoints"]) == expected.simplified_points
    assert set(preview["trackpoints"][0]) == {
        "latitude",
        "longitude",
        "elevation",
        "distance_km",
    }
    assert await stored(services) == await count(services, GpxFile) == 0


async def test_the_line_of_a_preview_is_as_coarse_as_it_takes(
    ana: Cyclist, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tracks, "MAX_PREVIEW_POINTS", 20)
    ride = build_gpx(points=3000, segments=2)
    files = {"file": ("a.gpx", ride)}
    preview = data_of(await ana.request("POST", "/gpx/analyze", files=files), 200)
    whole = analyse(ride).simplified
    places = [(point["latitude"], point["longitude"]) for point in preview["trackpoints"]]
    assert 10 < len(places) <= 20 < len(whole)
    ends = [0, int(np.argmax(whole.segment)) - 1, int(np.argmax(whole.segment)), -1]
    for end in ends:
        assert (whole.latitude[end], whole.longitude[end]) in places
    distances = [point["distance_km"] for point in preview["trackpoints"]]
    assert distances == sorted(distances)


async def test_a_preview_is_rendered_off_the_event_loop(
    ana: Cyclist, monkeypatch: pytest.MonkeyPatch
) -> None:
    rendered_in: list[int] = []
    render = tracks.preview_json

    def noted(*arguments: Any) -> dict[str, Any]:
        rendered_in.append(threading.get_ident())
        return render(*arguments)

    monkeypatch.setattr("src.api.gpx.preview_json", noted)
    files = {"file": ("a.gpx", RIDE)}
    data_of(await ana.request("POST", "/gpx/analyze", files=files), 200)
    assert rendered_in != [threading.get_ident()]


async def test_a_file_that_cannot_be_analysed_is_refused_with_its_field(ana: Cyclist) -> None:
    for content, status, code in (
        (b"<gpx></gpx>", 400, "INVALID_GPX_FILE"),
        (b"x" * (50 * 1024 * 1024 + 1), 413, "FILE_TOO_LARGE"),
    ):
        files = {"file": ("a.gpx", content)}
        error = error_of(await ana.request("POST", "/gpx/analyze", files=files), status)
        assert (error["code"], error["field"]) == (code, "file")
    anonymous = await ana.client.post("/gpx/analyze", files={"file": ("a.gpx", RIDE)})
    assert error_of(anonymous, 401)["code"] == "UNAUTHORIZED"
