import numpy as np
import pytest

from src.gpx.elevation.leg_gradients import leg_gradients
from src.gpx.elevation.separation import OCTAVES, decompose, reconstruct
from src.gpx.model import FloatArray

CELL_M = 5.0


def ramp() -> FloatArray:
    """Of 100 m at 10 %, in level road."""
    heights: FloatArray = np.interp(CELL_M * np.arange(2000.0), [5000, 5100], [0, 10])
    return heights


def left(deviation_m: float, octave: int) -> FloatArray:
    """Noise that is left in one octave of a stretch."""
    variances = np.zeros((1, OCTAVES))
    variances[0, octave] = deviation_m**2
    return variances


def noise(octave: int) -> FloatArray:
    """With a standard deviation of 1, in one octave only."""
    details, rest = decompose(np.random.default_rng(octave).normal(size=1 << 15))
    only = [detail * (number == octave) for number, detail in enumerate(details)]
    heights = reconstruct(only, 0 * rest)
    scaled: FloatArray = heights / heights.std()
    return scaled


def wrong_by_percent(octave: int) -> float:
    """How far gradients over 100 m are off where heights are by a metre."""
    return float(leg_gradients(noise(octave), CELL_M, left(0.0, octave)).std())


@pytest.mark.parametrize("octave", [3, 5])
def test_a_ramp_is_as_steep_as_it_is_where_its_gradient_is_sure(octave: int) -> None:
    a_third_of_a_percent = left(0.33 / wrong_by_percent(octave), octave)

    assert leg_gradients(ramp(), CELL_M, a_third_of_a_percent).max() == pytest.approx(10)


@pytest.mark.parametrize("octave", [3, 5])
def test_gradients_that_noise_makes_unsure_are_those_of_a_longer_window(octave: int) -> None:
    three_quarters = left(0.75 / wrong_by_percent(octave), octave)

    assert leg_gradients(ramp(), CELL_M, three_quarters).max() < 5.01


def test_no_window_is_longer_than_eight_hundred_metres() -> None:
    assert leg_gradients(ramp(), CELL_M, left(100.0, 5)).max() == pytest.approx(10 / 8)
