"""Every format through the service: uploads, packed or not, by background and by a worker."""

import gzip
import io
import json
import zipfile
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import numpy as np
import pytest

from src.config import Settings
from src.http.deps import Services
from src.models import GpxFile
from tests.support.csv_text import NOT_RECOGNISED, csv_log
from tests.support.cyclist import Cyclist, data_of, error_of
from tests.support.fit_files import ride_as_fit
from tests.support.rides import record, rolling
from tests.support.tcx_text import ride_as_tcx
from tests.support.workers import worker

RIDE = record(rolling(8, seed=2), seed=2, stops=1)
GPX = RIDE.gpx()
TOTALS = (
    "<TotalTimeSeconds>1500</TotalTimeSeconds><DistanceMeters>8800</DistanceMeters>"
    "<MaximumSpeed>12</MaximumSpeed>"
)
TCX = ride_as_tcx(RIDE, totals=TOTALS)
FIT = ride_as_fit(RIDE)
CSV = csv_log(RIDE.track())
# Far behind what is looked at before the answer.
BROKEN = GPX.replace(b"</trk>", b"").replace(b"<trkseg>", b"<trkseg>".ljust(6 << 20), 1)
MAPPING = {"latitude": "breite", "longitude": "laenge", "time": "wann"}


def zipped(**files: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("_", "."), content)
    return buffer.getvalue()


async def send(
    cyclist: Cyclist,
    path: str,
    content: bytes,
    *,
    name: str = "ride.csv",
    mapping: Any = None,
    **headers: str,
) -> httpx.Response:
    return await cyclist.request(
        "POST",
        path,
        files={"file": (name, content)},
        data={} if mapping is None else {"mapping": mapping},
        headers=headers,
    )


FILES = {
    "ride.GPX": (GPX, "application/gpx+xml", ".gpx"),
    "ride.gpx.xml": (GPX, "application/gpx+xml", ".gpx"),
    "ride.gpx.gz": (gzip.compress(GPX), "application/gzip", ".gpx.gz"),
    "ride.tcx": (TCX, "application/vnd.garmin.tcx+xml", ".tcx"),
    "ride.fit": (FIT, "application/vnd.ant.fit", ".fit"),
    "ride.Fit.gz": (gzip.compress(FIT), "application/gzip", ".fit.gz"),
    "ride.csv": (CSV, "text/csv; charset=utf-8", ".csv"),
    "rides.zip": (zipped(a_tcx=TCX), "application/zip", ".zip"),
    # The name says what it is not.
    "wrong.fit": (GPX, "application/vnd.ant.fit", ".fit"),
}


async def test_every_format_is_taken_and_given_back_as_it_came(ana: Cyclist) -> None:
    expected = await ana.uploaded(GPX)
    for name, (content, media_type, extension) in FILES.items():
        trip_id = await ana.new_trip()
        upload = data_of(await ana.upload(trip_id, content, name=name, Prefer="wait=10"), 201)
        assert upload["total_points"] == expected["total_points"], name
        assert upload["distance_km"] == pytest.approx(expected["distance_km"], abs=0.02), name
        path = f"/gpx/{upload['gpx_file_id']}/download"
        download = await ana.request("GET", path)
        assert download.content == content
        assert download.headers["Content-Type"] == media_type, name
        assert f'filename="Vuelta{extension}"' in download.headers["Content-Disposition"], name
        made = await ana.request("GET", f"{path}?format=gpx")
        assert 'filename="Vuelta.gpx"' in made.headers["Content-Disposition"]


async def test_other_names_are_refused_with_those_that_are_taken(ana: Cyclist) -> None:
    for name in ("ride.kml", "ride.kmz", "ride.gz", "ride.gpx.exe", "ride.xml"):
        error = error_of(await ana.upload(await ana.new_trip(), GPX, name=name), 400)
        assert error["code"] == "INVALID_FILE_TYPE"
        assert ".gpx, .tcx, .fit, .csv, .zip" in error["message"]


REFUSED = {
    "other_format": (b"neither XML nor a table", None),
    "missing_columns": (b"lat;height\n46,5;7\n", {"missing": ["longitude"]}),
    "no_header": (b"1;2\n3;4\n", None),
    "ambiguous_dates": (
        b"lat,lon,date\n46.5,8.1,05/06/2024\n46.6,8.1,05/06/2024\n",
        {"key": "time", "header": "date", "example": "05/06/2024"},
    ),
    "nothing_readable": (
        b"lat,lon\nx,8.1\n",
        {"rows": [{"line": 2, "why": "unreadable_latitude"}]},
    ),
    "several_track_logs": (zipped(a_gpx=GPX, b_gpx=GPX), {"count": 2}),
    "no_track_log": (zipped(a_txt=GPX, b_jpg=GPX), None),
    "nested_archive": (zipped(a_zip=zipped(a_gpx=GPX)), None),
    "damaged_archive": (gzip.compress(GPX)[:-20], None),
    "unpacked_too_large": (gzip.compress(b"lat,lon\n" + b"46.5,8.1\n" * 8_000_000), None),
}


async def test_what_cannot_be_read_is_refused_with_its_reason(ana: Cyclist) -> None:
    trip_id = await ana.new_trip()
    for reason, (content, details) in REFUSED.items():
        error = error_of(await ana.upload(trip_id, content, name="ride.zip"), 400)
        assert (error["code"], error["reason"]) == ("INVALID_GPX_FORMAT", reason)
        if details is not None:
            assert error["details"] == details
        assert "{" not in error["message"]
        english = await ana.upload(trip_id, content, name="ride.zip", **{"Accept-Language": "en"})
        assert error_of(english, 400)["message"] != error["message"]


async def test_a_mapping_goes_with_its_upload_through_every_attempt(
    ana: Cyclist, services: Services
) -> None:
    path = f"/trips/{await ana.new_trip()}/gpx"
    error = error_of(await send(ana, path, NOT_RECOGNISED), 400)
    assert error["details"] == {"missing": ["latitude", "longitude"]}
    assert "latitud y longitud" in error["message"]
    mapping = json.dumps(MAPPING)
    upload = data_of(await send(ana, path, NOT_RECOGNISED, mapping=mapping, Prefer="wait=10"), 201)
    assert (upload["total_points"], upload["has_timestamps"]) == (60, True)
    async with services.db.read() as session:
        row = await session.get_one(GpxFile, UUID(upload["gpx_file_id"]))
        assert row.mapping == MAPPING
    gpx_path = f"/gpx/{upload['gpx_file_id']}"
    data_of(await ana.request("POST", f"{gpx_path}/reprocess"), 202)
    status = data_of(await ana.request("GET", f"{gpx_path}/status"), 200)
    assert (status["processing_status"], status["total_points"]) == ("completed", 60)


async def test_the_same_file_with_another_mapping_is_another_request(ana: Cyclist) -> None:
    path, key = f"/trips/{await ana.new_trip()}/gpx", {"Idempotency-Key": "once"}
    mapping = json.dumps(MAPPING)
    data_of(await send(ana, path, NOT_RECOGNISED, mapping=mapping, **key), 202)
    again = await send(ana, path, NOT_RECOGNISED, mapping=mapping, **key)
    assert again.headers["Idempotency-Replayed"] == "true"
    other = json.dumps({**MAPPING, "elevation": "wann"})
    assert error_of(await send(ana, path, NOT_RECOGNISED, mapping=other, **key), 409)


@pytest.mark.parametrize(
    "mapping",
    [
        "no JSON",
        "[]",
        '{"latitude": 1}',
        '{"latitude": ""}',
        '{"height": "breite"}',
        '{"latitude": "a\\u0000"}',
        json.dumps({"latitude": "x" * 301}),
        json.dumps({"latitude": "x"}) + " " * 9000,
    ],
)
async def test_a_mapping_that_is_none_is_a_fault_of_its_field(ana: Cyclist, mapping: str) -> None:
    for path in ("/gpx/analyze", f"/trips/{await ana.new_trip()}/gpx"):
        error = error_of(await send(ana, path, NOT_RECOGNISED, mapping=mapping), 400)
        assert (error["code"], error["field"]) == ("VALIDATION_ERROR", "mapping")


async def test_a_look_at_a_table_tells_what_it_looks_like(ana: Cyclist) -> None:
    table = b"Latitud;Longitud;Altitud (m)\n46,5;8,1;700\n46,6;8,1;=1+2\n"
    found = data_of(await send(ana, "/gpx/analyze", table), 200)
    assert found["csv"] == {
        "mapping": {
            "latitude": "Latitud",
            "longitude": "Longitud",
            "elevation": "Altitud (m)",
        },
        "headers": ["Latitud", "Longitud", "Altitud (m)"],
        "separator": ";",
        "decimal": ",",
        "encoding": "utf-8",
        "time_format": None,
        "rows": [["46,5", "8,1", "700"], ["46,6", "8,1", "=1+2"]],
    }
    assert data_of(await send(ana, "/gpx/analyze", GPX, name="ride.gpx"), 200)["csv"] is None
    packed = await send(ana, "/gpx/analyze", gzip.compress(table), name="ride.csv.gz")
    assert data_of(packed, 200)["csv"] == found["csv"]


async def test_a_look_tells_it_also_where_the_columns_are_not_known(ana: Cyclist) -> None:
    error = error_of(await send(ana, "/gpx/analyze", NOT_RECOGNISED), 400)
    assert (error["code"], error["reason"]) == ("INVALID_GPX_FILE", "missing_columns")
    assert error["csv"]["headers"] == ["breite", "laenge", "wann"]
    assert error["csv"]["rows"][0] == ["46,500", "8,1", "2024-05-01T08:00:00Z"]
    mapped = await send(ana, "/gpx/analyze", NOT_RECOGNISED, mapping=json.dumps(MAPPING))
    assert data_of(mapped, 200)["distance_km"] > 6
    assert error_of(await send(ana, "/gpx/analyze", b"<kml/>"), 400).get("csv") is None


async def test_the_wizard_takes_every_format_and_a_mapping(
    ana: Cyclist, services: Services
) -> None:
    fields = {"title": "Vuelta", "description": "Un paseo " * 10, "start_date": "2026-05-01"}
    for name, content, mapping in (
        ("a.fit", FIT, None),
        ("a.csv", NOT_RECOGNISED, json.dumps(MAPPING)),
    ):
        response = await ana.request(
            "POST",
            "/trips/gpx-wizard",
            data=fields | ({"mapping": mapping} if mapping else {}),
            files={"gpx_file": (name, content)},
        )
        gpx_file_id = UUID(data_of(response, 201)["gpx_file"]["gpx_file_id"])
        async with services.db.read() as session:
            row = await session.get_one(GpxFile, gpx_file_id)
        assert row.mapping == (MAPPING if mapping else None)


async def test_the_recorders_totals_stand_beside_ours(ana: Cyclist) -> None:
    trip_id = await ana.new_trip()
    data_of(await ana.upload(trip_id, TCX, name="a.tcx", Prefer="wait=10"), 201)
    told = data_of(await ana.request("GET", f"/trips/{trip_id}/gpx"), 200)
    totals = told["device_totals"]
    assert totals["distance_km"] == 8.8
    assert totals["moving_time_minutes"] == 25.0
    assert totals["max_speed_kmh"] == 43.2
    assert totals["device"] == "Edge 530"
    assert totals["elevation_gain"] is None
    [distance] = [each for each in totals["differences"] if each["number"] == "distance_km"]
    assert distance == {
        "number": "distance_km",
        "ours": told["distance_km"],
        "theirs": 8.8,
        "reason": distance["reason"],
    }
    other = await ana.new_trip()
    data_of(await ana.upload(other, GPX, Prefer="wait=10"), 201)
    assert data_of(await ana.request("GET", f"/trips/{other}/gpx"), 200)["device_totals"] is None


async def test_a_worker_reads_every_format_with_its_mapping(
    ana: Cyclist, settings: Settings, redis_url: str, tmp_path: Path
) -> None:
    """Padded beyond what is read before the answer and in the background."""
    noise = np.random.default_rng(1).bytes(6 << 20)
    padded = {
        "ride.fit": FIT + noise,
        "ride.tcx": TCX.ljust(6 << 20),
        "ride.csv": NOT_RECOGNISED + b"\n" * (6 << 20),
        "ride.zip": zipped(a_fit=FIT + noise),
    }
    with worker(settings, tmp_path):
        for name, content in padded.items():
            path = f"/trips/{await ana.new_trip()}/gpx"
            mapping = json.dumps(MAPPING) if name == "ride.csv" else None
            response = await send(ana, path, content, name=name, mapping=mapping, Prefer="wait=15")
            upload = data_of(response, 201)
            status = await ana.request("GET", f"/gpx/{upload['gpx_file_id']}/status")
            assert data_of(status, 200)["mode"] == "celery", name
            assert upload["total_points"] == (60 if mapping else len(RIDE)), name

        path = f"/trips/{await ana.new_trip()}/gpx"
        upload = data_of(await send(ana, path, BROKEN, name="ride.gpx", Prefer="wait=15"), 202)
        answer = await ana.request("GET", f"/gpx/{upload['gpx_file_id']}/status")
        status = data_of(answer, 200)
        assert (status["mode"], status["error_reason"]) == ("celery", "mismatched_tag")
        assert "línea" in status["error_message"]


@pytest.fixture
def settings(settings: Settings, redis_url: str) -> Settings:
    return settings.model_copy(update={"celery_enabled": True, "redis_url": redis_url})
