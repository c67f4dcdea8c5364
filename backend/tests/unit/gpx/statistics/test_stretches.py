"""A stretch of a ride says what the ride says of it, however the ride is cut."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from src.gpx import Analysis, analyse
from src.gpx.errors import GpxError
from src.gpx.statistics.stretches import Stretch, measure_stretch
from tests.support.rides import Ride, build_gpx, detailed_ride, flat, passes, record
from tests.unit.gpx.test_properties import odd_rides, plans, rides, wild_files

SOME = settings(max_examples=25, deadline=None)
MANY = settings(max_examples=100, deadline=None)
ADDED = (
    "distance_km",
    "elevation_gain",
    "elevation_loss",
    "total_time_minutes",
    "moving_time_minutes",
)
SAME = (*ADDED, "avg_gradient", "max_gradient", "avg_speed_kmh", "max_speed_kmh")


def whole(analysis: Analysis) -> Stretch:
    return measure_stretch(analysis.columns, 0.0, analysis.distance_km)


def own_number(analysis: Analysis, name: str) -> Any:
    return getattr(analysis if hasattr(analysis, name) else analysis.statistics, name)


def assert_is_the_ride(analysis: Analysis) -> None:
    stretch = whole(analysis)
    for name in SAME:
        expected, found = own_number(analysis, name), getattr(stretch, name)
        if expected is None:
            assert found is None, name
        else:
            assert found == pytest.approx(expected, rel=1e-9, abs=1e-6), name


def assert_adds_up(analysis: Analysis, cut: float) -> None:
    assume(analysis.distance_km > 0)
    cut_km = cut * analysis.distance_km
    first = measure_stretch(analysis.columns, 0.0, cut_km)
    second = measure_stretch(analysis.columns, cut_km, analysis.distance_km)
    for name in ADDED:
        parts = [getattr(part, name) for part in (first, second, whole(analysis))]
        if parts[2] is not None:
            assert parts[0] + parts[1] == pytest.approx(parts[2], rel=1e-9, abs=1e-6), name


@SOME
@given(rides)
def test_the_whole_ride_as_a_stretch_gives_the_rides_own_numbers(ride: Ride) -> None:
    assert_is_the_ride(analyse(ride.gpx()))


@SOME
@given(rides, st.floats(0, 1))
def test_two_neighbours_add_up_to_their_union(ride: Ride, cut: float) -> None:
    assert_adds_up(analyse(ride.gpx()), cut)


@SOME
@given(plans() | odd_rides(), st.floats(0, 1))
def test_planned_routes_are_told_in_the_same_way(plan: bytes, cut: float) -> None:
    analysis = analyse(plan)
    assert_is_the_ride(analysis)
    assert_adds_up(analysis, cut)


@MANY
@given(wild_files | odd_rides(), st.floats(0, 1), st.floats(0, 1))
def test_no_file_makes_a_stretch_absurd(data: bytes, start: float, end: float) -> None:
    try:
        analysis = analyse(data)
    except GpxError:
        return
    stretch = measure_stretch(
        analysis.columns, start * analysis.distance_km, end * analysis.distance_km
    )
    numbers = [getattr(stretch, name) for name in SAME]
    assert all(number is None or math.isfinite(number) for number in numbers)
    assert 0 <= stretch.distance_km <= analysis.distance_km
    assert (stretch.elevation_gain or 0) >= 0


def test_a_stretch_outside_of_the_ride_is_cut_to_it() -> None:
    analysis = analyse(detailed_ride())
    stretch = measure_stretch(analysis.columns, -5.0, 1e6)
    assert (stretch.from_km, stretch.to_km) == (0.0, analysis.distance_km)
    beyond = measure_stretch(analysis.columns, 1e6, 2e6)
    assert beyond.distance_km == 0.0


def test_a_climb_is_told_as_it_was_built() -> None:
    pass_ride = record(passes(20.0, [(5.0, 8.0, 6.0)]), seed=3, noise="barometric")
    analysis = analyse(pass_ride.gpx())
    (climb,) = analysis.statistics.top_climbs
    stretch = measure_stretch(analysis.columns, climb.start_km, climb.end_km)
    assert stretch.elevation_gain == pytest.approx(climb.elevation_gain_m, rel=0.02)
    assert stretch.avg_gradient == pytest.approx(climb.avg_gradient, abs=0.5)


def test_a_halt_belongs_to_the_stretch_that_begins_with_it() -> None:
    halted = record(flat(10.0), seed=1, stops=1, position_noise_m=0.0)
    analysis = analyse(halted.gpx())
    distance_m = analysis.columns.distance_m
    still = np.flatnonzero(np.diff(distance_m) == 0)
    at_km = float(distance_m[still[len(still) // 2]]) / 1000
    before = measure_stretch(analysis.columns, 0.0, at_km)
    after = measure_stretch(analysis.columns, at_km, analysis.distance_km)
    assert before.total_time_minutes == pytest.approx(before.moving_time_minutes, abs=0.35)
    assert after.total_time_minutes > (after.moving_time_minutes or 0) + 0.5  # type: ignore[operator]


def test_sensors_are_those_of_the_stretch() -> None:
    analysis = analyse(build_gpx(points=500, sensors=True))
    columns = analysis.columns
    half_km = analysis.distance_km / 2
    stretch = measure_stretch(columns, 0.0, half_km)
    inside = columns.distance_m <= 1000 * half_km
    heart = columns.sensors["heart_rate_bpm"][inside]
    assert stretch.sensors["heart_rate_bpm"]["average"] == pytest.approx(float(heart.mean()))


def test_without_times_there_are_climbs_and_no_speeds() -> None:
    analysis = analyse(build_gpx(points=400, timestamps=False))
    stretch = whole(analysis)
    assert stretch.elevation_gain == pytest.approx(analysis.elevation_gain)
    assert stretch.avg_speed_kmh is stretch.max_speed_kmh is stretch.total_time_minutes is None
