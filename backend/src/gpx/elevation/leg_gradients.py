"""The gradient along the smoothed profile, in percent, over windows of distance.

    slope[i] = 100 * (height[i + r] - height[i]) / (r * cell_m),   r * cell_m about WINDOW_M

Where the noise that is left in the heights makes that unsure, the window is 2, 4 or 8 times as
long. What it cannot do: a ramp shorter than the window is as steep as the window's mean.
"""

import numpy as np

from src.gpx.model import FloatArray

WINDOW_M = 100.0
# On less road than half a window the noise of altitudes would be the gradient.
_SHORTEST_M = WINDOW_M / 2
# Where noise leaves a gradient less sure than this standard deviation, its window is twice as long,
# up to so many times: among many gradients the greatest would be the one that is the most wrong.
_SURE_PERCENT = 0.5
_DOUBLINGS = 3
# A detail of octave o consists of waves of about so many times 2**o cells.
_WAVE_CELLS = 3.0


def leg_gradients(height_m: FloatArray, cell_m: float, left_m2: FloatArray) -> FloatArray:
    """Gradient in percent over `WINDOW_M` or more around each leg between cells, shape (k - 1,).

    `height_m`, shape (k,), lies `cell_m` metres apart; `left_m2`, shape (stretches, octaves), is
    the variance of the noise in it. Near the ends the window is shifted; a profile shorter than it
    is one window, and one shorter than half of it has no gradients at all, only NaN.
    """
    legs = len(height_m) - 1
    if legs * cell_m < _SHORTEST_M:
        return np.full(legs, np.nan)
    reach = min(max(1, round(WINDOW_M / cell_m)), legs)
    slope = _slopes(height_m, reach, cell_m)
    for _ in range(_DOUBLINGS):
        deviations = _deviations(left_m2, reach, cell_m)
        # Between stretches that are all sure, everything is.
        if deviations.max() <= _SURE_PERCENT or 2 * reach > legs:
            break
        middles = (np.arange(len(deviations)) + 0.5) * (legs / len(deviations))
        unsure = np.interp(np.arange(legs), middles, deviations) > _SURE_PERCENT
        reach *= 2
        slope[unsure] = _slopes(height_m, reach, cell_m)[unsure]
    return slope


def _slopes(height: FloatArray, reach: int, cell_m: float) -> FloatArray:
    """Gradients in percent over `reach` legs around each leg; near the ends beside it."""
    legs = len(height) - 1
    first = (reach - 1) // 2
    last = first + legs - reach
    slope = np.empty(legs)
    np.subtract(height[reach:], height[:-reach], out=slope[first : last + 1])
    slope[:first], slope[last + 1 :] = slope[first], slope[last]
    slope *= 100 / (reach * cell_m)
    return slope


def _deviations(left_m2: FloatArray, reach: int, cell_m: float) -> FloatArray:
    """The standard deviation of a gradient over so many legs in each stretch, in percent.

    It is that of the noise that is left: of a wave, what two places differ by has the variance
    2 (1 - cos(2 pi distance / length)).
    """
    waves = _WAVE_CELLS * 2.0 ** np.arange(left_m2.shape[1])
    differences_m2 = left_m2 @ (2 - 2 * np.cos(2 * np.pi * np.minimum(reach / waves, 0.5)))
    deviations: FloatArray = 100 / (reach * cell_m) * np.sqrt(differences_m2)
    return deviations
