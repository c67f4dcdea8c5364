"""A track finer than its rows: the line of the full recording, with every stored point in it."""

from typing import Any

import numpy as np
import pytest
from sqlalchemy import text, update

from src.gpx import analyse
from src.http.deps import Services
from src.models import GpxFile, TrackPoint
from tests.support.cyclist import Cyclist, data_of, error_of
from tests.support.rides import build_gpx, detailed_ride
from tests.support.stored import keys_of

RIDE = build_gpx(points=9000, segments=3)
COLUMNS = analyse(RIDE).columns


async def track_of(cyclist: Cyclist, upload: dict[str, Any], **query: Any) -> list[dict[str, Any]]:
    path = f"/gpx/{upload['gpx_file_id']}/track"
    track = data_of(await cyclist.request("GET", path, params=query), 200)
    points: list[dict[str, Any]] = track["trackpoints"]
    assert track["simplified_points_count"] == len(points)
    assert [point["sequence"] for point in points] == list(range(len(points)))
    assert len({point["point_id"] for point in points}) == len(points)
    distances = [point["distance_km"] for point in points]
    assert distances == sorted(distances)
    return points


@pytest.mark.parametrize("tolerance_m", [1, 2.5, 9.9])
async def test_a_finer_line_has_what_deviates_more(ana: Cyclist, tolerance_m: float) -> None:
    upload = await ana.uploaded(RIDE)
    points = await track_of(ana, upload, tolerance_m=tolerance_m)
    # The columns' tolerances are rounded to decimetres; nothing that deviates more is left out.
    least, most = ((COLUMNS.tolerance_m > tolerance_m - step).sum() for step in (0, 0.11))
    assert least <= len(points) <= most
    assert len(points) >= upload["simplified_points"]
    coordinates = np.stack([COLUMNS.latitude, COLUMNS.longitude], axis=1).round(7).tolist()
    places = {(latitude, longitude) for latitude, longitude in coordinates}
    assert {(point["latitude"], point["longitude"]) for point in points} <= places


async def test_levels_are_nested_and_a_stored_point_stays_as_it_is(ana: Cyclist) -> None:
    upload = await ana.uploaded(RIDE)
    coarser = await track_of(ana, upload)
    stored = {point["point_id"]: point | {"sequence": 0} for point in coarser}
    for tolerance_m in (9.9, 5, 2, 1):
        finer = await track_of(ana, upload, tolerance_m=tolerance_m)
        ids = [point["point_id"] for point in finer]
        wanted = {point["point_id"] for point in coarser}
        assert [one for one in ids if one in wanted] == [one["point_id"] for one in coarser]
        kept = {p["point_id"]: p | {"sequence": 0} for p in finer if p["point_id"] in stored}
        assert kept == stored
        coarser = finer
    assert len(coarser) > 2 * len(stored)


async def test_a_finer_line_may_be_limited(ana: Cyclist) -> None:
    upload = await ana.uploaded(RIDE)
    stored = {point["point_id"] for point in await track_of(ana, upload)}
    most = len(stored) + 50
    points = await track_of(ana, upload, tolerance_m=1, max_points=most)
    assert most - 25 <= len(points) <= most
    assert stored <= {point["point_id"] for point in points}
    few = await track_of(ana, upload, tolerance_m=1, max_points=100)
    assert few == await track_of(ana, upload, max_points=100)


async def test_without_a_tolerance_everything_stays(ana: Cyclist) -> None:
    upload = await ana.uploaded(RIDE)
    assert await track_of(ana, upload, tolerance_m=0) == await track_of(ana, upload)


async def test_an_upload_without_columns_has_them_made_for_a_fine_line(
    ana: Cyclist, services: Services
) -> None:
    upload = await ana.uploaded(RIDE)
    fine = await track_of(ana, upload, tolerance_m=1)
    async with services.db.write() as session:
        await session.execute(update(GpxFile).values(columns_key=None))
    assert await track_of(ana, upload, tolerance_m=1) == fine != await track_of(ana, upload)


async def test_rows_that_are_not_those_of_the_columns_are_served_as_they_are(
    ana: Cyclist, services: Services
) -> None:
    upload = await ana.uploaded(RIDE)
    async with services.db.write() as session:
        await session.execute(
            update(TrackPoint).where(TrackPoint.sequence == 7).values(latitude=46.0)
        )
    stored = await track_of(ana, upload)
    assert len(stored) == upload["simplified_points"]
    assert await track_of(ana, upload, tolerance_m=1) == stored


async def test_a_fine_line_whose_original_is_gone_with_its_columns_is_not_found(
    ana: Cyclist, services: Services
) -> None:
    upload = await ana.uploaded(RIDE)
    for key in await keys_of(services.storage):
        await services.storage.delete(key)
    path = f"/gpx/{upload['gpx_file_id']}/track"
    answer = await ana.request("GET", path, params={"tolerance_m": 1})
    assert error_of(answer, 404)["code"] == "NOT_FOUND"
    assert len(await track_of(ana, upload)) == upload["simplified_points"]


async def test_the_rows_of_a_long_ride_are_found_in_its_columns(ana: Cyclist) -> None:
    upload = await ana.uploaded(detailed_ride())
    points = await track_of(ana, upload, tolerance_m=1, max_points=200_000)
    assert len(points) >= upload["simplified_points"]
    assert np.ptp([point["segment"] for point in points]) == 0


async def test_a_snapshot_sees_one_moment(services: Services, ana: Cyclist) -> None:
    count = text("SELECT count(*) FROM trips")
    async with services.db.snapshot() as session:
        before = await session.scalar(count)
        await ana.new_trip()
        assert await session.scalar(count) == before
    async with services.db.snapshot() as session:
        assert await session.scalar(count) == (before or 0) + 1
