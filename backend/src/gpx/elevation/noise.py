"""What a recorder's noise looks like in the octaves of an elevation profile.

A satellite altitude is wrong by an amount that the receiver forgets within seconds to minutes: a
process in time, while relief is a process in distance. Along the road it is forgotten within
`memory * speed` metres: sooner uphill than down. It may wander in steps (first order: Gauss &
Markov) or, from a receiver that smooths what it writes, in curves (second order, damped
critically). To that comes white noise: a barometer's flicker, and rounding.
"""

from collections.abc import Callable

import numpy as np

from src.gpx.elevation.separation import LAGS, octave_variances
from src.gpx.model import FloatArray, IntArray

# The memory is the integral of the autocorrelation.
_IN_STEPS_S = (5.0, 10.0, 20.0, 40.0, 80.0, 160.0)
_IN_CURVES_S = (10.0, 20.0, 40.0, 80.0)
MEMORIES_S = _IN_STEPS_S + _IN_CURVES_S

_REACHES_M = np.geomspace(10.0, 10_000.0, 24)
_NUGGET_LEAST = 16


def white_variance(elevation: FloatArray, along_m: FloatArray) -> float:
    """The variance in m2 of white noise in recorded values at these distances.

    The mean square of how far a value lies off the line between its neighbours grows evenly with
    their distance if altitudes wander, and faster with the bends of the road. What it does not
    fall to with the distance is white: the nugget effect (Matheron, 1963).
    """
    if len(elevation) < _NUGGET_LEAST:
        return 0.0
    near, far = (_mean_square_offset(elevation, along_m, reach) for reach in (1, 2))
    return max(0.0, 2 * near - far)


def wandering_shapes(speed_m_s: FloatArray, cell_m: float, spacing_m: float) -> FloatArray:
    """The power of unit noise of each memory in each octave of a profile given every `cell_m`.

    `speed_m_s`, shape (stretches,), is how fast each was ridden, `spacing_m` how far apart the
    recorded values are. Shape (memories, stretches, `OCTAVES`).
    """
    window_m = max(cell_m, spacing_m)
    orders = ((_IN_STEPS_S, _in_steps), (_IN_CURVES_S, _in_curves))
    return np.concatenate(
        [
            _of_reach(np.outer(memories_s, speed_m_s), _averaged(integrated, cell_m, window_m))
            for memories_s, integrated in orders
        ]
    )


def white_shape(cell_m: float, spacing_m: float, points_per_cell: IntArray) -> FloatArray:
    """The power of unit white noise in each octave of a profile given every `cell_m`.

    `points_per_cell` holds the number of recorded values in each of the cells that have any.
    """
    if spacing_m <= cell_m:
        alone = np.zeros(LAGS)
        alone[0] = np.mean(1 / points_per_cell)
        return octave_variances(alone)
    # Interpolated evenly, averaged over where between two values a cell lies.
    apart = np.arange(LAGS) * (cell_m / spacing_m)
    near = 2 / 3 - apart**2 + apart**3 / 2
    return octave_variances(np.where(apart < 1, near, (2 - apart).clip(min=0) ** 3 / 6))


def _of_reach(reach_m: FloatArray, variances: FloatArray) -> FloatArray:
    """Octave variances of noise of any reach between those of `_REACHES_M`."""
    step = np.log(_REACHES_M[1] / _REACHES_M[0])
    place = (np.log(np.maximum(reach_m, _REACHES_M[0]) / _REACHES_M[0]) / step).clip(
        max=len(_REACHES_M) - 1.001
    )
    below = place.astype(np.int64)
    part = (place - below)[..., np.newaxis]
    between: FloatArray = variances[below] * (1 - part) + variances[below + 1] * part
    return between


def _averaged(
    integrated: Callable[[FloatArray], FloatArray], cell_m: float, window_m: float
) -> FloatArray:
    """Octave variances of unit noise of each reach, averaged over a window, (reaches, octaves).

    `integrated` is the autocorrelation integrated twice, by distance in reaches, with no slope at
    0, where it is mirrored.
    """
    lag_m = np.arange(LAGS) * cell_m
    reach_m = _REACHES_M[:, np.newaxis]
    ahead, at, behind = (
        integrated(np.abs(lag_m + shift_m) / reach_m) for shift_m in (window_m, 0.0, -window_m)
    )
    return octave_variances((ahead - 2 * at + behind) * (reach_m / window_m) ** 2)


def _in_steps(lag: FloatArray) -> FloatArray:
    """exp(-lag), integrated twice."""
    integrated: FloatArray = np.exp(-lag) + lag
    return integrated


def _in_curves(lag: FloatArray) -> FloatArray:
    """(1 + 2 lag) exp(-2 lag), integrated twice."""
    integrated: FloatArray = (2 * lag + 3) / 4 * np.exp(-2 * lag) + lag
    return integrated


def _mean_square_offset(elevation: FloatArray, along_m: FloatArray, reach: int) -> float:
    """Of values from the line between those `reach` before and behind, as if all were white."""
    before = along_m[reach:-reach] - along_m[: -2 * reach]
    whole = along_m[2 * reach :] - along_m[: -2 * reach]
    part = np.divide(before, whole, out=np.full_like(whole, 0.5), where=whole > 0)
    offset = elevation[reach:-reach] - elevation[: -2 * reach]
    offset -= part * (elevation[2 * reach :] - elevation[: -2 * reach])
    offset *= offset
    offset /= 2 - 2 * part * (1 - part)
    return float(offset.mean())
