import numpy as np
import pytest

from src.gpx.elevation.separation import (
    LAGS,
    OCTAVES,
    decompose,
    octave_variances,
    reconstruct,
    scaled,
    stretch_means,
    stretch_powers,
)
from src.gpx.model import FloatArray


def wandering(
    count: int, *, correlation_length: float, seed: int = 0, order: int = 1
) -> FloatArray:
    """Noise of variance 1 and some correlation length in values, filtered `order` times."""
    steps = np.random.default_rng(seed).normal(size=count)
    kept = np.exp(-order / correlation_length)
    turns = np.fft.fftfreq(count) * (2 * np.pi)
    response = (1 - kept * np.exp(-1j * turns)) ** -order
    response /= np.sqrt(np.mean(np.abs(response) ** 2))
    return np.fft.ifft(np.fft.fft(steps) * response).real


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 8, 9, 100, 1023])
def test_what_is_decomposed_can_be_reconstructed(count: int) -> None:
    values = np.random.default_rng(count).normal(size=count).cumsum()

    details, rest = decompose(values)

    assert reconstruct(details, rest) == pytest.approx(values, abs=1e-9)


@pytest.mark.parametrize("count", [5, 64, 1001])
def test_a_ramp_has_no_details(count: int) -> None:
    details, _ = decompose(np.linspace(100.0, 180.0, count))

    assert max(np.abs(detail).max() for detail in details) < 1e-9


@pytest.mark.parametrize("correlation_length", [0.5, 8.0, 45.0])
def test_the_autocorrelation_foretells_the_power_in_each_octave(correlation_length: float) -> None:
    foretold = octave_variances(np.exp(-np.arange(LAGS) / correlation_length))

    details, _ = decompose(wandering(1 << 19, correlation_length=correlation_length))

    found = [np.mean(detail**2) for detail in details]
    assert len(found) == OCTAVES
    assert found == pytest.approx(foretold, rel=0.08)


def test_a_stretch_has_the_power_of_its_own_waves() -> None:
    values = np.sin(np.arange(4000) * 2 * np.pi / 12)
    values[:2000] = 0

    powers = stretch_powers(decompose(values)[0], 40)

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
