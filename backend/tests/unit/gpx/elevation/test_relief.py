from dataclasses import replace

import numpy as np
import pytest

from src.gpx.elevation.evidence import NoiseBounds
from src.gpx.elevation.noise import (
    CORRELATION_TIMES_S,
    QUIET,
    QUIET_M,
    correlated_spectra,
    white_spectrum,
)
from src.gpx.elevation.relief import Separation, separate
from src.gpx.elevation.separation import OCTAVES, decompose, stretch_powers
from src.gpx.model import FloatArray
from tests.unit.gpx.elevation.test_evidence import fractal
from tests.unit.gpx.elevation.test_separation import wandering

CELL_M = 5.0
STRETCHES, STRETCH_CELLS = 60, 200
ALONG_M: FloatArray = np.arange(STRETCH_CELLS * STRETCHES, dtype=np.float64) * CELL_M


def separated(
    elevation: FloatArray,
    *,
    speed_m_s: float = 10.0,
    white_m2: float = 0.0,
    bounds: NoiseBounds | None = None,
) -> Separation:
    """Of a profile with one recorded value in each cell of five metres."""
    details, _ = decompose(elevation)
    octaves, stretches = len(details), len(elevation) // STRETCH_CELLS
    speeds = np.full(stretches, speed_m_s)
    return separate(
        stretch_powers(details, stretches),
        white_m2
        * white_spectrum(CELL_M, CELL_M, np.ones(len(elevation), dtype=np.int64))[:octaves],
        correlated_spectra(speeds, CELL_M, CELL_M)[..., :octaves],
        STRETCH_CELLS,
        1.0,
        NoiseBounds.unknown() if bounds is None else bounds,
    )


def hills(height_m: float) -> FloatArray:
    """Waves of 0.8 to 6 km, the longer the higher."""
    waves_m = np.geomspace(800, 6000, 9)
    heights = height_m * (waves_m / 6000) ** 1.3
    phases = 2 * np.pi * ALONG_M / waves_m[:, np.newaxis] + np.arange(9.0)[:, np.newaxis]
    return heights @ np.sin(phases)


def rate(separation: Separation) -> float:
    """How fast the noise wanders, in m2/s: what tells is the part that is faster than hills."""
    return float((separation.correlated_m2 / CORRELATION_TIMES_S).sum())


@pytest.mark.parametrize("speed_m_s", [6.0, 15.0])
@pytest.mark.parametrize("correlation_time_s", [15.0, 60.0])
def test_noise_is_heard_in_seconds_whatever_the_speed(
    speed_m_s: float, correlation_time_s: float
) -> None:
    altitude = 3 * wandering(
        len(ALONG_M), correlation_length=correlation_time_s * speed_m_s / CELL_M
    )

    separation = separated(altitude, speed_m_s=speed_m_s)

    assert rate(separation) == pytest.approx(9 / correlation_time_s, rel=0.15)


@pytest.mark.parametrize("height_m", [15.0, 30.0])
def test_noise_is_heard_beside_hills(height_m: float) -> None:
    noise = 3 * wandering(len(ALONG_M), correlation_length=120)

    found = separated(hills(height_m) + noise).noise_m2[:, 2:4].mean(axis=0).sum()

    finest, _ = decompose(noise)
    assert found == pytest.approx(sum(np.mean(detail**2) for detail in finest[2:4]), rel=0.15)


def test_relief_without_noise_is_hardly_taken_for_noise() -> None:
    relief = hills(30)
    details, _ = decompose(relief)

    separation = separated(relief)

    there = sum(np.mean(detail**2) for detail in details[2:6])
    assert separation.noise_m2[:, 2:6].sum(axis=1).max() < 0.01 * there
    assert separation.relief_gain[:, 5:].min() > 0.99


@pytest.mark.parametrize("foreseen", [0.8, 1.0, 1.25])
def test_white_noise_is_mended_where_it_was_foreseen_a_little_wrong(foreseen: float) -> None:
    altitude = np.random.default_rng(1).normal(0, 1, len(ALONG_M))

    separation = separated(altitude, white_m2=foreseen)

    assert foreseen * separation.white == pytest.approx(1, rel=0.12)
    assert separation.relief_gain.max() < 0.25


@pytest.mark.parametrize(("stretches", "least", "most"), [(5, 1.6, 2.4), (60, 1.0, 1.35)])
def test_what_was_foreseen_of_white_noise_counts_the_more_the_less_is_heard(
    stretches: int, least: float, most: float
) -> None:
    altitude = np.random.default_rng(1).normal(0, 1, stretches * STRETCH_CELLS)

    # Four times what there is.
    assert least < 4.0 * separated(altitude, white_m2=4.0).white < most


@pytest.mark.parametrize("seed", range(5))
def test_nothing_of_a_flat_road_is_relief(seed: int) -> None:
    altitude = 3 * wandering(len(ALONG_M) + 1000 * seed, correlation_length=80)[-len(ALONG_M) :]

    assert separated(altitude).relief_gain.mean() < 0.1


def test_flat_road_beside_hills_is_flat() -> None:
    relief = hills(60)
    relief[: len(relief) // 2] = relief[len(relief) // 2]
    altitude = relief + 3 * wandering(len(ALONG_M), correlation_length=120)

    shares = separated(altitude).relief_gain[:, 3:7]

    # Beside the border the longer octaves reach across it.
    assert shares[:25].mean() < 0.1
    assert shares[35:].mean() > 0.7


@pytest.mark.parametrize("seed", range(4))
def test_straight_road_near_the_foot_of_a_pass_is_straight(seed: int) -> None:
    relief = np.interp(ALONG_M, [10_000, 20_000, 30_000], [0, 700, 0])
    altitude = (
        relief + 3 * wandering(len(ALONG_M) + 1000 * seed, correlation_length=120)[-len(ALONG_M) :]
    )

    shares = separated(altitude).relief_gain

    # From 2 km before the foot, and on the slope, only octaves as long as that see the bend.
    assert shares[6:8, 4:6].mean() < 0.15
    assert shares[13:17, 4:6].mean() < 0.15


def test_the_posterior_mean_gain_is_the_more_careful_one() -> None:
    separation = separated(hills(15) + 3 * wandering(len(ALONG_M), correlation_length=120))

    assert (separation.posterior_mean_gain <= separation.relief_gain + 1e-12).all()
    assert (separation.relief_gain <= 1).all()
    assert (separation.posterior_mean_gain >= 0).all()


def test_the_relief_keeps_its_power() -> None:
    relief = hills(20)
    altitude = relief + 3 * wandering(len(ALONG_M), correlation_length=120)
    true, _ = decompose(relief)
    found, _ = decompose(altitude)

    separation = separated(altitude)

    kept = stretch_powers(found, STRETCHES) * separation.relief_gain**2
    wanted = stretch_powers(true, STRETCHES)
    assert kept[:, 5:].sum() == pytest.approx(wanted[:, 5:].sum(), rel=0.1)


def test_what_looks_clean_is_believed() -> None:
    relief = 10 * fractal(ALONG_M)

    separation = separated(relief)

    details, _ = decompose(relief)
    there = sum(np.mean(detail**2) for detail in details[2:5])
    assert separation.noise_m2[:, 2:5].sum(axis=1).max() < 0.02 * there


def test_noise_is_no_more_than_it_can_be() -> None:
    bounds = replace(NoiseBounds.unknown(), at_most_m2=np.full(len(CORRELATION_TIMES_S), 0.25))

    separation = separated(3 * wandering(len(ALONG_M), correlation_length=120), bounds=bounds)

    assert separation.correlated_m2.sum() <= 0.25


def test_a_recorder_that_was_seen_to_be_loud_is_not_quiet() -> None:
    loud = replace(NoiseBounds.unknown(), is_loud=True)
    altitude = hills(60) + 3 * wandering(len(ALONG_M), correlation_length=120)

    assert separated(altitude).correlated_m2.sum() < 0.5
    assert separated(altitude, bounds=loud).correlated_m2.sum() > 1.0


def taken_for_noise(growth: float, cells: float) -> float:
    """What share of power that grows like this from octave to octave is taken for noise."""
    power = np.tile(growth ** (np.arange(OCTAVES) - 6.0), (32, 1))
    correlated = correlated_spectra(np.full(32, 8.0), CELL_M, CELL_M)

    separation = separate(power, np.zeros(OCTAVES), correlated, cells, 1.0, NoiseBounds.unknown())

    return float((separation.noise_m2 / power)[:, 2:7].mean())


def test_gentle_hills_are_hills_where_enough_tells_of_them() -> None:
    # Of a kilometre, and of a hundred and fifty metres, too little to tell them from flat road.
    assert taken_for_noise(2.6, 120) < 0.1
    assert taken_for_noise(2.6, 40) < 0.1
    assert taken_for_noise(2.6, 10) > 0.5


def with_nothing_told(at_most_m2: FloatArray, *, is_loud: bool) -> FloatArray:
    """How probable each process is where hardly a value tells of it, each at its most."""
    power = np.full((4, OCTAVES), 1e4)
    correlated = correlated_spectra(np.full(4, 8.0), CELL_M, CELL_M)

    separation = separate(
        power, np.zeros(OCTAVES), correlated, 0.01, 1.0, NoiseBounds(at_most_m2, is_loud)
    )

    return separation.correlated_m2 / at_most_m2


def test_unheard_receivers_mostly_forget_within_a_minute_or_so() -> None:
    times_s = np.array(CORRELATION_TIMES_S)

    probable = with_nothing_told(np.ones(len(times_s)), is_loud=True)

    assert probable.sum() == pytest.approx(1)
    assert 30 < np.exp(probable @ np.log(times_s)) < 60
    within = probable[(times_s >= 20) & (times_s <= 80)].sum()
    assert 0.7 < within < 0.9


def test_unheard_receivers_are_wrong_by_a_few_metres() -> None:
    def rarer(noise_m: float) -> float:
        """How much rarer such noise is than that of a metre."""
        loud = 3
        at_most_m2 = np.ones(len(CORRELATION_TIMES_S))
        of_a_metre = with_nothing_told(at_most_m2, is_loud=True)[loud]
        at_most_m2[loud] = noise_m**2
        more = with_nothing_told(at_most_m2, is_loud=True)[loud]
        return float(of_a_metre / more)

    assert 1 < rarer(3.0) < 3
    assert 20 < rarer(9.0) < 1000


def test_unheard_recorders_mostly_have_a_barometer() -> None:
    probable = with_nothing_told(np.full(len(CORRELATION_TIMES_S), QUIET_M**2), is_loud=False)

    assert 0.95 < probable[QUIET] < 0.999
