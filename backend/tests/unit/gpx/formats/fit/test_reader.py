"""What a FIT file says, message by message."""

from dataclasses import replace

import numpy as np
import pytest

from src.gpx import analyse, analyse_recording
from src.gpx.cleaning.repair import repair
from src.gpx.errors import (
    NoUsablePointsError,
    TooManyMessagesError,
    TooManyPointsError,
    TooManyWaypointsError,
)
from src.gpx.formats.fit import messages, read
from src.gpx.model import DeviceTotals, Recording, Waypoint
from tests.support import fit_files as fit
from tests.support.fit_files import EPOCH_S, FieldType, FitFile, Value
from tests.support.fit_oracles import garmins_sessions
from tests.support.rides import record, rolling

NOON = 1_093_262_400  # 2024-08-22T12:00:00Z


def points(file: FitFile, times: range, *, local: int = 3) -> None:
    fit.records(file, ((time, time - NOON, 1000, 3000) for time in times), local=local)


def one_record(fields: dict[FieldType, Value]) -> Recording:
    file = FitFile()
    file.add(fit.RECORD, fields)
    return read(file.to_bytes())


def session(file: FitFile, fields: dict[tuple[int, str], Value]) -> None:
    file.add(fit.SESSION, {FieldType(*field): value for field, value in fields.items()}, local=9)


def lengths(file: FitFile) -> list[int]:
    found: list[int] = read(file.to_bytes()).track.segments.lengths.tolist()
    return found


def test_a_record_is_a_point_in_the_units_of_the_engine() -> None:
    recording = one_record(
        {
            fit.TIMESTAMP: NOON,
            fit.LATITUDE: 2**29,
            fit.LONGITUDE: -(2**30),
            fit.ALTITUDE: 5 * (500 + 12) + 1,
            fit.HEART_RATE: 140,
            fit.CADENCE: 90,
            fit.FRACTIONAL_CADENCE: 64,
            fit.POWER: 0,
            fit.TEMPERATURE: -7,
            fit.SPEED: 10_000,
            fit.DISTANCE: 123_456,
        }
    )
    track = recording.track
    assert (track.latitude[0], track.longitude[0]) == (45, -90)
    assert track.elevation[0] == pytest.approx(12.2)
    assert track.time_s[0] == NOON + EPOCH_S == 1_724_328_000
    assert {name: values.tolist() for name, values in track.sensors.items()} == {
        "heart_rate_bpm": [140],
        "cadence_rpm": [90.5],
        "power_w": [0],
        "temperature_c": [-7],
    }
    assert recording.device_columns["speed_kmh"].tolist() == [36]
    assert recording.device_columns["distance_m"].tolist() == [1234.56]


def test_a_value_that_stands_for_none_is_missing() -> None:
    fields = (
        fit.TIMESTAMP, fit.LATITUDE, fit.LONGITUDE, fit.ALTITUDE, fit.ENHANCED_ALTITUDE,
        fit.HEART_RATE, fit.CADENCE, fit.POWER, fit.TEMPERATURE, fit.SPEED, fit.DISTANCE,
    )  # fmt: skip
    recording = one_record(dict.fromkeys(fields))
    track = recording.track
    for column in (track.latitude, track.longitude, track.elevation, track.time_s):
        assert np.isnan(column).all()
    assert track.sensors == {}
    assert np.isnan(list(recording.device_columns.values())).all()


def test_the_finer_altitude_and_speed_come_first() -> None:
    coarse: dict[FieldType, Value] = {fit.ALTITUDE: 2600, fit.SPEED: 5000}
    fine: dict[FieldType, Value] = {fit.ENHANCED_ALTITUDE: 2700, fit.ENHANCED_SPEED: 6000}
    for fields, elevation_m, speed_m_s in (
        (coarse | fine, 40, 6),
        (coarse | dict.fromkeys(fine), 20, 5),
        (coarse, 20, 5),
    ):
        recording = one_record(fields)
        assert recording.track.elevation[0] == elevation_m
        assert recording.device_columns["speed_kmh"][0] == pytest.approx(3.6 * speed_m_s)


def test_of_a_field_with_several_values_the_first_counts() -> None:
    recording = one_record({FieldType(3, "uint8", 3): 77})
    assert recording.track.sensors["heart_rate_bpm"].tolist() == [77]


def test_a_field_whose_size_its_type_does_not_divide_is_missing() -> None:
    file = FitFile()
    file.define(0, fit.RECORD, (FieldType(3, "uint8"), FieldType(2, "uint8", 3)))
    file.messages[-1] = 0x84  # three bytes of uint16
    file.write(0, 80, 1)
    track = read(file.to_bytes()).track
    assert track.sensors["heart_rate_bpm"].tolist() == [80]
    assert np.isnan(track.elevation).all()


def test_points_without_a_position_keep_their_sensors() -> None:
    file = FitFile()
    file.define(0, fit.RECORD, (fit.TIMESTAMP, fit.LATITUDE, fit.LONGITUDE, fit.HEART_RATE))
    for second in range(10):
        place = None if 3 <= second < 6 else 1_000_000 + second * 600
        file.write(0, NOON + second, place, place, 100 + second)
    track = read(file.to_bytes()).track
    assert np.flatnonzero(np.isnan(track.latitude)).tolist() == [3, 4, 5]
    assert track.sensors["heart_rate_bpm"].tolist() == [*range(100, 110)]
    assert track.time_s.tolist() == [NOON + EPOCH_S + second for second in range(10)]
    mended, warnings = repair(track)
    assert len(mended) == 7
    assert [(each.kind, each.count, each.first_index) for each in warnings] == [
        ("invalid_position", 3, 3)
    ]


def test_times_since_the_device_was_switched_on_are_unreadable() -> None:
    file = FitFile()
    fit.records(file, [(0x1000_0000 + i, 0, 0, 0) for i in (-2, -1, 0, 1)])
    times = read(file.to_bytes()).track.time_s
    assert np.isposinf(times).tolist() == [True, True, False, False]


def test_short_times_go_on_from_the_last_whole_one_of_any_message() -> None:
    file = FitFile()
    file.define(0, fit.RECORD, (fit.LATITUDE,))
    file.define(1, 233, (fit.TIMESTAMP,))
    file.write(0, 1, offset=5)  # nothing to go on from
    file.write(1, NOON)
    for second in (0, 1, 31, 33, 60, 91):
        file.write(0, 1, offset=NOON + second)
    file.write(1, NOON + 1000)
    file.write(0, 1, offset=NOON + 1003)
    file.write(0, 1)
    times = read(file.to_bytes()).track.time_s - (NOON + EPOCH_S)
    expected = [np.nan, 0, 1, 31, 33, 60, 91, 1003, np.nan]
    np.testing.assert_array_equal(times, expected)


def test_a_pause_of_the_timer_ends_a_segment() -> None:
    file = FitFile()
    fit.timer(file, NOON, fit.START)
    points(file, range(NOON, NOON + 10))
    fit.timer(file, NOON + 9, fit.STOP)
    fit.timer(file, NOON + 9, fit.MARKER)
    fit.timer(file, NOON + 400, fit.START)
    points(file, range(NOON + 400, NOON + 420))
    fit.timer(file, NOON + 419, fit.STOP_ALL)
    assert lengths(file) == [10, 20]


def test_only_a_stopped_timer_can_go_on() -> None:
    file = FitFile()
    points(file, range(NOON, NOON + 10))
    fit.timer(file, NOON + 9, fit.START)
    points(file, range(NOON + 10, NOON + 20))
    fit.timer(file, NOON + 19, fit.STOP, event=8)
    fit.timer(file, NOON + 19, fit.START)
    points(file, range(NOON + 20, NOON + 30))
    assert lengths(file) == [30]


@pytest.mark.parametrize("before", [True, False])
def test_events_apart_from_the_points_tell_by_their_times(before: bool) -> None:
    file = FitFile()
    if not before:
        points(file, range(NOON, NOON + 30))
    for time, kind in ((0, fit.START), (9, fit.STOP_ALL), (10, fit.START), (29, fit.STOP_ALL)):
        fit.timer(file, NOON + time, kind)
    if before:
        points(file, range(NOON, NOON + 30))
    assert lengths(file) == [10, 20]


def test_events_among_the_points_tell_by_their_place() -> None:
    file = FitFile()
    points(file, range(NOON, NOON + 10))
    fit.timer(file, None, fit.STOP)
    fit.timer(file, None, fit.START)
    points(file, range(NOON + 10, NOON + 30))
    assert lengths(file) == [10, 20]


def test_one_false_time_moves_no_border_far() -> None:
    file = FitFile()
    for time, kind in ((9, fit.STOP_ALL), (10, fit.START)):
        fit.timer(file, NOON + time, kind)
    points(file, range(NOON + 5000, NOON + 5001))
    points(file, range(NOON, NOON + 30))
    assert lengths(file) == [10, 21]


def test_every_session_is_a_segment() -> None:
    file = FitFile()
    points(file, range(NOON, NOON + 30))
    for start in (0, 12, 20):
        session(file, {(253, "uint32"): NOON + 30, (2, "uint32"): NOON + start})
    assert lengths(file) == [12, 8, 10]


def test_points_without_times_are_one_session() -> None:
    file = FitFile()
    fit.records(file, [(None, i, i, 0) for i in range(9)])
    for start in (0, 4):
        session(file, {(2, "uint32"): NOON + start})
    assert lengths(file) == [9]


TOTALS: dict[tuple[int, str], Value] = {
    (9, "uint32"): 4_212_345,
    (22, "uint16"): 612,
    (23, "uint16"): 0,
    (7, "uint32"): 7_200_500,
    (8, "uint32"): 6_600_000,
    (14, "uint16"): 6_382,
    (15, "uint16"): 17_000,
    (125, "uint32"): 17_123,
    (16, "uint8"): 132,
    (17, "uint8"): 171,
    (18, "uint8"): 81,
    (92, "uint8"): 32,
    (19, "uint8"): 120,
    (20, "uint16"): 180,
    (21, "uint16"): 760,
}


def test_the_totals_of_the_device_are_those_that_garmin_reads() -> None:
    file = FitFile()
    fit.file_id(file, product_name="Edge 840 ñ")
    points(file, range(NOON, NOON + 3))
    session(file, TOTALS)
    totals = read(file.to_bytes()).device_totals
    assert totals is not None
    (garmins,) = garmins_sessions(file.to_bytes())
    assert totals == DeviceTotals(
        distance_km=garmins["total_distance"] / 1000,
        elevation_gain_m=garmins["total_ascent"],
        elevation_loss_m=0,
        elapsed_time_minutes=garmins["total_elapsed_time"] / 60,
        timer_time_minutes=garmins["total_timer_time"] / 60,
        avg_speed_kmh=garmins["avg_speed"] * 3.6,
        max_speed_kmh=garmins["enhanced_max_speed"] * 3.6,
        avg_heart_rate_bpm=132,
        max_heart_rate_bpm=171,
        avg_cadence_rpm=81.25,
        max_cadence_rpm=120,
        avg_power_w=180,
        max_power_w=760,
        manufacturer="garmin",
        product="Edge 840 ñ",
    )
    assert garmins["total_distance"] == 42_123.45


def test_several_sessions_are_one_ride() -> None:
    file = FitFile()
    points(file, range(NOON, NOON + 3))
    second = {(9, "uint32"): 100_000, (8, "uint32"): 3_300_000, (16, "uint8"): 102}
    second |= {(17, "uint8"): 180, (14, "uint16"): 3_382}
    session(file, TOTALS)
    session(file, TOTALS | second | {(22, "uint16"): None})
    totals = read(file.to_bytes()).device_totals
    assert totals is not None
    assert totals.distance_km == pytest.approx(43.12345)
    assert totals.timer_time_minutes == 165
    assert totals.avg_heart_rate_bpm == pytest.approx(122)
    assert totals.avg_speed_kmh == pytest.approx(5.382 * 3.6)
    assert totals.max_heart_rate_bpm == 180
    assert totals.elevation_gain_m is None
    assert totals.elevation_loss_m == 0
    assert totals.manufacturer is None


@pytest.mark.parametrize(
    ("manufacturer", "product", "name", "expected"),
    [
        (1, 3843, None, ("garmin", "3843")),
        (32, None, "ELEMNT BOLT\n", ("wahoo_fitness", "ELEMNT BOLT")),
        (64_000, 0, "", ("64000", "0")),
        (None, 7, None, (None, None)),
    ],
)
def test_the_device_is_named(
    manufacturer: int | None, product: int | None, name: str | None, expected: tuple[str, str]
) -> None:
    file = FitFile()
    fit.file_id(file, manufacturer=manufacturer, product=product, product_name=name)
    points(file, range(NOON, NOON + 3))
    totals = read(file.to_bytes()).device_totals or DeviceTotals()
    assert (totals.manufacturer, totals.product) == expected


@pytest.mark.parametrize(
    ("local_ahead_s", "offset_s"),
    [(7200, 7200), (7199, 7200), (-12_600, -12_600), (20_700, 20_700), (0, None), (90_000, None)],
)
def test_the_activity_tells_how_far_the_clock_was_ahead(
    local_ahead_s: int, offset_s: float | None
) -> None:
    file = FitFile()
    points(file, range(NOON, NOON + 3))
    local = FieldType(5, "uint32")
    file.add(fit.ACTIVITY, {fit.TIMESTAMP: NOON, local: NOON + local_ahead_s})
    assert read(file.to_bytes()).utc_offset_s == offset_s


def course(*, with_points: bool = True) -> FitFile:
    file = FitFile()
    fit.file_id(file, kind=6)
    file.add(fit.COURSE, {FieldType(5, "string", 16): "Vuelta\x07 al sur"})
    if with_points:
        points(file, range(NOON, NOON + 30))
    file.define(
        5,
        fit.COURSE_POINT,
        (FieldType(2, "sint32"), FieldType(3, "sint32"), FieldType(6, "string", 10)),
        big_endian=True,
    )
    file.write(5, 2**29, -(2**29), "Fuente")
    file.write(5, None, 5, "nowhere")
    file.write(5, 0, 0, None)
    return file


def test_a_course_is_a_route_with_a_name_and_waypoints() -> None:
    recording = read(course().to_bytes())
    assert (recording.kind, recording.name) == ("route", "Vuelta al sur")
    assert recording.waypoints == (
        Waypoint("Fuente", 45, -45, None),
        Waypoint(None, 0, 0, None),
    )
    assert len(recording.track) == 30


@pytest.mark.parametrize(("latitude", "longitude"), [(0.0, 2.0**33), (2.0**31, 0.0)])
def test_a_waypoint_off_the_earth_is_left_out(latitude: float, longitude: float) -> None:
    file = course()
    places = {FieldType(2, "float64"): latitude, FieldType(3, "float64"): longitude}
    file.add(fit.COURSE_POINT, places)
    assert len(read(file.to_bytes()).waypoints) == 2


def test_a_recording_is_a_track_without_a_name() -> None:
    file = FitFile()
    fit.file_id(file)
    points(file, range(NOON, NOON + 3))
    recording = read(file.to_bytes())
    assert (recording.kind, recording.name) == ("track", None)


def test_a_file_without_records_has_no_usable_points() -> None:
    recording = read(course(with_points=False).to_bytes())
    assert len(recording.track) == 0
    assert len(recording.waypoints) == 2
    with pytest.raises(NoUsablePointsError):
        analyse_recording(recording)


def test_points_and_waypoints_are_limited() -> None:
    data = course().to_bytes()
    assert len(read(data, max_points=30, max_waypoints=3).track) == 30
    with pytest.raises(TooManyPointsError):
        read(data, max_points=29)
    with pytest.raises(TooManyWaypointsError):
        read(data, max_waypoints=2)


def test_messages_and_definitions_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    file = FitFile()
    for number in range(40):
        file.add(233, {FieldType(number, "uint8"): number})
    for limit, enough in (("MOST_LAYOUTS", 40), ("MOST_DEFINITIONS", 40), ("MOST_MESSAGES", 81)):
        monkeypatch.setattr(messages, limit, enough)
        assert len(read(file.to_bytes()).track) == 0
        with monkeypatch.context() as fewer:
            fewer.setattr(messages, limit, enough - 1)
            with pytest.raises(TooManyMessagesError):
                read(file.to_bytes())


def test_messages_in_runs_are_limited_too(monkeypatch: pytest.MonkeyPatch) -> None:
    file = FitFile()
    file.define(0, 233, (FieldType(1, "uint8"),))
    for _ in range(2000):
        file.write(0, 1)
    read(file.to_bytes())
    monkeypatch.setattr(messages, "MOST_MESSAGES", 1500)
    with pytest.raises(TooManyMessagesError):
        read(file.to_bytes())


@pytest.mark.parametrize("message", [fit.FILE_ID, fit.SESSION, fit.COURSE, fit.ACTIVITY])
def test_nothing_that_is_told_once_a_ride_is_told_ten_thousand_times(message: int) -> None:
    file = FitFile()
    file.define(0, message, (fit.TIMESTAMP,))
    for _ in range(10_001):
        file.write(0, 10**9)
    with pytest.raises(TooManyMessagesError):
        read(file.to_bytes())


def test_a_ride_has_the_same_numbers_as_gpx_and_as_fit() -> None:
    ride = record(rolling(30, seed=4), seed=4, stops=2, segments=3, altitude_step_m=0.2)
    ride = replace(ride, sensors={"heart_rate_bpm": np.round(ride.elevation / 4)})
    as_gpx = analyse(ride.gpx(coordinate_decimals=9))
    as_fit = analyse_recording(read(fit.ride_as_fit(ride)))
    assert as_fit.total_points == as_gpx.total_points
    assert as_fit.track.segments.bounds() == as_gpx.track.segments.bounds()
    np.testing.assert_array_equal(as_fit.track.time_s, as_gpx.track.time_s)
    np.testing.assert_array_equal(
        as_fit.track.sensors["heart_rate_bpm"], as_gpx.track.sensors["heart_rate_bpm"]
    )
    # A semicircle is 9 mm on the equator; a leg of 8 m turns by no more than its thousandth.
    assert as_fit.distance_km == pytest.approx(as_gpx.distance_km, rel=1e-5)
    assert as_fit.elevation_gain == pytest.approx(as_gpx.elevation_gain, rel=1e-3)
    assert as_fit.max_elevation == pytest.approx(as_gpx.max_elevation, abs=1e-6)
    ours, theirs = as_fit.statistics, as_gpx.statistics
    assert ours.moving_time_minutes == pytest.approx(theirs.moving_time_minutes, rel=1e-3)
    assert ours.max_speed_kmh == pytest.approx(theirs.max_speed_kmh, rel=1e-3)
    assert as_fit.warnings == as_gpx.warnings


def test_the_analysis_tells_what_the_reader_noticed_and_the_device_said() -> None:
    ride = record(rolling(3))
    data = fit.ride_as_fit(ride)[:-2]
    analysis = analyse_recording(read(data))
    assert analysis.warnings[0].kind == "checksum_missing"
    assert analysis.device_totals == DeviceTotals(manufacturer="garmin", product="3843")
    summary = analysis.summary()
    assert summary["device_totals"]["manufacturer"] == "garmin"
    assert summary["warnings"][0]["kind"] == "checksum_missing"
