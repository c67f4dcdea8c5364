"""Gradients of the smoothed profile, in percent, over windows of distance.

    slope[i] = 100 * (height[i + r] - height[i]) / (r * cell_m),   r * cell_m about WINDOW_M

Where the noise that is left in the heights makes that unsure, the window is 2, 4 or 8 times as
long. What it cannot do: a ramp shorter than the window is as steep as the window's mean.
"""

from dataclasses import dataclass

import numpy as np

from src.gpx.elevation.profile import Profile
from src.gpx.model import FloatArray, GradientClass

WINDOW_M = 100.0
# On less road than half a window the noise of altitudes would be the gradient.
_SHORTEST_M = WINDOW_M / 2
LEVEL_PERCENT = 0.5
# Where noise leaves a gradient less sure than this standard deviation, its window is twice as long,
# up to so many times: among many gradients the greatest would be the one that is the most wrong.
_SURE_PERCENT = 0.5
_DOUBLINGS = 3
# A detail of octave o consists of waves of about so many times 2**o cells.
_WAVE_CELLS = 3.0

# Upper bounds in percent of the classes of steepness, uphill and downhill alike.
CLASSES = (("llano", 3.0), ("moderado", 6.0), ("empinado", 10.0), ("muy_empinado", np.inf))


@dataclass(frozen=True, slots=True)
class Gradients:
    """`average` and `maximum` in percent, both uphill; `distribution` by class of steepness.

    The average is over the road that rises by more than half a percent: the rest is level for
    riders, and its sign is noise.
    """

    average: float
    maximum: float
    distribution: dict[str, GradientClass]


def measure_gradients(profile: Profile) -> Gradients | None:
    """Steepness of a profile: distances in kilometres, gradients in percent.

    None where no leg has a gradient.
    """
    slope = leg_gradients(profile)
    slope = slope[np.isfinite(slope)]
    if not len(slope):
        return None
    uphill = slope > LEVEL_PERCENT
    return Gradients(
        average=float(slope[uphill].mean()) if uphill.any() else 0.0,
        maximum=float(slope.max(initial=0.0)),
        distribution=_distribution(slope, profile.cell_m),
    )


def leg_gradients(profile: Profile) -> FloatArray:
    """Gradient in percent over `WINDOW_M` or more around each leg between cells, shape (k - 1,).

    NaN where there are no elevations. Near the ends the window is shifted; a profile shorter
    than it is one window, and one shorter than half of it has no gradients at all, only NaN.
    """
    height = profile.posterior_mean_m
    legs = len(height) - 1
    if legs * profile.cell_m < _SHORTEST_M:
        return np.full(legs, np.nan)
    reach = min(max(1, round(WINDOW_M / profile.cell_m)), legs)
    slope = _slopes(height, reach, profile.cell_m)
    for _ in range(_DOUBLINGS):
        deviations = _deviations(profile, reach)
        # Between stretches that are all sure, everything is.
        if deviations.max() <= _SURE_PERCENT or 2 * reach > legs:
            break
        middles = (np.arange(len(deviations)) + 0.5) * (legs / len(deviations))
        unsure = np.interp(np.arange(legs), middles, deviations) > _SURE_PERCENT
        reach *= 2
        slope[unsure] = _slopes(height, reach, profile.cell_m)[unsure]
    slope[~(profile.known[1:] & profile.known[:-1])] = np.nan
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


def _deviations(profile: Profile, reach: int) -> FloatArray:
    """The standard deviation of a gradient over so many legs in each stretch, in percent.

    It is that of the noise that is left: of a wave, what two places differ by has the variance
    2 (1 - cos(2 pi distance / length)).
    """
    waves = _WAVE_CELLS * 2.0 ** np.arange(profile.left_m2.shape[1])
    differences_m2 = profile.left_m2 @ (2 - 2 * np.cos(2 * np.pi * np.minimum(reach / waves, 0.5)))
    deviations: FloatArray = 100 / (reach * profile.cell_m) * np.sqrt(differences_m2)
    return deviations


def gradient_at(profile: Profile | None, distance_m: FloatArray) -> FloatArray:
    """Gradient in percent at each of n distances along the track, NaN where it is not known."""
    if profile is None or len(profile) < 2:
        return np.full(len(distance_m), np.nan)
    slope = leg_gradients(profile)
    leg = (distance_m / profile.cell_m).astype(np.int64).clip(max=len(slope) - 1)
    at_points: FloatArray = slope[leg]
    return at_points


def _distribution(slope: FloatArray, cell_m: float) -> dict[str, GradientClass]:
    """Length of road by steepness; exactly level road counts half uphill, half downhill."""
    # A constant slope of exactly 6 % must not be split by its last bits.
    steepness = np.abs(slope).round(2)
    distribution = {}
    lower = -np.inf
    for name, upper in CLASSES:
        within = slope[(steepness > lower) & (steepness <= upper)]
        balance = float(np.sign(within).sum())
        distribution[name] = GradientClass(
            distance_km=len(within) * cell_m / 1000,
            percentage=100 * len(within) / len(slope),
            uphill_km=(len(within) + balance) / 2 * cell_m / 1000,
            downhill_km=(len(within) - balance) / 2 * cell_m / 1000,
        )
        lower = upper
    return distribution
