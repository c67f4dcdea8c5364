"""A reason is named where what is known of the recording explains about the difference."""

import json
from dataclasses import replace

import numpy as np
import pytest

from src.gpx import analyse
from src.gpx.earth.geodesy import cumulative_distance_m
from src.gpx.model import DeviceTotals, Difference
from src.gpx.statistics.device import Evidence, Reason, device_differences
from tests.support.rides import Ride, record, rolling
from tests.support.tcx_text import ride_as_tcx

OURS: dict[str, float | None] = {
    "distance_km": 50.0,
    "elevation_gain": 800.0,
    "elevation_loss": 790.0,
    "total_time_minutes": 150.0,
    "moving_time_minutes": 120.0,
    "avg_speed_kmh": 25.0,
    "max_speed_kmh": 50.0,
}
SPARSE = Evidence(step_s=5)


@pytest.mark.parametrize(
    ("totals", "evidence", "reason"),
    [
        (DeviceTotals(distance_km=52), Evidence(gap_km=2.2), Reason.GAPS),
        (DeviceTotals(distance_km=52), Evidence(gap_km=20), Reason.UNKNOWN),
        (DeviceTotals(distance_km=48), Evidence(gap_km=2.2), Reason.UNKNOWN),
        (DeviceTotals(distance_km=52), Evidence(dropped=0.05), Reason.POINTS_DROPPED),
        (DeviceTotals(distance_km=52), Evidence(dropped=0.001), Reason.UNKNOWN),
        (DeviceTotals(distance_km=48), Evidence(rest_km=1.5), Reason.REST),
        (DeviceTotals(distance_km=52), Evidence(rest_km=1.5), Reason.UNKNOWN),
        (DeviceTotals(distance_km=52), SPARSE, Reason.SPARSE_POINTS),
        (DeviceTotals(distance_km=48), SPARSE, Reason.UNKNOWN),
        (DeviceTotals(distance_km=48), Evidence(has_wheel_sensor=True), Reason.WHEEL_SENSOR),
        (DeviceTotals(elevation_gain_m=900), Evidence(gap_rise_m=120), Reason.GAPS),
        (DeviceTotals(elevation_gain_m=900), SPARSE, Reason.SPARSE_POINTS),
        (DeviceTotals(elevation_gain_m=900), Evidence(), Reason.SMOOTHING),
        (DeviceTotals(elevation_loss_m=700), Evidence(), Reason.SMOOTHING),
        (DeviceTotals(elapsed_time_minutes=120), Evidence(gap_minutes=31), Reason.GAPS),
        (DeviceTotals(elapsed_time_minutes=180), SPARSE, Reason.UNKNOWN),
        (DeviceTotals(timer_time_minutes=148), Evidence(rest_minutes=28), Reason.REST),
        (DeviceTotals(timer_time_minutes=148), Evidence(gap_minutes=28), Reason.GAPS),
        (DeviceTotals(max_speed_kmh=61), Evidence(), Reason.SMOOTHING),
        (DeviceTotals(max_speed_kmh=61), SPARSE, Reason.SPARSE_POINTS),
        (DeviceTotals(avg_speed_kmh=22), Evidence(), Reason.UNKNOWN),
    ],
)
def test_the_likeliest_reason(totals: DeviceTotals, evidence: Evidence, reason: Reason) -> None:
    [found] = device_differences(totals, OURS, evidence)
    assert found.reason == reason


def test_the_average_differs_for_what_makes_it_differ() -> None:
    totals = DeviceTotals(distance_km=51, timer_time_minutes=148, avg_speed_kmh=20.7)
    found = device_differences(totals, OURS, Evidence(gap_km=1, rest_minutes=28))
    assert [(each.number, each.reason) for each in found] == [
        ("distance_km", "gaps"),
        ("moving_time_minutes", "rest"),
        ("avg_speed_kmh", "rest"),
    ]


@pytest.mark.parametrize(
    "totals",
    [
        DeviceTotals(),
        DeviceTotals(distance_km=50.4, elevation_gain_m=807, timer_time_minutes=121),
        DeviceTotals(avg_heart_rate_bpm=140, max_power_w=900),
    ],
)
def test_what_nobody_would_notice_is_no_difference(totals: DeviceTotals) -> None:
    assert device_differences(totals, OURS, Evidence()) == ()


def test_what_either_side_lacks_is_no_difference() -> None:
    everything = DeviceTotals(1, 1, 1, 1, 1, 1, 1)
    assert device_differences(everything, dict.fromkeys(OURS), Evidence()) == ()
    assert len(device_differences(everything, OURS, Evidence())) == len(OURS)


def with_totals(ride: Ride, *, wheel: float = 1.0, minutes: float | None = None) -> bytes:
    """The ride as a device writes it whose way is `wheel` times as long."""
    device_m = wheel * cumulative_distance_m(ride.latitude, ride.longitude, ride.track().segments)
    totals = f"<DistanceMeters>{device_m[-1]}</DistanceMeters>"
    if minutes is not None:
        totals += f"<TotalTimeSeconds>{60 * minutes}</TotalTimeSeconds>"
    return ride_as_tcx(ride, distance_m=device_m, totals=totals)


def differences(data: bytes) -> dict[str, Difference]:
    return {each.number: each for each in analyse(data).device_differences}


RIDE = record(rolling(20, seed=4), seed=4, stops=3)


def test_a_wheel_of_another_size_is_told_by_the_recording() -> None:
    assert differences(with_totals(RIDE, wheel=1.03))["distance_km"].reason == "wheel_sensor"
    assert "distance_km" not in differences(with_totals(RIDE))


def test_a_timer_that_runs_at_rest_is_told_by_the_recording() -> None:
    minutes = float(RIDE.time_s[-1] - RIDE.time_s[0]) / 60
    assert differences(with_totals(RIDE, minutes=minutes))["moving_time_minutes"].reason == "rest"


def test_a_way_between_segments_is_told_by_the_recording() -> None:
    ride = record(rolling(20, seed=4), seed=4, segments=2)
    metres = analyse(ride.gpx()).distance_km * 1000 + 20_000
    totals = f"<DistanceMeters>{metres}</DistanceMeters>"
    assert differences(ride_as_tcx(ride, totals=totals))["distance_km"].reason == "gaps"


def test_missing_positions_are_told_by_the_recording() -> None:
    latitude = RIDE.latitude.copy()
    latitude[500:900] = np.nan
    indoors = replace(RIDE, latitude=latitude)
    metres = 1.05 * analyse(ride_as_tcx(indoors)).distance_km * 1000
    totals = f"<DistanceMeters>{metres}</DistanceMeters>"
    found = differences(ride_as_tcx(indoors, totals=totals))
    assert found["distance_km"].reason == "points_dropped"


@pytest.mark.parametrize("metres", ["0", "1e8", "5e-324"])
def test_no_total_is_too_strange(metres: str) -> None:
    totals = (
        f"<DistanceMeters>{metres}</DistanceMeters><TotalTimeSeconds>{metres}</TotalTimeSeconds>"
    )
    device_m = np.full(len(RIDE), float(metres))
    analysis = analyse(ride_as_tcx(RIDE, totals=totals, distance_m=device_m))
    json.dumps(analysis.summary(), allow_nan=False)
