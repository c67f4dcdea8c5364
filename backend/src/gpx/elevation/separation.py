"""A profile decomposed into octaves of length: the Laplacian pyramid.

    g[0] = values,  g[i + 1] = REDUCE(g[i]),  details[i] = g[i] - EXPAND(g[i + 1])
    values = details[0] + EXPAND(details[1] + EXPAND(... + EXPAND(rest)))

P. J. Burt & E. H. Adelson, "The Laplacian pyramid as a compact image code" (1983), in one dimension
with their binomial weights (1, 4, 6, 4, 1) / 16. Each octave has half the values of the one before,
so that all cost little more than the first. The detail of octave i consists mostly of waves of 2 to
4 times 2**i values.

What it cannot do: octaves overlap (a sine wave appears in two or three of them), and the longest
ones reach kilometres beyond the stretch in which something happens.
"""

import numpy as np

from src.gpx.model import FloatArray

# In cells of 5 m the last one holds waves of 2.5 to 5 km: what is longer is taken for relief.
OCTAVES = 9
# Shorter profiles have no room for the mirror images behind both ends.
_LEAST_VALUES = 4
# A line through fewer follows the noise of the end, one through more the road behind it.
_END_VALUES = 8

# The power in a stretch is that of at least so many values of an octave.
_STRETCH_VALUES = 3


def decompose(values: FloatArray) -> tuple[list[FloatArray], FloatArray]:
    """The details of up to `OCTAVES` octaves, each half as long as the one before, and the rest."""
    details: list[FloatArray] = []
    while len(details) < OCTAVES and len(values) >= _LEAST_VALUES:
        reduced = _reduce(values)
        details.append(values - _expand(reduced, len(values)))
        values = reduced
    return details, values


def reconstruct(details: list[FloatArray], rest: FloatArray) -> FloatArray:
    """The values that were decomposed; what `scaled` has changed stays changed."""
    for detail in reversed(details):
        rest = detail + _expand(rest, len(detail))
    return rest


def stretch_powers(details: list[FloatArray], stretches: int) -> FloatArray:
    """The mean square of each octave's detail around equally long stretches.

    Shape (stretches, octaves). The longer octaves have few values to a stretch: theirs are taken
    over longer windows.
    """
    powers = np.empty((stretches, len(details)))
    for octave, detail in enumerate(details):
        values = max(_STRETCH_VALUES, len(detail) // stretches)
        means, borders = stretch_means(detail * detail, max(1, len(detail) // values))
        middles = (borders[1:] + borders[:-1]) / (2 * len(detail))
        powers[:, octave] = np.interp(_middles(stretches), middles, means)
    return powers


def scaled(details: list[FloatArray], factors: FloatArray) -> list[FloatArray]:
    """Details by a factor that runs evenly from stretch to stretch, shape (stretches, octaves)."""
    middles = _middles(len(factors))
    return [
        detail * np.interp(_middles(len(detail)), middles, factors[:, octave])
        for octave, detail in enumerate(details)
    ]


def octave_variances(autocorrelation: FloatArray) -> FloatArray:
    """The variance in each octave of a stationary series with these autocovariances.

    `autocorrelation` has shape (..., `LAGS`), its last axis the lag in values from 0; the result
    has shape (..., `OCTAVES`).
    """
    variances: FloatArray = autocorrelation @ _LAG_WEIGHTS
    return variances


def stretch_means(values: FloatArray, stretches: int) -> tuple[FloatArray, FloatArray]:
    """The mean in each of some equally long stretches, and the borders between them."""
    borders = np.linspace(0, len(values), stretches + 1).astype(np.int64)
    means = np.add.reduceat(values, borders[:-1]) / np.diff(borders)
    return means, borders.astype(np.float64)


def _middles(count: int) -> FloatArray:
    """Of so many equal stretches of a length of 1."""
    middles: FloatArray = (np.arange(count) + 0.5) / count
    return middles


def _lag_weights() -> FloatArray:
    """What each lag's autocovariance adds to the variance in each octave, shape (lags, octaves).

    A sum over lags is a mean over frequencies: the weights are the transform of the share of the
    power that gets through to an octave and is lost there.
    """
    frequencies = 1 << (OCTAVES + 4)
    turn = np.arange(frequencies) * (np.pi / frequencies)
    through = np.ones(frequencies)
    weights = np.empty((frequencies // 2 + 1, OCTAVES))
    for octave in range(OCTAVES):
        # The binomial weights pass cos^4 of a frequency, and sin^4 of the one it is folded with.
        passed, folded = np.cos(turn) ** 4, np.sin(turn) ** 4
        lost = (1 - passed**2) ** 2 + (passed * folded) ** 2
        weights[:, octave] = np.fft.rfft(through * lost).real / frequencies
        through *= passed**2
        turn = 2 * turn
    weights[1:] *= 2
    return weights


def _reduce(values: FloatArray) -> FloatArray:
    """REDUCE: every other value, averaged with its neighbours by the weights 1, 4, 6, 4, 1.

    Beyond the ends the values go on as their mirror image through the end of a line fitted there:
    a ramp stays a ramp, and an outlying end does not become the pivot.
    """
    first, last = _line_end(values[:_END_VALUES]), _line_end(values[: -_END_VALUES - 1 : -1])
    padded = np.concatenate([2 * first - values[2:0:-1], values, 2 * last - values[-2:-4:-1]])
    even, odd = padded[::2], padded[1::2]
    count = (len(values) + 1) // 2
    reduced: FloatArray = even[:count] + even[2 : count + 2]
    reduced += 6 * even[1 : count + 1]
    reduced += 4 * (odd[:count] + odd[1 : count + 1])
    reduced /= 16
    return reduced


def _expand(values: FloatArray, count: int) -> FloatArray:
    """EXPAND: `count` values, every other of which was given, by the same weights."""
    padded = np.concatenate([2 * values[:1] - values[1:2], values, 2 * values[-1:] - values[-2:-1]])
    expanded = np.empty(2 * len(values))
    expanded[::2] = (padded[:-2] + 6 * values + padded[2:]) / 8
    expanded[1::2] = (values + padded[2:]) / 2
    return expanded[:count]


def _line_end(values: FloatArray) -> float:
    """Where the least-squares line through values begins."""
    count = len(values)
    weights = (4 * count - 2 - 6 * np.arange(count)) / (count * (count + 1))
    return float(np.dot(weights, values))


_LAG_WEIGHTS = _lag_weights()
LAGS = len(_LAG_WEIGHTS)
