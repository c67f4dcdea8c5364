"""A profile taken apart into octaves of length.

Each octave holds what is lost when the one before is halved in number (the Laplacian pyramid of
Burt & Adelson, 1983), so that all octaves cost little more than the first. The detail of octave i
consists mostly of waves of 2 to 4 times 2**i values.
"""

import numpy as np

from src.gpx.model import FloatArray

OCTAVES = 8
_LEAST_VALUES = 4
_END_VALUES = 8

# The power in a stretch is that of at least so many values of an octave.
_STRETCH_VALUES = 3


def taken_apart(values: FloatArray) -> tuple[list[FloatArray], FloatArray]:
    """The details of up to `OCTAVES` octaves, each half as long as the one before, and the rest."""
    details: list[FloatArray] = []
    while len(details) < OCTAVES and len(values) >= _LEAST_VALUES:
        halved = _halved(values)
        details.append(values - _doubled(halved, len(values)))
        values = halved
    return details, values


def put_together(details: list[FloatArray], rest: FloatArray) -> FloatArray:
    """The values that were taken apart."""
    for detail in reversed(details):
        rest = detail + _doubled(rest, len(detail))
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


def _middles(parts: int) -> FloatArray:
    """Of equal parts of a length of 1."""
    middles: FloatArray = (np.arange(parts) + 0.5) / parts
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


def _halved(values: FloatArray) -> FloatArray:
    """Every other value, averaged with its neighbours by the binomial weights 1, 4, 6, 4, 1.

    Beyond the ends the values go on as their mirror image through the end of a line fitted there:
    a ramp stays a ramp, and an outlying end does not become the pivot.
    """
    first, last = _line_end(values[:_END_VALUES]), _line_end(values[: -_END_VALUES - 1 : -1])
    padded = np.concatenate([2 * first - values[2:0:-1], values, 2 * last - values[-2:-4:-1]])
    even, odd = padded[::2], padded[1::2]
    count = (len(values) + 1) // 2
    halved: FloatArray = even[:count] + even[2 : count + 2]
    halved += 6 * even[1 : count + 1]
    halved += 4 * (odd[:count] + odd[1 : count + 1])
    halved /= 16
    return halved


def _doubled(values: FloatArray, count: int) -> FloatArray:
    """`count` values, every other of which was given, by the same weights."""
    padded = np.concatenate([2 * values[:1] - values[1:2], values, 2 * values[-1:] - values[-2:-1]])
    doubled = np.empty(2 * len(values))
    doubled[::2] = (padded[:-2] + 6 * values + padded[2:]) / 8
    doubled[1::2] = (values + padded[2:]) / 2
    return doubled[:count]


def _line_end(values: FloatArray) -> float:
    """Where the least-squares line through values begins."""
    count = len(values)
    weights = (4 * count - 2 - 6 * np.arange(count)) / (count * (count + 1))
    return float(np.dot(weights, values))


_LAG_WEIGHTS = _lag_weights()
LAGS = len(_LAG_WEIGHTS)
