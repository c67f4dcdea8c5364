import numpy as np
import pytest

from src.gpx.statistics.sensors import sensor_statistics


def test_statistics_are_over_the_points_that_have_a_value() -> None:
    statistics = sensor_statistics({"heart_rate_bpm": np.array([110, np.nan, 120, 160, np.nan])})

    assert statistics == {
        "heart_rate_bpm": {"minimum": 110, "average": pytest.approx(130), "maximum": 160}
    }


def test_coasting_and_frost_are_values() -> None:
    statistics = sensor_statistics(
        {"power_w": np.array([0.0, 0.0, 300.0]), "temperature_c": np.array([-6.0, 0.0, np.nan])}
    )

    assert statistics["power_w"] == {"minimum": 0, "average": 100, "maximum": 300}
    assert statistics["temperature_c"] == {"minimum": -6, "average": -3, "maximum": 0}


def test_a_sensor_without_any_value_is_left_out() -> None:
    assert sensor_statistics({"cadence_rpm": np.full(3, np.nan)}) == {}
