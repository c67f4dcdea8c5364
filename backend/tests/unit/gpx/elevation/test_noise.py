import numpy as np
import pytest

from src.gpx.elevation.noise import (
    CORRELATION_TIMES_S,
    correlated_spectra,
    white_spectrum,
    white_variance,
)
from src.gpx.elevation.separation import decompose
from tests.unit.gpx.elevation.test_separation import wandering

CELL_M = 10.0


def cells(values: np.ndarray, along_m: np.ndarray) -> np.ndarray:
    """Means of values in cells of ten metres, interpolated where there is none."""
    cell = (along_m / CELL_M + 0.5).astype(int)
    count = np.bincount(cell)
    filled = np.flatnonzero(count)
    means = np.bincount(cell, weights=values)[filled] / count[filled]
    return np.interp(np.arange(len(count)), filled, means)


@pytest.mark.parametrize("speed_m_s", [3.0, 7.5, 12.0])
@pytest.mark.parametrize(("order", "which"), [(1, 2), (1, 5), (2, 7), (2, 9)])
def test_the_octaves_of_wandering_noise_are_foretold_from_speed_and_correlation_time(
    speed_m_s: float, order: int, which: int
) -> None:
    along_m = np.arange(300_000) * speed_m_s
    spectra = correlated_spectra(np.array([speed_m_s]), CELL_M, speed_m_s)

    noise = wandering(len(along_m), correlation_length=CORRELATION_TIMES_S[which], order=order)
    details, _ = decompose(cells(noise, along_m))

    found = np.array([np.mean(detail**2) for detail in details])
    # The finest octave depends on how points fall into cells.
    assert found[1:] == pytest.approx(spectra[which, 0, 1:], rel=0.12)


@pytest.mark.parametrize("spacing_m", [2.5, 7.5, 40.0])
def test_the_octaves_of_white_noise_are_foretold(spacing_m: float) -> None:
    along_m = np.arange(300_000) * spacing_m
    values = np.random.default_rng(1).normal(size=len(along_m))
    points = np.bincount((along_m / CELL_M + 0.5).astype(int))

    details, _ = decompose(cells(values, along_m))

    found = np.array([np.mean(detail**2) for detail in details])
    assert found == pytest.approx(
        white_spectrum(CELL_M, spacing_m, points[points > 0]), rel=0.15, abs=1e-4
    )


@pytest.mark.parametrize("white_m", [0.0, 0.5, 2.0])
def test_white_noise_is_told_from_wandering_and_from_hills(white_m: float) -> None:
    along_m = np.cumsum(np.random.default_rng(2).uniform(4, 9, 20_000))
    altitude = 3 * wandering(len(along_m), correlation_length=60) + 60 * np.sin(along_m / 500)
    altitude += np.random.default_rng(3).normal(0, white_m, len(along_m))

    assert white_variance(altitude, along_m) == pytest.approx(white_m**2, rel=0.1, abs=0.01)


@pytest.mark.parametrize(("values", "told"), [(4, False), (12, False), (40, True)])
def test_a_handful_of_values_has_no_white_noise_that_one_could_know(
    values: int, told: bool
) -> None:
    turns = np.resize([1.0, 5.0], values)

    assert (
        white_variance(
            turns + np.random.default_rng(1).normal(size=values), np.arange(float(values))
        )
        > 0
    ) == told
