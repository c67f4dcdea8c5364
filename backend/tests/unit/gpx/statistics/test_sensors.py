import numpy as np
import pytest

from src.gpx.model import FloatArray, Track
from src.gpx.statistics.sensors import sensor_statistics


def track(**sensors: FloatArray) -> Track:
    count = len(next(iter(sensors.values())))
    nothing = np.full(count, np.nan)
    place = np.zeros(count)
    return Track(place, place, nothing, nothing, np.zeros(count, dtype=np.int64), sensors)


def test_statistics_are_over_the_points_that_have_a_value() -> None:
    statistics = sensor_statistics(track(heart_rate_bpm=np.array([110, np.nan, 120, 160, np.nan])))

    assert statistics == {
        "heart_rate_bpm": {"minimum": 110, "average": pytest.approx(130), "maximum": 160}
    }


def test_coasting_and_frost_are_values() -> None:
    statistics = sensor_statistics(
        track(power_w=np.array([0.0, 0.0, 300.0]), temperature_c=np.array([-6.0, 0.0, np.nan]))
    )

    assert statistics["power_w"] == {"minimum": 0, "average": 100, "maximum": 300}
    assert statistics["temperature_c"] == {"minimum": -6, "average": -3, "maximum": 0}


def test_a_sensor_without_any_value_is_left_out() -> None:
    assert sensor_statistics(track(cadence_rpm=np.full(3, np.nan))) == {}
