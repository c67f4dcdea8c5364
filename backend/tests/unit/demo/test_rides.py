"""The demo's rides, as the engine reads them: what somebody could have ridden."""

import hashlib
from functools import cache

import numpy as np
import pytest

from src.demo.rides import DEMO_RIDES, DemoRide
from src.gpx import Analysis, analyse
from src.services.trips.editing import MIN_PUBLISHED_DESCRIPTION

MOUNTAIN, HILLS, FERRY = DEMO_RIDES


@cache
def analysed(ride: DemoRide) -> Analysis:
    return analyse(ride.gpx())


@pytest.mark.parametrize("ride", DEMO_RIDES, ids=lambda ride: ride.title)
def test_a_ride_is_the_same_each_time_and_nothing_in_it_needs_mending(ride: DemoRide) -> None:
    digests = {hashlib.sha256(ride.gpx()).hexdigest() for _ in range(2)}
    assert len(digests) == 1
    analysis = analysed(ride)
    assert analysis.warnings == ()
    assert analysis.name == ride.title
    assert len(ride.description) > MIN_PUBLISHED_DESCRIPTION
    assert analysis.start_time_s is not None
    assert np.datetime64(int(analysis.start_time_s), "s").astype("datetime64[D]") == (
        np.datetime64(ride.start_date)
    )


@pytest.mark.parametrize(
    ("ride", "distance_km", "gain_m", "speed_kmh", "steepest"),
    [
        (MOUNTAIN, (40, 43), (1000, 1150), (19, 25), (8, 14)),
        (HILLS, (65, 71), (800, 1150), (23, 28), (6, 13)),
        (FERRY, (45, 52), (15, 90), (18, 24), (2, 10)),
    ],
    ids=["mountain", "hills", "ferry"],
)
def test_the_numbers_are_believable(
    ride: DemoRide,
    distance_km: tuple[float, float],
    gain_m: tuple[float, float],
    speed_kmh: tuple[float, float],
    steepest: tuple[float, float],
) -> None:
    analysis = analysed(ride)
    found = (
        analysis.distance_km,
        analysis.elevation_gain,
        analysis.statistics.avg_speed_kmh,
        analysis.statistics.max_gradient,
    )
    for value, (low, high) in zip(found, (distance_km, gain_m, speed_kmh, steepest), strict=True):
        assert value is not None
        assert low <= value <= high


def test_the_pass_is_one_long_climb() -> None:
    (climb,) = analysed(MOUNTAIN).statistics.top_climbs
    assert climb.category in {"1", "HC"}
    assert 12 < climb.distance_km < 13.5


def test_the_hills_have_every_sensor_within_what_a_body_gives() -> None:
    sensors = analysed(HILLS).statistics.sensors
    assert set(sensors) == {"heart_rate_bpm", "cadence_rpm", "power_w", "temperature_c"}
    assert 120 < sensors["heart_rate_bpm"]["average"] < 155
    assert sensors["heart_rate_bpm"]["maximum"] < 190
    assert 120 < sensors["power_w"]["average"] < 200
    assert not analysed(MOUNTAIN).statistics.sensors


def test_the_ferry_is_a_gap_between_two_segments() -> None:
    track = analysed(FERRY).track
    (border,) = np.flatnonzero(np.diff(track.segment))
    assert (track.time_s[border + 1] - track.time_s[border]) / 60 == pytest.approx(34, abs=0.1)
