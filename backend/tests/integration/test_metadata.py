"""What is told of an upload beside its numbers, wherever it is shown."""

import json
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import httpx
from sqlalchemy import event, update

from src.http.deps import Services
from src.models import GpxFile, RouteStatistics, Trip
from src.states import ProcessingStatus, Stage, TripStatus
from tests.support.cyclist import Cyclist, data_of
from tests.support.rides import build_gpx
from tests.support.uploads import BAD_LATER

RIDE = build_gpx(points=600, sensors=True, name="Collado")
PLACES = (
    '<wpt lat="46.5" lon="8.1"><ele>1234.56</ele><name>Fuente</name></wpt>'
    '<wpt lat="46.51" lon="8.12"></wpt>'
)
NEW = ("preview", "start_time", "start_local", "sensors", "warnings", "device_totals")
MOST_TRIPS = 100


async def metadata_of(cyclist: Cyclist, trip_id: str) -> dict[str, Any]:
    data: dict[str, Any] = data_of(await cyclist.request("GET", f"/trips/{trip_id}/gpx"), 200)
    return data


async def test_a_ride_tells_where_when_and_with_which_sensors(ana: Cyclist) -> None:
    upload = await ana.uploaded(RIDE)
    told = await metadata_of(ana, upload["trip_id"])
    assert len(told["preview"]["polyline"]) > 10
    west, south, east, north = told["preview"]["bounds"]
    assert west < east
    assert south < north
    assert told["start_time"].endswith("Z")
    assert told["start_local"][-6:] in ("+01:00", "+02:00")
    assert told["sensors"].keys() == {"heart_rate_bpm", "cadence_rpm", "power_w", "temperature_c"}
    heart = told["sensors"]["heart_rate_bpm"]
    assert heart["minimum"] <= heart["average"] <= heart["maximum"]
    assert heart == {key: round(value, 1) for key, value in heart.items()}
    assert told["device_totals"] is None
    assert told["warnings"] == []
    trip = data_of(await ana.request("GET", f"/trips/{upload['trip_id']}"), 200)
    assert trip["gpx_file"] == told
    listed = data_of(await ana.request("GET", "/users/ana/trips"), 200)
    assert listed["trips"][0]["gpx_file"] == as_listed(told)


async def test_what_a_file_does_not_carry_is_an_explicit_null(ana: Cyclist) -> None:
    upload = await ana.uploaded(build_gpx(points=50, timestamps=False, elevation=False))
    told = await metadata_of(ana, upload["trip_id"])
    assert told["start_time"] is told["start_local"] is None
    assert set(told["sensors"].values()) == {None}


async def test_an_upload_from_before_has_explicit_nulls(ana: Cyclist, services: Services) -> None:
    upload = await ana.uploaded(RIDE)
    async with services.db.write() as session:
        nothing = dict.fromkeys(("preview", "start_time", "start_local", "sensors"))
        await session.execute(update(GpxFile).values(**nothing))
        await session.execute(update(RouteStatistics).values(track_name=None, waypoints=None))
    told = await metadata_of(ana, upload["trip_id"])
    assert {name: told[name] for name in NEW} == {**dict.fromkeys(NEW), "warnings": []}
    track = data_of(await ana.request("GET", f"/gpx/{upload['gpx_file_id']}/track"), 200)
    assert (track["name"], track["waypoints"]) == (None, [])


async def test_a_track_tells_its_name_and_the_places_of_the_file(ana: Cyclist) -> None:
    upload = await ana.uploaded(RIDE.replace(b"<trk>", PLACES.encode() + b"<trk>", 1))
    track = data_of(await ana.request("GET", f"/gpx/{upload['gpx_file_id']}/track"), 200)
    assert track["name"] == "Collado"
    assert track["waypoints"] == [
        {"name": "Fuente", "latitude": 46.5, "longitude": 8.1, "elevation": 1234.6},
        {"name": None, "latitude": 46.51, "longitude": 8.12, "elevation": None},
    ]


async def many_trips(services: Services, cyclist: Cyclist, like: str) -> None:
    """As many trips as a page has, each with an upload like one that is there."""
    async with services.db.write() as session:
        pattern = await session.get_one(GpxFile, UUID(like))
        values = {column.key: getattr(pattern, column.key) for column in GpxFile.__table__.columns}
        for _ in range(MOST_TRIPS - 1):
            trip = Trip(
                trip_id=uuid4(),
                user_id=UUID(cyclist.tokens["user"]["user_id"]),
                title="Vuelta",
                description="Un paseo",
                start_date=date(2026, 5, 1),
                status=TripStatus.DRAFT,
            )
            session.add(trip)
            await session.flush()
            own = {"gpx_file_id": uuid4(), "trip_id": trip.trip_id}
            session.add(GpxFile(**values | own))
    assert values["processing_status"] is ProcessingStatus.COMPLETED
    assert values["stage"] is Stage.DONE


DEVICE_TOTALS = {
    "distance_km": 12.3456789,
    "elevation_gain": 310,
    "device": "Edge",
    "differences": [
        {"number": "distance_km", "ours": 12.0, "theirs": 12.3456789, "reason": "wheel_sensor"}
    ],
}


def as_written(answer: httpx.Response) -> Any:
    """JSON with its numbers as they are written: 7 is not 7.0."""
    assert answer.status_code == 200, answer.text
    return json.loads(answer.content, parse_float=str, parse_int=str)


def as_listed(gpx_file: dict[str, Any] | None) -> dict[str, Any] | None:
    """What lists say of a ride's file, of what the ride itself says."""
    own = ("elevation_gain_low", "elevation_gain_high")
    return gpx_file and {name: value for name, value in gpx_file.items() if name not in own}


async def test_a_list_shows_each_trip_as_the_trip_itself_does(
    ana: Cyclist, berta: Cyclist, services: Services
) -> None:
    ridden = (await ana.uploaded(RIDE.replace(b"<ele>", b"<ele>9e9", 1)))["trip_id"]
    by_device = await ana.uploaded(build_gpx(points=90, timestamps=False, elevation=False))
    failed, planned = await ana.new_trip(), await ana.new_trip(distance_km=7, difficulty="easy")
    await ana.upload(failed, BAD_LATER, Prefer="wait=10")
    async with services.db.write() as session:
        is_this = GpxFile.gpx_file_id == UUID(by_device["gpx_file_id"])
        await session.execute(update(GpxFile).where(is_this).values(device_totals=DEVICE_TOTALS))
    trips = [ridden, by_device["trip_id"], failed, planned]
    for trip_id in trips[:3]:
        await ana.publish(trip_id)
    for headers, most in ((ana.headers, 4), (berta.headers, 3), ({}, 3)):
        listed = as_written(await ana.client.get("/users/ana/trips", headers=headers))["data"]
        public = as_written(await ana.client.get("/trips/public"))
        assert len(listed["trips"]) == most
        by_id = {trip["trip_id"]: trip for trip in listed["trips"]}
        of_nobody = {trip["trip_id"]: trip for trip in public["trips"]}
        for trip_id in trips[:most]:
            path = f"/trips/{trip_id}"
            own = as_written(await ana.client.get(path, headers=headers))["data"]
            own["gpx_file"] = as_listed(own["gpx_file"])
            assert by_id[trip_id] == own
            if trip_id in of_nobody:
                assert of_nobody[trip_id] == own | {"upload": None}
    assert by_id[ridden]["gpx_file"]["warnings"]
    assert by_id[by_device["trip_id"]]["gpx_file"]["device_totals"]["differences"]
    assert len(of_nobody) == 3


async def test_a_list_of_many_trips_takes_one_query_and_a_count(
    ana: Cyclist, services: Services
) -> None:
    upload = await ana.uploaded(RIDE)
    await many_trips(services, ana, upload["gpx_file_id"])
    statements: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    engine = services.db.engine.sync_engine
    path = f"/users/ana/trips?limit={MOST_TRIPS}"
    event.listen(engine, "before_cursor_execute", note)
    listed = data_of(await ana.request("GET", path), 200)["trips"]
    event.remove(engine, "before_cursor_execute", note)
    assert len(listed) == MOST_TRIPS
    assert all(trip["gpx_file"]["preview"] for trip in listed)
    assert all(trip["upload"]["stage"] == "done" for trip in listed)
    of_trips = [statement for statement in statements if "FROM trips" in statement]
    assert len(of_trips) == 2
    assert sum("gpx_files" in statement for statement in statements) == 1
    selects = [statement for statement in statements if statement.startswith("SELECT")]
    assert len(selects) == 4, "who calls, whose trips, the trips, how many"
