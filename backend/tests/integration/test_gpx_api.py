"""Uploads over HTTP, on SQLite and on PostgreSQL."""

import asyncio
from pathlib import Path
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import gpxpy
import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSessionTransaction

from src.config import Settings
from src.gpx import analyse
from src.http.deps import Services
from src.main import build_services
from src.models import GpxFile, TrackPoint
from src.services.processing.task_payload import decode_payload
from src.services.storage import DiskStorage
from src.services.uploads import registration
from tests.support.analyses import FaultyAnalyses
from tests.support.cyclist import Cyclist, data_of, error_of
from tests.support.rides import build_gpx
from tests.support.stored import everything_in
from tests.support.uploads import BAD_LATER, ride

RIDE = build_gpx(points=600, segments=2)
STATUS_KEYS = [
    "gpx_file_id",
    "processing_status",
    "distance_km",
    "elevation_gain",
    "total_points",
    "simplified_points",
    "uploaded_at",
    "processed_at",
    "error_message",
]
UPLOAD_KEYS = {
    *STATUS_KEYS,
    "trip_id",
    "elevation_loss",
    "max_elevation",
    "min_elevation",
    "has_elevation",
    "has_timestamps",
}


async def status_of(cyclist: Cyclist, upload: dict[str, Any]) -> dict[str, Any]:
    response = await cyclist.request("GET", f"/gpx/{upload['gpx_file_id']}/status")
    status: dict[str, Any] = data_of(response, 200)
    return status


async def test_an_upload_is_accepted_and_becomes_a_track(ana: Cyclist) -> None:
    trip_id = await ana.new_trip()
    accepted = data_of(await ana.upload(trip_id, RIDE), 202)
    assert accepted.keys() == UPLOAD_KEYS
    assert accepted["processing_status"] == "processing"
    assert accepted["trip_id"] == trip_id
    assert accepted["distance_km"] is accepted["processed_at"] is accepted["error_message"] is None

    status = await status_of(ana, accepted)
    assert list(status)[: len(STATUS_KEYS)] == STATUS_KEYS
    assert status["processing_status"] == "completed"
    assert (status["stage"], status["progress"], status["mode"]) == ("done", 100, "background")
    assert (status["attempt"], status["max_attempts"]) == (1, 4)
    assert status["next_attempt_at"] is status["error_code"] is None


async def test_large_file_uses_celery(
    app: FastAPI, settings: Settings, ana: Cyclist, services: Services
) -> None:
    app.state.services = build_services(settings.model_copy(update={"celery_enabled": True}))
    ride = build_gpx(size_mb=6)
    trip_id = await ana.new_trip()
    with patch("src.api.trips.process_gpx_file_async") as task:
        upload = data_of(await ana.upload(trip_id, ride, name="etapa 1.gpx"), 202)
    task.delay.assert_called_once()
    gpx_file_id, sent_trip_id, content, file_name = task.delay.call_args.args
    assert (gpx_file_id, sent_trip_id) == (upload["gpx_file_id"], trip_id)
    assert (decode_payload(content, len(ride)), file_name) == (ride, "etapa 1.gpx")
    status = await status_of(ana, upload)
    assert (status["processing_status"], status["stage"]) == ("processing", "queued")
    assert status["mode"] == "celery"
    await app.state.services.db.dispose()


async def test_the_track_holds_the_analysed_points_in_order(ana: Cyclist) -> None:
    upload = await ana.uploaded(RIDE)
    expected = analyse(RIDE)
    track = data_of(await ana.request("GET", f"/gpx/{upload['gpx_file_id']}/track"), 200)
    points = track["trackpoints"]
    assert [point["sequence"] for point in points] == list(range(expected.simplified_points))
    assert track["simplified_points_count"] == len(points)
    assert [point["latitude"] for point in points] == expected.simplified.latitude.tolist()
    assert [point["elevation"] for point in points] == expected.simplified.elevation.tolist()
    assert {point["segment"] for point in points} == {0, 1}
    distances = [point["distance_km"] for point in points]
    assert distances == sorted(distances)
    assert distances[-1] == pytest.approx(upload["distance_km"], rel=0.02)
    assert len({point["point_id"] for point in points}) == len(points)
    assert track["start_point"] == {key: points[0][key] for key in ("latitude", "longitude")}
    assert track["end_point"] == {key: points[-1][key] for key in ("latitude", "longitude")}

    statistics = track["route_statistics"]
    assert statistics["gpx_file_id"] == upload["gpx_file_id"]
    assert statistics["avg_speed_kmh"] == pytest.approx(
        expected.statistics.avg_speed_kmh, abs=0.005
    )
    assert set(statistics["gradient_distribution"]) == {
        "llano",
        "moderado",
        "empinado",
        "muy_empinado",
    }


async def test_a_file_without_times_or_elevations_has_explicit_nulls(ana: Cyclist) -> None:
    upload = await ana.uploaded(build_gpx(points=200, timestamps=False, elevation=False))
    assert upload["has_elevation"] is upload["has_timestamps"] is False
    assert upload["elevation_gain"] is upload["max_elevation"] is None
    track = data_of(await ana.request("GET", f"/gpx/{upload['gpx_file_id']}/track"), 200)
    assert track["trackpoints"][0]["elevation"] is None
    assert track["route_statistics"]["avg_speed_kmh"] is None
    assert track["route_statistics"]["gradient_distribution"] is None


async def test_prefer_wait_answers_with_the_finished_upload(ana: Cyclist) -> None:
    response = await ana.upload(await ana.new_trip(), RIDE, Prefer="respond-async, wait=10")
    upload = data_of(response, 201)
    assert response.headers["Preference-Applied"] == "wait=10"
    assert upload["processing_status"] == "completed"
    assert upload["total_points"] == 600
    assert upload["simplified_points"] > 2
    assert upload["distance_km"] > 0


async def test_a_bad_file_fails_with_a_reason_in_the_readers_language(ana: Cyclist) -> None:
    accepted = data_of(await ana.upload(await ana.new_trip(), BAD_LATER), 202)
    status = await status_of(ana, accepted)
    assert status["processing_status"] == "failed"
    assert status["error_code"] == "NO_USABLE_POINTS"
    assert "puntos utilizables" in status["error_message"]
    english = await ana.request(
        "GET", f"/gpx/{accepted['gpx_file_id']}/status", headers={"Accept-Language": "en"}
    )
    assert "usable points" in data_of(english, 200)["error_message"]
    track = await ana.request("GET", f"/gpx/{accepted['gpx_file_id']}/track")
    assert error_of(track, 404)["code"] == "NOT_PROCESSED"


async def test_the_next_upload_replaces_a_failed_one(ana: Cyclist, services: Services) -> None:
    trip_id = await ana.new_trip()
    failed = data_of(await ana.upload(trip_id, BAD_LATER), 202)
    assert (await status_of(ana, failed))["processing_status"] == "failed"
    replaced = data_of(await ana.upload(trip_id, RIDE), 202)
    status = await status_of(ana, replaced)
    assert status["processing_status"] == "completed"
    assert status["error_code"] is status["error_message"] is None
    metadata = data_of(await ana.request("GET", f"/trips/{trip_id}/gpx"), 200)
    assert metadata["file_size"] == len(RIDE)
    assert len(await everything_in(services.storage)) == 1


async def test_a_trip_takes_one_route(ana: Cyclist, services: Services) -> None:
    trip_id = await ana.new_trip()
    data_of(await ana.upload(trip_id, RIDE), 202)
    error = error_of(await ana.upload(trip_id, RIDE), 400)
    assert error["code"] == "TRIP_ALREADY_HAS_GPX"
    assert len(await everything_in(services.storage)) == 1


async def test_of_two_uploads_at_once_one_wins(ana: Cyclist, services: Services) -> None:
    trip_id = await ana.new_trip()
    answers = await asyncio.gather(*(ana.upload(trip_id, RIDE) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [202, 400, 400, 400]
    assert {error_of(a, 400)["code"] for a in answers if a.status_code == 400} == {
        "TRIP_ALREADY_HAS_GPX"
    }
    assert len(await everything_in(services.storage)) == 1


async def test_checks_come_in_the_order_of_the_contract(ana: Cyclist, berta: Cyclist) -> None:
    trip_id, nowhere = await ana.new_trip(), str(uuid4())
    anonymous = await ana.client.post(f"/trips/{nowhere}/gpx", files={"file": ("x.txt", b"no")})
    assert error_of(anonymous, 401)["code"] == "UNAUTHORIZED"
    unnamed = await berta.request("POST", f"/trips/{nowhere}/gpx", files={"other": ("x.gpx", b"")})
    assert (error_of(unnamed, 400)["code"], error_of(unnamed, 400)["field"]) == (
        "VALIDATION_ERROR",
        "file",
    )
    text_file = await berta.upload(nowhere, b"no", name="ride.txt")
    assert error_of(text_file, 400)["code"] == "INVALID_FILE_TYPE"
    too_large = await berta.upload(nowhere, b"x" * (50 * 1024 * 1024 + 1))
    assert error_of(too_large, 400)["code"] == "FILE_TOO_LARGE"
    assert "50 MB" in error_of(too_large, 400)["message"]
    missing = await berta.upload(nowhere, b"not xml")
    assert error_of(missing, 404)["code"] == "NOT_FOUND"
    foreign = await berta.upload(trip_id, b"not xml")
    assert error_of(foreign, 403)["code"] == "FORBIDDEN"
    for content in (b"not xml", b"", b"<kml/>", b"<!DOCTYPE gpx [<!ENTITY a 'b'>]><gpx/>"):
        invalid = await ana.upload(trip_id, content)
        assert error_of(invalid, 400)["code"] == "INVALID_GPX_FORMAT"
    data_of(await ana.upload(trip_id, RIDE, name="RIDE.GPX"), 202)
    again = await ana.upload(trip_id, b"not xml")
    assert error_of(again, 400)["code"] == "TRIP_ALREADY_HAS_GPX"


async def test_a_refused_upload_leaves_nothing(ana: Cyclist, services: Services) -> None:
    await ana.upload(await ana.new_trip(), b"not xml")
    await ana.upload(await ana.new_trip(), b"<gpx>", name="ride.fit")
    assert await everything_in(services.storage) == []


async def test_the_original_comes_back_byte_for_byte(ana: Cyclist) -> None:
    trip_id = await ana.new_trip(title="Subida al Ángel / día 1")
    upload = data_of(await ana.upload(trip_id, RIDE), 202)
    response = await ana.request("GET", f"/gpx/{upload['gpx_file_id']}/download")
    assert response.content == RIDE
    assert response.headers["content-type"] == "application/gpx+xml"
    disposition = response.headers["content-disposition"]
    assert disposition.startswith('attachment; filename="Subida al Angel _ dia 1.gpx"')
    assert "filename*=UTF-8''Subida%20al%20%C3%81ngel%20_%20d%C3%ADa%201.gpx" in disposition


async def test_the_original_comes_whole_whatever_range_is_asked_for(
    ana: Cyclist, services: Services
) -> None:
    upload = await ana.uploaded(RIDE)
    path = f"/gpx/{upload['gpx_file_id']}/download"
    for wanted in ("bytes=0-9", "bytes=99999999-", "bytes=5-1", "bytes=0-1,5-9", "lines=1"):
        response = await ana.request("GET", path, headers={"Range": wanted})
        assert (response.status_code, response.content) == (200, RIDE)
        assert response.headers["Accept-Ranges"] == "none"
    await services.storage.delete(await stored_key(services))
    assert error_of(await ana.request("GET", path), 404)["code"] == "NOT_FOUND"


async def test_the_simplified_track_is_xml_whatever_the_title_holds(ana: Cyclist) -> None:
    upload = await ana.uploaded(RIDE)
    renamed = {"title": "Sub\x01ida & <bajada>\ufffe"}
    data_of(await ana.request("PUT", f"/trips/{upload['trip_id']}", json=renamed), 200)
    path = f"/gpx/{upload['gpx_file_id']}/download?simplified=true"
    track = gpxpy.parse((await ana.request("GET", path)).text).tracks[0]
    assert track.name == "Subida & <bajada>"


async def stored_key(services: Services) -> str:
    async with services.db.read() as session:
        return (await session.scalars(select(GpxFile.storage_key))).one()


async def test_deleting_the_route_leaves_no_row_and_no_file(
    ana: Cyclist, services: Services
) -> None:
    upload = await ana.uploaded(RIDE)
    response = await ana.request("DELETE", f"/trips/{upload['trip_id']}/gpx")
    assert (response.status_code, response.content) == (204, b"")
    assert await everything_in(services.storage) == []
    assert await count_points(services) == 0
    gone = await ana.request("GET", f"/gpx/{upload['gpx_file_id']}/status")
    assert error_of(gone, 404)["code"] == "NOT_FOUND"
    data_of(await ana.upload(upload["trip_id"], RIDE), 202)


async def test_deleting_the_trip_deletes_its_route(ana: Cyclist, services: Services) -> None:
    upload = await ana.uploaded(RIDE)
    data_of(await ana.request("DELETE", f"/trips/{upload['trip_id']}"), 200)
    assert await everything_in(services.storage) == []
    assert await count_points(services) == 0


async def test_a_trip_shows_its_route_only_once_it_is_completed(ana: Cyclist) -> None:
    trip_id = await ana.new_trip()
    assert data_of(await ana.request("GET", f"/trips/{trip_id}"), 200)["gpx_file"] is None
    data_of(await ana.upload(trip_id, BAD_LATER), 202)
    assert data_of(await ana.request("GET", f"/trips/{trip_id}"), 200)["gpx_file"] is None
    data_of(await ana.upload(trip_id, RIDE, name="mi ruta.gpx"), 202)
    shown = data_of(await ana.request("GET", f"/trips/{trip_id}"), 200)["gpx_file"]
    assert shown["file_name"] == "mi ruta.gpx"
    assert shown["processing_status"] == "completed"


async def test_other_requests_are_answered_while_a_file_is_analysed(
    ana: Cyclist, client: httpx.AsyncClient, faulty_analyses: FaultyAnalyses
) -> None:
    trip_id = await ana.new_trip()
    upload = asyncio.create_task(ana.upload(trip_id, ride("wait 10"), Prefer="wait=10"))
    await faulty_analyses.begun()
    assert (await client.get("/health")).status_code == 200
    assert not upload.done()
    faulty_analyses.go_on()
    data_of(await upload, 201)


async def count_points(services: Services) -> int:
    async with services.db.read() as session:
        return await session.scalar(select(func.count()).select_from(TrackPoint)) or 0


async def test_an_old_file_that_cannot_be_removed_does_not_fail_the_new_upload(
    ana: Cyclist, monkeypatch: pytest.MonkeyPatch
) -> None:
    trip_id = await ana.new_trip()
    failed = data_of(await ana.upload(trip_id, BAD_LATER, Prefer="wait=10"), 202)
    assert failed["processing_status"] == "failed"

    def fail(storage: DiskStorage, path: Path) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr("src.services.storage.DiskStorage._delete", fail)
        data_of(await ana.upload(trip_id, RIDE), 202)


async def test_troubles_after_the_commit_do_not_fail_the_upload(
    ana: Cyclist, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*args: Any, **options: Any) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr("src.services.processing.dispatch.Dispatcher.dispatch", fail)
        upload = data_of(await ana.upload(await ana.new_trip(), RIDE), 202)
    assert (await status_of(ana, upload))["stage"] == "queued"


async def test_a_body_far_over_the_limit_is_refused_whatever_its_field(ana: Cyclist) -> None:
    response = await ana.request(
        "POST",
        f"/trips/{await ana.new_trip()}/gpx",
        data={"a": "x" * (52 * 1024 * 1024)},
        files={"file": ("a.gpx", RIDE)},
    )
    assert error_of(response, 400)["code"] == "FILE_TOO_LARGE"


async def test_an_upload_whose_commit_was_not_answered_is_not_lost(
    ana: Cyclist, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    trip_id = await ana.new_trip()
    real_register = registration.register

    async def register(*args: Any, **options: Any) -> registration.Registration:
        monkeypatch.setattr(AsyncSessionTransaction, "__aexit__", lose_answer)
        return await real_register(*args, **options)

    leave = AsyncSessionTransaction.__aexit__

    async def lose_answer(transaction: Any, *error: Any) -> None:
        monkeypatch.setattr(AsyncSessionTransaction, "__aexit__", leave)
        await leave(transaction, *error)
        raise ConnectionError("gone")

    monkeypatch.setattr("src.services.uploads.registration.register", register)
    upload = data_of(await ana.upload(trip_id, RIDE), 202)
    assert (await status_of(ana, upload))["processing_status"] == "completed"
    assert len(await everything_in(services.storage)) == 1


async def test_the_text_of_a_form_is_bounded(ana: Cyclist) -> None:
    response = await ana.request(
        "POST",
        f"/trips/{await ana.new_trip()}/gpx",
        data={"a": "x" * (2 * 1024 * 1024)},
        files={"file": ("a.gpx", RIDE)},
    )
    assert error_of(response, 400)["code"] == "FILE_TOO_LARGE"
