"""Files that cannot be read: refused before the answer where they are small, with the reason."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import func, select

from src.config import MEBIBYTE
from src.gpx import Analysis
from src.gpx.errors import TooManyPointsError
from src.http import files
from src.http.deps import Services
from src.models import GpxFile
from src.services.gpx_service import GPXService
from tests.support.cyclist import Cyclist, data_of, error_of
from tests.support.rides import build_gpx
from tests.support.stored import everything_in
from tests.support.uploads import BAD_LATER

RIDE = build_gpx(points=600)
LINES = RIDE.split(b"\n")
POINT = b'<trkpt lat="40.%d" lon="-3.5"><ele>650</ele></trkpt>\n'
HEAD = b"<gpx><trk><trkseg>\n"
TAIL = b"</trkseg></trk></gpx>"
FAR = b"".join(POINT % number for number in range(1500))
UNREADABLE: dict[str, tuple[bytes, str, str, int | None]] = {
    "empty": (b"", "INVALID_GPX_FORMAT", "empty", None),
    "neither": (b"neither XML nor a table", "INVALID_GPX_FORMAT", "other_format", None),
    "cut off": (b"\n".join(LINES[:100]), "INVALID_GPX_FORMAT", "cut_off", 100),
    "cut in a tag": (HEAD + FAR[:-30], "INVALID_GPX_FORMAT", "cut_off", 1501),
    "closed wrongly": (HEAD + FAR + b"</trk></gpx>", "INVALID_GPX_FORMAT", "mismatched_tag", 1502),
    "another document": (b"<kml/>", "INVALID_GPX_FORMAT", "other_format", None),
    "unknown encoding": (
        b'<?xml version="1.0" encoding="klingon"?><gpx/>',
        "INVALID_GPX_FORMAT",
        "unknown_encoding",
        None,
    ),
    "DTD": (b"<!DOCTYPE gpx><gpx/>", "INVALID_GPX_FORMAT", "dtd", None),
    "no points": (HEAD + TAIL, "NO_USABLE_POINTS", "too_few_points", None),
    "one point": (HEAD + POINT % 1 + TAIL, "NO_USABLE_POINTS", "too_few_points", None),
}


def fail_once(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    parse, errors = GPXService.parse_gpx_file, iter([error])

    async def fail_first(pipeline: GPXService, source: Any, **options: Any) -> Analysis:
        for error in errors:
            raise error
        return await parse(pipeline, source, **options)

    monkeypatch.setattr(GPXService, "parse_gpx_file", fail_first)


async def count_uploads(services: Services) -> int:
    async with services.db.read() as session:
        return await session.scalar(select(func.count()).select_from(GpxFile)) or 0


async def test_a_small_file_that_cannot_be_read_is_refused_with_its_reason_and_line(
    ana: Cyclist, services: Services
) -> None:
    trip_id = await ana.new_trip()
    for case, (content, code, reason, line) in UNREADABLE.items():
        error = error_of(await ana.upload(trip_id, content), 400)
        assert (error["code"], error["field"]) == (code, "file"), case
        assert (error["reason"], error["line"]) == (reason, line), case
    assert await everything_in(services.storage) == []
    assert await count_uploads(services) == 0
    data_of(await ana.upload(trip_id, RIDE), 202)


async def test_the_reason_is_said_in_the_language_of_the_client(ana: Cyclist) -> None:
    trip_id, cut = await ana.new_trip(), b"\n".join(LINES[:100])
    assert error_of(await ana.upload(trip_id, cut), 400)["message"] == (
        "El archivo no es una ruta válida: se corta antes de terminar; quizá no se descargó entero "
        "(línea 100)"
    )
    english = await ana.upload(trip_id, cut, **{"Accept-Language": "en"})
    assert error_of(english, 400)["message"] == (
        "The file is not a valid track log: it breaks off before its end; perhaps it was not "
        "downloaded in full (line 100)"
    )
    few = await ana.upload(trip_id, HEAD + TAIL, **{"Accept-Language": "en"})
    assert error_of(few, 400)["message"] == ("The file does not contain at least two usable points")


async def test_a_file_with_too_many_points_is_refused(
    ana: Cyclist, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_once(monkeypatch, TooManyPointsError(limit=599))
    error = error_of(await ana.upload(await ana.new_trip(), RIDE), 400)
    assert (error["code"], error["field"]) == ("TOO_MANY_POINTS", "file")
    assert (error["reason"], error["line"]) == ("too_many_points", None)


@pytest.mark.parametrize("path", ["/gpx/analyze", "/trips/gpx-wizard"])
async def test_a_look_at_a_file_and_the_wizard_tell_the_reason_too(ana: Cyclist, path: str) -> None:
    field = "file" if path == "/gpx/analyze" else "gpx_file"
    trip = {"title": "Vuelta", "description": "Un paseo " * 10, "start_date": "2026-05-01"}
    for case, (content, _, reason, line) in UNREADABLE.items():
        response = await ana.request("POST", path, data=trip, files={field: ("ride.gpx", content)})
        error = error_of(response, 400)
        assert (error["code"], error["field"]) == ("INVALID_GPX_FILE", field), case
        if case != "empty":
            assert (error["reason"], error["line"]) == (reason, line), case


async def test_up_to_one_mebibyte_is_read_before_the_answer(ana: Cyclist) -> None:
    exactly = (HEAD + TAIL).ljust(MEBIBYTE)
    error_of(await ana.upload(await ana.new_trip(), exactly), 400)
    data_of(await ana.upload(await ana.new_trip(), exactly + b" "), 202)


async def test_a_larger_file_is_refused_for_its_beginning_only(ana: Cyclist) -> None:
    broken = RIDE[:300] + b"<<" + b" " * MEBIBYTE
    error = error_of(await ana.upload(await ana.new_trip(), broken), 400)
    assert (error["code"], error["reason"]) == ("INVALID_GPX_FORMAT", "not_well_formed")
    data_of(await ana.upload(await ana.new_trip(), BAD_LATER), 202)


async def test_a_larger_file_that_was_taken_says_what_is_wrong_and_where(ana: Cyclist) -> None:
    many = b"".join(POINT % number for number in range(25_000))
    trip_id = await ana.new_trip()
    broken = HEAD + many + b"</trk></gpx>"
    assert len(broken) > MEBIBYTE
    upload = data_of(await ana.upload(trip_id, broken, Prefer="wait=10"), 202)
    path = f"/gpx/{upload['gpx_file_id']}/status"
    status = data_of(await ana.request("GET", path), 200)
    assert (status["error_code"], status["error_reason"]) == (
        "INVALID_GPX_FORMAT",
        "mismatched_tag",
    )
    assert status["error_message"].endswith("(línea 25002)")
    english = await ana.request("GET", path, headers={"Accept-Language": "en"})
    assert data_of(english, 200)["error_message"].endswith("(line 25002)")
    trip = data_of(await ana.request("GET", f"/trips/{trip_id}"), 200)
    assert trip["upload"]["error_reason"] == "mismatched_tag"
    assert trip["upload"]["error_message"] == status["error_message"]

    upload = data_of(await ana.upload(trip_id, HEAD + many + TAIL, Prefer="wait=10"), 201)
    status = await ana.request("GET", f"/gpx/{upload['gpx_file_id']}/status")
    assert data_of(status, 200)["error_reason"] is None


@pytest.mark.parametrize("trouble", [MemoryError(), TimeoutError(), RuntimeError("defect")])
async def test_a_file_that_cannot_be_read_in_a_moment_is_taken_as_it_is(
    ana: Cyclist, monkeypatch: pytest.MonkeyPatch, trouble: Exception
) -> None:
    fail_once(monkeypatch, trouble)
    upload = data_of(await ana.upload(await ana.new_trip(), RIDE), 202)
    status = await ana.request("GET", f"/gpx/{upload['gpx_file_id']}/status")
    assert data_of(status, 200)["processing_status"] == "completed"


async def test_a_slow_reading_does_not_hold_the_answer_up(
    ana: Cyclist, monkeypatch: pytest.MonkeyPatch
) -> None:
    parse = GPXService.parse_gpx_file

    async def slowly(pipeline: GPXService, source: Any, **options: Any) -> Analysis:
        await asyncio.sleep(0.5)
        return await parse(pipeline, source, **options)

    monkeypatch.setattr(files, "_READ_WITHIN_S", 0.1)
    monkeypatch.setattr(GPXService, "parse_gpx_file", slowly)
    data_of(await ana.upload(await ana.new_trip(), HEAD + TAIL), 202)


async def test_a_small_file_is_analysed_once(ana: Cyclist, monkeypatch: pytest.MonkeyPatch) -> None:
    parse, times = GPXService.parse_gpx_file, 0

    async def counted(pipeline: GPXService, source: Any, **options: Any) -> Analysis:
        nonlocal times
        times += 1
        return await parse(pipeline, source, **options)

    monkeypatch.setattr(GPXService, "parse_gpx_file", counted)
    upload = await ana.uploaded(RIDE)
    assert (upload["total_points"], times) == (600, 1)
    data_of(await ana.request("POST", f"/gpx/{upload['gpx_file_id']}/reprocess"), 202)
    assert times == 2, "made anew means analysed anew"
