import numpy as np
import pytest

from src.gpx.elevation.separation import (
    LAGS,
    OCTAVES,
    octave_variances,
    put_together,
    scaled,
    stretch_means,
    stretch_powers,
    taken_apart,
)
from src.gpx.model import FloatArray


def wandering(count: int, *, memory: float, seed: int = 0, order: int = 1) -> FloatArray:
    """Noise of variance 1 that forgets itself over `memory` values, filtered `order` times."""
    steps = np.random.default_rng(seed).normal(size=count)
    kept = np.exp(-order / memory)
    turns = np.fft.fftfreq(count) * (2 * np.pi)
    response = (1 - kept * np.exp(-1j * turns)) ** -order
    response /= np.sqrt(np.mean(np.abs(response) ** 2))
    return np.fft.ifft(np.fft.fft(steps) * response).real


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 8, 9, 100, 1023])
def test_what_is_taken_apart_can_be_put_together(count: int) -> None:
    values = np.random.default_rng(count).normal(size=count).cumsum()

    details, rest = taken_apart(values)

    assert put_together(details, rest) == pytest.approx(values, abs=1e-9)


@pytest.mark.parametrize("count", [5, 64, 1001])
def test_a_ramp_has_no_details(count: int) -> None:
    details, _ = taken_apart(np.linspace(100.0, 180.0, count))

    assert max(np.abs(detail).max() for detail in details) < 1e-9


@pytest.mark.parametrize("memory", [0.5, 8.0, 45.0])
def test_the_autocorrelation_foretells_the_power_in_each_octave(memory: float) -> None:
    foretold = octave_variances(np.exp(-np.arange(LAGS) / memory))

    details, _ = taken_apart(wandering(1 << 19, memory=memory))

    found = [np.mean(detail**2) for detail in details]
    assert len(found) == OCTAVES
    assert found == pytest.approx(foretold, rel=0.08)


def test_a_stretch_has_the_power_of_its_own_waves() -> None:
    values = np.sin(np.arange(4000) * 2 * np.pi / 12)
    values[:2000] = 0

    powers = stretch_powers(taken_apart(values)[0], 40)

    assert powers.shape == (40, OCTAVES)
    assert powers[:18].max() < 1e-4
    assert powers[22:, 2].min() > 0.1


def test_factors_run_evenly_from_stretch_to_stretch() -> None:
    (detail,) = scaled([np.ones(100)], np.array([[0.0], [1.0]]))

    assert detail[:25] == pytest.approx(0)
    assert detail[50] == pytest.approx(0.5, abs=0.02)
    assert detail[75:] == pytest.approx(1)


def test_stretches_cover_all_values() -> None:
    means, borders = stretch_means(np.arange(10.0), 3)

    assert borders.tolist() == [0, 3, 6, 10]
    assert means.tolist() == [1, 4, 7.5]
