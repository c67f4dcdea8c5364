"""TCX is read as GPX is: the same points, segments and numbers, and the device's own totals."""

import math
import random
import re
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from src.gpx import analyse
from src.gpx.errors import (
    DtdRefusedError,
    GpxError,
    NotGpxError,
    NotXmlError,
    TooManyPointsError,
    TooManyWaypointsError,
    TooMuchMarkupError,
)
from src.gpx.formats import gpx, registry, tcx
from src.gpx.formats.xml.document import Document
from src.gpx.formats.xml.scanner import Scanner
from src.gpx.model import PLACE_COLUMNS, FloatArray, Track, Warning  # noqa: A004
from tests.support.rides import record, rolling
from tests.support.tcx_text import ride_as_tcx

RIDE = record(rolling(12, seed=3), seed=3, stops=2, segments=3)
WITH_SENSORS = replace(
    RIDE,
    sensors={
        "heart_rate_bpm": (np.arange(len(RIDE)) % 90 + 90).astype(np.float64),
        "cadence_rpm": (np.arange(len(RIDE)) % 40 + 60).astype(np.float64),
        "power_w": (np.arange(len(RIDE)) % 250 + 50).astype(np.float64),
    },
)
DISTANCE_M: FloatArray = np.linspace(0, 12_000, len(RIDE))
SPEED_M_S: FloatArray = np.full(len(RIDE), 5.125)
FULL = partial(ride_as_tcx, WITH_SENSORS, distance_m=DISTANCE_M, speed_m_s=SPEED_M_S)


def same(one: Track, other: Track) -> bool:
    names = (*PLACE_COLUMNS, "segment")
    pairs = [(getattr(one, name), getattr(other, name)) for name in names]
    pairs += [(one.sensors[name], other.sensors[name]) for name in one.sensors]
    return {*one.sensors} == {*other.sensors} and all(
        np.array_equal(left, right, equal_nan=True) for left, right in pairs
    )


def file(inner: str) -> bytes:
    return f"<TrainingCenterDatabase>{inner}</TrainingCenterDatabase>".encode()


def activity(points: str, lap: str = "") -> bytes:
    return file(
        f"<Activities><Activity><Lap>{lap}<Track>{points}</Track></Lap></Activity></Activities>"
    )


def point(latitude: float = 1, *, time: str = "", rest: str = "") -> str:
    return (
        f"<Trackpoint>{time}<Position><LatitudeDegrees>{latitude}</LatitudeDegrees>"
        f"<LongitudeDegrees>2</LongitudeDegrees></Position>{rest}</Trackpoint>"
    )


@pytest.mark.parametrize("prefix", ["", "tc:"])
def test_the_same_ride_gives_the_same_points_as_gpx(prefix: str) -> None:
    read = tcx.read(FULL(prefix=prefix))
    assert same(read.track, gpx.read(WITH_SENSORS.gpx()).track)
    assert read.kind == "track"


def test_the_same_ride_gives_the_same_numbers_as_gpx() -> None:
    as_tcx, as_gpx = analyse(ride_as_tcx(WITH_SENSORS)), analyse(WITH_SENSORS.gpx())
    different = {"name", "device_totals", "device_differences"}
    told = [
        {key: value for key, value in each.summary().items() if key not in different}
        for each in (as_tcx, as_gpx)
    ]
    assert told[0] == told[1]


def test_sensors_and_what_the_device_worked_out_are_read() -> None:
    read = tcx.read(FULL())
    for name, values in WITH_SENSORS.sensors.items():
        assert read.track.sensors[name].tolist() == values.tolist()
    assert read.device_columns["speed_kmh"] == pytest.approx(3.6 * SPEED_M_S)
    assert read.device_columns["distance_m"] == pytest.approx(DISTANCE_M, abs=0.006)


def test_a_runners_cadence_stands_where_there_is_no_other() -> None:
    rest = "<Extensions><TPX><RunCadence>82</RunCadence></TPX></Extensions>"
    both = "<Cadence>70</Cadence>" + rest
    read = tcx.read(activity(point(1, rest=rest) + point(2, rest=both)))
    assert read.track.sensors["cadence_rpm"].tolist() == [82, 70]


def test_a_lap_does_not_end_a_segment_and_a_pause_does() -> None:
    laps = [400, 900, 1000]
    assert len(tcx.read(ride_as_tcx(RIDE, laps=laps)).track.segments) == 3
    assert same(tcx.read(ride_as_tcx(RIDE, laps=laps)).track, gpx.read(RIDE.gpx()).track)
    border = int(RIDE.track().segments.starts[1])
    # A lap that begins where the rider has rested for an hour.
    assert len(tcx.read(ride_as_tcx(RIDE, laps=[border])).track.segments) == 3


def test_a_lap_without_times_is_a_segment_of_its_own() -> None:
    lap = f"<Lap><Track>{point(1)}{point(2)}</Track></Lap>"
    read = tcx.read(file(f"<Activities><Activity>{lap}{lap}</Activity></Activities>"))
    assert read.track.segment.tolist() == [0, 0, 1, 1]


def test_trackpoints_without_a_position_keep_their_sensors() -> None:
    indoor = "<Trackpoint><HeartRateBpm><Value>120</Value></HeartRateBpm></Trackpoint>"
    track = tcx.read(activity(point(1) + indoor + point(2))).track
    assert np.isnan(track.latitude).tolist() == [False, True, False]
    assert track.sensors["heart_rate_bpm"][1] == 120


def test_totals_are_those_of_all_laps() -> None:
    totals = (
        "<TotalTimeSeconds>600.5</TotalTimeSeconds><DistanceMeters>5000</DistanceMeters>"
        "<MaximumSpeed>{}</MaximumSpeed><Calories>200</Calories>"
    )
    laps = "".join(
        f"<Lap>{totals.format(speed)}<Track>{point(speed)}</Track></Lap>" for speed in (9, 12.5)
    )
    read = tcx.read(
        file(
            f"<Activities><Activity>{laps}<Creator><Name> Edge  530 </Name></Creator>"
            "</Activity></Activities>"
        )
    )
    totals_read = read.device_totals
    assert totals_read is not None
    assert totals_read.distance_km == 10
    assert totals_read.timer_time_minutes == pytest.approx(1201 / 60)
    assert totals_read.max_speed_kmh == 45
    assert totals_read.avg_speed_kmh == pytest.approx(36_000 / 1201)
    assert totals_read.product == "Edge 530"
    assert totals_read.elevation_gain_m is None


@pytest.mark.parametrize("total", ["", "abc", "-1", "1e300", "NaN"])
def test_a_total_that_one_lap_lacks_is_not_known(total: str) -> None:
    metres = "<DistanceMeters>{}</DistanceMeters>"
    laps = "".join(f"<Lap>{metres.format(each)}</Lap>" for each in ("5000", total))
    read = tcx.read(file(f"<Activities><Activity>{laps}</Activity></Activities>"))
    assert read.device_totals is None


def test_a_course_is_a_route_with_its_name_and_waypoints() -> None:
    hut = (
        "<CoursePoint><Name>Hut</Name><Position><LatitudeDegrees>46</LatitudeDegrees>"
        "<LongitudeDegrees>8</LongitudeDegrees></Position><AltitudeMeters>2100</AltitudeMeters>"
        "</CoursePoint><CoursePoint><Name>Nowhere</Name></CoursePoint>"
    )
    course = ride_as_tcx(RIDE, as_course=True).replace(b"</Course>", f"{hut}</Course>".encode())
    read = tcx.read(course)
    assert (read.kind, read.name) == ("route", "Ride")
    assert [
        (each.name, each.latitude, each.longitude, each.elevation) for each in read.waypoints
    ] == [("Hut", 46, 8, 2100)]
    assert same(read.track, gpx.read(RIDE.gpx(layout="route")).track)


def test_several_sports_are_one_ride() -> None:
    sport = f"<Activity><Lap><Track>{point(1)}{point(2)}</Track></Lap></Activity>"
    session = f"<FirstSport>{sport}</FirstSport><NextSport>{sport}</NextSport>"
    inner = f"<Activities><MultiSportSession>{session}</MultiSportSession></Activities>"
    assert tcx.read(file(inner)).track.segment.tolist() == [0, 0, 1, 1]


def test_the_offset_is_that_of_the_first_point() -> None:
    moment = "<Time>2024-05-01T08:00:00{}</Time>"
    read = tcx.read(activity(point(time=moment.format("+02:00")) + point(time=moment.format("Z"))))
    assert read.utc_offset_s == 7200
    assert tcx.read(activity(point(time=moment.format("Z")))).utc_offset_s is None


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"<gpx/>", NotGpxError),
        (b"<!DOCTYPE x><TrainingCenterDatabase/>", DtdRefusedError),
        (activity(point(1) * 3)[:-20], NotXmlError),
        (activity("<a>" * 300 + "</a>" * 300), TooMuchMarkupError),
        (
            file("<Activities><Activity>" + "<Lap/>" * 100_001 + "</Activity></Activities>"),
            TooMuchMarkupError,
        ),
    ],
)
def test_what_is_refused_of_gpx_is_refused_of_tcx(data: bytes, error: type[GpxError]) -> None:
    with pytest.raises(error):
        tcx.read(data)


def test_points_and_waypoints_are_limited() -> None:
    with pytest.raises(TooManyPointsError):
        tcx.read(activity(point() * 11), max_points=10)
    with pytest.raises(TooManyWaypointsError):
        tcx.read(
            file("<Courses><Course>" + "<CoursePoint/>" * 3 + "</Course></Courses>"),
            max_waypoints=2,
        )


TEXTS = ("1.5", "-3", "", "abc", "1e2", "inf", " 7\n", "&amp;", "<![CDATA[2]]>", "1<!-- x -->2")
FORMS: tuple[Callable[[random.Random], str], ...] = (
    lambda random: f"<Time>2024-05-01T08:00:{random.randrange(10, 60)}Z</Time>",
    lambda random: f"<AltitudeMeters>{random.choice(TEXTS)}</AltitudeMeters>",
    lambda random: f"<HeartRateBpm xsi:t='b'><Value>{random.choice(TEXTS)}</Value></HeartRateBpm>",
    lambda random: f"<Cadence>{random.choice(TEXTS)}</Cadence>",
    lambda random: (
        f"<Extensions><n:TPX><n:Speed>{random.choice(TEXTS)}</n:Speed></n:TPX></Extensions>"
    ),
    lambda random: "<SensorState>Present</SensorState>",
    lambda random: "<Position/>",
    lambda random: "<!-- <Trackpoint> -->",
)
BETWEEN = ("", "", "", "\n", "</Track><Track>", "</Track></Lap><Lap><Track>", "<Trackpoint/>")


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32))
def test_the_scanner_reads_what_the_parser_alone_reads(seed: int) -> None:
    chance = random.Random(seed)
    kinds = chance.sample(FORMS, chance.randrange(1, 5))
    points = "".join(
        point(chance.randrange(80), rest="".join(kind(chance) for kind in kinds))
        + chance.choice(BETWEEN)
        for _ in range(60)
    )
    data = activity(points)
    document = Document((tcx.LANGUAGE,), 1000, 1000)
    Scanner(document, data, chance.choice((200, 1000, 1 << 20))).run()
    alone = tcx.parsed(data)
    assert same(document.track_points.track(), alone.track_points.track())
    for name, values in alone.track_points.extras().items():
        assert np.array_equal(document.track_points.extras()[name], values, equal_nan=True)
    assert document.lap_starts == alone.lap_starts


def test_it_is_as_fast_as_gpx_by_the_byte() -> None:
    ride = record(rolling(150, seed=5), seed=5)

    def seconds_a_mebibyte(read: Callable[[bytes], object], data: bytes) -> float:
        best = math.inf
        for _ in range(3):
            started = time.perf_counter()
            read(data)
            best = min(best, time.perf_counter() - started)
        return best / len(data)

    with_totals = ride_as_tcx(ride, laps=list(range(500, len(ride), 500)))
    as_tcx = seconds_a_mebibyte(tcx.read, with_totals)
    assert as_tcx < 3 * seconds_a_mebibyte(gpx.read, ride.gpx())
    assert as_tcx < seconds_a_mebibyte(tcx.parsed, with_totals) / 3


def test_what_is_written_oddly_is_read_as_of_gpx() -> None:
    clean, odd = FULL(), FULL()
    odd = re.sub(rb"<AltitudeMeters>(\d+)[.]", rb"<AltitudeMeters>\1,", odd)
    odd = re.sub(rb"<Time>(\d{4})-(\d\d)-(\d\d)T", rb"<Time>\1/\2/\3 ", odd)
    assert len(re.findall(rb"<AltitudeMeters>\d+,", odd)) == len(RIDE)
    read, parsed = tcx.read(odd), tcx.parsed(odd).track_points
    assert same(read.track, tcx.read(clean).track)
    warnings = {Warning(kind, len(RIDE), 0) for kind in ("odd_number", "odd_time")}
    assert {*read.warnings} == {*parsed.warnings()} == warnings


def test_a_bare_ampersand_and_padding_are_mended_through_the_registry_too() -> None:
    course = ride_as_tcx(RIDE, as_course=True).replace(b"<Name>Ride<", b"<Name>Up & down<")
    for read in (tcx.read, registry.read):
        recording = read(b"\n\n" + course + b"\0" * 100)
        assert recording.name == "Up & down"
        assert recording.warnings == (
            Warning("padded_document", 1, 0),
            Warning("bare_ampersand", 1, 0),
        )
        assert len(recording.track) == len(RIDE)
    registry.sniff(b"\n\n" + course[:3000])


def test_an_error_names_line_and_column_of_the_file() -> None:
    data = b"\n\n" + FULL().replace(b"</Activities>", b"\n  </Activity>")
    with pytest.raises(NotXmlError) as told:
        registry.read(data)
    assert told.value.line == data.count(b"\n")
    assert told.value.column is not None
    assert "column" in str(told.value)
