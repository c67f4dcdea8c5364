"""A ride as columns and by the stretch, also where its columns have yet to be made."""

import asyncio
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from prometheus_client import REGISTRY
from sqlalchemy import update

from src.gpx import analyse
from src.http.deps import Services
from src.models import GpxFile
from src.services.analysis.errors import AnalysisBusyError
from src.services.storage import columns_key
from src.services.tracks.series import FIELDS
from tests.support.cyclist import Cyclist, data_of, error_of
from tests.support.rides import build_gpx
from tests.support.stored import everything_in, keys_of, store
from tests.support.uploads import BAD_LATER

RIDE = build_gpx(points=6000, segments=2, sensors=True)
PLAIN = build_gpx(points=400, timestamps=False, elevation=False)


async def series_of(cyclist: Cyclist, upload: dict[str, Any], **query: Any) -> dict[str, Any]:
    path = f"/gpx/{upload['gpx_file_id']}/series"
    series: dict[str, Any] = data_of(await cyclist.request("GET", path, params=query), 200)
    return series


async def stretch_of(cyclist: Cyclist, upload: dict[str, Any], **query: Any) -> dict[str, Any]:
    path = f"/gpx/{upload['gpx_file_id']}/stretch"
    stretch: dict[str, Any] = data_of(await cyclist.request("GET", path, params=query), 200)
    return stretch


async def row_of(services: Services, upload: dict[str, Any]) -> GpxFile:
    async with services.db.read() as session:
        return await session.get_one(GpxFile, UUID(upload["gpx_file_id"]))


async def change(services: Services, upload: dict[str, Any], **values: Any) -> None:
    async with services.db.write() as session:
        this = GpxFile.gpx_file_id == UUID(upload["gpx_file_id"])
        await session.execute(update(GpxFile).where(this).values(**values))


async def forget_columns(services: Services, upload: dict[str, Any]) -> str:
    """As an upload of before there were columns; the key that they had."""
    key = (await row_of(services, upload)).columns_key
    assert key is not None
    await services.storage.delete(key)
    await change(services, upload, columns_key=None)
    return key


async def test_a_series_has_every_column_at_every_point(ana: Cyclist) -> None:
    upload = await ana.uploaded(RIDE)
    series = await series_of(ana, upload, fields=",".join(FIELDS), samples=20_000)
    expected = analyse(RIDE).columns
    assert series["total_points"] == series["samples"] == len(expected)
    assert (series["from_km"], series["to_km"]) == (0, upload["distance_km"])
    columns = series["columns"]
    assert list(columns) == list(FIELDS)
    assert columns["time"] == expected.time_s.round(3).tolist()
    assert columns["segment"] == expected.segment.tolist()
    for name, values, step in (
        ("distance_km", expected.distance_m / 1000, 1e-5),
        ("latitude", expected.latitude, 1e-7),
        ("elevation", expected.elevation, 0.01),
        ("elevation_smoothed", expected.elevation_smoothed, 0.1),
        ("speed_kmh", expected.speed_kmh, 0.01),
        ("heart_rate_bpm", expected.sensors["heart_rate_bpm"], 0.1),
    ):
        found = np.array(columns[name], np.float64)
        np.testing.assert_allclose(found, values, atol=step, rtol=0, err_msg=name)


async def test_a_series_is_as_long_as_asked_for_and_keeps_the_peaks(ana: Cyclist) -> None:
    upload = await ana.uploaded(RIDE)
    elevation = analyse(RIDE).columns.elevation
    series = await series_of(ana, upload, samples=100)
    assert list(series["columns"]) == ["distance_km", "elevation", "gradient"]
    assert {len(column) for column in series["columns"].values()} == {series["samples"]}
    assert 50 < series["samples"] <= 100
    shown = series["columns"]["elevation"]
    assert max(shown) == pytest.approx(elevation.max(), abs=0.01)
    assert min(shown) == pytest.approx(elevation.min(), abs=0.01)
    assert series["columns"]["distance_km"] == sorted(series["columns"]["distance_km"])


async def test_a_part_of_a_ride_has_its_own_points(ana: Cyclist) -> None:
    upload = await ana.uploaded(RIDE)
    part = await series_of(ana, upload, from_km=2, to_km=3, fields="distance_km")
    assert (part["from_km"], part["to_km"]) == (2, 3)
    distances = part["columns"]["distance_km"]
    assert 2 <= distances[0] < 2.1
    assert 2.9 < distances[-1] <= 3
    beyond = await series_of(ana, upload, from_km=2, to_km=500_000, fields="distance_km")
    assert beyond["to_km"] == upload["distance_km"]


async def test_what_a_file_does_not_carry_is_null_at_every_point(ana: Cyclist) -> None:
    upload = await ana.uploaded(PLAIN)
    fields = ["time", "elevation", "gradient", "speed_kmh", "power_w"]
    series = await series_of(ana, upload, fields=", ".join(fields))
    assert series["samples"] == 400
    assert series["columns"] == {name: [None] * 400 for name in fields}
    stretch = await stretch_of(ana, upload)
    assert stretch["distance_km"] == upload["distance_km"]
    assert stretch["sensors"] == {}
    unknown = {"elevation_gain", "avg_gradient", "total_time_minutes", "max_speed_kmh"}
    assert {stretch[name] for name in unknown} == {None}


@pytest.mark.parametrize(
    ("call", "query", "field"),
    [
        ("series", {"fields": "elevation,mood"}, "fields"),
        ("series", {"fields": ""}, "fields"),
        ("series", {"samples": 1}, "samples"),
        ("series", {"samples": 20_001}, "samples"),
        ("series", {"from_km": -1}, "from_km"),
        ("series", {"from_km": 3, "to_km": 2}, "to_km"),
        ("stretch", {"from_km": 3, "to_km": 2}, "to_km"),
        ("stretch", {"from_km": "nan"}, "from_km"),
        ("stretch", {"to_km": "inf"}, "to_km"),
    ],
)
async def test_what_makes_no_sense_is_refused(
    ana: Cyclist, call: str, query: dict[str, Any], field: str
) -> None:
    upload = await ana.uploaded(PLAIN)
    path = f"/gpx/{upload['gpx_file_id']}/{call}"
    error = error_of(await ana.request("GET", path, params=query), 400)
    assert (error["code"], error["field"]) == ("VALIDATION_ERROR", field)


async def test_the_whole_ride_as_a_stretch_has_the_rides_own_numbers(ana: Cyclist) -> None:
    upload = await ana.uploaded(RIDE)
    whole = await stretch_of(ana, upload)
    track = data_of(await ana.request("GET", f"/gpx/{upload['gpx_file_id']}/track"), 200)
    assert whole["distance_km"] == pytest.approx(upload["distance_km"], abs=0.001)
    for name in ("elevation_gain", "elevation_loss"):
        assert whole[name] == pytest.approx(upload[name], abs=0.1)
    statistics = track["route_statistics"]
    for name in ("avg_gradient", "max_gradient", "avg_speed_kmh", "max_speed_kmh"):
        assert whole[name] == pytest.approx(statistics[name], abs=0.02), name
    for name in ("total_time_minutes", "moving_time_minutes"):
        assert whole[name] == statistics[name]
    assert whole["sensors"]["heart_rate_bpm"]["maximum"] > 100


async def test_two_stretches_add_up_to_their_union(ana: Cyclist) -> None:
    upload = await ana.uploaded(RIDE)
    first = await stretch_of(ana, upload, from_km=1, to_km=2.5)
    second = await stretch_of(ana, upload, from_km=2.5, to_km=5)
    union = await stretch_of(ana, upload, from_km=1, to_km=5)
    assert union["distance_km"] == 4
    for name in ("elevation_gain", "elevation_loss", "total_time_minutes", "moving_time_minutes"):
        assert first[name] + second[name] == pytest.approx(union[name], abs=0.2), name


@pytest.mark.parametrize("call", ["series", "stretch"])
async def test_who_has_it_is_not_sent_it_again(ana: Cyclist, services: Services, call: str) -> None:
    upload = await ana.uploaded(PLAIN)
    path = f"/gpx/{upload['gpx_file_id']}/{call}"
    etag = (await ana.request("GET", path)).headers["etag"]
    known = await ana.request("GET", path, headers={"If-None-Match": etag})
    assert (known.status_code, known.content, known.headers["etag"]) == (304, b"", etag)
    other = await ana.request("GET", f"{path}?from_km=0.1", headers={"If-None-Match": etag})
    assert other.status_code == 200
    await change(services, upload, fence=GpxFile.fence + 1)
    anew = await ana.request("GET", path, headers={"If-None-Match": etag})
    assert anew.status_code == 200


@pytest.mark.parametrize("call", ["series", "stretch"])
async def test_there_is_nothing_to_show_of_a_failed_upload(ana: Cyclist, call: str) -> None:
    failed = await ana.upload(await ana.new_trip(), BAD_LATER, Prefer="wait=10")
    path = f"/gpx/{data_of(failed, 202)['gpx_file_id']}/{call}"
    assert error_of(await ana.request("GET", path), 404)["code"] == "NOT_PROCESSED"


async def test_an_older_upload_has_its_columns_made_once_for_all_who_ask(
    ana: Cyclist, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = await ana.uploaded(RIDE)
    before = await series_of(ana, upload)
    key = await forget_columns(services, upload)
    analyses = 0
    analyse_file = services.gpx.parse_gpx_file

    async def counted(*args: Any, **options: Any) -> Any:
        nonlocal analyses
        analyses += 1
        return await analyse_file(*args, **options)

    monkeypatch.setattr(services.gpx, "parse_gpx_file", counted)
    asked = [series_of(ana, upload), stretch_of(ana, upload), series_of(ana, upload)]
    first, _, third = await asyncio.gather(*asked)
    assert first == third == before
    assert await series_of(ana, upload) == before
    assert analyses == 1
    assert (await row_of(services, upload)).columns_key == key
    assert key in await keys_of(services.storage)


@pytest.mark.parametrize("content", [b"", b"PAR1 and no more", None])
async def test_a_columns_file_that_is_damaged_or_lost_is_made_anew(
    ana: Cyclist, services: Services, content: bytes | None
) -> None:
    upload = await ana.uploaded(RIDE)
    before = await series_of(ana, upload)
    key = (await row_of(services, upload)).columns_key
    assert key is not None
    await services.storage.delete(key)
    if content is not None:
        await store(services.storage, key, content)
    assert await series_of(ana, upload) == before
    whole = await services.storage.read(key)
    assert await series_of(ana, upload) == before
    assert await services.storage.read(key) == whole


async def test_a_ride_that_was_made_anew_since_its_row_was_read_is_read_under_its_new_key(
    ana: Cyclist, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = await ana.uploaded(PLAIN)
    before = await row_of(services, upload)
    await ana.request("POST", f"/gpx/{upload['gpx_file_id']}/reprocess")
    after = await row_of(services, upload)
    assert after.columns_key not in (None, before.columns_key)
    assert before.columns_key not in await keys_of(services.storage)
    monkeypatch.setattr(services.gpx, "parse_gpx_file", None)
    assert len(await services.gpx.columns.whole(before, lambda ride: ride)) == 400


async def test_columns_under_another_name_do_not_stay_behind(
    ana: Cyclist, services: Services
) -> None:
    upload = await ana.uploaded(PLAIN)
    row = await row_of(services, upload)
    await forget_columns(services, upload)
    old = columns_key(row.storage_key, 1, 77)
    await store(services.storage, old, b"of an older format")
    await change(services, upload, columns_key=old)
    await series_of(ana, upload)
    assert old not in await keys_of(services.storage)
    assert (await everything_in(services.storage)) == [row.storage_key]


async def test_columns_that_were_made_for_another_run_are_not_named_and_go(
    ana: Cyclist, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = await ana.uploaded(PLAIN)
    await forget_columns(services, upload)
    keep = services.storage.keep

    async def too_late(source: Any, key: str) -> None:
        await keep(source, key)
        await change(services, upload, fence=GpxFile.fence + 1)

    monkeypatch.setattr(services.storage, "keep", too_late)
    response = await ana.request("GET", f"/gpx/{upload['gpx_file_id']}/series")
    assert error_of(response, 404)["code"] == "NOT_FOUND"
    row = await row_of(services, upload)
    assert row.columns_key is None
    assert await keys_of(services.storage) == [row.storage_key]
    monkeypatch.undo()
    assert (await series_of(ana, upload))["samples"] == 400


async def test_a_busy_service_says_when_to_come_again(
    ana: Cyclist, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = await ana.uploaded(PLAIN)
    await forget_columns(services, upload)

    async def busy(*_: Any, **options: Any) -> None:
        assert options["patience_s"] > 0
        raise AnalysisBusyError

    with monkeypatch.context() as patched:
        patched.setattr(services.gpx, "parse_gpx_file", busy)
        response = await ana.request("GET", f"/gpx/{upload['gpx_file_id']}/stretch")
    assert error_of(response, 503)["code"] == "SERVICE_BUSY"
    assert int(response.headers["Retry-After"]) > 0
    assert (await stretch_of(ana, upload))["distance_km"] == upload["distance_km"]


async def test_an_older_upload_whose_original_is_gone_is_not_found(
    ana: Cyclist, services: Services
) -> None:
    upload = await ana.uploaded(PLAIN)
    await forget_columns(services, upload)
    await services.storage.delete((await row_of(services, upload)).storage_key)
    response = await ana.request("GET", f"/gpx/{upload['gpx_file_id']}/series")
    assert error_of(response, 404)["code"] == "NOT_FOUND"


async def test_a_deleted_trip_takes_its_original_and_its_columns_along(
    ana: Cyclist, services: Services
) -> None:
    upload = await ana.uploaded(PLAIN)
    assert len(await keys_of(services.storage)) == 2
    data_of(await ana.request("DELETE", f"/trips/{upload['trip_id']}"), 200)
    assert await keys_of(services.storage) == []


async def test_reads_of_columns_are_counted_by_where_they_came_from(
    ana: Cyclist, services: Services
) -> None:
    def counted() -> list[float]:
        name = "contravento_column_reads_total"
        return [REGISTRY.get_sample_value(name, {"source": it}) or 0 for it in ("kept", "made")]

    upload = await ana.uploaded(PLAIN)
    before = counted()
    await series_of(ana, upload)
    await forget_columns(services, upload)
    await stretch_of(ana, upload)
    await series_of(ana, upload)
    assert [now - then for now, then in zip(counted(), before, strict=True)] == [2, 1]
