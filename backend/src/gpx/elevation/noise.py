"""What a recorder's noise looks like in the octaves of an elevation profile.

    noise(t) = white(t) + correlated(t)
    ornstein_uhlenbeck: rho(l) = exp(-l)                 l = lag / correlation time
    matern32:           rho(l) = (1 + 2 l) exp(-2 l)

A satellite altitude is wrong by an amount that the receiver forgets within seconds to minutes: a
process in time, while relief is a process in distance. Along the road its correlation length is
`correlation time * speed`: shorter uphill than down. It wanders as the process of G. E. Uhlenbeck &
L. S. Ornstein, "On the theory of the Brownian motion" (1930), whose power doubles from octave to
octave; or, from a receiver that smooths what it writes, as one of second order, damped critically
(B. Matern, "Spatial variation" (1960), order 3/2). The correlation time is the integral of rho, for
both. To that comes white noise: a barometer's jitter, and rounding.

What it cannot do: noise that a bell curve has smoothed, or that is a sum of a few sine waves, is
neither, and looks like hills.
"""

import math
from functools import lru_cache

import numpy as np

from src.gpx.elevation.separation import LAGS, octave_variances
from src.gpx.model import FloatArray, IntArray

# By factors of two: noise of a correlation time between two of them is like a mixture of both.
# The last of the first order is that of a quiet recorder: a barometer, which wanders by decimetres.
_ORNSTEIN_UHLENBECK_S = (5.0, 10.0, 20.0, 40.0, 80.0, 160.0, 40.0)
_MATERN32_S = (10.0, 20.0, 40.0, 80.0)
CORRELATION_TIMES_S = _ORNSTEIN_UHLENBECK_S + _MATERN32_S

QUIET, QUIET_M = len(_ORNSTEIN_UHLENBECK_S) - 1, 0.3
AT_MOST_M = np.where(np.arange(len(CORRELATION_TIMES_S)) == QUIET, QUIET_M, np.inf)

# Correlation lengths in cells that octave variances are worked out for: from a cell to beyond the
# longest octave, 35 % apart, between which they run evenly (within 1 %, and 12 % for `_matern32`).
_LENGTHS = np.geomspace(1.0, 2_000.0, 26)
# Windows that noise is averaged over are rounded by steps of so much, and worked out once.
_WINDOW_STEP = 1.05
# Recorders have few steps of time and spacings.
_REMEMBERED = 256
# Of fewer values the variogram is chance.
_NUGGET_LEAST = 16


def white_variance(elevation: FloatArray, along_m: FloatArray) -> float:
    """The variance in m2 of white noise in recorded values at these distances.

    The mean square of how far a value lies off the line between its neighbours is
    `white + slope * reach` for altitudes that wander, and steeper for the bends of the road. What
    is left at reach 0, twice the near less the far, is the nugget (Matheron, 1963).
    """
    if len(elevation) < _NUGGET_LEAST:
        return 0.0
    near, far = (_mean_square_offset(elevation, along_m, reach) for reach in (1, 2))
    return max(0.0, 2 * near - far)


def correlated_spectra(speed_m_s: FloatArray, cell_m: float, spacing_m: float) -> FloatArray:
    """The power of unit noise of each process in each octave of a profile.

    The profile is given every `cell_m`; `speed_m_s`, shape (stretches,), is how fast each stretch
    was ridden, `spacing_m` how far apart the recorded values are. Shape (processes, stretches,
    `OCTAVES`).
    """
    window_steps = round(math.log(max(1.0, spacing_m / cell_m), _WINDOW_STEP))
    speed_cells = speed_m_s / cell_m
    return np.concatenate(
        [
            _of_length(np.outer(times_s, speed_cells), variances)
            for (times_s, *_), variances in zip(_PROCESSES, _averaged(window_steps), strict=True)
        ]
    )


@lru_cache(maxsize=_REMEMBERED)
def hadamard_variances(span_s: float, longer: float = 1.0) -> FloatArray:
    """The Hadamard variance of unit noise of each process, over so many seconds: (processes,).

    Correlation times are `longer` than those of the processes by that factor. The Hadamard
    variance of white noise of unit variance is one by the number of values in a span.
    """
    variances = []
    for times_s, _, integrated in _PROCESSES:
        spans = span_s / (longer * np.array(times_s))
        ahead = np.array([integrated(np.abs(lags) * spans) for lags in range(-1, 4)])
        # The autocovariance of means over a span, C[0], C[1] and C[2] spans apart, of which the
        # variance is C[0] - 4/3 C[1] + 1/3 C[2].
        means = (ahead[2:] - 2 * ahead[1:-1] + ahead[:-2])[:3] / spans**2
        variances.append(means[0] - 4 / 3 * means[1] + means[2] / 3)
    return np.concatenate(variances)


@lru_cache(maxsize=_REMEMBERED)
def sampled_hadamard_variances(steps: int, step_s: float) -> FloatArray:
    """The same over so many steps of a recorder that writes what is at each instant.

    More than of one that writes means, where noise changes within a step.
    """
    mask = np.repeat([1.0, -2.0, 1.0], steps) / steps
    weights = np.correlate(mask, mask, "full")[len(mask) - 1 :]
    weights[1:] *= 2
    lags_s = np.arange(len(mask)) * step_s
    return np.concatenate(
        [
            rho(lags_s / np.array(times_s)[:, np.newaxis]) @ weights / 6
            for times_s, rho, _ in _PROCESSES
        ]
    )


def white_spectrum(cell_m: float, spacing_m: float, points_per_cell: IntArray) -> FloatArray:
    """The power of unit white noise in each octave of a profile given every `cell_m`.

    `points_per_cell` holds the number of recorded values in each of the cells that have any.
    Shape (`OCTAVES`,).
    """
    if spacing_m <= cell_m:
        alone = np.zeros(LAGS)
        alone[0] = np.mean(1 / points_per_cell)
        return octave_variances(alone)
    # Interpolation spreads a value over a hat; averaged over where between two values a cell lies,
    # the autocovariance is the cubic B-spline.
    apart = np.arange(LAGS) * (cell_m / spacing_m)
    near = 2 / 3 - apart**2 + apart**3 / 2
    return octave_variances(np.where(apart < 1, near, (2 - apart).clip(min=0) ** 3 / 6))


def _of_length(length: FloatArray, variances: FloatArray) -> FloatArray:
    """Octave variances of noise of any correlation length in cells between those of `_LENGTHS`."""
    step = np.log(_LENGTHS[1] / _LENGTHS[0])
    place = (np.log(np.maximum(length, _LENGTHS[0]) / _LENGTHS[0]) / step).clip(
        max=len(_LENGTHS) - 1.001
    )
    below = place.astype(np.int64)
    fraction = (place - below)[..., np.newaxis]
    between: FloatArray = variances[below] * (1 - fraction) + variances[below + 1] * fraction
    return between


@lru_cache(maxsize=_REMEMBERED)
def _averaged(window_steps: int) -> tuple[FloatArray, ...]:
    """Octave variances of unit noise of each of `_LENGTHS`, averaged over a window, by process.

    The second difference over the window of rho integrated twice is the autocovariance of the
    averages. Shape (lengths, octaves) each.
    """
    window = _WINDOW_STEP**window_steps
    lag, length = np.arange(LAGS), _LENGTHS[:, np.newaxis]
    variances = []
    for _, _, integrated in _PROCESSES:
        ahead, at, behind = (
            integrated(np.abs(lag + shift) / length) for shift in (window, 0.0, -window)
        )
        variances.append(octave_variances((ahead - 2 * at + behind) * (length / window) ** 2))
    return tuple(variances)


def _ornstein_uhlenbeck(lag: FloatArray) -> FloatArray:
    return np.exp(-lag)


def _ornstein_uhlenbeck_integrated(lag: FloatArray) -> FloatArray:
    integrated: FloatArray = np.exp(-lag) + lag
    return integrated


def _matern32(lag: FloatArray) -> FloatArray:
    rho: FloatArray = (1 + 2 * lag) * np.exp(-2 * lag)
    return rho


def _matern32_integrated(lag: FloatArray) -> FloatArray:
    integrated: FloatArray = (2 * lag + 3) / 4 * np.exp(-2 * lag) + lag
    return integrated


# Correlation times of each kind, and its autocorrelation rho, as it is and integrated twice: by lag
# in correlation lengths, with no slope at 0, where it is mirrored.
_PROCESSES = (
    (_ORNSTEIN_UHLENBECK_S, _ornstein_uhlenbeck, _ornstein_uhlenbeck_integrated),
    (_MATERN32_S, _matern32, _matern32_integrated),
)


def _mean_square_offset(elevation: FloatArray, along_m: FloatArray, reach: int) -> float:
    """Of values from the line between those `reach` before and behind, as if all were white."""
    before = along_m[reach:-reach] - along_m[: -2 * reach]
    whole = along_m[2 * reach :] - along_m[: -2 * reach]
    fraction = np.divide(before, whole, out=np.full_like(whole, 0.5), where=whole > 0)
    offset = elevation[reach:-reach] - elevation[: -2 * reach]
    offset -= fraction * (elevation[2 * reach :] - elevation[: -2 * reach])
    offset *= offset
    offset /= 2 - 2 * fraction * (1 - fraction)
    return float(offset.mean())
