"""Numbers as the web app prints them: as they come."""

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.support.cyclist import Cyclist
from tests.support.rides import build_gpx

RIDE = build_gpx(points=12_000, segments=2, sensors=True)
DECIMALS = [
    (r"latitude|longitude|bounds", 7),
    (r".*_km", 3),
    (r"elevation|elevation_(gain(_low|_high)?|loss)(_m)?|(max|min)_elevation|.*_minutes", 1),
    (r"minimum|average|maximum", 1),
    (r".*_kmh|.*gradient|percentage", 2),
]
TRIP = {"title": "Vuelta", "description": "Un paseo " * 10, "start_date": "2026-05-01"}


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


def numbers_in(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Every number with a point, as it is written, with the name of its field."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from numbers_in(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from numbers_in(inner, name)
    elif isinstance(value, float):
        yield name, repr(value)


def check(answer: httpx.Response) -> int:
    assert answer.status_code < 300, answer.text
    found = [*numbers_in(answer.json())]
    for name, written in found:
        most = next((n for pattern, n in DECIMALS if re.fullmatch(pattern, name)), 0)
        assert re.fullmatch(rf"-?\d+\.\d{{1,{most}}}", written), f"{name}: {written}"
        assert written != "-0.0", name
    return len(found)


async def test_no_answer_has_more_decimals_than_people_want(ana: Cyclist) -> None:
    trip_id = await ana.new_trip(distance_km=45.123456789, description="Un paseo " * 10)
    answer = await ana.upload(trip_id, RIDE, Prefer="wait=10")
    assert check(answer) >= 5
    gpx_file_id = answer.json()["data"]["gpx_file_id"]
    track = await ana.request("GET", f"/gpx/{gpx_file_id}/track")
    assert check(track) > 200
    statistics = track.json()["data"]["route_statistics"]
    assert statistics["gradient_distribution"]["llano"]["distance_km"] > 0
    assert statistics["top_climbs"]
    assert check(await ana.request("GET", f"/gpx/{gpx_file_id}/status")) == 4
    assert check(await ana.request("GET", f"/trips/{trip_id}/gpx")) >= 5
    assert check(await ana.request("GET", f"/trips/{trip_id}")) >= 6
    await ana.request("POST", f"/trips/{trip_id}/publish")
    assert check(await ana.request("GET", "/users/ana/trips")) >= 6
    assert check(await ana.request("GET", "/trips/public")) >= 6
    file = ("a.gpx", RIDE)
    assert check(await ana.request("POST", "/gpx/analyze", files={"file": file})) > 100
    wizard = await ana.request("POST", "/trips/gpx-wizard", files={"gpx_file": file}, data=TRIP)
    assert check(wizard) >= 5


async def test_geojson_has_elevations_for_people(ana: Cyclist) -> None:
    upload = await ana.uploaded(RIDE)
    path = f"/gpx/{upload['gpx_file_id']}/track"
    answer = await ana.request("GET", path, headers={"Accept": "application/geo+json"})
    feature = answer.json()
    elevations = [position[2] for line in feature["geometry"]["coordinates"] for position in line]
    assert elevations == [round(elevation, 1) for elevation in elevations]
    assert len(set(elevations)) > 10
    assert feature["properties"]["distance_km"] == upload["distance_km"]
