"""Smoothing that follows the road: long where it lies flat, hardly any where it climbs.

The values are taken apart into octaves of length, each holding what is lost when the one before is
halved in number (the Laplacian pyramid of Burt & Adelson, 1983), so that all octaves cost little
more than the first. The noise is everywhere as strong as its spectrum says; what moves more than
that is relief. Each stretch of each octave keeps the share of its amplitude that noise does not
explain (after the local statistics of Lee, 1980). So flat road is smoothed over kilometres, and
hills keep their summits.
"""

import numpy as np

from src.gpx.model import FloatArray, IntArray

_OCTAVES = 8
_LEAST_VALUES = 4
_END_VALUES = 8

# Stretches are ten values of their octave, but not shorter than a hundred of the finest.
_STRETCH_VALUES = 10
_STRETCH_LEAST = 100
_LEAST_POWER = 1e-9


def octave_variances(spectrum: FloatArray) -> FloatArray:
    """The variance in each octave of noise with this power spectrum, shape (octaves,).

    `spectrum` is given at 2**n equally spaced frequencies from 0 up to that of the values, and
    its mean is the variance of the noise.
    """
    variances = []
    for _ in range(_OCTAVES):
        turn = np.arange(len(spectrum)) * (np.pi / len(spectrum))
        # The binomial weights pass cos^4 of a frequency, and sin^4 of the one it is folded with.
        passed, folded = np.cos(turn) ** 4, np.sin(turn) ** 4
        lost = (1 - passed**2) ** 2 + (passed * folded) ** 2
        variances.append(np.mean(spectrum * lost))
        spectrum = (spectrum * passed**2).reshape(2, -1).mean(axis=0)
    return np.array(variances)


def smoothed(values: FloatArray, noise: FloatArray) -> FloatArray:
    """Values without noise that has these variances in their octaves, shape (k,)."""
    rest, kept = values, []
    for octave, variance in enumerate(noise.tolist()):
        if len(rest) < _LEAST_VALUES:
            break
        halved = _halved(rest)
        detail = rest - _doubled(halved, len(rest))
        detail *= _relief_share(detail, variance, max(_STRETCH_VALUES, _STRETCH_LEAST >> octave))
        kept.append(detail)
        rest = halved
    for detail in reversed(kept):
        rest = detail + _doubled(rest, len(detail))
    return rest


def stretch_means(values: FloatArray, stretches: int) -> tuple[FloatArray, IntArray]:
    """The mean in each of some equally long stretches, and the borders between them."""
    borders = np.linspace(0, len(values), stretches + 1).astype(np.int64)
    return np.add.reduceat(values, borders[:-1]) / np.diff(borders), borders


def _relief_share(detail: FloatArray, noise: float, stretch: int) -> FloatArray:
    """The share of each value's amplitude that is not noise of this variance, shape (k,)."""
    power, borders = stretch_means(detail * detail, max(1, len(detail) // stretch))
    ends = np.concatenate([power[:1], power, power[-1:]])
    power = (ends[:-2] + 2 * power + ends[2:]) / 4
    share = np.sqrt((1 - noise / (power + _LEAST_POWER)).clip(min=0))
    middles = (borders[1:] + borders[:-1] - 1) / 2
    at_values: FloatArray = np.interp(np.arange(len(detail)), middles, share)
    return at_values


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
