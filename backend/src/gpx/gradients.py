"""Gradients of the smoothed profile, in percent, over fixed windows of distance."""

from dataclasses import dataclass

import numpy as np

from src.gpx.elevation import Profile
from src.gpx.model import BoolArray, FloatArray, GradientClass, Track

WINDOW_M = 100.0

# Upper bounds in percent of the classes of steepness, uphill and downhill alike.
CLASSES = (("llano", 3.0), ("moderado", 6.0), ("empinado", 10.0), ("muy_empinado", np.inf))


@dataclass(frozen=True, slots=True)
class Gradients:
    """`average` and `maximum` in percent, both uphill; `distribution` by class of steepness."""

    average: float | None
    maximum: float | None
    distribution: dict[str, GradientClass]


def gradients(profile: Profile) -> Gradients:
    """Steepness of a profile: distances in kilometres, gradients in percent."""
    legs_m = np.diff(profile.distance_m)
    inside = profile.segment[1:] == profile.segment[:-1]
    slope = window_gradient(profile)
    slope = 0.5 * (slope[1:] + slope[:-1])
    legs_m, slope = legs_m[inside], slope[inside]
    uphill = slope > 0
    climbing_m = float(legs_m[uphill].sum())
    average = float((slope * legs_m)[uphill].sum() / climbing_m) if climbing_m else None
    maximum = max(0.0, float(slope.max())) if len(slope) else None
    return Gradients(average, maximum, _distribution(slope, legs_m, uphill))


def window_gradient(profile: Profile) -> FloatArray:
    """Gradient in percent over a window of `WINDOW_M` around each grid point, shape (k,)."""
    gradient = np.zeros(len(profile))
    starts = np.flatnonzero(np.diff(profile.segment, prepend=-1))
    for start, end in zip(starts.tolist(), [*starts[1:].tolist(), len(profile)], strict=True):
        along, height = profile.distance_m[start:end], profile.elevation_m[start:end]
        if along[-1] <= along[0]:
            continue
        first = np.clip(along - WINDOW_M / 2, along[0], max(along[0], along[-1] - WINDOW_M))
        last = np.minimum(first + WINDOW_M, along[-1])
        rise = np.interp(last, along, height) - np.interp(first, along, height)
        gradient[start:end] = 100 * rise / (last - first)
    return gradient


def gradient_at(profile: Profile | None, track: Track, distance_m: FloatArray) -> FloatArray:
    """Gradient in percent at each point of the track, shape (n,), NaN where unknown."""
    gradient = np.full(len(track), np.nan)
    if profile is None:
        return gradient
    slope = window_gradient(profile)
    for number in np.unique(profile.segment).tolist():
        points = slice(*np.searchsorted(track.segment, [number, number + 1]).tolist())
        cells = slice(*np.searchsorted(profile.segment, [number, number + 1]).tolist())
        gradient[points] = np.interp(distance_m[points], profile.distance_m[cells], slope[cells])
    return gradient


def _distribution(
    slope: FloatArray, legs_m: FloatArray, uphill: BoolArray
) -> dict[str, GradientClass]:
    steepness = np.abs(slope)
    total_m = float(legs_m.sum())
    distribution = {}
    lower = -np.inf
    for name, upper in CLASSES:
        within = (steepness > lower) & (steepness <= upper)
        length_m = float(legs_m[within].sum())
        uphill_m = float(legs_m[within & uphill].sum())
        distribution[name] = GradientClass(
            distance_km=length_m / 1000,
            percentage=100 * length_m / total_m if total_m else 0.0,
            uphill_km=uphill_m / 1000,
            downhill_km=(length_m - uphill_m) / 1000,
        )
        lower = upper
    return distribution
