import numpy as np
import pytest

from src.gpx.model import FloatArray
from src.gpx.noise import Noise
from src.gpx.smoothing import octave_variances, smoothed, stretch_means

CELL_M = 10.0


def wandering(count: int, *, memory: float, seed: int = 0) -> FloatArray:
    """Noise of variance 1 that forgets itself over `memory` values."""
    steps = np.random.default_rng(seed).normal(size=count)
    kept = np.exp(-1 / memory)
    turns = np.fft.rfftfreq(count) * (2 * np.pi)
    filtered = np.fft.rfft(steps * np.sqrt(1 - kept**2)) / (1 - kept * np.exp(-1j * turns))
    return np.fft.irfft(filtered, count)


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 8, 9, 100, 1023])
def test_without_noise_nothing_changes(count: int) -> None:
    values = np.random.default_rng(count).normal(size=count).cumsum()

    assert smoothed(values, np.zeros(8)) == pytest.approx(values, abs=1e-9)


@pytest.mark.parametrize("count", [2, 5, 64, 1001])
def test_a_ramp_stays_a_ramp_whatever_the_noise(count: int) -> None:
    ramp = np.linspace(100.0, 180.0, count)

    assert smoothed(ramp, np.full(8, 1e6)) == pytest.approx(ramp, abs=1e-9)


@pytest.mark.parametrize("octave", range(8))
def test_the_spectrum_foretells_the_noise_in_each_octave(octave: int) -> None:
    noise = Noise(white=0.0, brief=0.0, lasting=1.0)
    foretold = octave_variances(noise.spectrum(CELL_M, CELL_M)) * (np.arange(8) == octave)
    values = wandering(1 << 17, memory=45.0)

    little, much, whole = (
        np.std(values - smoothed(values, share * foretold)) for share in (0.5, 2.0, 1e6)
    )

    # Of noise as strong as half of it a share of sqrt(1/2) stays.
    assert 0.2 < little / whole < 0.4
    assert much / whole > 0.95


def test_noise_alone_is_smoothed_away() -> None:
    noise = Noise(white=0.0, brief=0.0, lasting=1.0)
    values = wandering(4000, memory=45.0)

    calm = smoothed(values, 2 * octave_variances(noise.spectrum(CELL_M, CELL_M)))

    assert np.abs(np.diff(calm)).sum() < 0.1 * np.abs(np.diff(values)).sum()


def test_hills_stay_where_flat_road_beside_them_is_smoothed() -> None:
    noise = Noise(white=0.0, brief=0.0, lasting=1.0)
    hills = np.zeros(4000)
    hills[2000:] = 30 - 30 * np.cos(2 * np.pi * np.arange(2000) / 100)
    values = hills + wandering(4000, memory=45.0)

    profile = smoothed(values, octave_variances(noise.spectrum(CELL_M, CELL_M)))

    assert np.ptp(profile[2200:3800]) == pytest.approx(60, abs=4)
    assert np.abs(np.diff(profile[:1500])).sum() < 0.2 * np.abs(np.diff(values[:1500])).sum()


def test_stretches_cover_all_values() -> None:
    means, borders = stretch_means(np.arange(10.0), 3)

    assert borders.tolist() == [0, 3, 6, 10]
    assert means.tolist() == [1, 4, 7.5]
