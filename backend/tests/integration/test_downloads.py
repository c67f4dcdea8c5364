"""A route as a file of the format that is asked for."""

import csv
import io

import gpxpy
import pytest
from sqlalchemy import select, update

from src.http.deps import Services
from src.models import GpxFile
from tests.support.cyclist import Cyclist
from tests.support.gpx_schema import check_gpx
from tests.support.rides import build_gpx

RIDE = build_gpx(points=12_000, segments=2, sensors=True)


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


async def test_the_whole_recording_can_be_had_in_each_format(ana: Cyclist) -> None:
    upload = await ana.uploaded(RIDE)
    url = f"/gpx/{upload['gpx_file_id']}/download"
    original = await ana.request("GET", url)
    assert original.content == (await ana.request("GET", f"{url}?format=original")).content == RIDE
    answers = {
        name: await ana.request("GET", url, params={"format": name})
        for name in ("gpx", "csv", "geojson")
    }
    tags = {answer.headers["ETag"] for answer in (original, *answers.values())}
    assert len(tags) == 4
    for name, answer in answers.items():
        assert f'filename="Vuelta.{name}"' in answer.headers["Content-Disposition"]
        again = await ana.request(
            "GET",
            url,
            params={"format": name},
            headers={"If-None-Match": answer.headers["ETag"]},
        )
        assert (again.status_code, again.content) == (304, b"")
    check_gpx(answers["gpx"].content)
    assert gpxpy.parse(answers["gpx"].content).get_track_points_no() == 12_000
    assert len([*csv.reader(io.StringIO(answers["csv"].text))]) == 12_001
    lines = answers["geojson"].json()["geometry"]["coordinates"]
    assert sum(map(len, lines)) == 12_000
    assert answers["geojson"].headers["Content-Type"] == "application/geo+json"


async def test_a_downloaded_recording_can_be_uploaded_again(ana: Cyclist) -> None:
    upload = await ana.uploaded(RIDE)
    url = f"/gpx/{upload['gpx_file_id']}/download?format=gpx"
    again = await ana.uploaded((await ana.request("GET", url)).content)
    same = ("distance_km", "elevation_gain", "elevation_loss", "total_points", "has_timestamps")
    assert {name: again[name] for name in same} == {name: upload[name] for name in same}


async def test_columns_that_are_not_there_are_made_for_a_download(
    ana: Cyclist, services: Services
) -> None:
    upload = await ana.uploaded(RIDE)
    url = f"/gpx/{upload['gpx_file_id']}/download?format=csv"
    expected = (await ana.request("GET", url)).content
    async with services.db.read() as session:
        key = await session.scalar(select(GpxFile.columns_key))
    assert key is not None
    await services.storage.delete(key)
    again = await ana.request("GET", url)
    assert (again.status_code, again.content == expected) == (200, True)
    async with services.db.write() as session:
        await session.execute(update(GpxFile).values(columns_key=None))
    once_more = await ana.request("GET", url)
    assert (once_more.status_code, once_more.content == expected) == (200, True)
