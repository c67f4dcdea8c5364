"""How steep a ride was: the average and the maximum, by class of steepness, and at a place."""

from dataclasses import dataclass

import numpy as np

from src.gpx.elevation.profile import Profile
from src.gpx.model import FloatArray, GradientClass

LEVEL_PERCENT = 0.5

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
    slope = profile.leg_gradient
    slope = slope[np.isfinite(slope)]
    if not len(slope):
        return None
    uphill = slope > LEVEL_PERCENT
    return Gradients(
        average=float(slope[uphill].mean()) if uphill.any() else 0.0,
        maximum=float(slope.max(initial=0.0)),
        distribution=_distribution(slope, profile.cell_m),
    )


def gradient_at(profile: Profile | None, distance_m: FloatArray) -> FloatArray:
    """Gradient in percent at each of n distances along the track, NaN where it is not known."""
    if profile is None or len(profile) < 2:
        return np.full(len(distance_m), np.nan)
    slope = profile.leg_gradient
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
