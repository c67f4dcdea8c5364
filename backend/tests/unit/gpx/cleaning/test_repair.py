"""Bad values are dropped or mended and reported; good ones are left alone."""

import time
from dataclasses import fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from src.gpx.cleaning.repair import repair
from src.gpx.errors import NoUsablePointsError
from src.gpx.model import PLACE_COLUMNS, FloatArray, Track

NOON_S = 1_724_328_000.0
NOW_S = NOON_S + 30 * 86_400
NAN = np.nan
COLUMNS = (*PLACE_COLUMNS, "segment")


def ride(count: int = 100, *, spacing_m: float = 8.0, interval_s: float = 1.0) -> Track:
    """A ride to the north-east, one straight segment."""
    way = np.arange(count, dtype=np.float64)
    return Track(
        latitude=48 + way * spacing_m / 1.5 / 111_200,
        longitude=9 + way * spacing_m / 1.4 / 74_500,
        elevation=300 + way * 0.1,
        time_s=NOON_S + way * interval_s,
        segment=np.zeros(count, np.int64),
        sensors={},
    )


def with_values(track: Track, column: str, values: dict[int, float]) -> Track:
    changed: FloatArray = np.array(getattr(track, column))
    changed[list(values)] = list(values.values())
    changes: dict[str, Any] = {column: changed}
    return replace(track, **changes)


def repaired(track: Track) -> tuple[Track, dict[str, tuple[int, int]]]:
    result, warnings = repair(track, now_s=NOW_S)
    return result, {warning.kind: (warning.count, warning.first_index) for warning in warnings}


def only(track: Track, rows: npt.ArrayLike) -> Track:
    """The track of these points, in this order."""
    columns: dict[str, Any] = {name: getattr(track, name)[np.asarray(rows)] for name in COLUMNS}
    return replace(track, **columns)


def test_a_good_ride_is_left_as_it_is() -> None:
    track = ride()
    result, warnings = repair(track, now_s=NOW_S)
    assert warnings == ()
    np.testing.assert_equal(vars_of(result), vars_of(track))


def vars_of(track: Track) -> dict[str, object]:
    return {column.name: getattr(track, column.name) for column in fields(track) if column.init}


@pytest.mark.parametrize("latitude", [200.0, -90.5, NAN, np.inf])
def test_a_point_that_is_not_on_the_earth_is_dropped(latitude: float) -> None:
    track = with_values(ride(), "latitude", {3: latitude, 50: latitude})
    result, warnings = repaired(track)
    assert warnings == {"invalid_position": (2, 3)}
    assert result.time_s.tolist() == np.delete(track.time_s, [3, 50]).tolist()


@pytest.mark.parametrize("longitude", [360.5, -400.0, NAN, -np.inf])
def test_a_longitude_beyond_a_whole_turn_is_no_place(longitude: float) -> None:
    result, warnings = repaired(with_values(ride(), "longitude", {3: longitude}))
    assert warnings == {"invalid_position": (1, 3)}
    assert len(result) == 99


def test_poles_equator_and_greenwich_are_places() -> None:
    track = replace(
        ride(4, interval_s=1e5),
        latitude=np.array([90.0, 0.0, 0.0, -90.0]),
        longitude=np.array([0.0, 0.0, 180.0, -180.0]),
    )
    assert repaired(track)[1] == {}


def test_a_longitude_beyond_the_antimeridian_is_wrapped() -> None:
    track = replace(ride(4), longitude=np.array([179.9999, 180.0, 180.0001, 180.0002]))
    result, warnings = repaired(track)
    assert warnings == {"wrapped_longitude": (2, 2)}
    np.testing.assert_allclose(result.longitude, [179.9999, 180.0, -179.9999, -179.9998])


@pytest.mark.parametrize("elevation", [99_999.0, -431.0, 8_851.0, np.inf, -np.inf])
def test_an_impossible_elevation_is_dropped_and_its_point_is_kept(elevation: float) -> None:
    result, warnings = repaired(with_values(ride(), "elevation", {7: elevation}))
    assert warnings == {"invalid_elevation": (1, 7)}
    assert np.flatnonzero(np.isnan(result.elevation)).tolist() == [7]
    assert len(result) == 100


@pytest.mark.parametrize("elevation", [0.0, -430.0, 8_850.0])
def test_the_sea_the_deepest_shore_and_the_highest_summit_are_elevations(elevation: float) -> None:
    track = replace(ride(), elevation=np.full(100, elevation))
    result, warnings = repaired(track)
    assert warnings == {}
    assert (result.elevation == elevation).all()


@pytest.mark.parametrize("elevation", [0.0, 8_000.0, 350.0])
@pytest.mark.parametrize("where", [range(10), range(95, 100), (7,), (30, 31, 60)])
def test_an_elevation_that_no_road_climbs_to_is_dropped(
    elevation: float, where: tuple[int, ...]
) -> None:
    track = with_values(ride(), "elevation", dict.fromkeys(where, elevation))
    result, warnings = repaired(track)
    assert warnings == {"false_elevation": (len(where), where[0])}
    assert np.flatnonzero(np.isnan(result.elevation)).tolist() == list(where)


@pytest.mark.parametrize(("there_m", "back_m", "dropped"), [(100, 80, 3), (100, 60, 0)])
def test_altitudes_are_false_where_they_come_back_to_about_where_they_were(
    there_m: float, back_m: float, dropped: int
) -> None:
    since = np.arange(100)
    lift_m = there_m * (since >= 50.0) - back_m * (since >= 53.0)
    result, _ = repaired(replace(ride(), elevation=300 + lift_m))
    assert np.isnan(result.elevation).sum() == dropped


def test_a_recorder_that_finds_its_altitude_again_loses_nothing_and_it_is_told() -> None:
    track = replace(ride(), elevation=ride().elevation + 80.0 * (np.arange(100) >= 40))
    result, warnings = repaired(track)
    assert result.elevation.tolist() == track.elevation.tolist()
    assert warnings == {"false_elevation": (1, 40)}


def test_nobody_knows_how_the_road_goes_on_behind_a_gap() -> None:
    track = replace(ride(), segment=np.repeat([0, 1], 50))
    track = replace(track, elevation=track.elevation + 900.0 * track.segment)
    assert repaired(track)[1] == {}


def test_a_missing_value_is_no_fault() -> None:
    track = with_values(with_values(ride(), "elevation", {7: NAN}), "time_s", {8: NAN})
    result, warnings = repaired(track)
    assert warnings == {}
    assert np.isnan(result.elevation[7])
    assert np.isnan(result.time_s[8])


def test_an_unreadable_sensor_is_dropped() -> None:
    values = np.full(100, 150.0)
    values[[4, 9]] = np.inf, NAN
    result, warnings = repaired(replace(ride(), sensors={"heart_rate_bpm": values}))
    assert warnings == {"invalid_sensor": (1, 4)}
    assert np.flatnonzero(np.isnan(result.sensors["heart_rate_bpm"])).tolist() == [4, 9]


def test_one_unreadable_sensor_leaves_the_others_of_its_point() -> None:
    heart_rate_bpm, power_w = np.full(100, 150.0), np.full(100, 200.0)
    heart_rate_bpm[4] = np.inf
    sensors = {"heart_rate_bpm": heart_rate_bpm, "power_w": power_w}
    result, _ = repaired(replace(ride(), sensors=sensors))
    assert result.sensors["power_w"].tolist() == power_w.tolist()


def test_a_file_without_times_has_no_wrong_ones() -> None:
    track = replace(ride(), time_s=np.full(100, NAN))
    assert repaired(track)[1] == {}


def test_an_unreadable_time_is_dropped_and_its_point_is_kept() -> None:
    result, warnings = repaired(with_values(ride(), "time_s", {0: np.inf, 5: np.inf}))
    assert warnings == {"invalid_time": (2, 0)}
    assert np.flatnonzero(np.isnan(result.time_s)).tolist() == [0, 5]


@pytest.mark.parametrize("time_s", [0.0, -1.0, 631_151_999.0, NOW_S + 2 * 86_400, 4e9])
def test_a_few_times_before_1990_or_in_the_future_are_dropped(time_s: float) -> None:
    result, warnings = repaired(with_values(ride(), "time_s", {0: time_s}))
    assert warnings == {"implausible_time": (1, 0)}
    assert np.isnan(result.time_s[0])


@pytest.mark.parametrize("start_s", [631_152_000.0, 900_000_000.0, NOW_S - 99, NOW_S + 43_200])
def test_times_from_1990_on_are_plausible_up_to_local_times_without_offset(start_s: float) -> None:
    track = replace(ride(), time_s=start_s + np.arange(100.0))
    assert repaired(track)[1] == {}


def test_a_clock_that_is_wrong_throughout_still_measures_durations() -> None:
    track = ride()
    track = replace(track, time_s=track.time_s - NOON_S)
    result, warnings = repaired(track)
    assert warnings == {"implausible_time": (100, 0)}
    assert result.time_s.tolist() == track.time_s.tolist()


@pytest.mark.parametrize("wrong_s", [-3600.0, 1800.0])
def test_one_wrong_time_costs_itself_and_not_those_behind_it(wrong_s: float) -> None:
    result, warnings = repaired(with_values(ride(), "time_s", {40: NOON_S + wrong_s}))
    assert warnings == {"backward_time": (1, 40)}
    assert np.flatnonzero(np.isnan(result.time_s)).tolist() == [40]


def test_a_clock_set_back_in_mid_ride_leaves_increasing_times() -> None:
    track = ride()
    track = replace(track, time_s=track.time_s - 30.0 * (np.arange(100) >= 60))
    result, warnings = repaired(track)
    assert warnings["backward_time"][0] == 30
    known = result.time_s[np.isfinite(result.time_s)]
    assert (np.diff(known) > 0).all()
    assert len(result) == 100


def test_segments_may_follow_each_other_in_any_order_of_time() -> None:
    track = replace(ride(), segment=np.repeat([0, 1], 50))
    track = replace(track, time_s=np.roll(track.time_s, 50))
    assert repaired(track)[1] == {}


def test_a_segment_may_start_where_and_when_the_last_one_ended() -> None:
    track = replace(
        only(ride(), [*range(50), *range(49, 100)]), segment=np.repeat([0, 1], (50, 51))
    )
    result, warnings = repaired(track)
    assert warnings == {}
    assert result.time_s[49] == result.time_s[50]


def test_many_segments_with_wrong_clocks_take_no_longer_than_one() -> None:
    count = 60_000
    track = replace(ride(count, spacing_m=0.01), segment=np.arange(count) // 3)
    track = replace(track, time_s=track.time_s - 5.0 * (np.arange(count) % 3 == 1))
    start = time.process_time()
    _, warnings = repaired(track)
    assert time.process_time() - start < 2.0
    assert warnings["backward_time"][0] == count // 3


def test_a_point_written_twice_is_dropped_once() -> None:
    track = ride(5)
    result, warnings = repaired(only(track, [0, 1, 1, 2, 3, 3, 3, 4]))
    assert warnings == {"duplicate_point": (3, 2)}
    assert len(result) == 5


def test_points_of_one_instant_at_several_places_share_the_second() -> None:
    track = ride(50, spacing_m=0.8)
    track = replace(track, time_s=NOON_S + np.arange(50.0) // 10)
    result, warnings = repaired(track)
    assert warnings == {"repeated_time": (45, 1)}
    np.testing.assert_allclose(result.time_s, NOON_S + np.arange(50) / 10)


def test_a_recorder_that_writes_in_bursts_took_its_time() -> None:
    track = ride(120)
    track = replace(track, time_s=NOON_S + np.arange(120.0) // 30 * 30)
    result, warnings = repaired(track)
    assert warnings == {"repeated_time": (116, 1)}
    np.testing.assert_allclose(result.time_s, NOON_S + np.arange(120))


def test_two_points_of_one_second_are_no_burst() -> None:
    track = ride(100, interval_s=8.0)
    time_s = track.time_s.copy()
    time_s[51:] -= 8.0
    result, warnings = repaired(replace(track, time_s=time_s))
    assert warnings == {"repeated_time": (1, 51)}
    assert result.time_s[51] - result.time_s[50] == 0.5


def test_points_of_which_all_tell_one_instant_have_no_times() -> None:
    result, warnings = repaired(replace(ride(), time_s=np.full(100, NOON_S)))
    assert warnings == {"repeated_time": (99, 1), "missing_time": (99, 1)}
    assert np.flatnonzero(np.isfinite(result.time_s)).tolist() == [0]


@pytest.mark.parametrize("where", [range(3), range(97, 100), (40, 41)])
@pytest.mark.parametrize("ahead_s", [-25 * 365 * 86_400.0, -8 * 86_400.0, -30 * 86_400.0])
def test_a_few_times_of_another_clock_are_dropped(where: tuple[int, ...], ahead_s: float) -> None:
    values = {point: NOON_S + point + ahead_s for point in where}
    result, warnings = repaired(with_values(ride(), "time_s", values))
    assert [*warnings.values()] == [(len(where), where[0])]
    assert {*warnings} <= {"other_clock", "implausible_time"}
    assert np.flatnonzero(np.isnan(result.time_s)).tolist() == list(where)


def test_the_second_of_two_clocks_is_not_believed() -> None:
    track = ride()
    earlier_s = -5 * 365 * 86_400.0 * (np.arange(100) < 60)
    result, warnings = repaired(replace(track, time_s=track.time_s + earlier_s))
    assert warnings == {"other_clock": (40, 60)}
    assert np.isfinite(result.time_s[:60]).all()


def test_a_week_between_two_segments_is_a_journey() -> None:
    track = replace(ride(), segment=np.repeat([0, 1], (95, 5)))
    track = replace(track, time_s=track.time_s + 90 * 86_400.0 * (track.segment - 1))
    assert repaired(track)[1] == {}


def test_points_in_the_other_direction_are_turned_round() -> None:
    track = ride()
    result, warnings = repaired(only(track, np.arange(100)[::-1]))
    assert warnings == {"unsorted_points": (100, 0)}
    np.testing.assert_equal(vars_of(result), vars_of(track))


def test_points_of_tenths_in_the_other_direction_are_turned_round_within_their_second() -> None:
    track = ride(100, spacing_m=0.8)
    whole = replace(track, time_s=NOON_S + np.arange(100.0) // 10)
    result, _ = repaired(only(whole, np.arange(100)[::-1]))
    assert result.latitude.tolist() == track.latitude.tolist()


def test_points_out_of_order_are_put_in_order_by_time() -> None:
    track = ride()
    order = np.arange(100)
    order[20:60] = np.random.default_rng(1).permutation(40) + 20
    result, warnings = repaired(only(track, order))
    assert warnings["unsorted_points"][1] in (20, 21, 22)
    np.testing.assert_equal(vars_of(result), vars_of(track))


def test_wrong_times_do_not_bring_the_places_out_of_order() -> None:
    track = ride()
    time_s = NOON_S + np.random.default_rng(1).permutation(np.arange(100.0))
    result, warnings = repaired(replace(track, time_s=time_s))
    assert "unsorted_points" not in warnings
    assert result.latitude.tolist() == track.latitude.tolist()


def test_what_two_segments_tell_of_the_same_instants_counts_once() -> None:
    again = only(ride(), [*range(100), *range(60, 100)])
    track = replace(again, segment=np.repeat([0, 1], (100, 40)))
    result, warnings = repaired(track)
    assert warnings == {"repeated_segment": (40, 100)}
    np.testing.assert_equal(vars_of(result), vars_of(ride()))


def test_a_segment_that_begins_before_the_last_one_ended_goes_on_from_there() -> None:
    track = replace(only(ride(), [*range(60), *range(40, 100)]), segment=np.repeat([0, 1], 60))
    result, warnings = repaired(track)
    assert warnings == {"repeated_segment": (19, 60)}
    assert result.time_s[result.segment == 1].tolist() == (NOON_S + np.arange(59, 100)).tolist()


def test_two_places_at_the_same_instants_are_two_ways_and_one_wrong_clock() -> None:
    track = replace(only(ride(), [*range(100), *range(100)]), segment=np.repeat([0, 1], 100))
    track = replace(track, latitude=track.latitude + track.segment)
    result, warnings = repaired(track)
    assert warnings == {"overlapping_time": (100, 100)}
    assert len(result) == 200


def test_a_segment_of_every_point_is_one_line() -> None:
    result, warnings = repaired(replace(ride(), segment=np.arange(100)))
    assert warnings == {"one_point_segment": (99, 1)}
    np.testing.assert_equal(vars_of(result), vars_of(ride()))


@pytest.mark.parametrize("timed", [True, False])
@pytest.mark.parametrize("length", [1, 5])
def test_a_jump_away_and_back_is_dropped(timed: bool, length: int) -> None:
    away = {position: 55.0 + position / 1e4 for position in range(30, 30 + length)}
    track = with_values(ride(), "latitude", away)
    if not timed:
        track = replace(track, time_s=np.full(100, NAN))
    result, warnings = repaired(track)
    assert warnings == {"teleport": (length, 30)}
    assert result.elevation.tolist() == np.delete(track.elevation, list(away)).tolist()


@pytest.mark.parametrize(("there_m", "back_m", "dropped"), [(1000, 700, 2), (1000, 550, 0)])
def test_places_are_false_where_the_way_comes_back_to_about_where_it_was(
    there_m: float, back_m: float, dropped: int
) -> None:
    since = np.arange(100)
    away_m = there_m * (since >= 50.0) - back_m * (since >= 52.0)
    track = ride(interval_s=10.0)
    result, _ = repaired(replace(track, latitude=track.latitude + away_m / 111_200))
    assert len(result) == 100 - dropped


def test_a_jump_is_seen_where_some_times_are_missing() -> None:
    track = with_values(ride(), "time_s", dict.fromkeys((29, 30, 31), NAN))
    _, warnings = repaired(with_values(track, "latitude", {30: 55.0}))
    assert warnings == {"teleport": (1, 30)}


def test_two_places_in_turn_leave_the_line_of_the_ride() -> None:
    away = dict.fromkeys((30, 33, 34, 36), 48.5)
    result, warnings = repaired(with_values(ride(), "latitude", away))
    assert warnings == {"teleport": (4, 30)}
    assert result.latitude.max() < 48.1


def test_a_jump_to_one_false_place_and_on_to_another_is_dropped() -> None:
    away = {30: 55.0, 31: 20.0, 32: 20.0, 33: 80.0}
    result, warnings = repaired(with_values(ride(), "latitude", away))
    assert warnings == {"teleport": (4, 30)}
    assert result.latitude.max() < 48.1


def test_a_start_at_the_last_known_place_is_dropped() -> None:
    track = with_values(ride(), "latitude", {0: 0.0, 1: 0.0})
    result, warnings = repaired(with_values(track, "longitude", {0: 0.0, 1: 0.0}))
    assert warnings == {"teleport": (2, 0)}
    assert len(result) == 98


def test_an_end_at_another_place_is_dropped() -> None:
    result, warnings = repaired(with_values(ride(), "latitude", {98: 0.0, 99: 0.0}))
    assert warnings == {"teleport": (2, 98)}
    assert len(result) == 98


@pytest.mark.parametrize(("speed_kmh", "dropped"), [(140, 0), (160, 1)])
def test_a_jump_is_faster_than_a_hundred_and_fifty_kilometres_per_hour(
    speed_kmh: float, dropped: int
) -> None:
    track = ride(spacing_m=0.0, interval_s=10.0)
    away = float(track.latitude[60]) + speed_kmh / 3.6 * 10 / 111_200
    result, _ = repaired(with_values(track, "latitude", {60: away}))
    assert len(result) == 100 - dropped


def test_a_glitch_of_a_hundred_metres_is_dropped_at_walking_pace() -> None:
    track = ride(spacing_m=1.5)
    result, warnings = repaired(with_values(track, "latitude", {60: track.latitude[60] + 0.0009}))
    assert warnings == {"teleport": (1, 60)}
    assert len(result) == 99


@pytest.mark.parametrize(
    "track",
    [
        pytest.param(ride(spacing_m=80.0, interval_s=5.0), id="sampled every five seconds"),
        pytest.param(ride(spacing_m=80.0), id="a train"),
        pytest.param(ride(spacing_m=250.0), id="an aircraft"),
        pytest.param(ride(2, spacing_m=50_000.0), id="two points"),
        pytest.param(ride(3, spacing_m=50_000.0), id="three points"),
        pytest.param(replace(ride(spacing_m=3000.0), time_s=np.full(100, NAN)), id="a sparse plan"),
    ],
)
def test_fast_and_sparse_rides_are_no_teleports(track: Track) -> None:
    result, warnings = repaired(track)
    assert warnings == {}
    assert len(result) == len(track)


def test_what_is_always_fast_may_turn_round() -> None:
    out = ride(spacing_m=250.0)
    there_and_back = only(out, [*range(50), *range(48, -1, -1)])
    track = replace(there_and_back, time_s=out.time_s[:99])
    assert repaired(track)[1] == {}


def test_a_tunnel_is_no_teleport() -> None:
    track = ride(400)
    assert repaired(only(track, np.r_[0:100, 300:400]))[1] == {}


def test_hardly_any_times_are_no_teleports() -> None:
    result, warnings = repaired(with_values(ride(), "time_s", dict.fromkeys(range(1, 99), NAN)))
    assert warnings == {"missing_time": (98, 1)}
    assert len(result) == 100


@pytest.mark.parametrize("first_away", [20, 60, 80])
def test_a_ride_that_goes_on_elsewhere_loses_nothing_but_the_way_there(first_away: int) -> None:
    track = ride()
    track = replace(track, latitude=track.latitude + (np.arange(100) >= first_away))
    result, warnings = repaired(track)
    assert warnings == {"broken_line": (1, first_away)}
    assert result.segment.tolist() == (np.arange(100) >= first_away).astype(int).tolist()
    assert len(result) == 100


@pytest.mark.parametrize("share", [0.1, 0.3])
@pytest.mark.parametrize("timed", [True, False])
def test_zeros_here_and_there_are_dropped_however_many(share: float, timed: bool) -> None:
    away = np.random.default_rng(1).random(400) < share
    track = ride(400)
    track = replace(
        track,
        latitude=np.where(away, 0.0, track.latitude),
        longitude=np.where(away, 0.0, track.longitude),
        time_s=track.time_s if timed else np.full(400, NAN),
    )
    result, warnings = repaired(track)
    assert warnings == {"teleport": (away.sum(), np.flatnonzero(away)[0])}
    assert result.latitude.min() >= 48


@pytest.mark.parametrize("where", [np.arange(400) < 250, np.arange(400) >= 390])
def test_a_fix_that_stands_still_is_false_however_long(where: npt.NDArray[np.bool_]) -> None:
    track = ride(400)
    latitude = np.where(where, 48.36, track.latitude)
    longitude = np.where(where, 9.0, track.longitude)
    result, warnings = repaired(replace(track, latitude=latitude, longitude=longitude))
    assert warnings == {"teleport": (where.sum(), np.flatnonzero(where)[0])}
    assert result.latitude.max() < 48.03


def test_times_that_are_too_short_do_not_cost_the_places() -> None:
    track = ride(300, spacing_m=60.0, interval_s=0.1)
    turns = np.random.default_rng(1).normal(0, 2e-4, 300)
    result, warnings = repaired(replace(track, latitude=track.latitude + turns))
    assert "teleport" not in warnings
    assert len(result) == 300


def test_a_tunnel_in_which_the_last_place_is_repeated_is_no_jump() -> None:
    track = ride(400, spacing_m=25.0)
    way = np.arange(400)
    seen = np.where((way > 100) & (way < 140), 100, way)
    places = {name: getattr(track, name)[seen] for name in ("latitude", "longitude")}
    result, warnings = repaired(replace(track, **places))
    assert warnings == {}
    assert len(result) == 400


def test_a_detour_in_a_plan_of_towns_is_no_teleport() -> None:
    track = replace(ride(14, spacing_m=15_000.0), time_s=np.full(14, NAN))
    aside = float(track.longitude[7]) + 3
    assert repaired(with_values(track, "longitude", {7: aside}))[1] == {}


def test_the_longer_part_of_a_ride_is_never_the_false_one() -> None:
    away = (np.arange(100) >= 20) & (np.arange(100) < 80)
    track = replace(ride(), latitude=ride().latitude + away)
    result, warnings = repaired(track)
    assert warnings == {"broken_line": (2, 20)}
    assert len(result) == 100


def test_a_false_place_does_not_reach_across_a_gap() -> None:
    away = (np.arange(100) >= 42) & (np.arange(100) < 58)
    track = replace(ride(), latitude=ride().latitude + away, segment=np.repeat([0, 1], 50))
    result, warnings = repaired(track)
    assert warnings == {"broken_line": (2, 42)}
    assert len(result) == 100


def test_an_untimed_route_out_and_back_is_no_teleport() -> None:
    way = np.array([48.0, 48.5, 48.0])
    track = replace(ride(3), latitude=way, longitude=way - 39, time_s=np.full(3, NAN))
    assert repaired(track)[1] == {}


def test_the_antimeridian_is_no_jump() -> None:
    track = ride()
    east = 179.9995 + np.arange(100) / 1e5
    track = replace(track, longitude=np.where(east > 180, east - 360, east))
    assert track.longitude.min() < 0 < track.longitude.max()
    assert repaired(track)[1] == {}


def test_a_gap_between_segments_is_no_jump() -> None:
    track = replace(ride(), segment=np.repeat([0, 1, 2], (50, 1, 49)))
    moved = with_values(track, "latitude", {50: 55.0})
    assert repaired(moved)[1] == {}


def test_gaps_between_segments_do_not_hide_a_teleport() -> None:
    segment = np.arange(100) // 5
    track = replace(ride(), segment=segment, latitude=ride().latitude + segment)
    result, warnings = repaired(with_values(track, "latitude", {52: 5.0}))
    assert warnings == {"teleport": (1, 52)}
    assert len(result) == 99


def test_a_loop_around_the_pole_is_no_jump() -> None:
    angle = np.linspace(0, 360, 100, endpoint=False)
    longitude = np.where(angle > 180, angle - 360, angle)
    track = replace(ride(), latitude=np.full(100, 89.9995), longitude=longitude)
    assert repaired(track)[1] == {}


def test_positions_in_warnings_are_those_of_the_file() -> None:
    track = with_values(ride(), "latitude", {0: 200.0, 1: NAN, 60: 55.0})
    track = with_values(track, "elevation", {4: 9e9})
    _, warnings = repaired(track)
    assert warnings == {
        "invalid_position": (2, 0),
        "invalid_elevation": (1, 4),
        "teleport": (1, 60),
    }


def test_a_segment_that_loses_all_points_leaves_no_hole() -> None:
    track = replace(ride(6), segment=np.array([0, 0, 1, 2, 2, 2]))
    result, _ = repaired(with_values(track, "latitude", {2: NAN}))
    assert result.segment.tolist() == [0, 0, 1, 1, 1]


@pytest.mark.parametrize("usable", [0, 1])
def test_fewer_than_two_usable_points_are_fatal(usable: int) -> None:
    track = with_values(ride(5), "latitude", dict.fromkeys(range(usable, 5), 91.0))
    with pytest.raises(NoUsablePointsError) as error:
        repair(track, now_s=NOW_S)
    assert error.value.usable == usable


def test_no_points_at_all_are_fatal() -> None:
    with pytest.raises(NoUsablePointsError):
        repair(ride(0), now_s=NOW_S)


def test_two_points_are_enough() -> None:
    track = with_values(ride(3), "latitude", {1: 91.0})
    assert len(repaired(track)[0]) == 2


WILD = st.sampled_from(
    (NAN, np.inf, -np.inf, 0.0, 1.0, -200.0, 359.0, 48.0, 9.0, 1e11, NOON_S, NOON_S + 1, 5e9)
)


@given(data=st.data(), count=st.integers(0, 12), seed=st.integers(0, 2**32))
@settings(max_examples=300, deadline=None)
def test_whatever_comes_what_goes_is_true(data: st.DataObject, count: int, seed: int) -> None:
    def column() -> npt.NDArray[np.float64]:
        return np.array(data.draw(st.lists(WILD, min_size=count, max_size=count)), np.float64)

    segment = np.cumsum(np.random.default_rng(seed).random(count) < 0.2, dtype=np.int64)
    track = Track(column(), column(), column(), column(), segment, {"power_w": column()})
    try:
        result, warnings = repair(track, now_s=NOW_S)
    except NoUsablePointsError:
        usable = (np.abs(track.latitude) <= 90) & (np.abs(track.longitude) <= 360)
        assert np.count_nonzero(usable) < 2 or len(set(track.time_s.tolist())) < count
        return
    assert len(result) >= 2
    assert (np.abs(result.latitude) <= 90).all()
    assert (np.abs(result.longitude) <= 180).all()
    known = result.elevation[~np.isnan(result.elevation)]
    assert ((known >= -430) & (known <= 8850)).all()
    assert not np.isinf(result.time_s).any()
    assert not np.isinf(result.sensors["power_w"]).any()
    assert np.unique(result.segment).tolist() == list(range(result.segment[-1] + 1))
    for number in range(result.segment[-1] + 1):
        times = result.time_s[result.segment == number]
        assert (np.diff(times[~np.isnan(times)]) > 0).all()
    assert all(0 <= warning.first_index < count >= warning.count > 0 for warning in warnings)
