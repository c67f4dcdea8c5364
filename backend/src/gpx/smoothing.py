"""Smoothing of equally spaced values in linear time, honest at summits and at both ends."""

import math

import numpy as np

from src.gpx.model import FloatArray

_PASSES = 3


def smoothed(values: FloatArray, sigma: float) -> FloatArray:
    """Values smoothed by a Gaussian of `sigma` samples that does not lower summits, shape (k,).

    What the Gaussian took away is smoothed and given back ("twicing", Tukey, 1977), so that
    parabolas keep their height.
    """
    once = gaussian(values, sigma)
    return once if once is values else once + gaussian(values - once, sigma)


def gaussian(values: FloatArray, sigma: float) -> FloatArray:
    """Values smoothed by three moving averages, which together are nearly a Gaussian (Wells, 1986).

    Beyond the ends the values go on as their mirror image through the end of a line fitted there:
    a ramp stays a ramp, and an outlying end does not become the pivot.
    """
    width = _box_width(sigma, len(values))
    if width < 3:
        return values
    reach = width // 2 * _PASSES
    ends = max(2, min(len(values), round(2 * sigma)))
    first, last = _line_end(values[:ends]), _line_end(values[: -ends - 1 : -1])
    padded = np.concatenate(
        [2 * first - values[reach:0:-1], values, 2 * last - values[-2 : -reach - 2 : -1]]
    )
    for _ in range(_PASSES):
        sums = np.zeros(len(padded) + 1)
        np.cumsum(padded, out=sums[1:])
        padded = sums[width:] - sums[:-width]
        padded /= width
    return padded


def _box_width(sigma: float, length: int) -> int:
    """The odd width of three boxes with the variance of the Gaussian, or what the values allow."""
    ideal = math.sqrt(12 * sigma**2 / _PASSES + 1)
    widest = (length - 1) // _PASSES * 2 + 1
    return min(2 * round((ideal - 1) / 2) + 1, widest)


def _line_end(values: FloatArray) -> float:
    """Where the least-squares line through values begins."""
    count = len(values)
    weights = (4 * count - 2 - 6 * np.arange(count)) / (count * (count + 1))
    return float(np.dot(weights, values))
