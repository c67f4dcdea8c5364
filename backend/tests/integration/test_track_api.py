"""Levels of detail, GeoJSON, caching, compression and export of a stored track."""

import asyncio
from typing import Any, cast
from uuid import UUID

import gpxpy
import numpy as np
import pytest
from sqlalchemy import QueuePool, delete, event, update

from src.api import gpx
from src.gpx import analyse
from src.http.deps import Services
from src.main import LONG_TRACKS_AT_ONCE
from src.models import TrackPoint, Trip
from src.services.tracks import patience
from tests.support.cyclist import Cyclist, data_of, error_of
from tests.support.rides import DETAILED_RIDE_POINTS, build_gpx, detailed_ride
from tests.support.uploads import BAD_LATER

RIDE = build_gpx(points=6000, segments=3)


async def track_of(cyclist: Cyclist, upload: dict[str, Any], **query: Any) -> dict[str, Any]:
    path = f"/gpx/{upload['gpx_file_id']}/track"
    track: dict[str, Any] = data_of(await cyclist.request("GET", path, params=query), 200)
    return track


def most_within(max_points: int) -> int:
    """How many points the finest level of detail has that is within the limit."""
    survives_m = analyse(RIDE).simplified.tolerance_m
    counts = [int((survives_m > tolerance_m).sum()) for tolerance_m in {0.0, *survives_m.tolist()}]
    return max(count for count in counts if 0 < count <= max_points)


async def test_a_track_is_served_at_any_level_of_detail(ana: Cyclist) -> None:
    upload = await ana.uploaded(RIDE)
    whole = await track_of(ana, upload)
    all_ids = [point["point_id"] for point in whole["trackpoints"]]
    assert len(all_ids) > 200
    coarser = all_ids
    for max_points in (200, 50, 10):
        level = await track_of(ana, upload, max_points=max_points)
        points = level["trackpoints"]
        ids = [point["point_id"] for point in points]
        assert len(ids) == most_within(max_points)
        assert set(ids) <= set(coarser), "levels are nested"
        assert [point["sequence"] for point in points] == list(range(len(ids)))
        assert level["simplified_points_count"] == len(ids)
        assert (level["start_point"], level["end_point"]) == (
            whole["start_point"],
            whole["end_point"],
        )
        assert level["route_statistics"] == whole["route_statistics"]
        coarser = ids


async def test_a_long_track_is_served_whole_for_a_map_and_coarse_for_a_thumbnail(
    ana: Cyclist,
) -> None:
    ride = detailed_ride()
    upload = await ana.uploaded(ride)
    assert upload["simplified_points"] > DETAILED_RIDE_POINTS
    whole = (await track_of(ana, upload))["trackpoints"]
    expected = analyse(ride).simplified
    assert [point["latitude"] for point in whole] == expected.latitude.tolist()
    assert [point["segment"] for point in whole] == expected.segment.tolist()
    thumbnail = (await track_of(ana, upload, max_points=200))["trackpoints"]
    assert 100 < len(thumbnail) <= 200
    places = [point["point_id"] for point in whole]
    is_shown = np.isin(places, [point["point_id"] for point in thumbnail])
    assert is_shown.sum() == len(thumbnail)
    assert expected.tolerance_m[is_shown].min() > expected.tolerance_m[~is_shown].max()


async def test_a_track_of_a_few_metres_is_served_without_gradients(ana: Cyclist) -> None:
    upload = await ana.uploaded(build_gpx(points=4))
    track = await track_of(ana, upload)
    statistics = track["route_statistics"]
    assert statistics["avg_gradient"] is statistics["max_gradient"] is None
    assert statistics["gradient_distribution"] is None
    assert statistics["max_speed_kmh"] is not None
    assert {point["gradient"] for point in track["trackpoints"]} == {None}


async def test_a_point_keeps_its_id_at_every_level(ana: Cyclist) -> None:
    upload = await ana.uploaded(RIDE)
    ids = [point["point_id"] for point in (await track_of(ana, upload))["trackpoints"]]
    low = UUID(upload["gpx_file_id"]).int
    assert ids == [str(UUID(int=low ^ (sequence + 1))) for sequence in range(len(ids))]


async def test_a_tolerance_keeps_what_survives_it(ana: Cyclist) -> None:
    upload = await ana.uploaded(RIDE)
    survives = analyse(RIDE).simplified.tolerance_m
    for tolerance_m in (0, 10, 25, 100, 1000):
        track = await track_of(ana, upload, tolerance_m=tolerance_m)
        assert len(track["trackpoints"]) == int((survives > tolerance_m).sum())


async def test_the_ends_of_segments_are_always_there(ana: Cyclist) -> None:
    upload = await ana.uploaded(RIDE)
    track = await track_of(ana, upload, max_points=2)
    assert [point["segment"] for point in track["trackpoints"]] == [0, 0, 1, 1, 2, 2]


@pytest.mark.parametrize("query", [{"max_points": 1}, {"tolerance_m": -1}, {"max_points": "x"}])
async def test_a_level_that_makes_no_sense_is_refused(ana: Cyclist, query: dict[str, Any]) -> None:
    upload = await ana.uploaded(RIDE)
    path = f"/gpx/{upload['gpx_file_id']}/track"
    error = error_of(await ana.request("GET", path, params=query), 400)
    assert (error["code"], error["field"]) == ("VALIDATION_ERROR", next(iter(query)))


async def test_a_level_takes_one_query_of_the_points(ana: Cyclist, services: Services) -> None:
    upload = await ana.uploaded(RIDE)
    statements: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    engine = services.db.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    await track_of(ana, upload, max_points=100)
    event.remove(engine, "before_cursor_execute", note)
    assert sum("track_points" in statement for statement in statements) == 1


async def test_geojson_has_a_line_for_each_segment(ana: Cyclist) -> None:
    upload = await ana.uploaded(RIDE)
    path = f"/gpx/{upload['gpx_file_id']}/track"
    response = await ana.request("GET", path, headers={"Accept": "application/geo+json"})
    assert response.headers["content-type"] == "application/geo+json"
    feature = response.json()
    lines = feature["geometry"]["coordinates"]
    assert feature["geometry"]["type"] == "MultiLineString"
    assert len(lines) == 3
    points = (await track_of(ana, upload))["trackpoints"]
    assert [position for line in lines for position in line] == [
        [point["longitude"], point["latitude"], point["elevation"]] for point in points
    ]


@pytest.mark.parametrize(
    ("accept", "is_geojson"),
    [
        ("application/geo+json;q=0.9, application/json;q=0.5", True),
        ("application/geo+json, application/json", True),
        ("application/json, application/geo+json;q=0.1", False),
        ("application/geo+json;q=0", False),
        ("*/*", False),
    ],
)
async def test_the_type_that_the_client_likes_best_is_sent(
    ana: Cyclist, accept: str, is_geojson: bool
) -> None:
    upload = await ana.uploaded(build_gpx(points=50))
    url = f"/gpx/{upload['gpx_file_id']}/track"
    answer = await ana.request("GET", url, headers={"Accept": accept})
    assert ("geo+json" in answer.headers["Content-Type"]) is is_geojson


async def test_a_track_that_goes_away_while_it_is_asked_for_is_not_found(
    ana: Cyclist, services: Services
) -> None:
    upload = await ana.uploaded(build_gpx(points=50))
    async with services.db.write() as session:
        await session.execute(delete(TrackPoint))
    answer = await ana.request("GET", f"/gpx/{upload['gpx_file_id']}/track")
    assert error_of(answer, 404)["code"] == "NOT_FOUND"


async def test_what_the_client_has_already_is_not_sent_again(ana: Cyclist) -> None:
    upload = await ana.uploaded(RIDE)
    for path in ("track", "track?max_points=50", "download", "download?simplified=true"):
        url = f"/gpx/{upload['gpx_file_id']}/{path}"
        first = await ana.request("GET", url)
        tag = first.headers["ETag"]
        again = await ana.request("GET", url, headers={"If-None-Match": f'"other", {tag}'})
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
        other = await ana.request("GET", url, headers={"If-None-Match": '"other"'})
        assert other.status_code == 200


class Turns:
    """Those for long tracks, all taken by others."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def take(self) -> None:
        for _ in range(LONG_TRACKS_AT_ONCE):
            async with asyncio.timeout(5):
                await self._services.long_tracks.acquire()

    async def waited_for(self) -> None:
        async with asyncio.timeout(10):
            while not self._services.long_tracks._waiters:
                await asyncio.sleep(0.01)

    def end(self) -> None:
        for _ in range(LONG_TRACKS_AT_ONCE):
            self._services.long_tracks.release()


@pytest.fixture
async def taken(services: Services) -> Turns:
    turns = Turns(services)
    await turns.take()
    return turns


async def test_only_a_long_answer_waits_for_a_turn_and_not_for_ever(
    ana: Cyclist, berta: Cyclist, taken: Turns, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "PATIENCE_S", 0.05)
    upload = await ana.uploaded(RIDE)
    url = f"/gpx/{upload['gpx_file_id']}/track"
    rows, points = upload["simplified_points"], upload["total_points"]
    assert 200 < rows < 1000 < points
    tag = (await ana.request("GET", url, params={"max_points": 200_000})).headers["ETag"]

    async def status(**query: Any) -> int:
        answer = await ana.request("GET", url, params=query)
        if answer.status_code != 200:
            assert error_of(answer, 503)["code"] == "SERVICE_BUSY"
            assert int(answer.headers["Retry-After"]) > 0
        return answer.status_code

    monkeypatch.setattr(gpx, "DEFAULT_TRACK_POINTS", rows)
    assert await status(max_points=200_000) == 200
    assert await status(tolerance_m=9, max_points=rows) == 200
    assert await status(tolerance_m=10, max_points=200_000) == 200
    assert await status(tolerance_m=9, max_points=200_000) == 503
    monkeypatch.setattr(gpx, "DEFAULT_TRACK_POINTS", points)
    assert await status(tolerance_m=1, max_points=200_000) == 200
    monkeypatch.setattr(gpx, "DEFAULT_TRACK_POINTS", rows - 1)
    assert await status(max_points=rows - 1) == 200
    assert await status(max_points=200_000) == 503
    assert await status() == 503
    query = {"params": {"max_points": 200_000}}
    known = await ana.request("GET", url, headers={"If-None-Match": tag}, **query)
    assert known.status_code == 304
    error_of(await berta.request("GET", url, **query), 403)
    error_of(await ana.request("GET", f"/gpx/{UUID(int=7)}/track", **query), 404)
    taken.end()
    for _ in range(2 * LONG_TRACKS_AT_ONCE):
        assert await status(max_points=200_000) == 200


async def test_who_waits_for_a_turn_has_no_connection_and_sees_what_is_there_then(
    ana: Cyclist,
    berta: Cyclist,
    services: Services,
    taken: Turns,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    upload = await ana.uploaded(RIDE)
    await ana.publish(upload["trip_id"])
    monkeypatch.setattr(gpx, "DEFAULT_TRACK_POINTS", 100)
    url = f"/gpx/{upload['gpx_file_id']}/track"
    before = (await ana.request("GET", url, params={"max_points": 100})).headers["ETag"]
    waiting = asyncio.create_task(ana.request("GET", url))
    await taken.waited_for()
    assert cast(QueuePool, services.db.engine.pool).checkedout() == 0
    data_of(await ana.request("POST", f"/gpx/{upload['gpx_file_id']}/reprocess"), 202)
    taken.end()
    answer = await waiting
    assert len(data_of(answer, 200)["trackpoints"]) == upload["simplified_points"]
    anew = await ana.request("GET", url)
    assert answer.headers["ETag"] == anew.headers["ETag"] != before.replace("-100-", "-50000-")
    await taken.take()
    refused = asyncio.create_task(berta.request("GET", url))
    await taken.waited_for()
    async with services.db.write() as session:
        await session.execute(update(Trip).values(is_private=True))
    taken.end()
    assert error_of(await refused, 403)["code"] == "FORBIDDEN"


async def test_each_representation_has_its_own_tag(ana: Cyclist) -> None:
    upload = await ana.uploaded(RIDE)
    url = f"/gpx/{upload['gpx_file_id']}/track"
    answers = [
        await ana.request("GET", url),
        await ana.request("GET", url, params={"max_points": 50}),
        await ana.request("GET", url, params={"tolerance_m": 50}),
        await ana.request("GET", url, headers={"Accept": "application/geo+json"}),
    ]
    assert len({answer.headers["ETag"] for answer in answers}) == len(answers)
    accepted = await ana.request("POST", f"/gpx/{upload['gpx_file_id']}/reprocess")
    assert data_of(accepted, 202)["processing_status"] == "processing"
    renewed = await ana.request("GET", url)
    assert renewed.headers["ETag"] != answers[0].headers["ETag"]


async def test_large_answers_are_compressed(ana: Cyclist) -> None:
    upload = await ana.uploaded(RIDE)
    url = f"/gpx/{upload['gpx_file_id']}/track"
    response = await ana.request("GET", url, headers={"Accept-Encoding": "gzip"})
    assert response.headers["Content-Encoding"] == "gzip"
    for refused in ("identity", "gzip;q=0", "deflate, br"):
        plain = await ana.request("GET", url, headers={"Accept-Encoding": refused})
        assert "Content-Encoding" not in plain.headers
        assert plain.json() == response.json()
        assert "Accept-Encoding" in plain.headers["Vary"]


async def test_the_simplified_track_can_be_downloaded_as_gpx(ana: Cyclist) -> None:
    upload = await ana.uploaded(RIDE)
    url = f"/gpx/{upload['gpx_file_id']}/download"
    response = await ana.request("GET", url, params={"simplified": "true"})
    assert response.headers["content-type"] == "application/gpx+xml"
    assert "attachment" in response.headers["content-disposition"]
    expected = analyse(RIDE).simplified
    exported = gpxpy.parse(response.text)
    points = [p for segment in exported.tracks[0].segments for p in segment.points]
    assert len(exported.tracks[0].segments) == 3
    assert [p.latitude for p in points] == pytest.approx(expected.latitude.tolist(), abs=1e-7)
    assert [p.elevation for p in points] == pytest.approx(expected.elevation.tolist(), abs=1e-3)
    times = [p.time.timestamp() if p.time else None for p in points]
    assert times == pytest.approx(expected.time_s.tolist(), abs=1e-3)


async def test_reprocessing_makes_the_same_track_again(ana: Cyclist) -> None:
    upload = await ana.uploaded(RIDE)
    before = await track_of(ana, upload)
    data_of(await ana.request("POST", f"/gpx/{upload['gpx_file_id']}/reprocess"), 202)
    after = await track_of(ana, upload)
    assert after["trackpoints"] == before["trackpoints"]


async def test_a_failed_upload_can_be_reprocessed(ana: Cyclist) -> None:
    accepted = data_of(await ana.upload(await ana.new_trip(), BAD_LATER), 202)
    response = await ana.request("POST", f"/gpx/{accepted['gpx_file_id']}/reprocess")
    assert data_of(response, 202)["processing_status"] == "processing"
    status = await ana.request("GET", f"/gpx/{accepted['gpx_file_id']}/status")
    assert data_of(status, 200)["error_code"] == "NO_USABLE_POINTS"
