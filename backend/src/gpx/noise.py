"""How much of an elevation profile is noise, estimated from the profile itself.

The mean square of the second difference h(s - L) - 2 h(s) + h(s + L) grows with the lag L in a
way that tells its sources apart: not at all for white noise (rounding, a barometer's flicker);
up to a limit for errors that forget themselves after some seconds or minutes, as those of
satellite altitudes do; with L to a power between 2 and 3 for relief, rougher than graded road alone
(4) and smoother than bare terrain (about 2, a fractal surface: Mandelbrot, 1975). A non-negative
fit over a factor of 32 in L finds the amounts.

The noise is the recorder's, the same everywhere, and best heard where the road is calm: a stretch
counts the less, the higher its hills.
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from src.gpx.model import FloatArray
from src.gpx.smoothing import stretch_means

_LAGS = (2, 4, 8, 16, 32, 64)
_HILLS_LAG = 128
_MEMORIES_M = (150.0, 450.0)
_RELIEF_POWERS = (2.2, 3.0)
_STRETCH_M = 2000.0
_RESOLUTION_M2 = 1e-4

# What chance leaves of white noise raises every summit, and roads have no relief as short to lose.
_WHITE_MARGIN = 1.3

# Powers of the lag: faster than this only relief grows, slower than that only noise or whole hills.
_RELIEF_GROWTH = 1.5
_NOISE_GROWTH = 1.0

_FREQUENCIES = 1 << 12
_TIE = 1e-9


@dataclass(frozen=True, slots=True)
class Noise:
    """Variances in m2 of white noise, of `brief` and of `lasting` noise (autocorrelations
    exp(-s / 150 m) and exp(-s / 450 m)).
    """

    white: float
    brief: float
    lasting: float

    def spectrum(self, cell_m: float, spacing_m: float) -> FloatArray:
        """Its power in a profile given every `cell_m`, recorded about every `spacing_m` metres.

        The frequencies are equally spaced from 0; the mean over them is the variance in m2.
        """
        # White noise lasts half way to the next recorded value: between them is interpolation.
        white_m = max(cell_m, spacing_m) / 2
        sources = zip(
            (_WHITE_MARGIN * self.white, self.brief, self.lasting),
            (white_m, *_MEMORIES_M),
            strict=True,
        )
        power = np.zeros(_FREQUENCIES)
        for variance, memory_m in sources:
            if variance:
                power += variance * _forgetful(cell_m, memory_m)
        return power


def estimate_noise(elevation: FloatArray, cell_m: float, spacing_m: float) -> Noise:
    """The noise of a profile given every `cell_m`, recorded about every `spacing_m` metres.

    Profiles too short for three lags of at least the spacing are taken as they are.
    """
    first = max(1, round(spacing_m / cell_m))
    lags = [lag * first for lag in _LAGS if 4 * lag * first < len(elevation)]
    if len(lags) < 3:
        return Noise(0.0, 0.0, 0.0)
    stretches = max(1, round(len(elevation) * cell_m / _STRETCH_M))
    bends = np.array([_mean_square_bends(elevation, lag, stretches) for lag in lags])
    # Hills are judged at a longer lag than the noise: calm by chance is not calm by nature.
    hills = _mean_square_bends(elevation, min(_HILLS_LAG * first, len(elevation) // 4), stretches)
    calm = 1 / (hills + np.median(hills) + _RESOLUTION_M2)
    squares = bends @ calm / calm.sum() + _RESOLUTION_M2
    squares = squares[: _whole_hills(squares)]
    shapes = _shapes(np.array(lags[: len(squares)]) * cell_m) / squares[:, np.newaxis]
    *_, white, brief, lasting = _non_negative_fit(shapes).tolist()
    return Noise(white, brief, lasting)


def _forgetful(cell_m: float, memory_m: float) -> FloatArray:
    """The spectrum of unit noise with autocorrelation exp(-s / memory_m)."""
    memory = np.exp(-cell_m / memory_m)
    turn = np.arange(_FREQUENCIES) * (2 * np.pi / _FREQUENCIES)
    power: FloatArray = (1 - memory**2) / (1 - 2 * memory * np.cos(turn) + memory**2)
    return power


def _shapes(lag_m: FloatArray) -> FloatArray:
    """Mean square second differences of unit amounts of each source, shape (lags, sources)."""
    memories = [np.exp(-lag_m / memory_m) for memory_m in _MEMORIES_M]
    return np.stack(
        [
            *(lag_m**power for power in _RELIEF_POWERS),
            np.full_like(lag_m, 6.0),
            *(6 - 8 * memory + 2 * memory**2 for memory in memories),
        ],
        axis=1,
    )


def _mean_square_bends(elevation: FloatArray, lag: int, stretches: int) -> FloatArray:
    bend = elevation[2 * lag :] + elevation[: -2 * lag]
    bend -= 2 * elevation[lag:-lag]
    bend *= bend
    means, _ = stretch_means(bend, stretches)
    return means


def _whole_hills(squares: FloatArray) -> int:
    """How many of the lags come before the one that spans whole hills.

    There the bends stop growing, as those of noise do; but only relief grows so fast before.
    """
    growth = np.diff(np.log2(squares))
    stops = np.maximum.accumulate(growth) > _RELIEF_GROWTH
    stops &= growth < _NOISE_GROWTH
    return int(np.argmax(stops)) + 1 if stops.any() else len(squares)


def _non_negative_fit(shapes: FloatArray) -> FloatArray:
    """Coefficients >= 0 that bring the weighted sum of the columns closest to ones.

    Among equally good sums the one of fewer columns, and of earlier ones: in doubt it is relief.
    """
    ones = np.ones(len(shapes))
    best, best_error = np.zeros(shapes.shape[1]), np.inf
    for size in range(1, min(shapes.shape) + 1):
        for columns in combinations(range(shapes.shape[1]), size):
            part = shapes[:, columns]
            amounts = np.linalg.lstsq(part, ones)[0]
            error = float(np.sum((part @ amounts - ones) ** 2))
            if amounts.min() >= 0 and error < best_error - _TIE:
                best, best_error = np.zeros(shapes.shape[1]), error
                best[list(columns)] = amounts
    return best
