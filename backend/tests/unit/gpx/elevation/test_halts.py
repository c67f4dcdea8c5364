"""What an altitude does while its rider stands still."""

from dataclasses import replace

import numpy as np
import pytest

from src.gpx.earth.geodesy import cumulative_distance_m
from src.gpx.elevation.halts import standing_legs, without_halts
from src.gpx.elevation.profile import build_profile
from src.gpx.model import BoolArray, FloatArray, Track
from src.gpx.statistics.motion import measure_motion
from tests.support.profiles import profile_of
from tests.support.rides import correlated, flat, record

METRES_PER_DEGREE = 111_132.0
# A way on which halts are no part of the road.
ROAD_M = np.zeros(100)


def north(way_m: FloatArray, time_s: FloatArray, elevation: FloatArray | None = None) -> Track:
    """To the north, so far at these instants."""
    count = len(way_m)
    return Track(
        latitude=way_m / METRES_PER_DEGREE,
        longitude=np.full(count, 8.0),
        elevation=np.zeros(count) if elevation is None else elevation,
        time_s=time_s,
        segment=np.zeros(count, dtype=np.int64),
        sensors={},
    )


def still(count: int, *, moving: tuple[int, ...] = ()) -> BoolArray:
    """Never moving, but on the way to these points."""
    is_moving = np.zeros(count, dtype=np.bool_)
    is_moving[[*moving]] = True
    return is_moving


def rests(*, of_m: tuple[float, ...], rest_s: int = 600) -> Track:
    """Stretches of 4 km of level road, and rests between them in which the altitude wanders."""
    way, height = [np.arange(0, 4000.0, 8.0)], [np.zeros(500)]
    for drift_m in of_m:
        way.append(np.full(rest_s, way[-1][-1]))
        height.append(np.linspace(height[-1][-1], height[-1][-1] + drift_m, rest_s))
        way.append(way[-1][-1] + np.arange(4.0, 4000.0, 8.0))
        height.append(np.full(500, height[-1][-1]))
    along_m = np.concatenate(way)
    return north(along_m, np.arange(len(along_m), dtype=np.float64), np.concatenate(height))


def test_what_a_barometer_drifts_by_in_a_rest_is_not_climbed() -> None:
    track = rests(of_m=(8.0, -8.0))
    along_m = (track.latitude - track.latitude[0]) * METRES_PER_DEGREE
    blind = build_profile(track, along_m)
    assert blind is not None
    assert blind.gain_m > 6
    profile = profile_of(track)
    assert profile.gain_m < 1
    assert profile.gain_m == pytest.approx(profile.loss_m)


def test_the_first_and_the_last_altitude_stay_those_that_were_recorded() -> None:
    profile = profile_of(rests(of_m=(8.0,)))
    assert profile.gain_m - profile.loss_m == pytest.approx(8.0)


@pytest.mark.parametrize("metres_a_second", [0.22, 0.26])
def test_who_pushes_his_bicycle_up_a_wall_climbs(metres_a_second: float) -> None:
    time_s = np.arange(0, 1800.0)
    way_m = metres_a_second * time_s
    track = north(way_m, time_s, 0.3 * way_m)
    motion = measure_motion(track, way_m)
    assert motion is not None
    assert not motion.moving.any()
    profile = build_profile(track, way_m, motion.moving)
    assert profile is not None
    assert profile.gain_m == pytest.approx(0.3 * way_m[-1], rel=1e-3)


def test_noise_that_a_receiver_smooths_makes_no_walls_of_rests() -> None:
    gains = [
        profile_of(record(flat(20), seed=seed, noise="smoothed_gps", stops=3).track()).gain_m
        for seed in range(8)
    ]
    assert np.mean(gains) < 20


def halted(change_m: float, off_m: float) -> tuple[FloatArray, FloatArray, BoolArray]:
    """An hour of level road with a halt of 200 s in its middle: altitudes, times, legs of the halt.

    In the halt the altitude changes by `change_m`, and leaves the straight line by `off_m` in turn
    to both sides.
    """
    time_s = np.arange(3601.0)
    halt = np.arange(1700, 1901)
    elevation = np.where(time_s < 1800, 0.0, change_m)
    elevation[halt] = np.linspace(0, change_m, len(halt)) + off_m * (-1.0) ** halt
    elevation[halt[[0, -1]]] = 0, change_m
    halts = np.zeros(3600, dtype=np.bool_)
    halts[1700:1900] = True
    return elevation, time_s, halts


def test_noise_of_a_halt_is_forgotten_on_both_sides_of_it() -> None:
    elevation, time_s, halts = halted(4.0, 3.0)
    settled = without_halts(elevation, time_s, halts)
    assert settled[:1500] == pytest.approx(0)
    assert settled[2100:] == pytest.approx(4)
    assert np.diff(settled)[halts] == pytest.approx(0)
    assert np.diff(settled)[~halts].max() < 0.011
    assert settled[1600] == pytest.approx(1)
    assert settled[1800] == pytest.approx(2)
    assert settled[2000] == pytest.approx(3)


def test_what_is_more_than_the_noise_of_a_halt_is_a_drift_that_stays() -> None:
    elevation, time_s, halts = halted(8.0, 0.0)
    assert without_halts(elevation, time_s, halts) == pytest.approx(0)
    elevation, time_s, halts = halted(8.0, 1.0)
    assert without_halts(elevation, time_s, halts)[2100:] == pytest.approx(2, rel=0.02)


def test_halts_without_times_around_them_are_left_out_too() -> None:
    elevation, time_s, halts = halted(4.0, 3.0)
    some = time_s.copy()
    some[[5, 3000]] = np.nan
    settled = without_halts(elevation, some, halts)
    assert settled == pytest.approx(without_halts(elevation, time_s, halts))


def test_a_halt_may_have_altitudes_of_one_instant_only() -> None:
    elevation, time_s = np.array([0.0, 0, 5, 5]), np.array([0.0, 10, 10, 20])
    settled = without_halts(elevation, time_s, np.array([False, True, False]))
    assert np.ptp(settled) < 0.5


def test_satellite_noise_climbs_no_flat_road_with_rests() -> None:
    rides = (
        record(flat(20), seed=seed, noise="gps", correlation_time_s=20.0, stops=3)
        for seed in range(12)
    )
    assert np.mean([profile_of(ride.track()).gain_m for ride in rides]) < 3.5


def test_a_receiver_that_keeps_its_position_for_a_while_loses_no_climb() -> None:
    time_s = np.arange(0, 2000.0)
    way_m = 4 * time_s
    kept_m = np.where(time_s % 600 < 120, 4 * (time_s - time_s % 600), way_m)
    profile = profile_of(north(kept_m, time_s, 0.06 * way_m))
    assert profile.gain_m == pytest.approx(0.06 * way_m[-1], rel=0.01)


def test_only_the_legs_of_a_halt_stand_still() -> None:
    way_m = np.array([0.0, 10, 20, 20, 21, 20, 30, 40])
    time_s = np.array([0.0, 2, 4, 24, 44, 74, 76, 78])
    legs = standing_legs(north(way_m, time_s), ROAD_M[: len(way_m)], still(8, moving=(1, 2, 6, 7)))
    assert legs.tolist() == [False, False, True, True, True, False, False]


@pytest.mark.parametrize(
    ("away_m", "seconds", "stands"),
    [
        (0, 59, False),
        (0, 61, True),
        (14, 400, True),
        (16, 400, False),
        (4.5, 100, True),
        (5.5, 100, False),
    ],
)
def test_a_halt_is_long_and_in_one_place(away_m: float, seconds: float, stands: bool) -> None:
    way_m = np.array([0.0, 100, 100 + away_m, 100, 200])
    time_s = np.array([0.0, 20, 20 + seconds / 2, 20 + seconds, 40 + seconds])
    legs = standing_legs(north(way_m, time_s), ROAD_M[: len(way_m)], still(5, moving=(1, 4)))
    assert legs.tolist() == [False, stands, stands, False]


@pytest.mark.parametrize(("leap_m", "stands"), [(95.0, True), (105.0, False)])
def test_a_position_that_is_kept_and_then_leaps_is_no_halt(leap_m: float, stands: bool) -> None:
    way_m = np.array([0.0, 20, 20, 20, 20 + leap_m])
    time_s = np.array([0.0, 10, 50, 100, 110])
    legs = standing_legs(north(way_m, time_s), ROAD_M[:5], still(5, moving=(1, 4)))
    assert legs.tolist() == [False, stands, stands, False]


@pytest.mark.parametrize(
    ("halts_m", "ride_m", "stands"),
    [(290.0, 1e4, True), (310.0, 1e4, False), (490.0, 1e5, True), (510.0, 1e5, False)],
)
def test_halts_that_are_part_of_the_road_are_none(
    halts_m: float, ride_m: float, stands: bool
) -> None:
    distance_m = np.array([0.0, 100, 100 + halts_m / 2, 100 + halts_m, ride_m])
    way_m, time_s = np.array([0.0, 100, 100, 100, 900]), np.array([0.0, 20, 1000, 2000, 3000])
    legs = standing_legs(north(way_m, time_s), distance_m, still(5, moving=(1, 4)))
    assert legs.tolist() == [False, stands, stands, False]


def test_nobody_stands_still_between_two_segments_or_without_a_time() -> None:
    way_m, time_s = np.zeros(4), np.array([0.0, 100, 200, 300])
    track = north(way_m, time_s)
    apart = replace(track, segment=np.array([0, 0, 1, 1]))
    assert standing_legs(apart, ROAD_M[:4], still(4)).tolist() == [True, False, True]
    untimed = replace(track, time_s=np.array([0.0, 100, np.nan, 300]))
    assert standing_legs(untimed, ROAD_M[:4], still(4)).tolist() == [True, False, False]


def test_a_halt_at_a_border_of_segments_does_not_look_beyond() -> None:
    way_m = np.array([0.0, 0.0, 900.0, 900.0])
    track = replace(north(way_m, np.array([0.0, 100, 101, 201])), segment=np.array([0, 0, 1, 1]))
    assert standing_legs(track, ROAD_M[:4], still(4)).tolist() == [True, False, True]


def test_a_rest_is_found_where_some_of_its_points_have_no_altitude() -> None:
    track = rests(of_m=(8.0, -8.0))
    elevation = track.elevation.copy()
    elevation[::3] = np.nan
    assert profile_of(replace(track, elevation=elevation)).gain_m < 1


def test_a_night_in_which_positions_wander_makes_no_hills_of_noise() -> None:
    way_m = np.concatenate(
        [np.arange(0, 10e3, 6), np.full(4 * 3600, 10e3), np.arange(10e3, 2e4, 6)]
    )
    count, rng = len(way_m), np.random.default_rng(1)
    track = north(
        way_m + correlated(count, 1.0, 60.0, rng),
        np.arange(count, dtype=np.float64),
        100 + correlated(count, 3.0, 60.0, rng),
    )
    distance_m = cumulative_distance_m(track.latitude, track.longitude, track.segments)
    blind = build_profile(track, distance_m)
    assert blind is not None
    assert profile_of(track).gain_m < blind.gain_m + 5
