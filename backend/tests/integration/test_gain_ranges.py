"""Between which two numbers a ride's elevation gain lies: from the analysis to whoever asks."""

from typing import Any
from uuid import UUID

from sqlalchemy import update

from src.gpx import analyse
from src.http.deps import Services
from src.models import GpxFile
from src.services.uploads import registration
from src.states import Mode
from tests.support.cyclist import Cyclist, data_of
from tests.support.rides import build_gpx

RIDE = build_gpx(points=900)
BOUNDS = ("elevation_gain_low", "elevation_gain_high")
NOTHING = (None, None)


def bounds_of(answer: Any) -> tuple[Any, ...]:
    return tuple(answer[name] for name in BOUNDS)


def measured(ride: bytes) -> tuple[float, float]:
    analysis = analyse(ride)
    low, high = analysis.elevation_gain_low, analysis.elevation_gain_high
    assert low is not None
    assert high is not None
    return low, high


def as_told(ride: bytes) -> tuple[float, ...]:
    return tuple(round(bound, 1) for bound in measured(ride))


async def told_by_all(cyclist: Cyclist, upload: dict[str, Any]) -> set[tuple[Any, ...]]:
    """By every answer about this one ride."""
    gpx_file_id, trip_id = upload["gpx_file_id"], upload["trip_id"]
    paths = [f"/trips/{trip_id}/gpx", f"/gpx/{gpx_file_id}/status", f"/gpx/{gpx_file_id}/track"]
    told = {bounds_of(data_of(await cyclist.request("GET", path), 200)) for path in paths}
    trip = data_of(await cyclist.request("GET", f"/trips/{trip_id}"), 200)
    return told | {bounds_of(trip["gpx_file"])}


async def test_they_are_stored_as_measured_and_told_wherever_the_ride_stands_alone(
    ana: Cyclist, services: Services
) -> None:
    upload = await ana.uploaded(RIDE)
    low, high = measured(RIDE)
    assert 0 < low < high
    async with services.db.read() as session:
        row = await session.get_one(GpxFile, UUID(upload["gpx_file_id"]))
        assert (row.elevation_gain_low, row.elevation_gain_high) == (low, high)
    assert await told_by_all(ana, upload) == {as_told(RIDE)}
    preview = await ana.request("POST", "/gpx/analyze", files={"file": ("a.gpx", RIDE)})
    assert bounds_of(data_of(preview, 200)) == as_told(RIDE)


async def test_lists_do_not_tell_them(ana: Cyclist) -> None:
    upload = await ana.uploaded(RIDE)
    await ana.publish(upload["trip_id"])
    mine = data_of(await ana.request("GET", "/users/ana/trips"), 200)["trips"]
    public = (await ana.client.get("/trips/public")).json()["trips"]
    for [trip] in (mine, public):
        assert trip["gpx_file"]["elevation_gain"] == upload["elevation_gain"]
        assert not {*BOUNDS} & trip["gpx_file"].keys()


async def test_without_elevations_they_are_explicit_nulls(ana: Cyclist) -> None:
    upload = await ana.uploaded(build_gpx(points=200, elevation=False))
    assert await told_by_all(ana, upload) == {NOTHING}


async def test_a_ride_from_before_has_none_until_it_is_analysed_again(
    ana: Cyclist, services: Services
) -> None:
    upload = await ana.uploaded(RIDE)
    async with services.db.write() as session:
        await session.execute(update(GpxFile).values(dict.fromkeys(BOUNDS)))
    assert await told_by_all(ana, upload) == {NOTHING}
    data_of(await ana.request("POST", f"/gpx/{upload['gpx_file_id']}/reprocess"), 202)
    assert await told_by_all(ana, upload) == {as_told(RIDE)}


async def test_those_of_the_version_before_are_gone_while_the_next_one_is_made(
    ana: Cyclist, services: Services
) -> None:
    upload = await ana.uploaded(RIDE)
    async with services.db.write() as session:
        _, is_begun = await registration.reprocess_in_bulk(
            session, UUID(upload["gpx_file_id"]), lambda *_: Mode.CELERY
        )
    assert is_begun
    status = data_of(await ana.request("GET", f"/gpx/{upload['gpx_file_id']}/status"), 200)
    assert (status["processing_status"], bounds_of(status)) == ("processing", NOTHING)
    assert bounds_of(data_of(await ana.request("GET", f"/trips/{upload['trip_id']}/gpx"), 200)) == (
        NOTHING
    )


async def test_another_file_of_the_trip_brings_its_own(ana: Cyclist) -> None:
    other = build_gpx(points=900, seed=5)
    assert as_told(other) != as_told(RIDE)
    upload = await ana.uploaded(RIDE)
    path = f"/trips/{upload['trip_id']}/gpx"
    assert (await ana.request("DELETE", path)).status_code == 204
    again = data_of(await ana.upload(upload["trip_id"], other, Prefer="wait=10"), 201)
    assert await told_by_all(ana, again) == {as_told(other)}
